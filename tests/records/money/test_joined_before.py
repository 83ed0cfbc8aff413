"""A file that was joined under a version before is traced anew, by the engine and with an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.joined_traces import trace_anew
from recovery_flows.tracing import onward_accounts


def look_back(unit: Any) -> None:
    trace_anew(Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now))


@pytest.fixture
def joined(unit: Any, acts: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """Two files about one account, each traced by itself, then joined and traced as before.

    Its argument is what left the account after both had paid 1,000.00 into it.
    """

    def _joined(left_minor: int) -> str:
        first, second = unit.report(*unit.reports(2))
        lines = [
            unit.line(1, 100_000, at_hours=1, ref="E1"),
            unit.line(3, 100_000, at_hours=2, ref="E2"),
            unit.line(10, -left_minor, counter=None, at_hours=2.5),
        ]
        for name in (first, second):
            unit.accept(name)
            unit.trace(name, unit.statement(lines))
            acts.close_calls(name)
        monkeypatch.setattr(onward_accounts, "_content", lambda trace: trace.rule)
        unit.case_officer().join(first, second)
        acts.decide(first)
        monkeypatch.undo()
        return str(first)

    return _joined


def test_a_trace_that_knows_no_mixed_money_is_wanted_anew_once(
    unit: Any, acts: Any, joined: Callable[[int], str]
) -> None:
    recovery_id = joined(130_000)
    file = unit.file(recovery_id)
    assert (file.recovery.trace_wanted, file.trace.mixed) == (False, frozenset())
    look_back(unit)
    assert unit.file(recovery_id).recovery.trace_wanted
    acts.decide(recovery_id)
    found = unit.file(recovery_id)
    assert (len(found.trace.mixed), found.recovery.trace_wanted) == (1, False)
    look_back(unit)
    assert unit.file(recovery_id) == found


def test_a_trace_that_says_what_is_mixed_is_left_as_it_is(
    unit: Any, joined: Callable[[int], str]
) -> None:
    file = unit.file(joined(50_000))
    look_back(unit)
    assert unit.file(file.recovery.id) == file
