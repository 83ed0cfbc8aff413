"""The return ladder: times decide whose money it is only where every rule names one victim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.case_file import TraceView
from models.queries.cases.case_files import trace_json
from recovery_flows.cases import claim_actions, next_steps
from recovery_flows.errors import MisuseError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution.comparison import compare
from recovery_flows.tracing.onward_accounts import adopt


def divided(unit: Any, recovery_id: str) -> tuple[str, list[int]]:
    """The method of the division under way, and what each claim gets, the earliest first."""
    file = unit.file(recovery_id)
    (allocation,) = [a for a in file.allocations if a.state != "void"]
    at = {claim.id: claim.paid_at for claim in file.claims}
    payouts = sorted(file.payouts_of(allocation.id), key=lambda payout: at[payout.claim_id])
    return allocation.method, [payout.amount_minor for payout in payouts]


def two_victims(unit: Any, acts: Any, *lines: tuple[int, float], held: int) -> str:
    """Two payments of 1,000.00 to one account, at the hours 1 and 2, and what left it when."""
    ids = unit.report(*unit.reports(2))
    first, second = ids
    acts.held_minor = held
    unit.accept(first)
    unit.accept(second)
    unit.case_officer().join(first, second)
    acts.decide(first)
    hold_id = unit.order(first)
    unit.approve(first)
    unit.bank_says(first, hold_id, held)
    came = [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(3, 100_000, at_hours=2, ref="E2"),
    ]
    left = [
        unit.line(10 + n, -minor, counter=None, at_hours=hour)
        for n, (minor, hour) in enumerate(lines)
    ]
    unit.trace(first, unit.statement(sorted([*came, *left], key=lambda line: line.booked_at)))
    acts.close_calls(first)
    return str(first)


def test_mixed_money_is_divided_by_loss_although_the_trace_in_force_names_one_victim(
    unit: Any, acts: Any
) -> None:
    recovery_id = two_victims(unit, acts, (130_000, 2.5), held=70_000)
    positions = unit.file(recovery_id).trace.positions
    assert len({p.claim_id for p in positions if p.amount_minor}) == 1
    acts.until(recovery_id, "notice")
    assert divided(unit, recovery_id) == ("pro_rata", [35_000, 35_000])


@pytest.mark.parametrize("order", [1, -1], ids=["as before", "the other way round"])
def test_that_money_is_mixed_is_news_although_a_trace_names_the_same_places(
    unit: Any, acts: Any, order: int
) -> None:
    """So it is where two files are joined whose traces stood side by side, in whatever order."""
    file = unit.file(two_victims(unit, acts, (130_000, 2.5), held=70_000))
    whole = file.trace
    side_by_side = replace(
        whole, id="side-by-side", positions=whole.positions[::order], gone=whole.gone[::order]
    )
    assert whole.mixed

    def adopted(before: TraceView) -> TraceView:
        changes = Changeset(replace(file, trace=before))
        text = trace_json(whole.positions, whole.gone, whole.mixed)
        adopt(changes, unit.now, unit.laws, whole, text, {}, {}, frozenset())
        found: TraceView = changes.file.trace
        return found

    assert adopted(replace(side_by_side, mixed=frozenset())) == whole
    assert adopted(side_by_side) == side_by_side, "it says the same"


def test_money_that_came_after_all_before_it_had_left_goes_back_to_its_victim(
    unit: Any, acts: Any
) -> None:
    recovery_id = two_victims(unit, acts, (100_000, 1.5), (30_000, 2.5), held=70_000)
    acts.until(recovery_id, "pending_approval")
    assert divided(unit, recovery_id) == ("direct", [70_000])


@pytest.mark.parametrize("rule", ["lifo", "pro_rata"])
def test_no_choice_of_the_tracing_rule_makes_mixed_money_one_victims(
    unit: Any, acts: Any, rule: str
) -> None:
    recovery_id = two_victims(unit, acts, (130_000, 2.5), held=70_000)
    acts.until(recovery_id, "notice")
    before = divided(unit, recovery_id)
    unit.case_officer().choose_rule(recovery_id, rule, "another reading of the same payments")
    unit.approve(recovery_id)
    acts.until(recovery_id, "notice")
    assert divided(unit, recovery_id) == before


def test_a_class_of_claims_is_paid_before_the_next_where_the_law_has_that_step(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(3, 150_000, until="notice")
    first, second, third = sorted(unit.file(recovery_id).claims, key=lambda c: c.paid_at)
    desk = unit.case_officer()
    with pytest.raises(MisuseError, match="class 'rent' is none of the law CN: write one of costs"):
        claim_actions.classify(desk, recovery_id, first.id, "rent", "a bill")
    claim_actions.classify(desk, recovery_id, third.id, "medical", "a hospital's bill")
    for claim in (first, second):
        claim_actions.classify(desk, recovery_id, claim.id, "victims", "a loss")
    assert unit.file(recovery_id).allocations[0].state == "void", "its notice has ended with it"
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    drafted = file.allocations[-1]
    assert (drafted.method, drafted.state) == ("waterfall", "draft")
    assert drafted.formula.startswith("cn-2014-art13-v1")
    got = {c.id: 0 for c in file.claims}
    for payout in file.payouts_of(drafted.id):
        got[payout.claim_id] += payout.amount_minor
    assert got == {third.id: 100_000, first.id: 25_000, second.id: 25_000}
    beside = compare(file, drafted)
    assert beside.is_as_decided
    assert [d.rule.name for d in beside.divisions][:2] == ["waterfall", "pro-rata"]
    assert beside.shares()[third.id][:2] == (100_000, 50_000)
    assert "publish_notice" in [s.action for s in next_steps.steps(file, unit.laws)]
