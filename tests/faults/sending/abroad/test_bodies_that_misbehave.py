"""What bodies of another State do with a request: it has its state, its step or an owner."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from tests.faults.sending.abroad.bodies import AUTHORITY, BODY_OF, CHANNELS, SENDER, Asked

DAY = 24


def plant(asked: Asked, kind: str, channel: str, **more: Any) -> None:
    row = {"call": fault_catalogue.REQUEST, "kind": kind, **more}
    asked.unit.sandbox.plant(row, bank=BODY_OF[channel])


async def played(asked: Asked, kind: str, channel: str = "eu_freeze", **more: Any) -> str:
    """A request that meets this, an hour after it went out."""
    wanted = "return" if channel == "mla" else "freeze"
    plant(asked, kind, channel, **more)
    name = await asked.out(channel, wanted=wanted)
    await asked.answered()
    return name


async def test_it_asks_for_more_and_the_next_version_goes_out_and_is_carried_out(
    asked: Asked,
) -> None:
    first = await played(asked, "asks_for_more")
    assert asked.row(first).state == "needs_info"
    fields = {"stage_of_investigation": "indictment"}
    asked.acting().advance(asked.unit.recovery_id, to=first, fields=fields)
    second = next(r.id for r in asked.unit.file().requests if r.replaces_id == first)
    asked.submit(second)
    asked.unit.approve()
    asked.dispatch(second)
    await asked.answered()
    assert (asked.row(first).state, asked.row(second).state) == ("replaced", "executed")
    bodies = [json.loads(body) for _, body in asked.got(AUTHORITY)]
    assert [(b["version"], b["replaces"]) for b in bodies] == [(1, None), (2, first)]
    assert bodies[1]["fields"]["stage_of_investigation"] == "indictment"
    asked.unit.assert_books_hold()


async def test_it_postpones_until_a_day_and_carries_out_after_it(asked: Asked) -> None:
    name = await played(asked, "postpones", seconds=5 * 86_400, code="PRIORITY_ORDER")
    row = asked.row(name)
    assert (row.state, row.reason, row.due_at) == ("postponed", "PRIORITY_ORDER", None)
    assert row.review_at == asked.unit.sandbox.START.replace(day=7, hour=3, minute=20)
    await asked.answered(5.2 * DAY)
    assert any("it was postponed until now" in step for step in asked.steps(name))
    await asked.answered(2 * DAY)
    assert asked.row(name).state == "executed"
    asked.unit.assert_books_hold()


async def test_it_sets_a_condition_that_two_people_meet(asked: Asked) -> None:
    name = await played(asked, "sets_a_condition", "mla")
    row = asked.row(name)
    assert (row.state, row.reason) == ("conditional", "CONDITIONAL")
    message_actions.assure(
        asked.acting(), asked.unit.recovery_id, name, "for this purpose only", SENDER, CHANNELS
    )
    asked.unit.approve()
    assert asked.row(name).state == "acknowledged"
    await asked.answered(11 * DAY)
    assert asked.row(name).state == "executed"
    asked.unit.assert_books_hold()


@pytest.mark.parametrize("code", ["NE_BIS", "INCOMPLETE", "DISAPPEARED"])
async def test_it_refuses_by_a_ground_of_the_list(asked: Asked, code: str) -> None:
    name = await played(asked, "refuses", code=code)
    row = asked.row(name)
    assert (row.state, row.reason, row.due_at) == ("refused", code, None)
    assert f"({code}): choose what follows" in asked.steps(name)[0]
    asked.unit.assert_books_hold()


async def test_a_ground_that_is_on_no_list_is_not_taken_and_has_an_owner(asked: Asked) -> None:
    name = await played(asked, "refuses", code="NO_SUCH_GROUND")
    assert (asked.row(name).state, asked.row(name).answers_read) == ("acknowledged", 2)
    ((kind, detail),) = asked.owned()
    assert kind == "answer_not_taken"
    assert detail.startswith("answer 2 (refused): --ground 'NO_SUCH_GROUND'")
    await asked.answered()
    assert len(asked.owned()) == 1
    asked.unit.assert_books_hold()


async def test_it_carries_out_a_part(asked: Asked) -> None:
    name = await played(asked, "executes_part", "igrip", amount="30.00")
    row = asked.row(name)
    assert (row.state, row.executed_minor, row.currency) == ("partially_executed", 3_000, "GBP")
    assert row.hold_ends_at is not None
    assert asked.steps(name) == [
        "tell Synthetic police-abroad: that its execution was noted",
        f"Synthetic police-abroad freezes until {row.hold_ends_at:%Y-%m-%d}",
    ]
    asked.unit.assert_books_hold()


async def test_a_late_yes_stands_after_the_ladder_has_reached_the_supervisor(asked: Asked) -> None:
    name = await played(asked, "answers_late", seconds=10 * 86_400)
    await asked.answered(5 * DAY)
    assert any("step in" in step for step in asked.steps(name))
    await asked.answered(6 * DAY)
    assert asked.row(name).state == "executed"
    asked.unit.assert_books_hold()


async def test_the_same_answer_twice_changes_nothing(asked: Asked) -> None:
    name = await played(asked, "answers_twice")
    before = asked.row(name)
    await asked.answered(2 * DAY)
    after = asked.row(name)
    assert asked.said(AUTHORITY) == ["acknowledged", "executed", "executed"]
    assert (before.answers_read, after.answers_read, after.state) == (2, 3, "executed")
    assert asked.owned() == []
    asked.unit.assert_books_hold()


async def test_a_body_that_contradicts_itself_has_an_owner_and_what_was_recorded_stands(
    asked: Asked,
) -> None:
    name = await played(asked, "contradicts")
    await asked.answered(2 * DAY)
    assert (asked.row(name).state, asked.row(name).answers_read) == ("executed", 3)
    said = "recorded as executed, and the other side says refused"
    assert asked.owned() == [("contradicts_outcome", said)]
    assert any("contradicts the recorded outcome" in s.sentence for s in asked.unit.page().steps)
    asked.unit.assert_books_hold()


async def test_a_document_that_was_exchanged_behind_an_answer_is_seen(asked: Asked) -> None:
    name = await played(asked, "answers_late")
    asked.unit.sandbox.end()
    with sqlite3.connect(asked.unit.sandbox.path) as db:
        db.execute("UPDATE request_answer SET document = '{}' WHERE number = 1")
        db.execute("UPDATE request SET modified_us = (SELECT now_us FROM clock)")
    asked.unit.sandbox.start()
    await asked.answered()
    assert asked.row(name).state == "acknowledged"
    assert asked.owned() == [("contradicts_outcome", "answer 1 was another one when it was taken")]
    asked.unit.assert_books_hold()


async def test_silence_and_a_negative_receipt_are_steps_of_the_officer(asked: Asked) -> None:
    silent = await played(asked, "keeps_silent", "igrip")
    lost = await played(asked, "not_delivered")
    assert (asked.row(silent).state, asked.row(silent).answers_read) == ("sent", 0)
    row = asked.row(lost)
    assert (row.state, row.receipt) == ("sent", "relay_failure")
    kinds = {r.kind: r.state for r in asked.unit.file().receipts}
    assert kinds == {"submission_acceptance": "counted", "relay_failure": "counted"}
    said = f"the request to Synthetic {AUTHORITY} was not delivered: withdraw, send it anew"
    assert asked.steps(lost)[0] == said
    asked.unit.assert_books_hold()


async def test_receipts_are_reported_and_the_strongest_counts(asked: Asked) -> None:
    name = await played(asked, "answers_late")
    assert asked.row(name).receipt == "retrieval"
    assert len(asked.unit.file().receipts) == 4
    asked.unit.assert_books_hold()
