"""What banks said over time of a hold, as values: figures, and what was paid out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HeldFigure:
    """What one hold holds from `at` on, by the bank's time, in the account's currency."""

    minor: int
    at: datetime
    is_disposal: bool = False
    """Whether it fell to this because the bank disposed of the money under a court's order."""


@dataclass(frozen=True, slots=True)
class PaidFrom:
    """A payout that a bank settled out of a hold: what left the account, and when."""

    payout_id: str
    minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HoldHistory:
    """One hold on one account, in whichever recovery; figures in the order of booking."""

    account_id: str
    recovery_id: str
    figures: tuple[HeldFigure, ...]
    paid: tuple[PaidFrom, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """From `at` on banks hold so much of an account, in all, by orders of this case or of others.

    What was paid out of a hold counts as held: it left the account without any payment of it.
    """

    account: str
    at: datetime
    minor: int
    is_ours: bool
