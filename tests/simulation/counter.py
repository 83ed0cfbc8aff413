"""What every simulated bank has: its books, its time, its faults, and what it remembers.

No code of the program is used here; it shares with it only the profile's words on the wire.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.books import Account, Hold, Json, Payout, Resource
from tests.simulation.faults import Fault

_LATE = ("payout", "release", "extend")


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
class BankContext:
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
    coins_more: int = 0
    on_its_own: set[str] = field(default_factory=set)
    polite: bool = False
    told: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    releases: list[tuple[datetime, str, int | None]] = field(default_factory=list)
    _entries: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    last_news: datetime | None = None
    _diary: list[tuple[datetime, int, Callable[[datetime], None], bool]] = field(
        default_factory=list
    )

    # Faults

    def rude(self, occasion: str) -> Fault | None:
        """The fault of this occasion, if this is its turn; each occasion is counted."""
        self._seen[occasion] += 1
        for fault in self.faults:
            if fault.occasion != occasion or fault.nth not in (0, self._seen[occasion]):
                continue
            if not self.polite or self._comes_late(fault):
                self.told[f"{occasion}:{fault.kind}"] += 1
                return fault
        return None

    def _comes_late(self, fault: Fault) -> bool:
        """Whether even a polite bank does it: once, to what comes only near a recovery's end."""
        return bool(fault.nth) and fault.occasion in _LATE and fault.kind != "never"

    # Time

    def _plan(
        self, at: datetime, act: Callable[[datetime], None], *, is_rude: bool = False
    ) -> None:
        self._entries += 1
        self._diary.append((at, self._entries, act, is_rude))

    def do_later(self, hours: float, act: Callable[[], object]) -> None:
        """Plan what nobody expects any more."""

        def late(_: datetime) -> None:
            act()

        self._plan(self.now() + timedelta(hours=hours), late, is_rude=True)

    def advance(self) -> None:
        """Let everything happen that was due until now, in its order."""
        while due := [entry for entry in self._diary if entry[0] <= self.now()]:
            first = min(due, key=lambda entry: entry[:2])
            self._diary.remove(first)
            first[2](first[0])
            if first[3]:
                self.last_news = first[0]

    def next_news(self) -> datetime | None:
        """When this bank goes back on its word, if it will."""
        return min((entry[0] for entry in self._diary if entry[3]), default=None)

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
        one.is_untold, one.restated = False, None

    # What the oracle asks

    def note_refusal(self, what: tuple[object, ...], number: str, order_ref: str) -> None:
        """Remember what was refused, and on which facts."""
        self.refused.append(Refused(what, self._facts(number), self.now(), order_ref))

    def _notice_repeat(self, what: tuple[object, ...], number: str, order_ref: str) -> None:
        for before in self.refused:
            if before.what == what and before.facts == self._facts(number):
                self.repeated.append((order_ref, before.order_ref))
                return

    def resources(self) -> Iterator[Hold | Payout]:
        """Everything that the feed can tell."""
        for hold in self.holds.values():
            if hold.kind != "voluntary" and not hold.is_untold:
                yield hold
        yield from self.payouts.values()
