"""A clock that the other side stops: what was left of it goes on with the next version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.entities.request import RequestState
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.law.terms import due_at
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER, Abroad


@pytest.mark.parametrize(
    ("channel", "wanted", "law_row", "ran_hours", "stood_hours"),
    [
        ("eu_freeze", "freeze", "EU_FREEZE_DECIDE", 10, 100),
        ("eu_freeze", "freeze", "EU_FREEZE_DECIDE", 47, 1),
        ("eu_confiscate", "return", "EU_CONF_DECIDE", 240, 2_000),
        ("eio", "evidence", "EU_EIO_DECIDE", 700, 24),
    ],
)
def test_a_stopped_clock_goes_on_with_exactly_what_was_left(
    abroad: Abroad, channel: str, wanted: str, law_row: str, ran_hours: int, stood_hours: int
) -> None:
    first = abroad.out(channel, wanted=wanted)
    row = abroad.row(first)
    clock = next(c for c in CHANNELS[channel].clock if c.code == law_row)
    ends = due_at(clock.limit, abroad.unit.now, CHANNELS[channel])
    assert (row.law_row, row.due_at) == (law_row, ends)
    abroad.later(hours=ran_hours)
    abroad.says(first, "needs_info")
    left = ends - abroad.unit.now
    row = abroad.row(first)
    assert (row.due_at, row.left_seconds) == (None, int(left.total_seconds()))
    abroad.later(hours=stood_hours)
    assert not any("overdue" in step or "step in" in step for step in abroad.steps(first))
    asked = {"authority_contact": "the desk", "facts": "an invented fact"}
    name = next(n for n in asked if n in abroad.row(first).asked)
    abroad.unit.case_officer().advance(abroad.recovery_id, to=first, fields={name: asked[name]})
    second = max(abroad.unit.file(abroad.recovery_id).requests, key=lambda r: r.version)
    abroad.submit(second.id)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(second.id)
    row = abroad.row(second.id)
    assert (row.due_at, row.law_row) == (abroad.unit.now + left, law_row)
    abroad.sound()


def test_where_a_channel_names_our_own_time_it_runs_against_us(abroad: Abroad) -> None:
    """Five days for a provider's query; a preservation order's provider is free after them."""
    name = abroad.out("epoc", wanted="evidence", fields={})
    abroad.says(name, "needs_info")
    ours = abroad.row(name).due_at
    assert ours is not None
    assert timedelta(days=5) <= ours - abroad.unit.now < timedelta(days=6)


def test_a_body_without_an_answer_time_is_asked_again_each_thirty_days(abroad: Abroad) -> None:
    """Seed 90000001: a request by a channel that sets no time was waited for without a date."""
    name = abroad.out("igrip")
    acting, rid = abroad.unit.case_officer(), abroad.recovery_id
    assert abroad.row(name).due_at is None
    abroad.later(days=29)
    assert abroad.steps(name) == ["Synthetic NCB is to answer the request, due on 2026-04-01"]
    for _ in range(2):
        abroad.later(days=30)
        (step, *_) = abroad.steps(name)
        assert "no time is set for it, ask where it stands" in step
        message_actions.remind(acting, rid, name, "by mail", SENDER, CHANNELS)
        assert not any("ask where it stands" in step for step in abroad.steps(name))


def test_an_answer_that_is_read_when_what_it_says_is_over_stands_and_is_over(
    abroad: Abroad,
) -> None:
    """Seed 90000121: a freeze that had ended before its answer was read was waited for for ever."""
    frozen, postponed = abroad.out("igrip"), abroad.out("eu_freeze")
    ends = abroad.at(days=30)
    abroad.later(days=60)
    abroad.says(frozen, "executed", until=ends)
    abroad.says(postponed, "postponed", ground="INVESTIGATION", review_at=ends)
    abroad.decide()
    assert abroad.row(frozen).state == "expired"
    assert any("postponed until now" in step for step in abroad.steps(postponed))
    abroad.sound()


@pytest.mark.parametrize(
    ("says", "ground", "stands"),
    [
        ("needs_info", "", RequestState.NEEDS_INFO),
        ("conditional", "CONDITIONAL", RequestState.CONDITIONAL),
        ("recognised", "", RequestState.IN_EXECUTION),
    ],
)
def test_an_acknowledgement_takes_back_nothing_that_was_asked_set_or_begun(
    abroad: Abroad, says: str, ground: str, stands: RequestState
) -> None:
    """A body asked for more and acknowledged late: nobody was told any more what it waits for."""
    name = abroad.out("mla", wanted="return")
    abroad.says(name, says, ground=ground)
    abroad.decide()
    before = abroad.steps(name)
    abroad.says(name, "acknowledged")
    abroad.decide()
    assert abroad.row(name).state is stands
    assert abroad.steps(name) == before
    abroad.sound()


def test_what_was_postponed_and_is_taken_up_again_is_looked_at_thirty_days_later(
    abroad: Abroad,
) -> None:
    """Its step had the day that was over, and the thirty days ran from when it was sent."""
    name = abroad.out("eu_freeze")
    code = next(g.code for g in CHANNELS["eu_freeze"].ground if g.kind == "postponement")
    abroad.says(name, "postponed", ground=code, review_at=abroad.at(days=40))
    abroad.later(days=41)
    abroad.says(name, "acknowledged")
    abroad.decide()
    row = abroad.row(name)
    assert (row.state, row.review_at) == (RequestState.ACKNOWLEDGED, None)
    assert not any("ask where it stands" in step for step in abroad.steps(name))
    abroad.later(days=30)
    assert any("ask where it stands" in step for step in abroad.steps(name))
    abroad.sound()
