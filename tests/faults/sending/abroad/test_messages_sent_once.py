"""Whatever breaks on the way to a body, it has each message once; told is what it has."""

from __future__ import annotations

import pytest

from models.entities.call import CallKind
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.request_board import request_board
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from tests.faults.sending.abroad.bodies import (
    AUTHORITY,
    POLICE,
    Asked,
)
from tests.faults.sending.abroad.spoken import assert_bytes_are_those_kept, heard, messages, say
from tests.faults.sending.test_sent_once import OUTBOX, killed

NAME, CONTACT, VICTIM_ACCOUNT = "Synthetic Victim", "victim@example.org", "9999000000000002"
DAY = 24


DESK = """
import os, signal, sys
from pathlib import Path
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import open_installation
from recovery_flows.correspondence.abroad import message_actions
from tests.faults.sending.abroad.bodies import CHANNELS, SENDER

opened = open_installation(Path(sys.argv[1]))
who = by_system_user(opened.database, "the-officer")
acting = CaseOfficer(opened.database, opened.laws, who)
message_actions.notify(acting, sys.argv[2], sys.argv[3], "", SENDER, CHANNELS)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("fault", ["timeout_after_acting", "down", "error_500", "gateway", "slow"])
async def test_whatever_becomes_of_the_connection_the_body_has_a_message_once(
    asked: Asked, fault: str
) -> None:
    name = await asked.out()
    row = {"call": fault_catalogue.MESSAGE, "kind": fault, "seconds": 0}
    asked.unit.sandbox.plant({k: v for k, v in row.items() if v or fault == "slow"}, bank=POLICE)
    say(asked, "withdraw", name, "not needed")
    await asked.answered()
    (there,) = asked.there(POLICE)
    assert len(there["messages"]) == 1
    assert len(heard(asked, POLICE)) == 1
    assert messages(asked, name) == [("withdrawn", "delivered")]
    asked.unit.assert_books_hold()


@pytest.mark.parametrize("moment", ["decided", "marked sent", "answered"])
async def test_a_process_killed_at_any_step_leaves_one_message_at_the_body(
    asked: Asked, moment: str
) -> None:
    name = await asked.out()
    await asked.answered()
    folder = str(asked.unit.installation.data_dir)
    if moment == "decided":
        await killed(DESK, folder, asked.unit.recovery_id, name)
    else:
        say(asked, "notify", name)
        await killed(OUTBOX, folder, str(CallKind.MESSAGE), moment)
    assert len(heard(asked, POLICE)) == (moment == "answered")
    assert messages(asked, name) == [("executed", "planned")]
    assert asked.row(name).told_at is None
    for _ in range(3):
        await asked.unit.sweep(after_seconds=200)
    (there,) = asked.there(POLICE)
    assert (len(there["messages"]), len(heard(asked, POLICE))) == (1, 1)
    assert messages(asked, name) == [("executed", "delivered")]
    assert asked.row(name).told_at is not None
    assert_bytes_are_those_kept(asked, POLICE)
    asked.unit.assert_books_hold()


async def test_a_message_that_is_refused_is_sent_again_or_told_by_hand(asked: Asked) -> None:
    name = await asked.out()
    await asked.answered()
    row = {"call": fault_catalogue.MESSAGE, "kind": "not_allowed", "times": 2}
    asked.unit.sandbox.plant(row, bank=POLICE)
    for number in (1, 2):
        say(asked, "notify", name)
        await asked.answered()
        assert messages(asked, name) == [("executed", "refused")] * number
        assert "that its execution was noted" in asked.steps(name)[0]
    assert "was told (executed)" in say(asked, "notify", name, "by telephone")
    assert ["freezes until" in step for step in asked.steps(name)] == [True]
    asked.unit.assert_books_hold()


async def test_a_reminder_that_nobody_needs_any_more_does_not_leave(asked: Asked) -> None:
    name = await asked.out()
    say(asked, "remind", name)
    say(asked, "withdraw", name, "not needed")
    await asked.answered()
    assert [body["kind"] for _, body in heard(asked, POLICE)] == ["withdrawn"]
    assert sorted(messages(asked, name)) == [
        ("reminder", "cancelled"), ("withdrawn", "delivered"),
    ]  # fmt: skip
    asked.unit.assert_books_hold()


async def test_an_assurance_that_the_connection_refuses_is_sent_again_or_brought_by_hand(
    asked: Asked,
) -> None:
    unit = asked.unit
    unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "sets_a_condition"}, bank=AUTHORITY
    )
    name = await asked.out("mla", wanted="return")
    await asked.answered()
    row = {"call": fault_catalogue.MESSAGE, "kind": "not_allowed", "times": 2}
    unit.sandbox.plant(row, bank=AUTHORITY)
    say(asked, "assure", name, "for this case only")
    unit.approve()
    for count in (1, 2):
        await unit.sweep()
        assert messages(asked, name) == [("assurance", "refused")] * count
        assert "the assurance that two people have given" in asked.steps(name)[0]
        assert turn_of(asked, name) == "ours"
        if count == 1:
            unit.later(0.01)
            say(asked, "notify", name)
            assert turn_of(asked, name) == "theirs"
    assert "was told (assurance)" in say(asked, "notify", name, "by fax")
    assert ("assurance", "delivered") in messages(asked, name)
    assert not any("the assurance" in step for step in asked.steps(name))
    asked.unit.assert_books_hold()


async def test_what_is_on_its_way_is_nobodys_turn_on_the_board(asked: Asked) -> None:
    name = await asked.out()
    await asked.answered()
    assert turn_of(asked, name) == "ours"
    say(asked, "notify", name)
    assert turn_of(asked, name) == "theirs"
    await asked.unit.sweep()
    assert turn_of(asked, name) == "theirs"


def turn_of(asked: Asked, name: str) -> str:
    """Whose turn the board says it is."""
    with asked.unit.database.reading() as session:
        page = request_board(session, asked.unit.wall_now, QueueQuery(with_closed=True), 200)
    return str(next(line.turn for line in page.lines if line.line_id == name))
