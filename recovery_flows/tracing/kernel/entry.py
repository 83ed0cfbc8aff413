"""The kernel's door: a rule by name, a problem in, an answer out."""

from __future__ import annotations

from recovery_flows.tracing.kernel.answer import answer_of
from recovery_flows.tracing.kernel.problem import Answer, Problem
from recovery_flows.tracing.kernel.state import Rows, State, grown, new_state, rows_of
from recovery_flows.tracing.methods.catalogue import RuleName

_BY_AGE = {RuleName.FIFO: False, RuleName.LIFO: True}
"""Whether the newest money leaves first."""

_BY_PART = {RuleName.LIBR: True, RuleName.TAINTED_FIRST: False}
"""Whether own money leaves first."""

WITH_PATHS = frozenset({*_BY_AGE, *_BY_PART})


def trace_arrays(rule: RuleName, problem: Problem) -> Answer:
    """Where every claim's money is after the last row, by a rule of `WITH_PATHS`.

    Under LIBR the victims' money is ordered by age. Raises KeyError for another rule.
    """
    rows = rows_of(problem)
    state = run(rule, rows, new_state(problem), 0, len(problem.payer))
    return answer_of(state)


def run(rule: RuleName, rows: Rows, state: State, row: int, stop: int) -> State:
    """Walk on from `row` to `stop`, making room as it is needed."""
    while row < stop:
        if rule in _BY_AGE:
            from recovery_flows.tracing.kernel.by_age import run_by_age

            row = run_by_age(rows, state, _BY_AGE[rule], row, stop)
        else:
            from recovery_flows.tracing.kernel.by_part import run_by_part

            row = run_by_part(rows, state, _BY_PART[rule], row, stop)
        if row < stop:
            state = grown(state)
    return state
