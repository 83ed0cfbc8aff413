"""The status board of multi-agency requests, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.entities.multi_agency import TaskKind
from models.queries.cases.multi_agency import LinkageLine, TaskLine
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.views import state_names
from recovery_flows.cli.table import columns, counted, instant_text, spoken
from recovery_flows.law.terms import time_left_text
from recovery_flows.multi_agency.actions import Prospect
from recovery_flows.multi_agency.board import ToldLinkage
from recovery_flows.multi_agency.plan import Planned

_DIGEST_SHOWN = 12


def board_lines(page: RecoveryPage, zone: str) -> list[str]:
    """Every linkage of a recovery with its tasks, the slowest marked by `>`."""
    if not page.linkages:
        start = f"`recovery multi-agency start {page.ref}` begins one"
        return [f"{page.ref} has no multi-agency request: {start}"]
    return [line for linkage in page.linkages for line in _linkage(linkage, page.now, zone)]


def _linkage(linkage: LinkageLine, now: datetime, zone: str) -> Iterator[str]:
    asked = len({t.partner for t in linkage.tasks})
    yield (
        f"{counted(len(linkage.tasks), 'task')} to {counted(asked, 'partner')}, "
        f"{spoken(linkage.state)}, confirmation {spoken(linkage.confirmation)}; "
        f"started {instant_text(linkage.started_at, zone)} by {linkage.started_by}, "
        f"answers due {instant_text(linkage.due_at, zone)}"
    )
    head = ("", "partner", "task", "about", "state", "time left", "answers", "document", "id")
    rows = [_row(task, now) for task in linkage.tasks]
    yield from (f"  {line}" for line in columns(rows, head, right=(5, 6)))
    yield from (f"  {t.partner}: {t.reason}" for t in linkage.tasks if t.reason)


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


def told_lines(told: Sequence[ToldLinkage], now: datetime, zone: str) -> list[str]:
    """The same as a regulator may see it."""
    if not told:
        return ["no linkage was started"]
    return [line for linkage in told for line in _told(linkage, now, zone)]


def _told(linkage: ToldLinkage, now: datetime, zone: str) -> Iterator[str]:
    yield (
        f"{linkage.ref}  {spoken(linkage.state)}, {counted(linkage.victims, 'victim')}, "
        f"started {instant_text(linkage.started_at, zone)}"
    )
    rows = [
        (
            t.partner_kind, spoken(t.kind), state_names.task_word(t.state).word,
            instant_text(t.answered_at, zone),
            "-" if t.ends_at is None else time_left_text(now, t.ends_at),
        )
        for t in linkage.tasks
    ]  # fmt: skip
    head = ("partner", "task", "state", "last answer", "time left")
    yield from (f"  {line}" for line in columns(rows, head, right=(4,)))


def planned_lines(
    prospect: Prospect, planned: Sequence[Planned], copy: Mapping[str, object]
) -> Iterator[str]:
    """What a linkage would send, what an authority would be told, and whom it leaves out."""
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
