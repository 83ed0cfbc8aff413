"""Guards that stand behind others: each is asked by itself, so that it cannot go unnoticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalState
from models.entities.asset import Stage
from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.queries.audit.verify import verify
from recovery_flows.approvals import upkeep
from recovery_flows.cases import discrepancy_actions
from recovery_flows.correspondence import call_validity
from recovery_flows.freezing import next_steps as freezing_steps, release
from recovery_flows.freezing.freeze_plan import freeze_plan
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import net_loss_minor
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution import guards as return_guards

A = AllocationState


def with_hold(file: CaseFile, hold: HoldRow) -> CaseFile:
    return replace(file, holds=tuple(hold if h.id == hold.id else h for h in file.holds))


def freeze_of(file: CaseFile) -> HoldRow:
    return next(h for h in file.holds if h.kind is HoldKind.FREEZE)


def test_what_is_on_its_way_or_paid_is_no_part_of_the_next_division(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000)
    acts.until(recovery_id, A.APPROVED)
    first, second = unit.file(recovery_id).claims

    def open_losses() -> dict[str, int]:
        file = unit.file(recovery_id)
        shares = return_guards.claim_shares(file, file.assets[0])
        return {s.claim_id: s.net_loss_minor for s in shares}

    assert open_losses() == {first.id: 25_000, second.id: 25_000}
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
        if payout.claim_id == second.id:
            acts.settle(recovery_id, payout.id, "RETURNED")
    file = unit.file(recovery_id)
    assert net_loss_minor(file, first) == 25_000
    freeze = next(h for h in file.holds if h.kind is HoldKind.FREEZE and h.state == "frozen")
    unit.bank_says(recovery_id, freeze.id, freeze.requested_minor, revision=99)
    assert open_losses() == {first.id: 25_000, second.id: 100_000}


@pytest.mark.parametrize(
    ("state", "is_surplus"), [(HoldState.ORDERED, False), (HoldState.FROZEN, True)]
)
def test_a_stop_is_surplus_only_once_the_freeze_beside_it_is_in_force(
    unit: Any, acts: Any, *, state: HoldState, is_surplus: bool
) -> None:
    recovery_id = unit.traced()
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    asset, freeze = file.assets[0], freeze_of(file)
    beside = replace(
        freeze, state=state, supersedes_id="", requested_minor=asset.traced_minor,
        held_minor=asset.traced_minor if is_surplus else 0,
    )  # fmt: skip
    asset = replace(asset, stage=Stage.RESTITUTION)
    file = replace(with_hold(file, beside), assets=(asset,))
    ((stop, amount),) = freeze_plan(file, asset)
    assert (stop.kind, amount) == (HoldKind.STOP, 0)
    assert return_guards.to_release(file, asset) == ((stop,) if is_surplus else ())


def test_an_order_leaves_only_under_a_yes_that_is_in_force_for_its_figures(
    unit: Any, acts: Any
) -> None:
    recovery_id = unit.traced()
    acts.decide(recovery_id)
    unit.case_officer().advance(recovery_id)
    unit.approve(recovery_id)
    file = unit.file(recovery_id)
    freeze = freeze_of(file)
    order = next(c for c in file.calls if c.subject_id == freeze.id)
    assert call_validity.may_leave(file, CallKind.HOLD, order.approval_id)
    for state in (ApprovalState.PENDING, ApprovalState.DENIED, ApprovalState.VOID):
        approvals = tuple(
            replace(a, state=state) if a.id == order.approval_id else a for a in file.approvals
        )
        other = replace(file, approvals=approvals)
        assert not call_validity.may_leave(other, CallKind.HOLD, order.approval_id), state
    changed = with_hold(file, replace(freeze, requested_minor=freeze.requested_minor + 1))
    assert not call_validity.may_leave(changed, CallKind.HOLD, order.approval_id)
    assert not call_validity.may_leave(file, CallKind.HOLD, "of-nobody")


def test_what_was_asked_about_a_hold_that_has_ended_is_void_and_not_asked_anew(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.frozen()
    file = unit.file(recovery_id)
    asked = Changeset(file)
    release.complain(asked, freeze_of(file).id, 10_000, "chen", unit.now, unit.laws)
    still = Changeset(asked.file)
    upkeep.void_changed(still, unit.now)
    assert still.moves == []
    ended = with_hold(asked.file, replace(freeze_of(asked.file), state=HoldState.LAPSED))
    changes = Changeset(ended)
    upkeep.void_changed(changes, unit.now)
    moves = [m for m in changes.moves if m.noun is EntityKind.APPROVAL]
    assert [(m.event, m.reason) for m in moves] == [("voided", upkeep.ENDED)]


def test_a_trace_that_finds_less_than_is_being_paid_is_not_adopted_and_owned(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=1, held_minor=100_000)
    acts.until(recovery_id, A.APPROVED)
    file = unit.file(recovery_id)
    in_force, (payout,) = file.trace, file.payouts
    acts.lose_answer(recovery_id, next(c.id for c in file.calls if c.kind is CallKind.PAYOUT))
    acts.statement_of(recovery_id, victims=1, left_minor=60_000, to_hours=24 * 60)
    file = unit.file(recovery_id)
    assert file.trace.id == in_force.id
    (found,) = (d for d in file.discrepancies if d.kind is DiscrepancyKind.TRACE_BELOW_RETURNS)
    assert (found.subject_noun, found.state) == (EntityKind.TRACE, "open")
    # What the bank says of the payout is booked all the same.
    acts.settle(recovery_id, payout.id)
    assert unit.file(recovery_id).payouts[0].returned_minor == 100_000
    discrepancy_actions.resolve(unit.case_officer(), recovery_id, found.id, "the bank was asked")
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def test_a_lapse_that_is_stopped_again_is_not_offered_to_be_acknowledged(
    unit: Any, acts: Any
) -> None:
    """An officer quicker than the engine would have ended it: nothing was stopped again."""
    file = unit.file(acts.frozen())
    freeze = replace(freeze_of(file), state=HoldState.LAPSED, held_minor=0)
    repeats = unit.laws["CN"].stop.repeats
    offered = {
        number: [
            step.subject_id
            for step in freezing_steps.of(
                with_hold(file, replace(freeze, repeat_number=number)), unit.laws
            )
            if step.action == "see_lapse"
        ]
        for number in range(repeats + 1)
    }
    assert offered == {n: [freeze.id] if n == repeats else [] for n in range(repeats + 1)}
