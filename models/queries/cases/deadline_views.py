"""The clock wall as the screen and `recovery deadlines` show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.money import Money
from models.queries.cases.views import ClockLine


@dataclass(frozen=True, slots=True)
class WallLine:
    """One running clock on the wall of all of them; `amount` is what it is about, if money is."""

    line_id: str
    recovery_id: str
    ref: str
    owner: str
    bank: str
    amount: Money | None
    clock: ClockLine


@dataclass(frozen=True, slots=True)
class ClockWall:
    """Running clocks, nearest end first, complete up to `until` (None: all there are)."""

    now: datetime
    lines: tuple[WallLine, ...]
    until: datetime | None
