"""No recovery waits for the engine while the engine has nothing to do: somebody can go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.approval import ApprovalState
from models.entities.claim import ClaimState
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.outcome import Outcome, Transition
from models.queries.cases.case_files import load_file
from models.store.record import record
from models.store.reports.filing import file_reports
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.restitution import stage as restitution
from tests.faults.sending.poisons import garble

OFFICER = Actor("the-officer", Role.OFFICER)


def actions(unit: Any) -> list[str]:
    return [str(s.action) for s in unit.page().steps]


def another(unit: Any) -> str:
    """One more victim's report of a payment to the same mule, not accepted."""
    of = unit.sandbox
    fact = ReportFact(
        row=1,
        external_ref="SYN-MORE",
        victim_name="Synthetic Third Victim",
        victim_contact="invented-3@example.org",
        victim_account=AccountRef(of.SLOW, of.BUSY, "Synthetic Shop"),
        payee_account=AccountRef(of.HOME, of.MULE, "Synthetic Mule"),
        amount=Money(10_000, "CNY"),
        paid_at=of.START + timedelta(hours=1),
        reported_at=of.now,
    )
    with unit_of_work(unit.database) as work:
        return str(file_reports(work, OFFICER, of.now, "CN", [fact]).filed[0])


async def test_a_recovery_that_was_not_accepted_is_not_joined(unit: Any) -> None:
    unit.stop()
    await unit.sweep()
    with pytest.raises(StepRefusedError, match="not accepted yet"):
        unit.case_officer().join(unit.recovery_id, another(unit))


async def test_a_claim_that_came_unverified_is_verified_by_the_next_step(unit: Any) -> None:
    """What an earlier version joined before it was accepted."""
    unit.stop()
    await unit.sweep()
    other = another(unit)
    with unit_of_work(unit.database) as work:
        (claim,) = load_file(work.session, other).claims
        moved = Transition(
            EntityKind.CLAIM, claim.id, "moved", claim.state, {"recovery_id": unit.recovery_id}
        )
        record(work, OFFICER, unit.sandbox.now, unit.recovery_id, Outcome((moved,)))
    assert "verify_claim" in actions(unit)
    unit.officer_does("verify_claim")
    assert {c.state for c in unit.file().claims} == {ClaimState.VERIFIED}


async def unseen_abroad(unit: Any, number: str) -> None:
    """A report of a payment abroad that no statement shows, from this account of the victim."""
    of = unit.sandbox
    fact = ReportFact(
        row=1,
        external_ref="SYN-UNSEEN",
        victim_name="Synthetic Victim",
        victim_contact="invented-1@example.org",
        victim_account=AccountRef(of.SLOW, number, "Synthetic Victim"),
        payee_account=AccountRef(of.ABROAD, of.FOREIGN, "Synthetic Mule Abroad"),
        amount=Money(92_001, "CNY"),
        paid_at=of.START + timedelta(hours=1.5),
        reported_at=of.now,
        end_to_end_id="E-OF-NO-PAYMENT",
    )
    with unit_of_work(unit.database) as work:
        (unit.recovery_id,) = file_reports(work, OFFICER, of.now, "CN", [fact]).filed
    unit.advance()
    await unit.sweep()
    unit.later(1)
    await unit.sweep(after_seconds=130)


async def test_a_victims_bank_that_refuses_its_statement_is_asked_again_by_the_next_step(
    unit: Any,
) -> None:
    await unseen_abroad(unit, "9999000000000099")
    assert actions(unit)[:2] == ["ask_statement", "give_up_account"]
    unit.advance()
    await unit.sweep()
    assert unit.call_events("statement") == ["planned", "sent", "refused"] * 2
    assert actions(unit)[0] == "ask_statement"


async def test_a_foreign_payment_that_no_statement_shows_can_be_given_up_and_closed(
    unit: Any,
) -> None:
    await unseen_abroad(unit, unit.sandbox.VICTIM)
    assert actions(unit)[0] == "give_up_account"
    assert "check the report" in unit.page().steps[0].sentence
    unit.advance()
    await unit.sweep()
    assert actions(unit) == ["submit_close", "tell_victim"]


def known_as(unit: Any, hold: Any, bank_ref: str) -> None:
    """Our records name the bank's hold so, by an event as an answer of the bank makes it."""
    state = unit.file().hold(hold.id).state
    move = Transition(EntityKind.HOLD, hold.id, "updated", state, {"bank_ref": bank_ref})
    with unit_of_work(unit.database) as work:
        record(work, ENGINE, unit.sandbox.now, unit.recovery_id, Outcome((move,)))


def look_into_all(unit: Any) -> None:
    """The officer has asked the bank's desk about everything that it refused."""
    for found in unit.file().discrepancies:
        resolve(unit.case_officer(), unit.recovery_id, found.id, "its desk was called")


async def order_and_deny_in_force(unit: Any) -> Any:
    """A stop in force is denied; its bank refuses to let it go."""
    unit.advance()
    unit.advance()
    await unit.sweep()
    stop = unit.hold()
    assert stop.state is HoldState.STOPPED
    known_as(unit, stop, "H-unknown")
    (asked,) = (a for a in unit.file().approvals if a.state is ApprovalState.PENDING)
    unit.case_officer(Role.SUPERVISOR).deny(asked.id, "the report was a joke")
    await unit.sweep()
    return stop


async def test_a_denied_stop_that_its_bank_keeps_has_a_next_step_for_its_owner(unit: Any) -> None:
    stop = await order_and_deny_in_force(unit)
    assert unit.hold().state is HoldState.STOPPED
    assert unit.call_events("release") == ["planned", "sent", "refused"]
    # Nobody orders it again before somebody has asked the bank's desk.
    assert actions(unit)[0] == "resolve_discrepancy"
    assert "release_again" not in actions(unit)
    await unit.come_to_rest()
    assert unit.call_events("release") == ["planned", "sent", "refused"]
    look_into_all(unit)
    assert "release_again" in actions(unit)
    step = next(s for s in unit.page().steps if s.action == "release_again")
    assert (step.role, step.due_at) == (Role.OFFICER, unit.hold().expires_at)
    known_as(unit, stop, stop.bank_ref)
    unit.officer_does("release_again")
    await unit.come_to_rest()
    assert unit.file().hold(stop.id).state is HoldState.RELEASED
    assert [h["status"] for h in unit.sandbox.book()["holds"]] == ["RELEASED"]


async def test_a_denied_stop_is_neither_frozen_nor_stopped_again_when_it_ends(unit: Any) -> None:
    stop = await order_and_deny_in_force(unit)
    for _ in range(6):
        unit.later(12)
        await unit.sweep(after_seconds=130)
    assert unit.file().hold(stop.id).state is HoldState.LAPSED
    # The freeze was drafted before the denial.
    assert unit.hold(HoldKind.FREEZE).state is HoldState.CANCELLED
    assert len(unit.file().holds) == 2


async def test_unrelated_funds_that_their_bank_keeps_have_a_next_step_for_their_owner(
    unit: Any,
) -> None:
    freeze = await unit.frozen()
    named = freeze.bank_ref
    known_as(unit, freeze, "H-unknown")
    hold_actions.find_unrelated(unit.case_officer(), unit.recovery_id, freeze.id, "a salary")
    unit.approve()
    await unit.sweep()
    freeze = unit.hold(HoldKind.FREEZE)
    assert (freeze.state, unit.call_events("release")[-1]) == (HoldState.FROZEN, "refused")
    assert actions(unit)[0] == "resolve_discrepancy"
    look_into_all(unit)
    (step,) = (s for s in unit.page().steps if s.action == "submit_release")
    assert (step.role, step.subject_id) == (Role.OFFICER, freeze.id)
    assert step.due_at == freeze.release_due_at
    known_as(unit, freeze, named)
    unit.officer_does("submit_release")
    unit.approve()
    await unit.come_to_rest()
    assert unit.hold(HoldKind.FREEZE).state is HoldState.RELEASED
    unit.assert_books_hold()


def nothing_moves(unit: Any) -> None:
    """No rule of today leads here; it stands for one that will."""
    (asset,) = unit.file().assets
    never = "state = 'superseded', held_minor = 0, acted_at = NULL, ordered_at = NULL"
    garble(unit, f"UPDATE hold SET {never} WHERE asset_id = '{asset.id}'")
    garble(unit, f"UPDATE asset SET statement_to = NULL, stage = 'tracing' WHERE id = '{asset.id}'")
    garble(unit, "UPDATE call SET state = 'refused' WHERE kind = 'statement'")
    garble(unit, "UPDATE recovery SET trace_wanted = 0, wake_at = reported_at")


async def test_what_nobody_and_nothing_moves_on_stands_in_red_with_its_reason(unit: Any) -> None:
    unit.stop()
    await unit.sweep()
    nothing_moves(unit)
    await unit.sweep()
    (found,) = unit.file().discrepancies
    assert found.kind == "no_next_step"
    assert unit.page().steps[0].sentence.startswith("look into it: nobody and nothing can move")


async def test_a_rule_that_fails_is_not_told_as_a_recovery_that_nothing_moves(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether anything goes on is known when every stage has been asked, and one could not be."""
    unit.stop()
    await unit.sweep()
    nothing_moves(unit)

    def fails(*_: object) -> None:
        raise ValueError("an invented fault of a rule")

    monkeypatch.setattr(restitution, "advance", fails)
    await unit.sweep()
    assert [d.kind for d in unit.file().discrepancies] == ["processing_failed"]
