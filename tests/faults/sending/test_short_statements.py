"""A bank whose statements end the evening before: asked once more, then a person asks."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from recovery_flows.engine.context import Engine
from recovery_flows.sandbox.banks import statements

_DAY_US = 86_400 * 1_000_000


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """By how much the statements of the banks lag, in microseconds; none after `clear`."""
    lag, told = [_DAY_US], statements.statement_json

    def late(db: Any, account: Any, period_us: tuple[int, int], cursor: str | None) -> Any:
        begins, ends = period_us
        return told(db, account, (begins, max(begins, ends - sum(lag))), cursor)

    monkeypatch.setattr(statements, "statement_json", late)
    return lag


@pytest.fixture
def running_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case time goes on between any two steps, as it does outside of tests."""
    ticks, stands = count(1), Engine.now
    monkeypatch.setattr(
        Engine, "now", lambda engine: stands(engine) + timedelta(milliseconds=next(ticks))
    )
    monkeypatch.setattr(Engine, "now_in", lambda engine, _session: engine.now())


@pytest.mark.usefixtures("running_clock")
async def test_a_statement_that_ends_before_the_stop_is_not_asked_for_without_end(
    unit: Any, behind: list[int]
) -> None:
    unit.stop()
    for _ in range(4):
        await unit.sweep(after_seconds=130)
    assert unit.call_events("statement").count("answered") == 1
    assert "ask_statement" in [s.action for s in unit.page().steps]
    behind.clear()
    unit.later(1)
    unit.officer_does("ask_statement")
    await unit.sweep(after_seconds=130)
    freeze = unit.hold(HoldKind.FREEZE)
    assert (freeze.state, freeze.requested_minor) == (HoldState.DRAFT, 80_000)
    unit.assert_books_hold()
