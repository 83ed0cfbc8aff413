"""A simulated bank: it takes orders, acts in its own time, and is as rude as its faults say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.books import (
    LIVE,
    WAITING,
    Account,
    Hold,
    Json,
    Payout,
    Resource,
    exchanged,
    minor_of,
)
from tests.simulation.faults import Fault

STOP_HOURS = 48
_UNEVEN = timedelta(milliseconds=10)


class ProblemError(Exception):
    """A named problem of the profile; a no to an order."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(f"{status} {name}")
        self.status, self.name = status, name


@dataclass(slots=True)
class Refused:
    """An order that the bank refused: what it was, and what the bank's books showed then."""

    what: tuple[object, ...]
    facts: tuple[object, ...]
    at: datetime
    order_ref: str


@dataclass(slots=True)
class Bank:
    """One bank; `find` reaches accounts at any bank, for payees. `told` counts faults by kind."""

    id: str
    jurisdiction: str
    currency: str
    now: Callable[[], datetime]
    find: Callable[[str, str], Account | None]
    accounts: dict[str, Account] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    calls: dict[str, tuple[bytes, int, Json]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    answer_hours: float = 0
    settle_hours: float = 0
    hold_stamp: timedelta = timedelta(0)
    polite: bool = False
    told: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    releases: list[tuple[datetime, str, int | None]] = field(default_factory=list)
    _entries: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _diary: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)

    # Faults

    def rude(self, occasion: str) -> Fault | None:
        """The fault of this occasion, if this is its turn; each occasion is counted."""
        self._seen[occasion] += 1
        if self.polite:
            return None
        for fault in self.faults:
            if fault.occasion == occasion and fault.nth in (0, self._seen[occasion]):
                self.told[f"{occasion}:{fault.kind}"] += 1
                return fault
        return None

    def make_polite(self) -> None:
        """From now on every order is carried out and every answer is given."""
        self.polite = True
        for one in (*self.holds.values(), *self.payouts.values()):
            if one.status in ("RECEIVED", "ACKNOWLEDGED"):
                self._plan(self.now(), self._act_of(one))

    # Time

    def _plan(self, at: datetime, act: Callable[[datetime], None]) -> None:
        self._entries += 1
        self._diary.append((at, self._entries, act))

    def advance(self) -> None:
        """Let everything happen that was due until now, in its order."""
        while due := [entry for entry in self._diary if entry[0] <= self.now()]:
            first = min(due, key=lambda entry: entry[:2])
            self._diary.remove(first)
            first[2](first[0])

    def next_due(self) -> datetime | None:
        """When something happens here by itself."""
        return min((entry[0] for entry in self._diary), default=None)

    # Money

    def available(self, number: str) -> int:
        """What can leave an account: its balance less what is held."""
        held = sum(h.held for h in self.holds.values() if h.number == number)
        return max(0, self.accounts[number].balance - held)

    def _facts(self, number: str) -> tuple[object, ...]:
        """What could make a refused order succeed: the account's money, and the holds on it."""
        account = self.accounts.get(number)
        if account is None:
            return ()
        holds = [(h.id, h.status, h.held) for h in self.holds.values() if h.number == number]
        return (account.balance, tuple(h for h in holds if h[1] not in ("REFUSED", "RECEIVED")))

    def _save(self, one: Resource, status: str, at: datetime) -> None:
        one.past.append((one.modified, one.json()))  # type: ignore[attr-defined]
        uneven = self.hold_stamp if isinstance(one, Hold) else timedelta(0)
        one.status, one.modified = status, at + uneven
        one.revision += 1

    # Holds

    def place(self, body: Json) -> Hold:
        """Take in an order to hold; ProblemError for one that cannot be carried out."""
        now, currency = self.now(), str(body["amount"]["currency"])
        if self.jurisdiction != "CN" and not body["requestRef"]:
            raise ProblemError(403, "OrderMissing")
        expires = body["expiresAt"] and datetime.fromisoformat(body["expiresAt"])
        if expires is not None and expires <= now:
            raise ProblemError(422, "PeriodExpired")
        hold = Hold(
            id=f"{self.id}-H{len(self.holds) + 1}", order_ref=body["orderRef"], status="RECEIVED",
            revision=1, modified=now, kind=body["kind"], number=body["account"]["number"],
            holder=body["account"]["holderName"], currency=currency,
            requested=minor_of(body["amount"]), expires=expires, supersedes=body["supersedes"],
        )  # fmt: skip
        self._notice_repeat(self._what_of(hold), hold.number, hold.order_ref)
        self.holds[hold.id] = hold
        self._take_up(hold, "hold", self.answer_hours)
        return hold

    def _take_up(self, one: Hold | Payout, occasion: str, hours: float) -> None:
        fault = self.rude(occasion)
        if fault is not None and fault.kind == "never":
            return
        late = fault.hours if fault is not None and fault.kind == "late" else 0
        act = self._act_of(one, fault)
        if hours + late:
            self._plan(self.now() + timedelta(hours=hours + late), act)
        else:
            act(self.now())

    def _act_of(self, one: Hold | Payout, fault: Fault | None = None) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            if one.status not in ("RECEIVED", "ACKNOWLEDGED", "QUEUED"):
                return
            if isinstance(one, Hold):
                self._act(one, fault, at)
            else:
                self._pay(one, fault, at)

        return act

    def _act(self, hold: Hold, fault: Fault | None, at: datetime) -> None:
        kind = fault.kind if fault else ""
        account = self.accounts.get(hold.number)
        if kind == "queue" and fault is not None:
            self._save(hold, "QUEUED", at)
            self._plan(at + timedelta(hours=fault.hours), self._act_of(hold))
            return
        if account is None or account.currency != hold.currency or kind.startswith("refuse"):
            self._refuse(hold, kind.partition(" ")[2] or "OTHER", at)
            return
        self._convert(hold, at)
        most = hold.requested // 3 if kind == "part" else hold.requested
        hold.held = 0 if kind == "none" else min(most, self.available(hold.number))
        if not hold.held:
            self._refuse(hold, "NO_BALANCE", at)
            return
        hold.acted = at
        if hold.kind == "stop":
            hold.expires = at + timedelta(hours=STOP_HOURS)
        if kind == "yen":
            hold.told_currency = "JPY"
        self._save(hold, "HELD" if hold.held == hold.requested else "PARTIALLY_HELD", at)
        self._watch_end(hold)
        if fault is not None and kind in _LATER:
            self._plan(at + timedelta(hours=fault.hours), lambda t: _LATER[kind](self, hold, t))

    def _refuse(self, hold: Hold, reason: str, at: datetime) -> None:
        hold.acted, hold.expires, hold.reason = at, None, reason
        self._save(hold, "REFUSED", at)
        self.note_refusal(self._what_of(hold), hold.number, hold.order_ref)

    def _what_of(self, hold: Hold) -> tuple[object, ...]:
        return ("hold", hold.kind, hold.number, hold.requested, hold.supersedes or "", hold.holder)

    def _convert(self, hold: Hold, at: datetime) -> None:
        before = self.holds.get(hold.supersedes or "")
        if before is not None and before.status in (*LIVE, *WAITING):
            self.let_go(before, "CONVERTED" if before.status in LIVE else "CANCELLED", at)

    def _watch_end(self, hold: Hold) -> None:
        if hold.expires is None:
            return

        def end(at: datetime) -> None:
            if hold.status in LIVE and hold.expires is not None and hold.expires <= at:
                self.let_go(hold, "EXPIRED", at)

        self._plan(hold.expires, end)

    def let_go(self, hold: Hold, status: str, at: datetime) -> None:
        """Hold nothing any more."""
        hold.held = 0
        self._save(hold, status, at)

    def put_end(self, hold: Hold, ends: datetime, at: datetime) -> None:
        """Let a hold end at another instant."""
        if hold.status in LIVE:
            hold.expires = ends
            self._save(hold, hold.status, at)
            self._watch_end(hold)

    def release(self, hold_id: str, body: Json) -> Hold:
        """Let a hold or a part of it go."""
        hold, now = self._hold(hold_id), self.now()
        minor = None if body["amount"] is None else minor_of(body["amount"])
        self.releases.append((now, hold.order_ref, minor))
        if (fault := self.rude("release")) is not None and fault.kind == "refuse":
            raise ProblemError(409, "OperationInvalid")
        if hold.status in WAITING and minor is None:
            self.let_go(hold, "CANCELLED", now)
        elif hold.status not in LIVE or (minor or 0) > hold.held:
            raise ProblemError(409, "OperationInvalid")
        elif minor is None or minor == hold.held:
            self.let_go(hold, "RELEASED", now)
        else:
            hold.held -= minor
            self._save(hold, hold.status, now)
        return hold

    def extend(self, hold_id: str, body: Json) -> Hold:
        """Hold on until a later end."""
        hold, ends = self._hold(hold_id), datetime.fromisoformat(body["expiresAt"])
        fault = self.rude("extend")
        if fault is not None and fault.kind == "refuse":
            raise ProblemError(409, "OperationInvalid")
        if hold.status not in LIVE or (hold.expires is not None and ends <= hold.expires):
            raise ProblemError(409, "OperationInvalid")
        self.put_end(hold, ends, self.now())
        return hold

    def _hold(self, hold_id: str) -> Hold:
        if hold_id not in self.holds:
            raise ProblemError(404, "NotFound")
        return self.holds[hold_id]

    # Payouts

    def pay_out(self, body: Json) -> Payout:
        """Take in an order to pay out of a hold."""
        payout = Payout(
            id=f"{self.id}-P{len(self.payouts) + 1}", order_ref=body["orderRef"],
            status="RECEIVED", revision=1, modified=self.now(), hold_id=body["holdId"],
            ordered=minor_of(body["amount"]), currency=body["amount"]["currency"],
            payee=(body["payee"]["bank"], body["payee"]["number"]),
        )  # fmt: skip
        hold = self.holds.get(payout.hold_id)
        self._notice_repeat(self._what_paid(payout), hold.number if hold else "", payout.order_ref)
        self.payouts[payout.id] = payout
        self._take_up(payout, "payout", self.settle_hours)
        return payout

    def _what_paid(self, payout: Payout) -> tuple[object, ...]:
        return ("payout", payout.hold_id, payout.ordered, payout.currency, payout.payee)

    def _pay(self, payout: Payout, fault: Fault | None, at: datetime) -> None:
        kind = fault.kind if fault else ""
        payee, hold = self.find(*payout.payee), self.holds.get(payout.hold_id)
        if kind.startswith("refuse"):
            self._refuse_payout(payout, kind.partition(" ")[2] or "OTHER", at)
            if fault is not None and kind == "refuse SETTLES_LATER":
                later = at + timedelta(hours=fault.hours)
                self._plan(later, lambda t: self._settle_payout(payout, "", t))
            return
        if payee is None:
            self._refuse_payout(payout, "ACCOUNT_CLOSURE", at)
        elif payee.currency != payout.currency:
            self._refuse_payout(payout, "OTHER", at)
        elif hold is None or hold.status not in LIVE:
            self._refuse_payout(payout, "NO_BALANCE", at)
        else:
            self._settle_payout(payout, kind, at)
            if fault is not None and kind == "returned" and payout.status == "SETTLED":
                self._plan(at + timedelta(hours=fault.hours), lambda t: self.give_back(payout, t))

    def _settle_payout(self, payout: Payout, kind: str, at: datetime) -> None:
        hold = self.holds[payout.hold_id]
        if hold.status not in LIVE or payout.status == "SETTLED":
            return
        paid = payout.ordered // 2 if kind == "short" else payout.ordered
        debit = exchanged(paid, payout.currency, hold.currency)
        # The last coin of a conversion is not refused.
        coin = int(payout.currency != hold.currency)
        if debit - coin > hold.held or not debit:
            self._refuse_payout(payout, "NO_BALANCE" if debit else "OTHER", at)
            return
        debit = min(debit, hold.held)
        payout.paid, payout.paid_currency = paid, "JPY" if kind == "yen" else payout.currency
        payout.debited, payout.debited_currency = debit, hold.currency
        payout.booked, payout.reason = at, None
        self._save(payout, "SETTLED", at)
        hold.held -= debit
        self._save(hold, hold.status if hold.held else "PAID_OUT", at)
        self._book(payout, hold, at, 1)

    def _book(self, payout: Payout, hold: Hold, at: datetime, sign: int) -> None:
        payer, payee = self.accounts[hold.number], self.find(*payout.payee)
        assert payee is not None
        there = (*payout.payee, payee.holder)
        here = (self.id, payer.number, payer.holder)
        abroad = payer.currency != payee.currency
        other = (payout.paid, payee.currency) if abroad else None
        mine = (payout.debited, payer.currency) if abroad else None
        payer.book(at, -sign * payout.debited, "PAYOUT", there, other, payout.order_ref)
        payee.book(at, sign * payout.paid, "PAYOUT", here, mine, payout.order_ref)

    def _refuse_payout(self, payout: Payout, reason: str, at: datetime) -> None:
        payout.reason = reason
        self._save(payout, "REFUSED", at)
        hold = self.holds.get(payout.hold_id)
        self.note_refusal(self._what_paid(payout), hold.number if hold else "", payout.order_ref)

    def give_back(self, payout: Payout, at: datetime) -> None:
        """The payee's bank sends a settled payout back: the money is in the account again."""
        if payout.status != "SETTLED":
            return
        hold = self.holds[payout.hold_id]
        self._save(payout, "RETURNED", at)
        self._book(payout, hold, at, -1)
        if hold.status in (*LIVE, "PAID_OUT"):
            hold.held += payout.debited
            self._save(hold, "HELD" if hold.held >= hold.requested else "PARTIALLY_HELD", at)

    # What the oracle asks

    def note_refusal(self, what: tuple[object, ...], number: str, order_ref: str) -> None:
        """Remember what was refused, and on which facts."""
        self.refused.append(Refused(what, self._facts(number), self.now(), order_ref))

    def _notice_repeat(self, what: tuple[object, ...], number: str, order_ref: str) -> None:
        for before in self.refused:
            if before.what == what and before.facts == self._facts(number):
                self.repeated.append(order_ref)
                return

    def resources(self) -> Iterator[Hold | Payout]:
        """Everything that the feed can tell."""
        yield from self.holds.values()
        yield from self.payouts.values()


def _lets_go(bank: Bank, hold: Hold, at: datetime) -> None:
    if hold.status in LIVE:
        bank.let_go(hold, "RELEASED", at)


def _prolongs(bank: Bank, hold: Hold, at: datetime) -> None:
    if hold.expires is not None:
        bank.put_end(hold, hold.expires + timedelta(hours=72), at)


def _shortens(bank: Bank, hold: Hold, at: datetime) -> None:
    bank.put_end(hold, at + timedelta(hours=2), at)


def _falls(bank: Bank, hold: Hold, at: datetime) -> None:
    if hold.status in LIVE and hold.held > 1:
        hold.held -= hold.held // 3 + 1
        bank._save(hold, "PARTIALLY_HELD", at)


def _grows(bank: Bank, hold: Hold, at: datetime) -> None:
    if hold.status == "PARTIALLY_HELD":
        more = min(hold.requested - hold.held, bank.available(hold.number))
        if more:
            hold.held += more
            bank._save(hold, "HELD" if hold.held == hold.requested else hold.status, at)


_LATER: dict[str, Callable[[Bank, Hold, datetime], None]] = {
    "lets_go": _lets_go,
    "prolongs": _prolongs,
    "shortens": _shortens,
    "falls": _falls,
    "grows": _grows,
}
