"""Money that banks hold on an account: a reserve on which later debits do not draw.

A hold for this case keeps the claims' money before the holder's own, and of it what the rule would
let leave last; what it gives back is the other way round. A hold for another case keeps what is not
of this case first. Money in a reserve is still in the account; only payments cannot take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from models.measures.held_over_time import Held
from recovery_flows.tracing.methods.piece import Pot, Quantity, Rule

_Key = tuple[str, bool]


class _Step(NamedTuple):
    at: datetime
    is_raise: bool
    held: Held


class Reserves:
    """The reserves of all accounts while the payments go by."""

    def __init__(self, rule: Rule, holds: Iterable[Held]) -> None:
        self._rule = rule
        self._steps = _steps(holds)
        self._next = 0
        self._pots: dict[_Key, Pot] = {}
        self._figures: dict[_Key, int] = {}
        self.accounts = frozenset(step.held.account for step in self._steps)

    def due(self, at: datetime, *, at_the_end: bool = False) -> Iterator[Held]:
        """What banks came to hold before a payment at `at`: at that instant only what is less.

        What a bank stops at the instant of a payment is what the payment has left; what it gives
        back was there for the payment.
        """
        while self._next < len(self._steps):
            step = self._steps[self._next]
            if step.at > at or (step.at == at and step.is_raise and not at_the_end):
                return
            self._next += 1
            yield step.held

    def change(self, held: Held, pot: Pot) -> None:
        """Set apart more of the account's free money, or give back what is held no longer."""
        key = held.account, held.is_ours
        if key not in self._pots:
            self._pots[key] = self._rule.new_pot(has_ages=True)
        self._figures[key] = held.minor
        surplus = self._pots[key].total - held.minor
        if surplus > 0:
            pot.join(self._pots[key].part_off(surplus, own_first=held.is_ours, last=False))
        self._fill(key, pot)

    def fill(self, account: str, pot: Pot) -> None:
        """A bank that stopped money before it was booked holds it from its booking on."""
        for key in ((account, True), (account, False)):
            reserve = self._pots.get(key)
            if reserve is None or reserve.total >= self._figures[key]:
                continue
            # All that was there is in it, for want of what comes now: that is chosen anew.
            other = reserve.own_total if key[1] else reserve.total - reserve.own_total
            pot.join(reserve.part_off(other, own_first=key[1], last=False))
            self._fill(key, pot)

    def _fill(self, key: _Key, pot: Pot) -> None:
        missing = self._figures[key] - self._pots[key].total
        if missing > 0:
            self._pots[key].join(pot.part_off(missing, own_first=not key[1], last=True))

    def total(self, account: str) -> Quantity:
        """What is set apart in an account."""
        return sum((pot.total for pot in self._of(account)), 0)

    def stolen(self) -> dict[str, list[Pot]]:
        """The reserves with any claim's money, by account."""
        accounts = {account for account, _ in self._pots}
        found = {a: [pot for pot in self._of(a) if pot.holds_stolen] for a in accounts}
        return {account: pots for account, pots in found.items() if pots}

    def _of(self, account: str) -> list[Pot]:
        keys = ((account, True), (account, False))
        return [self._pots[key] for key in keys if key in self._pots]


def _steps(holds: Iterable[Held]) -> list[_Step]:
    figures: dict[_Key, int] = {}
    steps: list[_Step] = []
    for held in sorted(holds, key=lambda h: h.at):
        key = held.account, held.is_ours
        steps.append(_Step(held.at, held.minor > figures.get(key, 0), held))
        figures[key] = held.minor
    return sorted(steps, key=lambda step: (step.at, step.is_raise))
