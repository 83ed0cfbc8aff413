"""A failing history is told as short as it gets, and still fails in the same way."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.eyes import ViolationError
from tests.simulation.plan import Plan, Tick, plan_of
from tests.simulation.shrink import shrunk


def test_a_failing_history_is_shrunk_to_what_makes_it_fail() -> None:
    plan = max(map(plan_of, range(60)), key=lambda p: len(p.ticks) * len(p.payments))
    assert len(plan.ticks) > 3
    assert len(plan.payments) > 1
    plan = replace(plan, ticks=(*plan.ticks, Tick(5, supervisor="no")))
    needed, tried = plan.payments[-1], 0

    def play(made: Plan) -> ViolationError | None:
        """It fails as long as one payment and one denial are in it; without a report it dies."""
        nonlocal tried
        tried += 1
        if not any(t.supervisor == "no" for t in made.ticks):
            return None
        if needed not in made.payments:
            return ViolationError("engine died", "KeyError: another failure")
        return ViolationError("books", f"{len(made.ticks)} steps")

    failing = play(plan)
    assert failing is not None
    small = shrunk(plan, failing, play)
    assert small.payments == (needed,)
    assert len(small.ticks) <= 2
    assert sum(t.supervisor == "no" for t in small.ticks) == 1
    assert len(small.faults) + len(small.reports) + len(small.openings) <= 3
    assert all(t.officer == "all" and not t.odd and t.crash is None for t in small.ticks)
    found = play(small)
    assert found is not None
    assert found.kind == "books"
    assert tried < 500
