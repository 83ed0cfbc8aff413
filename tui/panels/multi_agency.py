"""The status board of multi-agency requests: what each partner was asked, state, deadline."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from models.entities.multi_agency import MultiAgencyRequestState, TaskState
from models.queries.cases.multi_agency import MultiAgencyRequestLine, TaskLine
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.views import state_names
from recovery_flows.multi_agency.actions import Prospect
from recovery_flows.multi_agency.plan import Planned
from tui.layout import ROOMY, Column, grid, paragraph
from tui.state_styles import ALARM, CARE, GOOD, MUTED, sign_of, time_left
from tui.text import counted, word, words, zoned_time

_TASKS = (
    Column("", most=1),
    Column("partner", most=24),
    Column("task", most=10),
    Column("about", most=30, rest=True),
    Column("state", most=22),
    Column("  time left", most=12),
    Column("answers", most=20),
)
_PLANNED = (Column("partner", most=28), Column("task", most=12), Column("about", rest=True))
_DIGEST_SHOWN = 12


def board_lines(page: RecoveryPage, zone: str, width: int) -> list[Content]:
    """Every multi-agency request of a recovery, the newest first, with a line for each task."""
    if not page.multi_agency_requests:
        return [word("no multi-agency request yet: L starts one", MUTED)]
    return [
        line
        for request in page.multi_agency_requests
        for line in _request(request, page, zone, width)
    ]


def _request(
    request: MultiAgencyRequestLine, page: RecoveryPage, zone: str, width: int
) -> Iterator[Content]:
    partners = len({t.partner for t in request.tasks})
    head = words(
        (f"{counted(len(request.tasks), 'task')} to {counted(partners, 'partner')}", "bold"),
        (f"  started {zoned_time(request.started_at, zone)} by {request.started_by}", MUTED),
        "  ", _standing(request),
    )  # fmt: skip
    yield from paragraph(head, width)
    yield from grid(_TASKS, [_row(t, page, short=width < ROOMY) for t in request.tasks], width)
    for task in request.tasks:
        if task.reason:
            yield from paragraph(words((f"{task.partner}: ", MUTED), (task.reason, CARE)), width, 2)


def _standing(request: MultiAgencyRequestLine) -> Content:
    if request.state is MultiAgencyRequestState.DENIED:
        return word("✕ denied, taken back", ALARM)
    if request.confirmation == "pending":
        return word("? waits to be confirmed", CARE)
    ended = request.state is MultiAgencyRequestState.ENDED
    return word("✓ all have answered" if ended else "✓ confirmed", GOOD)


def _row(task: TaskLine, page: RecoveryPage, *, short: bool) -> tuple[Content, ...]:
    digest = "" if short else f"  {task.document[:_DIGEST_SHOWN]}"
    late = task.is_late and task.state in (TaskState.ORDERED, TaskState.ACKNOWLEDGED)
    return (
        word("▸" if task.is_slowest else "", "bold $warning"),
        word(task.partner),
        word(task.kind.replace("_", " "), "bold"),
        word(task.subject, MUTED),
        sign_of(state_names.task_word(task.state)).text(short=short),
        time_left(page.now, task.ends_at, short=short),
        words((task.answers or "–", ALARM if late else MUTED), (digest, MUTED)),
    )


def planned_lines(prospect: Prospect, planned: tuple[Planned, ...], width: int) -> list[Content]:
    """What a multi-agency request would send, and whom it leaves out."""
    partners = len({p.partner_id for p in planned})
    tasks = counted(len(planned), "task")
    said = word("nothing is left that a partner could do", CARE)
    if planned:
        said = words(("y ", "bold $accent"), f"sends {tasks} to {counted(partners, 'partner')}")
    rows = [
        (word(p.partner_id), word(p.kind.replace("_", " "), "bold"), word(p.hint, MUTED))
        for p in planned
    ]
    lines = [said, *(grid(_PLANNED, rows, width) if rows else ())]
    shared = prospect.shared(planned)
    if shared:
        also = f"‼ another recovery asks about the subject of {counted(shared, 'task')} too"
        lines += paragraph(word(also, CARE), width)
    if prospect.named:
        before = f"named in earlier multi-agency requests: {', '.join(prospect.named)}"
        lines += paragraph(word(before, MUTED), width)
    lines += [word(f"{name} is left out: it is {why}", MUTED) for name, why in prospect.left_out]
    return lines
