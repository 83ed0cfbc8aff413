"""What fails for one recovery is owned and tried again alone: the others go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.case_file import DissipatedPart
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.entities.hold import HoldKind, HoldState
from models.facts import LineKind
from models.queries.audit.verify import verify
from models.queries.cases.case_files import FileUnreadableError, trace_json
from recovery_flows.cases import discrepancy_actions
from recovery_flows.engine import event_feed
from recovery_flows.freezing import actions as hold_actions
from tests.faults.sending.poisons import (
    assert_stopped,
    break_freezing,
    failures,
    garble,
    red,
    second,
    wake,
)


async def test_a_row_of_garbage_stops_no_other_recovery(unit: Any) -> None:
    poisoned, healthy = unit.recovery_id, second(unit)
    unit.stop()
    garble(unit, f"UPDATE asset SET stage = 'nowhere' WHERE recovery_id = '{poisoned}'")
    wake(unit)
    await unit.sweep()
    await assert_stopped(unit, healthy)
    assert poisoned in red(unit)
    assert {f[0] for f in failures(unit, poisoned)} == {"recovery", "call"}
    unit.recovery_id = poisoned
    with pytest.raises(FileUnreadableError, match="audit verify"):
        unit.file()


async def test_what_failed_is_tried_again_after_growing_pauses(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.advance()
    await unit.sweep()
    broken = break_freezing(monkeypatch, unit.recovery_id)
    attempts = []
    for seconds in (0, 10, 25, 60, 130, 300, 600):
        unit.later(0.01)
        wake(unit)
        await unit.sweep(after_seconds=seconds)
        ((_, _, detail, tried, state, _),) = failures(unit, unit.recovery_id)
        attempts.append(tried)
    assert attempts == [1, 1, 2, 2, 3, 3, 4]
    assert (state, "Synthetic" in detail) == ("open", False)
    assert "ZeroDivisionError in" in detail
    broken.clear()
    wake(unit)
    await unit.sweep(after_seconds=3600)
    ((_, _, _, _, state, _),) = failures(unit, unit.recovery_id)
    assert state == "resolved"
    assert unit.recovery_id not in red(unit)
    assert verify(unit.database) == ()


async def test_a_person_releases_what_failed_and_it_is_tried_at_once(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.advance()
    await unit.sweep()
    broken = break_freezing(monkeypatch, unit.recovery_id)
    wake(unit)
    await unit.sweep()
    (found,) = unit.file().discrepancies
    assert (found.kind, found.attempts) == (DiscrepancyKind.PROCESSING_FAILED, 1)
    discrepancy_actions.resolve(
        unit.case_officer(), unit.recovery_id, found.id, "mended by an update"
    )
    await unit.sweep()
    (again,) = unit.file().discrepancies
    assert (again.id, again.state) == (found.id, DiscrepancyState.OPEN), "it fails still"
    broken.clear()
    discrepancy_actions.resolve(
        unit.case_officer(), unit.recovery_id, found.id, "mended by an update"
    )
    await unit.sweep()
    assert unit.file().discrepancies[0].state is DiscrepancyState.RESOLVED
    assert verify(unit.database) == ()


async def test_an_act_of_a_person_goes_through_where_the_engine_fails(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.advance()
    break_freezing(monkeypatch, unit.recovery_id)
    unit.case_officer().note(unit.recovery_id, "the victim called again")
    unit.advance()
    await unit.sweep()
    assert unit.hold().state is HoldState.STOPPED, "what a person ordered leaves"
    assert unit.recovery_id in red(unit)


async def test_an_unreadable_sealed_value_holds_up_its_own_recovery_only(unit: Any) -> None:
    poisoned, healthy = unit.recovery_id, second(unit)
    unit.stop()
    account = unit.file().assets[0].account_id
    garble(
        unit, f"UPDATE account SET number_sealed = 'QUJD' || number_sealed WHERE id = '{account}'"
    )
    await unit.sweep()
    await assert_stopped(unit, healthy)
    unit.recovery_id = poisoned
    assert unit.hold().state is HoldState.ORDERED
    (found,) = (d for d in unit.file().discrepancies if d.kind is DiscrepancyKind.HISTORY_BROKEN)
    assert found.detail == f"the account {account} is another one than it was"
    garble(
        unit, f"UPDATE account SET number_sealed = substr(number_sealed, 5) WHERE id = '{account}'"
    )
    discrepancy_actions.resolve(unit.case_officer(), poisoned, found.id, "the row was restored")
    await unit.sweep()
    assert unit.hold().state is HoldState.STOPPED


async def test_an_unreadable_token_of_one_bank_stops_no_other_bank(unit: Any) -> None:
    healthy = second(unit)
    unit.stop()
    garble(unit, "UPDATE partner SET token_sealed = 'QUJD' || token_sealed WHERE id = 'bank-home'")
    await unit.sweep()
    await assert_stopped(unit, healthy)


async def test_a_release_of_a_voluntary_hold_waits_for_the_reference_of_the_bank(
    unit: Any,
) -> None:
    unit.advance()
    (asset,) = unit.file().assets
    hold_actions.withdraw(
        unit.case_officer(), unit.recovery_id, unit.hold().id, "the bank holds it already"
    )
    hold_actions.record_voluntary(
        unit.case_officer(),
        unit.recovery_id,
        asset.id,
        "800.00",
        unit.sandbox.now,
        None,
        "its desk says so",
    )
    voluntary = unit.hold(HoldKind.VOLUNTARY)
    hold_actions.find_unrelated(
        unit.case_officer(), unit.recovery_id, voluntary.id, "the salary of the mule"
    )
    unit.approve()
    healthy = second(unit)
    mine = unit.recovery_id
    await unit.sweep()
    await assert_stopped(unit, healthy)
    unit.recovery_id = mine
    (found,) = unit.file().discrepancies
    assert "recovery hold reference" in found.detail
    placed = unit.sandbox.hold(voluntary.id, "800.00")
    hold_actions.name_at_bank(
        unit.case_officer(), mine, voluntary.id, placed["id"], "its desk says so"
    )
    discrepancy_actions.resolve(unit.case_officer(), mine, found.id, "the reference is entered")
    await unit.sweep()
    assert unit.hold(HoldKind.VOLUNTARY).state is HoldState.STOPPED
    # The reference is a figure of the approval: a second person sees it before the order leaves.
    hold_actions.find_unrelated(unit.case_officer(), mine, voluntary.id, "the salary of the mule")
    unit.approve()
    await unit.sweep()
    assert unit.call_events("release")[-1] == "answered"
    assert verify(unit.database) == ()


async def test_news_that_cannot_be_taken_comes_again_and_the_rest_is_taken(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, healthy = unit.recovery_id, second(unit)
    unit.stop()
    unit.recovery_id = healthy
    unit.approve()
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "timeout_after_acting", "times": 2})
    take, refuse = event_feed.answers.apply_hold_fact, {"yes"}

    def fails(changes: Any, hold_id: str, *told: Any) -> None:
        if refuse and changes.file.recovery.id == poisoned:
            raise KeyError(hold_id)
        take(changes, hold_id, *told)

    monkeypatch.setattr(event_feed.answers, "apply_hold_fact", fails)
    await unit.sweep()
    unit.later(0.1)
    await unit.sweep(after_seconds=130)
    await assert_stopped(unit, healthy)
    unit.recovery_id = poisoned
    assert unit.hold().state is HoldState.ORDERED
    refuse.clear()
    unit.later(1)
    await unit.sweep(after_seconds=4000)
    assert unit.hold().state is HoldState.STOPPED
    assert {d.state for d in unit.file().discrepancies} == {DiscrepancyState.RESOLVED}
    assert verify(unit.database) == ()


async def test_a_payout_that_a_trace_contradicts_is_booked_and_owned(unit: Any) -> None:
    await unit.until("return")
    unit.approve()
    lost = {"call": "POST /v1/payouts", "kind": "timeout_after_acting", "times": 1}
    unit.sandbox.plant(lost)
    await unit.sweep()
    (payout,) = unit.file().payouts
    assert payout.state == "instructed"
    trace = unit.file().trace
    (place,) = trace.positions
    rest = payout.amount_minor - 1
    gone = DissipatedPart(LineKind.CASH, place.account_id, place.claim_id, rest, rest)
    text = trace_json([replace(place, amount_minor=1, claim_minor=1)], [gone])
    garble(unit, f"UPDATE trace SET result_json = '{text}' WHERE id = '{trace.id}'")
    unit.later(1)
    await unit.sweep(after_seconds=60)
    (settled,) = unit.file().payouts
    assert settled.state == "settled"
    assert [d.kind for d in unit.file().discrepancies] == [DiscrepancyKind.TRACE_BELOW_RETURNS]
