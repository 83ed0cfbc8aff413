"""First in, first out over banks' books by the tests' own hand: it shares no code with the program.

Lots leave an account in the order in which they came. What a bank holds stays: of the case's money
the lots that would leave last, before the holder's own; for another case first what is not of this
one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple

Account = tuple[str, str]


class Paid(NamedTuple):
    """A payment as the banks' books show it; `kept`: the bank made it out of what it held."""

    at: str
    reference: str
    payer: Account | None
    payee: Account | None
    debit: int
    credit: int
    kind: str
    kept: bool


class Holds(NamedTuple):
    """From when on a bank holds how much of an account for one case, for ours or for another."""

    at: str
    account: Account
    minor: int
    ours: bool


class Lot(NamedTuple):
    """Money that came at once: a claim (or ""), minor units, minor units of the loss."""

    age: int
    claim: str
    minor: int
    loss: int


def first_in_first_out(
    payments: Iterable[Paid],
    opening: Mapping[Account, int],
    stolen: Mapping[str, tuple[str, int]],
    holds: Iterable[Holds] = (),
) -> tuple[Counter[Any], Counter[Any]]:
    """Where each claim's money is and how it left.

    `stolen`: reference of the victim's payment -> (claim, loss).
    """
    accounts: defaultdict[Account, _Account] = defaultdict(_Account)
    ages = count(1)
    for account, minor in opening.items():
        accounts[account].lots.append(Lot(0, "", minor, 0))
    gone: Counter[Any] = Counter()
    waiting = sorted(holds, key=lambda h: h.at)
    for paid in payments:
        while waiting and waiting[0].at < paid.at:
            told = waiting.pop(0)
            accounts[told.account].hold(told.minor, ours=told.ours)
        if paid.reference in stolen:
            claim, loss = stolen[paid.reference]
            taken = [Lot(0, claim, paid.debit, loss)]
        else:
            is_free = paid.payer is not None and not paid.kept
            taken = accounts[paid.payer].pay(paid.debit) if is_free and paid.payer else []
            taken.append(Lot(0, "", paid.debit - sum(lot.minor for lot in taken), 0))
        if paid.payee:
            accounts[paid.payee].take(_arrived(paid, taken, next(ages)))
            continue
        for lot in taken:
            gone[paid.kind, paid.payer, lot.claim] += lot.loss if lot.claim else 0
    found: Counter[Any] = Counter()
    for account, money in accounts.items():
        for lot in (*money.lots, *money.kept[True], *money.kept[False]):
            found[account, lot.claim] += lot.loss if lot.claim else 0
    return +found, +gone


def _arrived(paid: Paid, taken: Iterable[Lot], age: int) -> Iterator[Lot]:
    """The lots in the payee's currency."""
    passed = 0
    for lot in taken:
        upto = passed + lot.minor
        came = paid.credit * upto // paid.debit - paid.credit * passed // paid.debit
        passed = upto
        yield Lot(age, lot.claim, came, lot.loss)


class _Account:
    """An account's free lots, oldest first, and what its bank keeps for our case and for others."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.kept: dict[bool, list[Lot]] = {True: [], False: []}
        self._figures = {True: 0, False: 0}

    def pay(self, minor: int) -> list[Lot]:
        """Take the oldest free lots."""
        return list(_taken(self.lots, minor, list(self.lots)))

    def hold(self, minor: int, *, ours: bool) -> None:
        """Keep so much from now on."""
        self._figures[ours] = minor
        surplus = sum(lot.minor for lot in self.kept[ours]) - minor
        if surplus > 0:
            kept = self.kept[ours]
            order = sorted(kept, key=lambda lot: (bool(lot.claim) is ours, lot.age))
            self._free(_taken(kept, surplus, order))
        self._keep(ours=ours)

    def take(self, lots: Iterable[Lot]) -> None:
        """Money comes; what is kept is chosen anew where less than the figure was there."""
        self.lots += lots
        for ours, kept in self.kept.items():
            if sum(lot.minor for lot in kept) < self._figures[ours]:
                other = [lot for lot in kept if bool(lot.claim) is not ours]
                self._free(_taken(kept, sum(lot.minor for lot in other), other))
                self._keep(ours=ours)

    def _keep(self, *, ours: bool) -> None:
        missing = self._figures[ours] - sum(lot.minor for lot in self.kept[ours])
        order = sorted(self.lots, key=lambda lot: (bool(lot.claim) is not ours, -lot.age))
        self.kept[ours] += _taken(self.lots, max(0, missing), order, last=True)

    def _free(self, lots: Iterable[Lot]) -> None:
        self.lots = sorted([*self.lots, *lots], key=lambda lot: lot.age)


def _taken(
    lots: list[Lot], left: int, order: Iterable[Lot], *, last: bool = False
) -> Iterator[Lot]:
    """Take minor units out of `lots` in an order; of a split lot the first part, or the last."""
    taken = []
    for lot in list(order):
        used = min(lot.minor, left)
        if not used:
            continue
        left -= used
        rest = lot.minor - used
        first = lot.loss * (rest if last else used) // lot.minor
        part = lot.loss - first if last else first
        place = next(n for n, one in enumerate(lots) if one is lot)
        lots[place : place + 1] = [lot._replace(minor=rest, loss=lot.loss - part)] if rest else []
        taken.append(lot._replace(minor=used, loss=part))
    return iter(taken)
