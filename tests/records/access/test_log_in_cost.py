"""What a try to log in costs, and that a bounded look back still finds what was put there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.officer import Role
from models.store.log_ins import record_log_in, record_refusal
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.password_log_in import LogInRefusedError
from tests.records.access.conftest import NOW, PASSWORD, comes

_TRIES = 300


def _cost(unit: Any, act: Callable[[], object]) -> tuple[int, int]:
    """Statements of an act, and steps of the database's own machine that they took."""
    engine, statements, steps = unit.database.engine, [0], [0]

    def stated(*given: Any) -> None:
        del given
        statements[0] += 1

    def stepped() -> int:
        steps[0] += 1
        return 0

    def watched(connection: Any, *given: Any) -> None:
        del given
        connection.set_progress_handler(stepped, 10)

    engine.dispose()
    sa.event.listen(engine, "connect", watched)
    sa.event.listen(engine, "before_cursor_execute", stated)
    act()
    sa.event.remove(engine, "before_cursor_execute", stated)
    sa.event.remove(engine, "connect", watched)
    engine.dispose()
    return statements[0], steps[0]


def _fails(unit: Any) -> None:
    with pytest.raises(LogInRefusedError):
        comes(unit, "not the password")


@pytest.mark.usefixtures("officer")
def test_a_try_costs_the_same_after_hundreds_of_tries_right_and_wrong(unit: Any) -> None:
    comes(unit)
    right, wrong = _cost(unit, lambda: comes(unit)), _cost(unit, lambda: _fails(unit))
    comes(unit)  # ends the count of wrong ones in a row
    chen = unit.case_officer().officer
    with unit_of_work(unit.database) as work:
        for number in range(_TRIES):
            record_refusal(work, NOW, chen.id)
            if number % 2:
                actor = Actor(chen.id, Role.OFFICER)
                record_log_in(work, actor, NOW, chen.id, "entered", step_used=number)
    after = _cost(unit, lambda: comes(unit)), _cost(unit, lambda: _fails(unit))
    for (statements, steps), (statements_then, steps_then) in zip(
        (right, wrong), after, strict=True
    ):
        assert statements_then == statements
        assert steps_then < steps * 1.2


@pytest.mark.parametrize(
    "change",
    [
        "step_used = 0", "secrets_digest = 'x'", "has_second_factor = 1", "state = 'reset'",
        "officer_id = 'wu'",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("officer")
def test_a_log_in_that_was_changed_by_hand_lets_nobody_in(unit: Any, change: str) -> None:
    chen = unit.case_officer().officer
    with unit_of_work(unit.database) as work:
        actor = Actor(chen.id, Role.OFFICER)
        record_log_in(work, actor, NOW, chen.id, "entered", step_used=77)
        record_refusal(work, NOW, chen.id)
        record_log_in(work, actor, NOW, chen.id, "entered")
    assert comes(unit).officer.handle == "chen"
    with unit.database.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE log_in SET {change} WHERE id = 'chen'"))
    with pytest.raises(LogInRefusedError):
        comes(unit, PASSWORD)
