"""The status board of multi-agency requests, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.entities.multi_agency import TaskKind
from models.queries.cases.multi_agency import MultiAgencyRequestLine, TaskLine
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.views import state_names
from recovery_flows.cli.table import columns, counted, instant_text, spoken
from recovery_flows.law.terms import time_left_text
from recovery_flows.multi_agency.actions import Prospect
from recovery_flows.multi_agency.board import RegulatorView
from recovery_flows.multi_agency.plan import Planned

_DIGEST_SHOWN = 12


def board_lines(page: RecoveryPage, zone: str) -> list[str]:
    """Every multi-agency request of a recovery with its tasks, the slowest marked by `>`."""
    if not page.multi_agency_requests:
        start = f"`recovery multi-agency start {page.ref}` begins one"
        return [f"{page.ref} has no multi-agency request: {start}"]
    return [
        line for request in page.multi_agency_requests for line in _request(request, page.now, zone)
    ]


def _request(request: MultiAgencyRequestLine, now: datetime, zone: str) -> Iterator[str]:
    asked = len({t.partner for t in request.tasks})
    yield (
        f"{counted(len(request.tasks), 'task')} to {counted(asked, 'partner')}, "
        f"{spoken(request.state)}, confirmation {spoken(request.confirmation)}; "
        f"started {instant_text(request.started_at, zone)} by {request.started_by}, "
        f"answers due {instant_text(request.due_at, zone)}"
    )
    head = ("", "partner", "task", "about", "state", "time left", "answers", "document", "id")
    rows = [_row(task, now) for task in request.tasks]
    yield from (f"  {line}" for line in columns(rows, head, right=(5, 6)))
    yield from (f"  {t.partner}: {t.reason}" for t in request.tasks if t.reason)


def _row(task: TaskLine, now: datetime) -> tuple[str, ...]:
    left = "-" if task.ends_at is None else time_left_text(now, task.ends_at)
    return (
        ">" if task.is_slowest else "",
        task.partner,
        spoken(task.kind),
        task.subject,
        state_names.task_word(task.state).word,
        left,
        str(task.answers),
        task.document[:_DIGEST_SHOWN] or "-",
        task.task_id,
    )


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
    if planned:
        rows = [(p.partner_id, spoken(p.kind), p.hint) for p in planned]
        yield from columns(rows, ("partner", "task", "about"))
        if any(p.kind is TaskKind.COPY for p in planned):
            yield f"an authority would be told: {json.dumps(copy, ensure_ascii=False)}"
    else:
        yield f"nobody would be asked about {prospect.ref}: nothing is left that a partner could do"
    shared = prospect.shared(planned)
    if shared:
        yield f"another recovery asks about the subject of {counted(shared, 'task')} too"
    yield from (f"{name} is left out: it is {why}" for name, why in prospect.left_out)
