"""What an alarm notes leaves nothing to do, and the first step is the first of all steps."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.cases import next_steps
from recovery_flows.cases.commit import has_engine_work
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide


@pytest.fixture
def ordered(unit: Any) -> str:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    return str(recovery_id)


def test_an_alarm_leaves_nothing_to_do(unit: Any, ordered: str) -> None:
    unit.later(3)
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    assert decide(engine, [ordered]) == 1
    assert unit.file(ordered).approvals[0].alarmed
    assert not has_engine_work(unit.file(ordered), unit.now, unit.laws)
    assert decide(engine, [ordered]) == 0


def test_the_first_step_is_the_first_of_all_steps_whichever_is_asked_for_first(
    unit: Any, ordered: str
) -> None:
    for _ in range(3):
        first = next_steps.first_step(unit.file(ordered), unit.laws)
        every = next_steps.steps(unit.file(ordered), unit.laws)
        assert first == every[0]
        file = unit.file(ordered)
        assert next_steps.steps(file, unit.laws)[0] == next_steps.first_step(file, unit.laws)
        unit.later(3)
        unit.advance_engine(ordered)
