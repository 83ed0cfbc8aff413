"""Holds of every kind against a real bank: renewed, queued, let go in part, watched, followed."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

import httpx
import pytest

from models.entities.asset import Stage
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as hold_actions

REASON = "told by the duty desk of the bank"


def events_of(unit: Any, hold_id: str) -> list[str]:
    return [e.event for e in unit.page().events if e.subject_id == hold_id]


async def test_a_freeze_is_renewed_from_half_of_its_life_on(unit: Any) -> None:
    first = await unit.frozen()
    unit.later(24 * 80)
    await unit.sweep()
    assert unit.hold(HoldKind.FREEZE).renewal == ""
    unit.later(24 * 15)
    await unit.sweep()
    step = next(s for s in unit.page().steps if s.action == "submit_renewal")
    assert (step.role, step.due_at) == (Role.OFFICER, first.expires_at)
    unit.officer_does("submit_renewal")
    unit.approve()
    await unit.sweep()
    hold = unit.hold(HoldKind.FREEZE)
    assert (hold.state, hold.renewals, hold.renewal) == (HoldState.FROZEN, 1, "")
    assert timedelta(days=180) < hold.expires_at - first.expires_at < timedelta(days=185)
    (at_bank,) = (h for h in unit.sandbox.book()["holds"] if h["kind"] == "freeze")
    assert at_bank["expiresAt"] == hold.expires_at.isoformat().replace("+00:00", "Z")
    unit.assert_books_hold()


@pytest.mark.parametrize("kind", ["timeout_after_acting", "error_500", "down"])
async def test_a_renewal_whose_answer_was_lost_prolongs_once(unit: Any, kind: str) -> None:
    await unit.frozen()
    unit.later(24 * 95)
    await unit.sweep()
    unit.officer_does("submit_renewal")
    unit.approve()
    unit.sandbox.plant({"call": "POST /v1/holds/{id}/extend", "kind": kind, "times": 1})
    await unit.sweep()
    await unit.sweep(after_seconds=130)
    await unit.sweep(after_seconds=130)
    assert unit.hold(HoldKind.FREEZE).renewals == 1
    assert not unit.file().calls
    unit.assert_books_hold()


async def test_a_bank_that_does_not_renew_is_told_to_the_officer_and_lapses_as_an_event(
    unit: Any,
) -> None:
    hold = await unit.frozen()
    unit.later(24 * 95)
    await unit.sweep()
    unit.officer_does("submit_renewal")
    release_at_bank(unit, hold.bank_ref)
    unit.approve()
    await unit.sweep()
    assert unit.hold(HoldKind.FREEZE).renewal == "refused"
    unit.later(0.1)
    await unit.sweep()
    assert unit.hold(HoldKind.FREEZE).state is HoldState.LAPSED
    assert "let_go_early" in events_of(unit, hold.id)
    # The money is stopped again: a stop may leave before its approval.
    assert [h.kind for h in unit.file().holds if h.state is HoldState.DRAFT] == [HoldKind.STOP]
    unit.assert_books_hold()


def release_at_bank(unit: Any, bank_ref: str) -> None:
    """Somebody at the bank presses the wrong key."""
    url = unit.sandbox.banks[unit.sandbox.HOME]["url"] + "/sandbox/mistakes"
    assert httpx.post(url, json={"hold": bank_ref}).json() == {
        "released": True,
        "status": "RELEASED",
    }


async def test_reminders_climb_the_ladder_and_the_last_ones_reach_the_supervisor(unit: Any) -> None:
    hold = await unit.frozen()
    seen = []
    while unit.hold(HoldKind.FREEZE).state is HoldState.FROZEN:
        unit.later(24 * 1)
        await unit.sweep()
        seen = events_of(unit, hold.id)
    assert seen.count("reminded") == 5
    assert seen.count("escalated") == 1
    assert unit.hold(HoldKind.FREEZE).escalated_at is not None
    assert (seen.count("lapsed"), unit.file().holds[0].lapse_seen_by) == (1, "")
    unit.assert_books_hold()


async def test_a_freeze_behind_another_authority_waits_in_line_and_freezes_when_free(
    unit: Any,
) -> None:
    other_freeze(unit, until_days=20)
    unit.stop()
    await unit.sweep()
    stop = unit.hold()
    assert (stop.state, stop.reason) == (HoldState.REJECTED_BY_BANK, "ALREADY_FROZEN")
    queue = unit.hold(HoldKind.QUEUE)
    assert (queue.state, queue.requested_minor) == (HoldState.DRAFT, 80_000)
    unit.advance()
    unit.approve()
    await unit.sweep()
    assert unit.hold(HoldKind.QUEUE).state is HoldState.QUEUED
    unit.later(24 * 21)
    await unit.sweep()
    queue = unit.hold(HoldKind.QUEUE)
    assert (queue.state, queue.held_minor > 0) == (HoldState.FROZEN, True)
    unit.assert_books_hold()


def other_freeze(unit: Any, until_days: int) -> None:
    until = (unit.sandbox.now + timedelta(days=until_days)).isoformat()
    url = unit.sandbox.banks[unit.sandbox.HOME]["url"] + "/sandbox/freezes"
    body = {"number": unit.sandbox.MULE, "until": until}
    assert httpx.post(url, json=body).status_code == 200


async def test_what_a_bank_holds_by_itself_counts_and_is_followed_by_an_order(unit: Any) -> None:
    unit.advance()
    (asset,) = unit.file().assets
    stop = unit.hold()
    hold_actions.withdraw(
        unit.case_officer(), unit.recovery_id, stop.id, "the bank holds it already"
    )
    told = hold_actions.record_voluntary(
        unit.case_officer(), unit.recovery_id, asset.id, "800.00", unit.sandbox.now, None, REASON
    )
    assert "start the order" in told
    await unit.sweep()
    steps = unit.page().steps
    assert steps[0].sentence.startswith("start the order behind what the bank holds")
    unit.advance()
    unit.approve()
    await unit.sweep()
    assert unit.hold(HoldKind.VOLUNTARY).state is HoldState.SUPERSEDED
    assert [h.state for h in unit.file().holds if h.kind is HoldKind.STOP][-1] is HoldState.STOPPED
    unit.assert_books_hold()


async def test_more_than_is_disputed_takes_a_reason_and_leaves_after_its_approval(
    unit: Any,
) -> None:
    unit.advance()
    stop = unit.hold()
    with pytest.raises(StepRefusedError, match=r"only CNY 800\.00 is disputed"):
        hold_actions.amend(unit.case_officer(), unit.recovery_id, stop.id, 90_000)
    done = hold_actions.amend(
        unit.case_officer(), unit.recovery_id, stop.id, 90_000, "he empties it daily"
    )
    assert "second person" in done
    unit.advance()
    await unit.sweep()
    assert unit.sandbox.book()["holds"] == []
    unit.approve()
    await unit.sweep()
    assert (unit.hold().state, unit.hold().held_minor) == (HoldState.STOPPED, 90_000)
    unit.assert_books_hold()


async def found_empty(unit: Any) -> str:
    """The mule's money has moved on before the stop reached the bank; its asset."""
    unit.sandbox.at(70)
    unit.later(0)
    unit.advance()
    (asset,) = unit.file().assets
    unit.advance()
    unit.approve()
    await unit.sweep()
    assert [h.state for h in unit.file().holds_of(asset.id)] == [HoldState.NO_FUNDS]
    return asset.id


async def test_an_empty_account_is_watched_and_stopped_when_money_comes(unit: Any) -> None:
    asset_id = await found_empty(unit)
    assert unit.file().asset(asset_id).watch == "on"
    unit.later(24 * 1.1)
    await unit.sweep()
    assert unit.file().asset(asset_id).watch_looks == 1
    refill_the_account(unit)
    unit.later(24 * 1.1)
    await unit.sweep()
    asset = unit.file().asset(asset_id)
    assert (asset.watch, asset.stage) == ("", Stage.FREEZING)
    (draft,) = (h for h in unit.file().holds_of(asset_id) if h.supersedes_id)
    assert (draft.state, draft.requested_minor) == (HoldState.DRAFT, 50_000)
    step = next(s for s in unit.page().steps if s.subject_id == draft.id)
    assert step.sentence == "money came into the monitored account: stop CNY 500.00"
    while unit.file().hold(draft.id).state is HoldState.DRAFT:
        unit.advance()
    await unit.sweep()
    assert [h.held_minor for h in unit.file().live_holds(asset_id)] == [50_000]
    unit.assert_books_hold()


def refill_the_account(unit: Any) -> None:
    """500.00 come of which no report tells."""
    at_us = round(unit.sandbox.now.timestamp() * 1_000_000)
    with sqlite3.connect(unit.sandbox.path) as db:
        (account,) = db.execute(
            "SELECT id FROM account WHERE number = ?", [unit.sandbox.MULE]
        ).fetchone()
        db.execute(
            "INSERT INTO booking SELECT account_id, seq + 1, ?, 50000, booked_minor + 50000,"
            " 'CASH', NULL, NULL, '' FROM balance WHERE account_id = ?",
            [at_us, account],
        )
        db.execute(
            "UPDATE balance SET booked_minor = booked_minor + 50000, seq = seq + 1"
            " WHERE account_id = ?",
            [account],
        )


async def test_a_watch_ends_after_ninety_days_as_an_event(unit: Any) -> None:
    asset_id = await found_empty(unit)
    for _ in range(50):
        unit.later(24 * 2)
        await unit.sweep()
    asset = unit.file().asset(asset_id)
    assert asset.watch == "over"
    assert 10 < asset.watch_looks < 25
    assert unit.call_events("balance").count("answered") == asset.watch_looks
    unit.assert_books_hold()
