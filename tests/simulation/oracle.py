"""The oracle: all that must hold at any time, asked after every step of a history."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.decreed import Decreed
from tests.simulation.eyes import ViolationError
from tests.simulation.foreign.oracle_abroad import AbroadOracle
from tests.simulation.foreign.oracle_others import OthersOracle
from tests.simulation.foreign.oracle_sums import SumsOracle
from tests.simulation.left_there import LeftThere
from tests.simulation.repeated import Repeated
from tests.simulation.rounds import Rounds
from tests.simulation.states import States
from tests.simulation.words import Words

_CLOSED = (
    "closed_returned", "closed_partial", "closed_no_recovery", "rejected", "joined",
)  # fmt: skip


class Oracle(
    Words, States, Rounds, Repeated, SumsOracle, Decreed, LeftThere, AbroadOracle, OthersOracle
):
    """Looks at one history's database and banks; it shares no code with the rules."""

    def look(self) -> None:
        """Ask everything that must hold at any time; raises the first ViolationError."""
        self.checks += 1
        self.eyes.look_up()
        self._entries_balance()
        self._repeated_orders()
        self._holds()
        self._payouts()
        self._ledger_says_the_rows()
        self._identity()
        self._victims()
        self._releases()
        self._owners()
        self._troubles()
        self._words()
        self._states()
        self._rounds()
        self._given()
        self._late()
        self._by_order()
        self._whose()
        self._abroad()
        self._others()
        self._sums_abroad()

    # Victims

    def _victims(self) -> None:
        """Nobody gets more than min(reported, really paid) for one payment, from all together."""
        rows = self._all(
            "SELECT c.id, c.end_to_end_id, c.reported_minor, c.external_ref, p.id, p.asset_id"
            " FROM payout p JOIN claim c ON c.id = p.claim_id WHERE p.unclaimed_id = '' UNION ALL"
            " SELECT c.id, c.end_to_end_id, c.reported_minor, c.external_ref, m.booking, ''"
            " FROM recall_credit m JOIN claim c ON c.id = m.claim_id WHERE m.state = 'confirmed'"
            " UNION ALL"
            " SELECT c.id, c.end_to_end_id, c.reported_minor, c.external_ref, u.id, ''"
            " FROM unclaimed_share u JOIN claim c ON c.id = u.claim_id WHERE u.state = 'refunded'"
        )
        got: dict[str, int] = {}
        limit: dict[str, tuple[int, str]] = {}
        paid = (
            self.chest.paid
            | self.chest.refunded
            | self.chest.now_recalled
            | {
                x.order_ref: x.paid
                for bank in self.banks.values()
                for x in bank.payouts.values()
                if x.status == "SETTLED"
                and x.paid_currency == x.currency
                and self._is_to_be_known(bank, x)
            }
        )
        for claim, _, reported, external, payout, _ in rows:
            ref = str(external).split("/")[1]
            back = self.chest.orders.not_with_victim(str(payout), self._now())
            got[ref] = got.get(ref, 0) + max(0, paid.get(str(payout), 0) - back)
            most = min(int(str(reported)), self.truth[ref])
            limit[ref] = (max(most, limit.get(ref, (0, ""))[0]), str(claim))
        for ref, minor in got.items():
            most, claim = limit[ref]
            if minor > most and not self._owned(claim):
                raise ViolationError(
                    "overpaid", f"payment {ref} of {most} got {minor} back ({claim})"
                )

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
            self._asked_after_refusal(str(hold), int(str(seq)))
            if action == "release":
                self._release(str(hold), str(recovery), int(str(seq)))

    def _asked_after_refusal(self, hold: str, seq: int) -> None:
        """A release that its bank refused leaves again only once somebody has looked into it."""
        refused = self._all(
            "SELECT max(e.seq) FROM event e JOIN call c ON c.id = e.subject_id WHERE"
            " e.noun = 'call' AND e.event = 'refused' AND c.kind = 'release'"
            " AND c.subject_id = ? AND e.seq < ?",
            hold, seq,
        )[0][0]  # fmt: skip
        looked = (
            "SELECT 1 FROM event e JOIN discrepancy d ON d.id = e.subject_id WHERE e.seq BETWEEN ?"
            " AND ? AND e.event IN ('resolved', 'cleared') AND d.kind = 'release_refused'"
            " AND d.subject_id = ?"
        )
        if refused is not None and not self._all(looked, refused, seq, hold):
            raise ViolationError("repeated", f"the release of {hold} leaves again, refused before")

    def _release(self, hold: str, recovery: str, seq: int) -> None:
        unrelated = "SELECT 1 FROM event WHERE subject_id = ? AND event LIKE '%unrelated'"
        if self._all(unrelated, hold):
            return
        needed = self._needed(hold, seq)
        coins = self._all("SELECT currency FROM hold WHERE id = ?", hold)[0][0]
        # A loss below the coin of a conversion can be paid by nobody, nor can a coin alone, nor
        # those that are kept back since a bank had not enough for the conversion.
        short = self._all("SELECT count(*) FROM payout WHERE hold_id = ? AND reason <> ''", hold)
        least = 1 if coins == "CNY" else 10 * (1 + min(3, int(str(short[0][0]))))
        loss = self._net_loss(recovery, least)
        self._keeps_what_came(hold, recovery, loss)
        least += 9 * (self._payees(recovery) - 1) if coins != "CNY" else 0
        if needed >= least and loss >= least:
            raise ViolationError(
                "released", f"{hold} with {needed} of the loss is let go, {loss} is still owed"
            )

    def _payees(self, recovery: str) -> int:
        """Victims, and those who stand in the place of one: each may be owed less than a coin."""
        query = (
            "SELECT (SELECT count(*) FROM claim WHERE recovery_id = ?1 AND state IN"
            " ('verified', 'paid')) + (SELECT count(*) FROM compensation WHERE recovery_id = ?1"
            " AND state = 'confirmed')"
        )
        return max(1, int(str(self._all(query, recovery)[0][0])))

    def _needed(self, hold: str, seq: int) -> int:
        """What of the loss no other hold on the account keeps once this one is let go.

        In the currency of the loss. The ledger shows the money of the case under the hold that
        was there first: another one, such as a freeze of the whole sum, may keep it as well. What
        two people gave to one who acquired it in good faith is kept for no victim.
        """
        asset, here = self._all(
            "SELECT h.asset_id, coalesce(sum(p.claim_minor), 0) FROM hold h LEFT JOIN posting p"
            " ON p.hold_id = h.id AND p.account = 'held' AND p.event_seq <= ? WHERE h.id = ?",
            seq, hold,
        )[0]  # fmt: skip
        kept = self._all(
            "SELECT coalesce(sum(p.asset_minor), 0) FROM posting p JOIN hold h ON h.id = p.hold_id"
            " WHERE p.account = 'memo_excess' AND p.asset_currency = h.currency"
            " AND h.asset_id = ? AND h.id <> ? AND p.event_seq <= ?",
            asset, hold, seq,
        )[0][0]  # fmt: skip
        given = self._all(
            "SELECT coalesce((SELECT sum(granted_minor) FROM third_party_claim WHERE asset_id = ?1"
            " AND ground = 'good_faith' AND state IN ('upheld', 'released')), 0) - coalesce((SELECT"
            " sum(claim_minor) FROM posting WHERE account = 'third_party' AND asset_id = ?1 AND"
            " event_seq <= ?2), 0)",
            asset, seq,
        )[0][0]  # fmt: skip
        own = self._all(
            "SELECT coalesce(sum(asset_minor), 0) FROM posting WHERE hold_id = ?"
            " AND account = 'held' AND event_seq <= ?",
            hold, seq,
        )[0][0]  # fmt: skip
        left = max(0, int(str(own)) - int(str(kept)) - max(0, int(str(given))))
        currency = self._all("SELECT currency FROM hold WHERE id = ?", hold)[0][0]
        if left == 1 and currency != "CNY":
            return (
                0  # one coin pays nobody, whatever the roundings of many payouts left it to carry
            )
        return int(str(here)) * left // max(1, int(str(own)))

    def _net_loss(self, recovery: str, least: int) -> int:
        """What is upheld of a recovery's claims and was not paid by a bank (or is on its way).

        What is below `least`, the worth of a coin, can be paid to no victim, whatever others lack.
        """
        claims = self._all(
            "SELECT id, upheld_minor, external_ref FROM claim WHERE recovery_id = ?"
            " AND state IN ('verified','paid')",
            recovery,
        )
        total = 0
        for claim, upheld, external in claims:
            rows = self._all("SELECT id, state FROM payout WHERE claim_id = ?", claim)
            paid = sum(
                max(0, self._paid_by_banks(str(payout)) - self.back_of(str(payout)))
                for payout, _ in rows
            )
            paid += self._counted_otherwise(str(claim))
            most = min(int(str(upheld)), self.truth[str(external).split("/")[1]])
            total += most - paid if most - paid >= least else 0
        return total

    def _counted_otherwise(self, claim: str) -> int:
        """What counts as brought back to a victim by recalls."""
        query = "SELECT coalesce(sum(counted_minor), 0) FROM recall_credit WHERE claim_id = ?"
        return int(str(self._all(query, claim)[0][0]))

    def _paid_by_banks(self, payout: str) -> int:
        for bank in self.banks.values():
            for one in bank.payouts.values():
                if one.order_ref == payout and one.status == "SETTLED":
                    return one.paid
        return self.chest.paid.get(payout, 0)

    # Owners and next steps

    def _owners(self) -> None:
        rows = self._all("SELECT id, state, owner_id, step_action FROM recovery")
        for name, state, owner, action in rows:
            if state == "open" and not owner:
                raise ViolationError("owner", f"{name} is open and nobody's")
            if state not in _CLOSED and (not action or action == "done"):
                raise ViolationError("dead end", f"{name} is {state} and has no next step")

    def _troubles(self) -> None:
        """No rule fails on what a bank or a person can do, and none leaves a file without a step.

        That the engine quarantines such a file keeps the others alive; it is a fault all the same.
        """
        rows = self._all(
            "SELECT recovery_id, kind, subject_noun, subject_id, detail FROM discrepancy"
            " WHERE kind IN ('processing_failed', 'no_next_step')"
        )
        for recovery, kind, noun, subject, detail in rows:
            if "has no reference of its bank" in str(detail):
                continue  # a person asks the bank's desk for it
            name = "quarantined" if kind == "processing_failed" else "dead end"
            raise ViolationError(name, f"{detail}: {noun} {subject} of {recovery}")

    def dead_ends(self) -> Iterator[str]:
        """Open recoveries whose next step is the engine's while nothing will ever wake it."""
        marks = ",".join("?" * len(_CLOSED))
        rows = self._all(
            "SELECT id, step_action, step_wording, wake_at, due_at FROM recovery"
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
