"""Where a scene is played and what it sets; the rest of its plan is as polite as it gets."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.simulation.faults import Fault
from tests.simulation.plan import MULES, VICTIMS, Payment, Report, Tick


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is played: the account, its bank, the sum that the first victim lost."""

    dice: random.Random
    account: tuple[str, str]
    minor: int
    first_ref: int

    @property
    def bank(self) -> str:
        """The bank of the account."""
        return self.account[0]

    @property
    def other(self) -> tuple[str, str]:
        """A mule's account at the other bank at home."""
        return MULES[1] if self.account == MULES[0] else MULES[0]

    def ref(self, victim: int) -> str:
        """The reference of a victim's payment: ids, and what hangs on them, differ with it."""
        return f"E{self.first_ref + victim}"

    def stolen(self, victim: int = 1, hour: float = 1, minor: int = 0) -> Payment:
        """What a victim pays to the account."""
        payer = VICTIMS[victim - 1]
        return Payment(hour, payer, self.account, minor or self.minor, self.ref(victim))

    def report(self, victim: int = 1, hour: float = 2, minor: int = 0) -> Report:
        """Who reports it whole."""
        return Report(hour, self.ref(victim), minor or self.minor, pasted=self.dice.random() < 0.2)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a scene sets; the rest of a plan is as polite as it gets."""

    ticks: tuple[Tick, ...]
    payments: tuple[Payment, ...]
    reports: tuple[Report, ...]
    faults: tuple[Fault, ...] = ()
    own_minor: int = 0
    answer_hours: float = 0
    settle_hours: float = 0
    coins_more: int = 0
    """What a conversion abroad costs more than at the rate by which the money came there."""
