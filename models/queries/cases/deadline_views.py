"""All deadlines as the screen and `recovery deadlines` show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.money import Money
from models.queries.cases.views import DeadlineLine


@dataclass(frozen=True, slots=True)
class DeadlineEntry:
    """One running deadline with its recovery; `amount` is what it is about, if money is.

    Of a request from abroad `recovery_id` is "" and `ref` its own reference.
    """

    line_id: str
    recovery_id: str
    ref: str
    owner: str
    bank: str
    amount: Money | None
    clock: DeadlineLine


@dataclass(frozen=True, slots=True)
class DeadlinesView:
    """Running deadlines, the nearest first, complete up to `until` (None: all of them)."""

    now: datetime
    lines: tuple[DeadlineEntry, ...]
    until: datetime | None
