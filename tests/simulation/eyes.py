"""Money: what no rule answers: own SQL on the tables, held against the banks' own books.

What a bank holds and has paid is what the ledger says, or the difference is owned: an open
discrepancy, a poll or a call that will tell it. Each question is asked after every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.bank import Bank
from tests.simulation.books import LIVE, Hold, Payout
from tests.simulation.chest import Chest
from tests.simulation.foreign.world import ForeignWorld, Seen
from tests.simulation.place import START
from tests.simulation.witness import Witness

_LIVE = ("stopped", "frozen", "release_pending", "disposal_pending")
_TERMS = (
    "held", "returned_hold", "returned_recall", "returned_voluntary", "returned_treasury",
    "treasury", "third_party", "gone",
    "located", "not_located", "not_upheld",
)  # fmt: skip


A_NIGHT = timedelta(hours=25)


class ViolationError(AssertionError):
    """Something that must never be; `kind` groups what has one cause."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(f"{kind}: {sentence}")
        self.kind, self.sentence = kind, sentence

    def __reduce__(self) -> tuple[type[ViolationError], tuple[str, str]]:
        return type(self), (self.kind, self.sentence)


@dataclass(slots=True)
class Eyes:
    """Looks at one history's database and banks; `truth` is what each payment really moved."""

    eyes: Witness
    banks: dict[str, Bank]
    truth: dict[str, int]
    now: object
    chest: Chest
    abroad: ForeignWorld = field(default_factory=ForeignWorld)
    night: datetime = START
    """When an engine last did its work of the night: what came since is not to be known yet."""
    checks: int = 0
    _version: object = None
    _events_seen: int = 0
    _repeats: dict[str, int] = field(default_factory=dict)
    _released: int = 0
    _ordered: int = 0
    _looked: int = 0
    _objected: int = 0
    _moved: int = 0
    _decreed: int = 0
    _read_to: dict[str, int] = field(default_factory=dict)
    _abroad_to: Seen = field(default_factory=Seen)
    _decided: dict[str, object] = field(default_factory=dict)

    # Rows

    def _all(self, query: str, *given: object) -> list[tuple[object, ...]]:
        return self.eyes.all(query, *given)

    def _owned(self, subject: str) -> bool:
        """Whether a person has to look, or looked, at something on this hold, payout or claim."""
        query = "SELECT 1 FROM discrepancy WHERE subject_id = ? OR claim_id = ? OR asset_id = ?"
        return bool(self._all(query, subject, subject, subject))

    def _will_be_told(self, bank: str) -> bool:
        """Whether the bank's feed is read again, or a call to it is open.

        A bank that nothing waits for is heard after midnight, when its day is compared.
        """
        news = self.banks[bank].last_news
        if news is not None and self.night < news + A_NIGHT:
            return True
        planned = "SELECT 1 FROM partner WHERE id = ? AND feed_due_at IS NOT NULL"
        return bool(self._all(planned, bank)) or self._is_asked(bank) or self._is_waited_for(bank)

    def _is_asked(self, bank: str) -> bool:
        """Whether a call to this bank is open."""
        calls = "SELECT 1 FROM call WHERE partner_id = ? AND state IN ('planned','sent','unknown')"
        return bool(self._all(calls, bank))

    def _hold_will_be_told(self, bank: Bank, hold: Hold) -> bool:
        """Where the feed keeps quiet: only who asks is told, once the payout out of it is known."""
        if not hold.is_untold or self._is_asked(bank.id):
            return self._will_be_told(bank.id)
        paid = [payout for payout in bank.payouts.values() if payout.hold_id == hold.id]
        known = all(self._is_told(payout.order_ref, payout.revision) for payout in paid)
        return not known and self._will_be_told(bank.id)

    def _is_told(self, name: str, revision: int) -> bool:
        """Whether we have taken this revision of a hold or payout."""
        query = (
            "SELECT bank_revision FROM payout WHERE id = ?1 UNION ALL"
            " SELECT bank_revision FROM hold WHERE id = ?1"
        )
        rows = self._all(query, name)
        return bool(rows) and int(str(rows[0][0])) >= revision

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
            " h.kind, h.asset_id FROM hold h JOIN asset a ON a.id = h.asset_id"
        )
        ours = {row[0]: row for row in rows}
        known = {hold.order_ref for bank in self.banks.values() for hold in bank.holds.values()}
        for row in rows:
            name, state, held, kind = str(row[0]), row[1], int(str(row[2])), row[6]
            ours_alone = kind in ("voluntary", "custody")
            if state in _LIVE and held and not ours_alone and name not in known:
                raise ViolationError("books", f"{name} is {state} with {held}, no bank has it")
        for bank in self.banks.values():
            for hold in bank.holds.values():
                if hold.kind == "voluntary":
                    continue
                self._hold(bank, hold, ours.get(hold.order_ref))

    def _hold(self, bank: Bank, hold: Hold, row: tuple[object, ...] | None) -> None:
        if row is None:
            raise ViolationError("books", f"{bank.id} has a hold that we never ordered: {hold.id}")
        name, state, held, _, revision, _, _, asset = row
        shown = held if state in _LIVE else 0
        if shown == self._stated(hold):
            return
        if int(str(revision)) < hold.revision and self._hold_will_be_told(bank, hold):
            return
        # What the bank said last is booked, owned or not; only our own clock may know better.
        is_behind = int(str(revision)) < hold.revision or hold.is_misquoted
        if (is_behind or state not in _LIVE) and any(map(self._owned, (str(name), str(asset)))):
            return
        raise ViolationError(
            "books",
            f"{bank.id} holds {hold.held} {hold.told_currency or hold.currency} under {name}"
            f" ({hold.status}, revision {hold.revision}), the file says {shown}"
            f" ({state}, revision {revision}), and nobody has to look",
        )

    def _stated(self, hold: Hold) -> int:
        """What the bank says that it holds, in the account's currency."""
        ended = hold.expires is not None and hold.expires <= self._now()
        if hold.status not in LIVE or ended:
            return 0
        return 0 if hold.told_currency else hold.held

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
                " WHERE account IN ('returned_hold', 'treasury', 'returned_treasury')"
                " AND detail <> 'received' OR account = 'memo_excess' AND detail ="
                " 'paid_beyond_order' AND asset_id IN (SELECT id FROM asset WHERE partner_id <>"
                " 'treasury')"
                " GROUP BY 1, 2"
            )
        }
        for hold, claim, minor in self._all(
            "SELECT hold_id, claim_id, sum(min(clawed_minor, settled_minor)) FROM payout WHERE"
            " clawed_minor > 0 AND state = 'settled' AND asset_id IN (SELECT id FROM asset WHERE"
            " partner_id <> 'treasury') GROUP BY 1, 2"
        ):
            back = str(hold), str(claim)
            booked[back] = booked.get(back, 0) + int(str(minor))
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
        if booked == paid:
            return
        for bank, payout in payouts:
            name, _, revision, claim, asset, _ = ours[payout.order_ref]
            behind = int(str(revision)) < payout.revision
            if behind and self._will_be_told(bank.id):
                return
            if (behind or payout.is_misquoted) and any(
                self._owned(str(one)) for one in (name, claim, asset)
            ):
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
        shown = {
            (str(name), str(currency)): int(str(minor))
            for name, currency, minor in self._all(
                "SELECT id, currency, held_minor FROM hold WHERE held_minor AND state IN"
                " ('stopped','frozen','release_pending','disposal_pending') UNION ALL"
                " SELECT id, foreign_currency, foreign_minor FROM hold WHERE foreign_minor"
                " AND state IN ('stopped','frozen','release_pending','disposal_pending')"
            )
        }
        booked = {
            (str(name), str(currency)): int(str(minor))
            for name, currency, minor in self._all(
                "SELECT hold_id, asset_currency, sum(asset_minor) FROM posting WHERE account IN"
                " ('held','memo_excess') AND detail <> 'made_good' GROUP BY 1, 2"
                " HAVING sum(asset_minor) <> 0"
            )
        }
        for key in {*shown, *booked}:
            if shown.get(key, 0) != booked.get(key, 0):
                raise ViolationError(
                    "books",
                    f"hold {key[0]} shows {shown.get(key, 0)} {key[1]}, booked are"
                    f" {booked.get(key, 0)}",
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
