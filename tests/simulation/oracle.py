"""Questions that no rule answers: own SQL on the tables, held against the banks' own books.

What a bank holds and has paid is what the ledger says, or the difference is owned: an open
discrepancy, a poll or a call that will tell it. Each question is asked after every step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.bank import Bank
from tests.simulation.books import LIVE, Hold, Payout

_LIVE = ("stopped", "frozen", "release_pending", "disposal_pending")
_CLOSED = (
    "closed_returned", "closed_partial", "closed_no_recovery", "rejected", "joined",
)  # fmt: skip
_TERMS = (
    "held", "returned_hold", "returned_recall", "returned_voluntary", "third_party", "gone",
    "located", "not_located", "not_upheld",
)  # fmt: skip


class ViolationError(AssertionError):
    """Something that must never be; `kind` groups what has one cause."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(f"{kind}: {sentence}")
        self.kind, self.sentence = kind, sentence


@dataclass(slots=True)
class Oracle:
    """Looks at one history's database and banks; `truth` is what each payment really moved."""

    eyes: sqlite3.Connection
    banks: dict[str, Bank]
    truth: dict[str, int]
    now: object
    checks: int = 0
    _version: object = None
    _events_seen: int = 0
    _repeats: dict[str, int] = field(default_factory=dict)
    _released: int = 0

    def look(self) -> None:
        """Ask everything that must hold at any time; raises the first ViolationError."""
        self.checks += 1
        self._entries_balance()
        self._repeated_orders()
        self._holds()
        self._payouts()
        self._ledger_says_the_rows()
        self._identity()
        self._victims()
        self._releases()
        self._owners()

    # Rows

    def _all(self, query: str, *given: object) -> list[tuple[object, ...]]:
        return self.eyes.execute(query, given).fetchall()

    def _owned(self, subject: str) -> bool:
        """Whether a person has to look, or looked, at something on this hold, payout or claim."""
        query = "SELECT 1 FROM discrepancy WHERE subject_id = ? OR claim_id = ? OR asset_id = ?"
        return bool(self._all(query, subject, subject, subject))

    def _will_be_told(self, bank: str) -> bool:
        """Whether the bank's feed is read again, or a call to it is open."""
        planned = "SELECT 1 FROM partner WHERE id = ? AND feed_due_at IS NOT NULL"
        calls = "SELECT 1 FROM call WHERE partner_id = ? AND state IN ('planned','sent','unknown')"
        return bool(self._all(planned, bank) or self._all(calls, bank)) or self._is_waited_for(bank)

    def _is_waited_for(self, bank: str) -> bool:
        """Whether the engine puts this bank's feed on its list at its next look by itself."""
        query = (
            "SELECT 1 FROM hold h JOIN asset a ON a.id = h.asset_id WHERE a.partner_id = ?"
            " AND (h.state IN ('ordered','queued') OR h.state IN ('stopped','frozen',"
            "'release_pending','disposal_pending') AND h.held_minor > 0) UNION ALL "
            "SELECT 1 FROM payout p JOIN asset a ON a.id = p.asset_id WHERE a.partner_id = ?"
            " AND p.state = 'instructed'"
        )
        return bool(self._all(query, bank, bank))

    # Entries

    def _entries_balance(self) -> None:
        last = self._all("SELECT coalesce(max(event_seq), 0) FROM posting")[0][0]
        wrong = self._all(
            "SELECT event_seq, sum(claim_minor) FROM posting WHERE event_seq > ?"
            " GROUP BY event_seq, claim_currency HAVING sum(claim_minor) <> 0 UNION ALL"
            " SELECT event_seq, sum(asset_minor) FROM posting WHERE event_seq > ?"
            " GROUP BY event_seq, asset_currency HAVING sum(asset_minor) <> 0",
            self._events_seen, self._events_seen,
        )  # fmt: skip
        if wrong:
            raise ViolationError(
                "unbalanced", f"entry of event {wrong[0][0]} is off by {wrong[0][1]}"
            )
        self._events_seen = int(str(last))

    # Holds

    def _holds(self) -> None:
        rows = self._all(
            "SELECT h.id, h.state, h.held_minor, h.currency, h.bank_revision, a.partner_id,"
            " h.recovery_id, h.asset_id FROM hold h JOIN asset a ON a.id = h.asset_id"
        )
        ours = {row[0]: row for row in rows}
        for bank in self.banks.values():
            for hold in bank.holds.values():
                self._hold(bank, hold, ours.get(hold.order_ref))

    def _hold(self, bank: Bank, hold: Hold, row: tuple[object, ...] | None) -> None:
        if row is None:
            raise ViolationError("books", f"{bank.id} has a hold that we never ordered: {hold.id}")
        name, state, held, _, revision, _, _, asset = row
        shown = held if state in _LIVE else 0
        if shown == self._stated(hold):
            return
        if int(str(revision)) < hold.revision and self._will_be_told(bank.id):
            return
        if self._owned(str(name)) or self._owned(str(asset)):
            return
        raise ViolationError(
            "books",
            f"{bank.id} holds {hold.held} {hold.told_currency or hold.currency} under {name}"
            f" ({hold.status}, revision {hold.revision}), the file says {shown}"
            f" ({state}, revision {revision}), and nobody has to look",
        )

    def _stated(self, hold: Hold) -> int | None:
        """What the bank says that it holds, in our currency; None: it speaks of another one."""
        ended = hold.expires is not None and hold.expires <= self._now()
        if hold.status not in LIVE or ended:
            return 0
        return None if hold.told_currency else hold.held

    def _now(self) -> datetime:
        assert callable(self.now)
        at: datetime = self.now()
        return at

    # Payouts

    def _payouts(self) -> None:
        """What banks paid out of a hold to a claim is what the ledger shows as returned by both."""
        rows = self._all("SELECT id, state, bank_revision, claim_id, asset_id, hold_id FROM payout")
        ours = {str(row[0]): row for row in rows}
        groups: dict[tuple[str, str], list[tuple[Bank, Payout]]] = {}
        for bank in self.banks.values():
            for payout in bank.payouts.values():
                row = ours.get(payout.order_ref)
                if row is None:
                    raise ViolationError(
                        "books", f"{bank.id} paid what we never ordered: {payout.id}"
                    )
                groups.setdefault((str(row[5]), str(row[3])), []).append((bank, payout))
        booked = {
            (str(hold), str(claim)): int(str(minor))
            for hold, claim, minor in self._all(
                "SELECT hold_id, claim_id, sum(claim_minor) FROM posting"
                " WHERE account = 'returned_hold' GROUP BY 1, 2"
            )
        }
        for key in {*groups, *booked}:
            self._group(key, groups.get(key, []), booked.get(key, 0), ours)

    def _group(
        self,
        key: tuple[str, str],
        payouts: list[tuple[Bank, Payout]],
        booked: int,
        ours: dict[str, tuple[object, ...]],
    ) -> None:
        settled = [p for _, p in payouts if p.status == "SETTLED"]
        paid = sum(p.paid for p in settled if p.paid_currency == p.currency)
        if booked == paid and all(p.paid_currency == p.currency for p in settled):
            return
        for bank, payout in payouts:
            name, _, revision, claim, asset, _ = ours[payout.order_ref]
            behind = int(str(revision)) < payout.revision
            if behind and self._will_be_told(bank.id):
                return
            if any(self._owned(str(one)) for one in (name, claim, asset)):
                return
        told = [f"{p.paid} {p.paid_currency} ({p.status}, {p.revision})" for _, p in payouts]
        states = [f"{ours[p.order_ref][1]}, {ours[p.order_ref][2]}" for _, p in payouts]
        raise ViolationError(
            "books",
            f"paid out of {key[0]} to {key[1]}: banks {'; '.join(told)}, the ledger {booked}"
            f" ({'; '.join(states)}), and nobody has to look",
        )

    # The ledger

    def _ledger_says_the_rows(self) -> None:
        """Held and excess, by hold, are what the hold shows."""
        wrong = self._all(
            "SELECT h.id, h.state, CASE WHEN h.state IN ('stopped','frozen','release_pending',"
            " 'disposal_pending') THEN h.held_minor ELSE 0 END AS shown,"
            " coalesce((SELECT sum(asset_minor) FROM posting p WHERE p.hold_id = h.id"
            " AND p.account IN ('held','memo_excess')), 0) AS booked FROM hold h"
            " WHERE shown <> booked"
        )
        for name, state, shown, booked in wrong:
            raise ViolationError(
                "books", f"hold {name} is {state} with {shown}, booked as {booked}"
            )

    def _identity(self) -> None:
        """Reported is the sum of the terms, in each recovery; no term is below zero."""
        marks = ",".join("?" * len(_TERMS))
        rows = self._all(
            f"SELECT recovery_id, account, sum(claim_minor) FROM posting WHERE account IN ({marks})"
            " OR account = 'reported' GROUP BY 1, 2",
            *_TERMS,
        )
        sums: dict[object, int] = {}
        for recovery, account, minor in rows:
            sums[recovery] = sums.get(recovery, 0) + int(str(minor))
            if account != "reported" and int(str(minor)) < 0:
                raise ViolationError("ledger", f"{account} of {recovery} is below zero: {minor}")
        for recovery, total in sums.items():
            if total:
                raise ViolationError(
                    "ledger", f"the terms of {recovery} are {total} from its reports"
                )

    # Victims

    def _victims(self) -> None:
        """Nobody gets more than min(reported, really paid) from banks, for one payment."""
        rows = self._all(
            "SELECT c.id, c.end_to_end_id, c.reported_minor, c.external_ref, p.id, p.asset_id"
            " FROM payout p JOIN claim c ON c.id = p.claim_id"
        )
        got: dict[str, int] = {}
        limit: dict[str, tuple[int, str]] = {}
        paid = {
            x.order_ref: x.paid
            for bank in self.banks.values()
            for x in bank.payouts.values()
            if x.status == "SETTLED" and x.paid_currency == x.currency
        }
        for claim, _, reported, external, payout, _ in rows:
            ref = str(external).split("/")[1]
            got[ref] = got.get(ref, 0) + paid.get(str(payout), 0)
            most = min(int(str(reported)), self.truth[ref])
            limit[ref] = (max(most, limit.get(ref, (0, ""))[0]), str(claim))
        for ref, minor in got.items():
            most, claim = limit[ref]
            if minor > most and not self._owned(claim):
                raise ViolationError(
                    "overpaid", f"payment {ref} of {most} got {minor} back ({claim})"
                )

    # Orders

    def _repeated_orders(self) -> None:
        for bank in self.banks.values():
            for ref in bank.repeated[self._repeats.get(bank.id, 0) :]:
                if not self._was_asked_again(ref):
                    raise ViolationError("repeated", f"{bank.id} got a refused order again: {ref}")
            self._repeats[bank.id] = len(bank.repeated)

    def _was_asked_again(self, ref: str) -> bool:
        """Whether an officer saw the refusal and ordered this one anew, or the payout's claim
        or payee changed meanwhile."""
        rows = self._all("SELECT drafted_by FROM hold WHERE id = ?", ref)
        seen = self._all(
            "SELECT 1 FROM event WHERE noun = 'hold' AND event = 'refusal_seen' LIMIT 1"
        )
        return bool(rows and seen)

    def _releases(self) -> None:
        """Nothing is let go while a claim of the file has a net loss, unless a person says so."""
        rows = self._all(
            "SELECT e.seq, c.subject_id, c.recovery_id, a.action, c.approval_id FROM event e"
            " JOIN call c ON c.id = e.subject_id JOIN approval a ON a.id = c.approval_id"
            " WHERE e.noun = 'call' AND e.event = 'sent' AND c.kind = 'release' AND e.seq > ?"
            " ORDER BY e.seq",
            self._released,
        )
        for seq, hold, recovery, action, _ in rows:
            self._released = int(str(seq))
            if action == "release":
                self._release(str(hold), str(recovery), int(str(seq)))

    def _release(self, hold: str, recovery: str, seq: int) -> None:
        unrelated = "SELECT 1 FROM event WHERE subject_id = ? AND event = 'found_unrelated'"
        if self._all(unrelated, hold):
            return
        held = self._all(
            "SELECT coalesce(sum(claim_minor), 0) FROM posting WHERE hold_id = ?"
            " AND account = 'held' AND event_seq <= ?",
            hold, seq,
        )[0][0]  # fmt: skip
        loss = self._net_loss(recovery)
        coins = self._all("SELECT currency FROM hold WHERE id = ?", hold)[0][0]
        least = 1 if coins == "CNY" else 10
        if int(str(held)) > 0 and loss >= least:
            raise ViolationError(
                "released", f"{hold} with {held} of the loss is let go, {loss} is still owed"
            )

    def _net_loss(self, recovery: str) -> int:
        """What is upheld of a recovery's claims and was not paid by a bank (or is on its way)."""
        claims = self._all(
            "SELECT id, upheld_minor, external_ref FROM claim WHERE recovery_id = ?"
            " AND state IN ('verified','paid')",
            recovery,
        )
        total = 0
        for claim, upheld, external in claims:
            rows = self._all("SELECT id, state FROM payout WHERE claim_id = ?", claim)
            paid = sum(self._paid_by_banks(str(payout)) for payout, _ in rows)
            most = min(int(str(upheld)), self.truth[str(external).split("/")[1]])
            total += max(0, most - paid)
        return total

    def _paid_by_banks(self, payout: str) -> int:
        for bank in self.banks.values():
            for one in bank.payouts.values():
                if one.order_ref == payout and one.status == "SETTLED":
                    return one.paid
        return 0

    # Owners and next steps

    def _owners(self) -> None:
        rows = self._all("SELECT id, state, owner_id, step_action FROM recovery")
        for name, state, owner, action in rows:
            if state == "open" and not owner:
                raise ViolationError("owner", f"{name} is open and nobody's")
            if state not in _CLOSED and (not action or action == "done"):
                raise ViolationError("dead end", f"{name} is {state} and has no next step")

    def dead_ends(self) -> Iterator[str]:
        """Open recoveries whose next step is the engine's while nothing will ever wake it."""
        marks = ",".join("?" * len(_CLOSED))
        rows = self._all(
            "SELECT id, step_action, step_sentence, wake_at, due_at FROM recovery"
            f" WHERE step_role = 'engine' AND state NOT IN ({marks})",
            *_CLOSED,
        )
        for name, action, sentence, wake, due in rows:
            if wake is None and due is None and not self._waits_for_a_bank(str(name)):
                yield f"{name}: {action}: {sentence}"

    def _waits_for_a_bank(self, recovery: str) -> bool:
        query = (
            "SELECT 1 FROM call WHERE recovery_id = ?1 AND state IN ('planned','sent','unknown')"
            " UNION ALL SELECT 1 FROM hold WHERE recovery_id = ?1 AND state IN"
            " ('ordered','queued','release_pending','disposal_pending')"
            " UNION ALL SELECT 1 FROM payout WHERE recovery_id = ?1 AND state = 'instructed'"
            " UNION ALL SELECT 1 FROM allocation WHERE recovery_id = ?1 AND state = 'notice'"
        )
        return bool(self._all(query, recovery))
