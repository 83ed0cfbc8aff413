"""The kernel's door: a rule by name, a problem in, an answer out."""

from __future__ import annotations

from recovery_flows.rules.tracing.among import Among
from recovery_flows.rules.tracing.kernel.answer import answer_of
from recovery_flows.rules.tracing.kernel.problem import Answer, Problem
from recovery_flows.rules.tracing.kernel.state import Rows, State, grown, new_state, rows_of
from recovery_flows.rules.tracing.rules import RuleName


def trace_arrays(rule: RuleName, problem: Problem, *, among: Among = Among.FIFO) -> Answer:
    """Where every claim's money is after the last row, by that rule.

    Raises KeyError for a rule that is not made for arrays.
    """
    rows = rows_of(problem)
    state = run(rule, rows, new_state(problem), 0, len(problem.payer))
    return answer_of(state)


def run(rule: RuleName, rows: Rows, state: State, row: int, stop: int) -> State:
    """Walk on from `row` to `stop`, making room as it is needed."""
    from recovery_flows.rules.tracing.kernel.by_age import run_by_age

    while row < stop:
        row = run_by_age(rows, state, rule is RuleName.LIFO, row, stop)
        if row < stop:
            state = grown(state)
    return state
