"""Before a bank has told of a payment: what was reported stays disputed, and is frozen in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.money import Money
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import scheduling
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import releasable
from recovery_flows.restitution import guards
from tests.records.money.test_third_party import EXCESS
from tests.records.money.test_third_party_limits import claimed

REPORTED = "reported, in no statement yet"


@pytest.fixture
def joined(unit: Any, acts: Any) -> str:
    """Two victims' 1,000.00 each, stopped apart at one account, joined; its bank tells nothing."""
    first, second = unit.report(*unit.reports(2))
    for recovery in (first, second):
        unit.accept(recovery)
    unit.case_officer().join(first, second)
    acts.decide(first)
    for _ in range(2):
        stop = unit.order(first)
        unit.approve(first)
        unit.bank_says(first, stop, 100_000)
        acts.decide(first)
    acts.close_calls(first)
    acts.decide(first)
    return str(first)


def drafts(unit: Any, recovery: str) -> list[HoldRow]:
    holds: list[HoldRow] = unit.file(recovery).holds
    return [h for h in holds if h.kind is HoldKind.FREEZE and h.state is HoldState.DRAFT]


def half_a_stop_later(unit: Any, acts: Any, recovery: str) -> None:
    unit.later(24)
    acts.decide(recovery)


def test_a_trace_before_any_statement_leaves_what_was_reported_disputed(
    unit: Any, joined: str
) -> None:
    file = unit.file(joined)
    assert (file.trace.positions, file.recovery.trace_wanted) == ((), False)
    assert [a.traced_minor for a in file.assets] == [200_000]


def test_half_way_through_its_term_each_stop_is_followed_by_a_freeze_of_what_was_reported(
    unit: Any, acts: Any, joined: str
) -> None:
    half = unit.now + timedelta(hours=24)
    assert drafts(unit, joined) == []
    assert scheduling.next_run(unit.file(joined), unit.laws) <= half
    half_a_stop_later(unit, acts, joined)
    assert [h.requested_minor for h in drafts(unit, joined)] == [100_000, 100_000]


def test_who_approves_such_a_freeze_is_shown_what_no_statement_tells_yet(
    unit: Any, acts: Any, joined: str
) -> None:
    half_a_stop_later(unit, acts, joined)
    (freeze, _) = drafts(unit, joined)
    unit.case_officer().advance(joined, to=freeze.id)
    shown = subject_of(unit.file(joined), ApprovalKind.FREEZE, freeze.id)
    told = {figure.label: figure.value for figure in shown.figures}
    assert told[REPORTED] == Money(200_000, "CNY")


def test_a_freeze_drafted_before_the_statement_is_drafted_anew_for_less_that_it_shows(
    unit: Any, acts: Any, joined: str
) -> None:
    """Of the first 1,000.00 the holder had drawn 600.00 before it was stopped."""
    half_a_stop_later(unit, acts, joined)
    acts.close_calls(joined)
    acts.statement_of(joined, victims=2, left_minor=60_000, to_hours=24 * 3)
    acts.close_calls(joined)
    acts.decide(joined)
    assert sum(h.requested_minor for h in drafts(unit, joined)) == 140_000
    assert REPORTED not in {
        f.label
        for h in drafts(unit, joined)
        for f in subject_of(unit.file(joined), ApprovalKind.FREEZE, h.id).figures
    }


def test_money_of_which_no_statement_tells_is_neither_released_nor_anybody_elses(
    unit: Any, acts: Any, joined: str
) -> None:
    half_a_stop_later(unit, acts, joined)
    for freeze in drafts(unit, joined):
        unit.case_officer().advance(joined, to=freeze.id)
        unit.approve(joined)
        unit.bank_says(joined, freeze.id, 100_000)
    acts.decide(joined)
    file = unit.file(joined)
    (asset,) = file.assets
    kept = file.live_holds(asset.id)
    assert [h.kind for h in kept] == [HoldKind.FREEZE, HoldKind.FREEZE]
    assert releasable.needless(file, asset) == ()
    assert guards.to_release(file, asset) == ()
    assert "victims report to have paid CNY 2,000.00" in releasable.why_kept(file, kept[0])
    with pytest.raises(StepRefusedError, match=r"at most CNY 0\.00, held there beyond"):
        claimed(unit, joined, EXCESS, "0.01")
    assert not [c for c in unit.file(joined).calls if c.kind is CallKind.RELEASE]
