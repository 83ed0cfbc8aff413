"""A small sum that nobody else claims needs no notice where the law says so, and only there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.entities.claim import ObjectionKind
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import objection_actions
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.rows import Figure, SourceText, Status


def with_limit(unit: Any, minor: int) -> None:
    """The law of the test has a fast track up to this sum; an invented row."""
    cn = unit.laws["CN"]
    row = Figure(
        code="CN_FAST_TRACK", instrument="an invented rule", article="none",
        source_text=SourceText.SECONDARY, status=Status.UNVERIFIED, note="", values=(minor,),
        unit="CNY",
    )  # fmt: skip
    unit.laws = {**unit.laws, "CN": replace(cn, figures={**cn.figures, row.code: row})}


def test_a_sum_within_the_limit_is_decided_without_a_notice_and_says_so(
    unit: Any, acts: Any
) -> None:
    with_limit(unit, 100_000)
    recovery_id = acts.pooled(2, 100_000)
    acts.until(recovery_id, "pending_approval")
    (division,) = unit.file(recovery_id).allocations
    assert (division.method, division.notice_to) == ("pro_rata", None)
    assert division.fast_track == "CN_FAST_TRACK"
    shown = subject_of(unit.file(recovery_id), ApprovalKind.RETURN, division.id).figures
    assert ("notice", "none: fast track under CN_FAST_TRACK") in [(f.label, f.value) for f in shown]


@pytest.mark.parametrize("limit", [None, 99_999])
def test_above_the_limit_and_without_one_the_notice_runs(
    unit: Any, acts: Any, limit: int | None
) -> None:
    if limit is not None:
        with_limit(unit, limit)
    recovery_id = acts.pooled(2, 100_000)
    acts.until(recovery_id, "notice")
    assert [a.fast_track for a in unit.file(recovery_id).allocations] == [""]


def test_an_objection_ends_the_fast_track(unit: Any, acts: Any) -> None:
    with_limit(unit, 100_000)
    recovery_id = acts.pooled(2, 100_000)
    acts.until(recovery_id, "draft")
    claim = unit.file(recovery_id).claims[0].id
    objection_actions.enter(
        unit.case_officer(), recovery_id, ObjectionKind.CLAIM, claim, "it was a purchase"
    )
    with pytest.raises(StepRefusedError):
        unit.case_officer().advance(recovery_id, to="decided")
    assert [a.state for a in unit.file(recovery_id).allocations] == ["draft"]
