"""The status board of multi-agency requests, and what one would send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from models.entities.multi_agency import MultiAgencyRequestState, TaskState
from models.language.phrase import joined, phrase
from models.language.stored import read_back
from models.queries.cases.multi_agency import MultiAgencyRequestLine, TaskLine
from recovery_flows.cases.pages.shared_cells import sign, time_left
from recovery_flows.cases.pages.value import (
    Column,
    Line,
    Part,
    Piece,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.state_names import Tone, task_word
from recovery_flows.multi_agency.actions import Prospect
from recovery_flows.multi_agency.identifiers import SPOKEN
from recovery_flows.multi_agency.plan import Planned
from recovery_flows.wording import counted, spoken

_TASKS = (
    Column(most=1), Column("partner", most=24), Column("task", most=10),
    Column("about", most=30, rest=True), Column("state", most=22), Column("  time left", most=12),
    Column("answers", most=20), Column("id", typed=True),
)  # fmt: skip
_PLANNED = (Column("partner", most=28), Column("task", most=12), Column("about", rest=True))
_DIGEST_SHOWN = 12
_WAITING = (TaskState.ORDERED, TaskState.ACKNOWLEDGED)


def board(requests: Sequence[MultiAgencyRequestLine], now: datetime) -> Section:
    """Every multi-agency request of a recovery, the newest first, with a row for each task."""
    parts = tuple(part for one in requests for part in _request(one, now))
    return Section("multi-agency", phrase("Multi-agency requests"), parts)


def _request(request: MultiAgencyRequestLine, now: datetime) -> Iterator[Part]:
    partners = counted(len({t.partner for t in request.tasks}), "partner")
    due = (phrase("  answers due "), request.due_at) if request.due_at else ()
    yield line(
        strong(
            phrase(
                "{tasks} to {partners}",
                tasks=counted(len(request.tasks), "task"),
                partners=partners,
            )
        ),
        "  ",
        _standing(request),
        muted(phrase("  started ")),
        muted(request.started_at),
        muted(phrase(" by {started_by}", started_by=request.started_by)),
        *(muted(part) for part in due),
    )
    yield from table(_TASKS, (_task(task, now) for task in request.tasks))
    for task in request.tasks:
        if task.reason:
            yield line(
                muted(f"{task.partner}: "), Piece(read_back(task.reason), Tone.CARE), indent=2
            )


def _standing(request: MultiAgencyRequestLine) -> Piece:
    if request.state is MultiAgencyRequestState.DENIED:
        return Piece(phrase("✕ denied, withdrawn"), Tone.ALARM)
    if request.confirmation == "pending":
        return Piece(phrase("? awaiting confirmation"), Tone.CARE)
    ended = request.state is MultiAgencyRequestState.ENDED
    return Piece(phrase("✓ all have answered") if ended else phrase("✓ confirmed"), Tone.GOOD)


def _task(task: TaskLine, now: datetime) -> tuple[Piece | tuple[Piece, ...], ...]:
    late = Tone.ALARM if task.is_late and task.state in _WAITING else Tone.MUTED
    digest = Piece(f"  {task.document[:_DIGEST_SHOWN]}", Tone.MUTED, " ")
    return (
        Piece("▸" if task.is_slowest else "", Tone.SOON),
        Piece(task.partner),
        strong(spoken(task.kind)),
        muted(_subject(task.subject)),
        sign(task_word(task.state)),
        time_left(now, task.ends_at),
        cell(Piece(task.answers or "–", late), digest),
        muted(task.task_id),
    )


def _subject(hint: str) -> str:
    """What a task is about: its kind in words, then what may be shown of it."""
    kind = next((name for name in SPOKEN.values() if hint.startswith(f"{name} ")), "")
    return joined("", [phrase(kind), hint.removeprefix(kind)]) if kind else hint


def plan_lines(prospect: Prospect, planned: Sequence[Planned]) -> tuple[Part, ...]:
    """What a multi-agency request would send, duplicate subjects, and partners left out."""
    rows = ((cell(p.partner_id), strong(spoken(p.kind)), muted(_subject(p.hint))) for p in planned)
    return (*table(_PLANNED, rows), *_remarks(prospect, planned))


def _remarks(prospect: Prospect, planned: Sequence[Planned]) -> Iterator[Line]:
    if not planned:
        none = phrase(
            "nothing can be sent for {ref}: no partner has a task that is not asked yet",
            ref=prospect.ref,
        )
        yield line(Piece(none, Tone.CARE))
    if shared := prospect.shared(planned):
        also = phrase(
            "‼ another recovery asks about the subject of {tasks} too",
            tasks=counted(shared, "task"),
        )
        yield line(Piece(also, Tone.CARE))
    if prospect.named:
        before = ", ".join(prospect.named)
        yield line(muted(phrase("named in earlier multi-agency requests: {before}", before=before)))
    for name, why in prospect.left_out:
        yield line(muted(phrase("{name} is left out: it is {why}", name=name, why=why)))
