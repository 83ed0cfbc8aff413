"""W6, W8, W9, W16: figures of requests abroad, each from the events that it names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from models.entities.event import EntityKind
from recovery_flows.reports.abroad_figures import AskedAbroad, abroad_figures
from recovery_flows.reports.process_map import Happened

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400


def request(name: str, **of: str) -> AskedAbroad:
    given = {
        "recovery_id": "r1", "asset_id": "a1", "channel": "igrip", "body": "police",
        "wanted": "freeze", "ground": "", "replaces_id": "", **of,
    }  # fmt: skip
    return AskedAbroad(id=name, **given)


def events(*rows: tuple[str, str, float]) -> list[Happened]:
    kind = EntityKind.REQUEST
    return [Happened("r1", kind, s, e, START + timedelta(hours=h)) for s, e, h in rows]


REQUESTS = (
    request("q1", ground="INCOMPLETE"),
    request("q2", replaces_id="q1"),
    request("q3", recovery_id="r2", asset_id="a2", channel="mla", body="ministry"),
    request("q4", recovery_id="r3", asset_id="a3", body="police"),
)
HISTORY = events(
    ("q1", "drafted", 0), ("q1", "approved", 1), ("q1", "sent_by_hand", 2), ("q1", "refused", 6),
    ("q2", "drafted", 7), ("q2", "approved", 8), ("q2", "sent_over_connection", 9),
    ("q2", "acknowledged", 10), ("q2", "partially_executed", 32),
    ("q3", "drafted", 0), ("q3", "approved", 40), ("q3", "sent", 48), ("q3", "needs_info", 72),
    ("q4", "drafted", 5),
)  # fmt: skip


def test_each_rate_says_what_it_divides() -> None:
    soon, back, twice = abroad_figures(REQUESTS, HISTORY).rates
    assert (soon.numerator_minor, soon.denominator_minor) == (1, 3)
    assert soon.percent == Decimal("33.3")
    assert (back.numerator_minor, back.denominator_minor) == (2, 3)
    assert (twice.numerator_minor, twice.denominator_minor) == (0, 4)


def test_a_second_request_by_a_channel_that_asks_already_counts_as_asked_twice() -> None:
    requests = (*REQUESTS, request("q5", recovery_id="r3", asset_id="a3"))
    *_, twice = abroad_figures(requests, [*HISTORY, *events(("q5", "drafted", 6))]).rates
    assert (twice.numerator_minor, twice.denominator_minor) == (1, 5)


def test_first_answers_are_measured_by_body_and_a_hold_from_its_decision() -> None:
    found = abroad_figures(REQUESTS, HISTORY)
    ministry, police = found.first_answers
    assert (ministry.name, ministry.count, ministry.p50_seconds) == ("ministry", 1, DAY)
    assert (police.count, police.p50_seconds, police.p90_seconds) == (2, HOUR, 4 * HOUR)
    assert (found.to_hold.count, found.to_hold.p50_seconds) == (1, DAY)


def test_nothing_asked_has_no_rate() -> None:
    found = abroad_figures((), ())
    assert [rate.percent for rate in found.rates] == [None, None, None]
    assert (found.to_hold.count, found.first_answers) == (0, ())
