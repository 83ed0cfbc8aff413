import pytest
from hypothesis import example, given, settings

pytest.importorskip("numba", reason="the extra `fast` is not installed: no kernel to test")

from recovery_flows.tracing.methods.catalogue import RuleName
from recovery_flows.tracing.methods.types import DissipatedKind
from tests.rules.agreement import COMPARED, plain
from tests.rules.worlds import (
    BEFORE_A_STATEMENT_THAT_BEGINS_IN_DEBT,
    BETWEEN_TWO_STATEMENTS_AND_IN_DEBT,
    Case,
    cases,
)

WITH_PATHS = [
    RuleName.FIFO, RuleName.LIFO, RuleName.LIBR, RuleName.TAINTED_FIRST, RuleName.TIHO,
]  # fmt: skip
CONSERVING = [*WITH_PATHS, RuleName.PRO_RATA]


@pytest.mark.parametrize("name", CONSERVING)
@settings(max_examples=150)
@given(case=cases())
@example(case=BEFORE_A_STATEMENT_THAT_BEGINS_IN_DEBT)
@example(case=BETWEEN_TWO_STATEMENTS_AND_IN_DEBT)
def test_the_kernel_answers_a_case_as_the_plain_rule_does(name: RuleName, case: Case) -> None:
    compare, _ = COMPARED[name]
    compare(name, case)


@settings(max_examples=150)
@given(case=cases(known_or_not=True))
def test_exposure_on_arrays_is_the_plain_rules(case: Case) -> None:
    compare, _ = COMPARED[RuleName.POISON]
    compare(RuleName.POISON, case)


@pytest.mark.parametrize("name", CONSERVING)
def test_money_that_came_before_a_statement_does_not_pay_the_debt_that_it_begins_with(
    name: RuleName,
) -> None:
    trace = plain(name, BEFORE_A_STATEMENT_THAT_BEGINS_IN_DEBT)
    # One is owed as the statement begins, the first payment counted in: the second pays it.
    assert [(p.account, p.claim_id, p.amount_minor) for p in trace.positions] == [("a", "v0", 1)]
    assert [(g.kind, g.claim_id, g.amount_minor) for g in trace.gone] == [
        (DissipatedKind.BANK_DEBT, "v1", 1)
    ]
    # Where the first went before that, only an earlier statement of the account can tell.
    assert trace.frontier == {"a"}
    assert [(s.account, s.transfer_id, s.minor) for s in trace.shortages] == [("a", "", 1)]


@pytest.mark.parametrize("name", CONSERVING)
def test_money_that_paid_a_debt_outside_a_statement_asks_for_no_statement(name: RuleName) -> None:
    trace = plain(name, BETWEEN_TWO_STATEMENTS_AND_IN_DEBT)
    assert sum(p.amount_minor for p in trace.positions) == 2
    assert sum(g.amount_minor for g in trace.gone) == 5
    assert trace.frontier == frozenset()
