"""The status board of multi-agency requests, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.entities.multi_agency import TaskKind
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.pages.board import board, plan_lines
from recovery_flows.cases.views import state_names
from recovery_flows.cli.page_text import parts_lines
from recovery_flows.cli.table import columns, instant_text
from recovery_flows.law.terms import time_left_text
from recovery_flows.multi_agency.actions import Prospect
from recovery_flows.multi_agency.board import RegulatorView
from recovery_flows.multi_agency.plan import Planned
from recovery_flows.wording import counted, spoken


def board_lines(page: RecoveryPage, zone: str) -> list[str]:
    """Every multi-agency request of a recovery with its tasks, the slowest marked by `▸`."""
    if not page.multi_agency_requests:
        start = f"`recovery multi-agency start {page.ref}` begins one"
        return [f"{page.ref} has no multi-agency request: {start}"]
    return list(parts_lines(board(page.multi_agency_requests, page.now).parts, zone))


def regulator_lines(told: Sequence[RegulatorView], now: datetime, zone: str) -> list[str]:
    """The same as a regulator may see it."""
    if not told:
        return ["no multi-agency request was started"]
    return [line for request in told for line in _regulator_view(request, now, zone)]


def _regulator_view(request: RegulatorView, now: datetime, zone: str) -> Iterator[str]:
    yield (
        f"{request.ref}  {spoken(request.state)}, {counted(request.victims, 'victim')}, "
        f"started {instant_text(request.started_at, zone)}"
    )
    rows = [
        (
            t.partner_kind, spoken(t.kind), state_names.task_word(t.state).word,
            instant_text(t.answered_at, zone),
            "-" if t.ends_at is None else time_left_text(now, t.ends_at),
        )
        for t in request.tasks
    ]  # fmt: skip
    head = ("partner", "task", "state", "last answer", "time left")
    yield from (f"  {line}" for line in columns(rows, head, right=(4,)))


def planned_lines(
    prospect: Prospect, planned: Sequence[Planned], copy: Mapping[str, object]
) -> Iterator[str]:
    """What a multi-agency request would send, what an authority would read, whom it leaves out."""
    yield from parts_lines(plan_lines(prospect, planned), "UTC")
    if any(p.kind is TaskKind.COPY for p in planned):
        yield f"an authority would be told: {json.dumps(copy, ensure_ascii=False)}"
