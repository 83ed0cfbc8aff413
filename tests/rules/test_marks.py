"""Marks note what was told: whoever reads one decides by it, and has to be asked again."""

from __future__ import annotations

import ast
from pathlib import Path

from models.entities.approval import ApprovalState
from models.entities.event import EntityKind
from models.entities.hold import HoldState, Renewal
from models.outcome import MARKS, Transition, is_mark

_ROOT = Path(__file__).parents[2]
_READERS = {
    # who tells, and asks whether it was told
    "recovery_flows/freezing/stage.py": {"alarmed"},
    "recovery_flows/freezing/reminders.py": {"reminded_hours", "escalated_at"},
    # when it is told next, and how the lists show it
    "recovery_flows/cases/scheduling.py": {"alarmed"},
    "recovery_flows/cases/deadlines.py": {"alarmed", "escalated_at"},
    # what a bank's answer takes back, never asked by the stages
    "recovery_flows/freezing/answers.py": {"reminded_hours"},
    # of tasks, whose columns of these names are no marks
    "recovery_flows/multi_agency/board.py": {"escalated_at"},
    "recovery_flows/multi_agency/next_steps.py": {"reminded_hours", "escalated_at"},
    "recovery_flows/multi_agency/stage.py": {"reminded_hours", "escalated_at"},
}


def _read_in(path: Path) -> set[str]:
    marks = frozenset().union(*MARKS.values())
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & marks


def test_only_who_tells_and_who_shows_it_reads_a_mark() -> None:
    found = {
        str(path.relative_to(_ROOT)): read
        for room in ("models", "recovery_flows", "tui")
        for path in (_ROOT / room).rglob("*.py")
        if (read := _read_in(path))
    }
    assert found == _READERS


def _of_a_hold(event: str, state: HoldState, **values: int | str) -> Transition:
    return Transition(EntityKind.HOLD, "hold-1", event, state, values)


def test_a_reminder_and_an_alarm_are_marks() -> None:
    assert is_mark(_of_a_hold("reminded", HoldState.STOPPED, reminded_hours=6))
    assert is_mark(
        Transition(
            EntityKind.APPROVAL, "appr-1", "overdue", ApprovalState.PENDING, {"alarmed": True}
        )
    )


def test_what_changes_anything_else_is_no_mark() -> None:
    anew = _of_a_hold("reminded", HoldState.FROZEN, reminded_hours=6, renewal=Renewal.AGAIN)
    assert not is_mark(anew)
    assert not is_mark(_of_a_hold("lapsed", HoldState.STOPPED, reminded_hours=0))
    assert not is_mark(_of_a_hold("reminded", HoldState.STOPPED))
    assert not is_mark(
        Transition(EntityKind.APPROVAL, "appr-1", "voided", ApprovalState.PENDING, {})
    )
    of_a_task = Transition(
        EntityKind.TASK, "task-1", "escalated", "ordered", {"escalated_at": None}
    )
    assert not is_mark(of_a_task)
