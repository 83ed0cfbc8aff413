"""Hand-overs counted from events, and what is spared where they wait side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from models.entities.event import EntityKind
from recovery_flows.reports.process_map import (
    CODES,
    LINKS,
    Happened,
    hand_overs,
    process_map,
    side_by_side,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
CALL, TASK, APPROVAL = EntityKind.CALL, EntityKind.TASK, EntityKind.APPROVAL


def events(*rows: tuple[EntityKind, str, str, float], of: str = "r") -> list[Happened]:
    found = [Happened(of, noun, s, e, START + timedelta(hours=h)) for noun, s, e, h in rows]
    return sorted(found, key=lambda one: one.at)


ONE_BY_ONE = events(
    (APPROVAL, "a", "asked", 0), (APPROVAL, "a", "approved", 4),
    *((CALL, f"c{n}", "sent", 4 + 3 * n) for n in range(3)),
    *((CALL, f"c{n}", "answered", 7 + 3 * n) for n in range(3)),
)  # fmt: skip
SIDE_BY_SIDE = events(
    (APPROVAL, "a", "asked", 0), (APPROVAL, "a", "approved", 4),
    *((TASK, f"t{n}", "ordered", 4) for n in range(3)),
    *((TASK, f"t{n}", "done", 7) for n in range(3)),
)  # fmt: skip


def test_what_waits_side_by_side_waits_once() -> None:
    before, after = (process_map(hand_overs(e)) for e in (ONE_BY_ONE, SIDE_BY_SIDE))
    assert (before.count, after.count) == (4, 4)
    assert before.one_after_another == after.one_after_another == timedelta(hours=13)
    assert (before.side_by_side, after.side_by_side) == (timedelta(hours=13), timedelta(hours=7))


def test_without_a_link_its_hand_overs_and_what_it_alone_waits_are_gone() -> None:
    found = hand_overs(ONE_BY_ONE)
    whole, rest = process_map(found), process_map(found, ["second"])
    assert (rest.count, rest.side_by_side) == (3, timedelta(hours=9))
    (second,) = (one for one in whole.links if one.link.code == "second")
    assert second.alone == whole.side_by_side - rest.side_by_side == timedelta(hours=4)
    assert process_map(found, CODES).count == 0


def test_what_has_not_been_answered_is_no_hand_over_yet_and_two_recoveries_wait_apart() -> None:
    open_call = events((CALL, "c", "sent", 0), (CALL, "c", "sent", 1))
    assert hand_overs(open_call) == ()
    other = events((CALL, "d", "sent", 4), (CALL, "d", "answered", 7), of="s")
    both = process_map(hand_overs([*SIDE_BY_SIDE, *other]))
    assert (both.recoveries, both.side_by_side) == (2, timedelta(hours=10))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=12))
def test_side_by_side_is_never_longer_than_one_after_another(spans: list[tuple[int, int]]) -> None:
    rows = [
        row
        for n, (since, length) in enumerate(spans)
        for row in ((CALL, f"c{n}", "sent", since), (CALL, f"c{n}", "answered", since + length))
    ]
    found = process_map(hand_overs(events(*rows)))
    assert found.count == len(spans)
    assert timedelta() <= found.side_by_side <= found.one_after_another
    assert len({link.code for link in LINKS}) == len(LINKS)


REQUEST = EntityKind.REQUEST
ABROAD_ONE_BY_ONE = events(
    (EntityKind.RECOVERY, "r", "reported", 0), (EntityKind.RECOVERY, "r", "accepted", 1),
    *((APPROVAL, f"a{n}", "asked", 1 + 8 * n) for n in range(3)),
    *((APPROVAL, f"a{n}", "approved", 3 + 8 * n) for n in range(3)),
    *((REQUEST, f"q{n}", "approved", 3 + 8 * n) for n in range(3)),
    *((REQUEST, f"q{n}", "dispatched", 5 + 8 * n) for n in range(3)),
    *((REQUEST, f"q{n}", "sent_over_connection", 5 + 8 * n) for n in range(2)),
    *((REQUEST, f"q{n}", "executed", 9 + 8 * n) for n in range(2)),
    (CALL, "c", "sent", 21), (CALL, "c", "answered", 31),
)  # fmt: skip


def test_a_template_lets_what_it_names_begin_together_and_count_once() -> None:
    """S16: ten hand-overs one after another; by the template five, and the waiting is halved."""
    found = hand_overs(ABROAD_ONE_BY_ONE)
    now = process_map(found)
    by_template = process_map(side_by_side(found, ("second", "sender", "abroad")))
    assert (now.count, now.side_by_side) == (10, timedelta(hours=31))
    assert (by_template.count, by_template.side_by_side) == (5, timedelta(hours=19))
    assert process_map(side_by_side(found, ())).side_by_side == now.side_by_side


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50), st.integers(0, 20)), max_size=12))
def test_a_template_never_lets_anything_wait_longer(rows: list[tuple[int, int, int]]) -> None:
    told = [
        (APPROVAL, f"a{n}", event, at)
        for n, (_, since, length) in enumerate(rows)
        for event, at in (("asked", since), ("approved", since + length))
    ]  # fmt: skip
    found = hand_overs(events(*told))
    before, after = process_map(found), process_map(side_by_side(found, ("second",)))
    assert after.side_by_side <= before.side_by_side or not rows
    assert after.count == min(1, before.count)
