"""The queue as the screen and `--json` show it: frozen lines, a page of them, the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.entities.asset import Stage
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.money import Money
from models.queries.installation.clock import EngineView
from models.urgency import Urgency


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One open recovery in the queue; `due_at` is the end of the nearest legal clock.

    `urgency` is its group in the queue's order, `attention` why it is in red, `idle_since` since
    when; `shared`: another recovery knows an account or a payment of it; `victim_due_at` is
    by when a victim is to be told how far his report has come. Something of it has `changed` since
    whoever looks looked last.
    """

    recovery_id: str
    ref: str
    state: RecoveryState
    stage: Stage
    loss: Money
    victims: int
    due_at: datetime | None
    action: str
    role: Role
    sentence: str
    owner: str
    method: str
    reported_at: datetime
    urgency: Urgency
    attention: str = ""
    idle_since: datetime | None = None
    shared: bool = False
    victim_due_at: datetime | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue or a page of it, the most urgent first, at case time `now`.

    `attention_count` are in red, `discrepancy_count` of them for a contradiction. `offset` lines
    stand before the first one here, `total` are there in all, and `found` of them pass the filter.
    `at_row` is where the line stands now that was asked for. Accepted by nobody within the hour are
    `fresh_count`, past their clock `late_count`, near it `soon_count`; changed since whoever looks
    looked last `changed_count`.
    """

    now: datetime
    lines: tuple[QueueLine, ...]
    open_count: int
    closed_count: int
    engine: EngineView
    attention_count: int = 0
    discrepancy_count: int = 0
    offset: int = 0
    total: int = 0
    found: int = 0
    at_row: int | None = None
    fresh_count: int = 0
    late_count: int = 0
    soon_count: int = 0
    changed_count: int = 0
