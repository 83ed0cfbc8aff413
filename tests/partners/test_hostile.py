"""Hostile answers of a bank, met by the real client and engine in processes of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.hostile_bank import CASES, meet
from models.ids import PartnerId, canonical
from recovery_flows.errors import AnswerUnreadableError, OutcomeUnknownError
from recovery_flows.partners.rbp1 import bounds, feed_wire, paging, transport, wire
from recovery_flows.partners.rbp1.client import PartnerBank
from tests.partners.test_client_paging import statement_page
from tests.partners.test_wire import HOLD

BANK = PartnerId("bank-a")
SINCE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "5 MB of ones",
        "an item of 300,000 fields",
        "a gzip bomb",
        "100 Continue without an end, for a token",
        "5 MB in pieces of a byte",
        "headers without an end",
        "our hold in 9,000 revisions",
        "the same unreadable page, other each time",
    ],
)
def test_a_hostile_answer_costs_no_more_than_its_bytes_are_worth(name: str) -> None:
    met = meet(name, CASES[name])
    # How long it takes depends on what else the machine does; CPU, memory and disk do not.
    above = [what for what in met.above if not what.startswith(("pause", "time"))]
    assert above == [], met.cost


def twice(text: str, field: str, other: str) -> bytes:
    """A JSON object in which `field` stands once more, first with another value."""
    assert f'"{field}":' in text
    return text.replace(f'"{field}":', f'"{field}":{other},"{field}":', 1).encode()


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("amountHeld", '{"amount":"900.00","currency":"CNY"}'),
        ("currency", '"USD"'),
        ("revision", "1"),
    ],
)
def test_an_answer_that_names_a_field_twice_is_refused(field: str, other: str) -> None:
    raw = twice(canonical(HOLD).decode(), field, other)
    with pytest.raises(AnswerUnreadableError, match="names a field twice"):
        wire.parse_hold(raw, BANK)
    page = b'{"items":[' + raw + b'],"hasMoreElements":false,"links":[]}'
    with pytest.raises(AnswerUnreadableError, match="names a field twice"):
        feed_wire.parse_feed([page], BANK)


def test_a_field_twice_is_seen_beside_numbers_and_texts_that_other_readers_refuse() -> None:
    odd = '"x":' + "9" * 5_000 + ',"y":"\t",' + '"revision":1,'
    raw = ("{" + odd + canonical(HOLD).decode()[1:]).encode()
    assert bounds.repeats_a_field(raw)
    assert not bounds.repeats_a_field(raw.replace(b'"revision":1,', b"", 1))


def revision(number: int, of: str = "hold-1") -> dict[str, Any]:
    at = (SINCE + timedelta(seconds=number)).isoformat()
    return HOLD | {"revision": number, "lastModified": at, "orderRef": of}


def test_a_reading_takes_so_many_revisions_of_one_hold_and_all_of_the_others() -> None:
    most = feed_wire.REVISIONS_MAX
    items = [revision(n) for n in range(1, most + 51)] + [revision(5, "hold-2")]
    page = {"items": items, "hasMoreElements": False, "links": []}
    told = feed_wire.parse_feed([json.dumps(page).encode()], BANK)
    assert [i.revision for i in told.items if i.order_ref == "hold-1"] == [*range(1, most + 1)]
    assert [i.order_ref for i in told.items][-1] == "hold-2"
    assert f"items.{most}.revision is one of more than {most} at once" in told.unread
    assert told.reached == SINCE + timedelta(seconds=most)


def test_a_revision_that_comes_again_and_again_is_no_other_one() -> None:
    page = {"items": [revision(1)] * 500, "hasMoreElements": False, "links": []}
    told = feed_wire.parse_feed([json.dumps(page).encode()], BANK)
    assert (len(told.items), told.unread) == (500, ())


async def test_a_bank_that_calls_every_period_too_large_is_not_asked_for_ever(
    scripted: Any, bank: PartnerBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGES_MAX", 20)
    for _ in range(100):  # the second half of each half is one answer too large again
        scripted.will_refuse("ResponseTooLarge", 413)
        scripted.will(statement_page())
    with pytest.raises(AnswerUnreadableError, match="pages are more than 20"):
        await bank.statement("6222", SINCE, SINCE + timedelta(days=365))
    assert len(scripted.seen) == 20


def long_feed(*numbers: int) -> list[dict[str, Any]]:
    """Pages of one hold each, of which no one is the last."""
    return [
        {
            "items": [revision(n, f"hold-{n}")],
            "hasMoreElements": True,
            "links": [{"rel": "next", "href": f"/v1/events?page={at}"}],
        }
        for at, n in enumerate(numbers)
    ]


async def test_a_feed_too_long_for_one_reading_is_gone_on_with_in_the_next(
    scripted: Any, bank: PartnerBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGES_MAX", 3)
    for page in long_feed(1, 2, 3, 4):
        scripted.will(page)
    told, answers = await bank.events(SINCE)
    assert [item.order_ref for item in told.items] == ["hold-1", "hold-2", "hold-3"]
    assert told.reached == SINCE + timedelta(seconds=3)
    # It was not read to its end, and says so: no clock ends a hold on the strength of it.
    assert told.unread == ("pages are more than are read at once",)
    assert len(answers) == 3


async def test_a_long_feed_that_is_not_oldest_first_is_not_cut(
    scripted: Any, bank: PartnerBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGES_MAX", 3)
    for page in long_feed(9, 2, 3, 4):
        scripted.will(page)
    with pytest.raises(AnswerUnreadableError, match="pages are more than 3") as caught:
        await bank.events(SINCE)
    assert len(caught.value.raw) == 3


async def test_a_cookie_of_a_bank_is_neither_kept_nor_sent_again(
    scripted: Any, bank: PartnerBank
) -> None:
    for _ in range(2):
        scripted.will(statement_page(), set_cookie="followed=for-ever; Max-Age=99999999")
        await bank.statement("6222", SINCE)
    assert ["cookie" in seen.headers for seen in scripted.seen] == [False, False]
    assert len(bank._exchange.http.cookies) == 0


async def test_an_order_whose_answer_is_too_long_on_the_wire_may_have_been_carried_out(
    scripted: Any, bank: PartnerBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recovery_flows.partners.rbp1.orders import Limits
    from tests.partners.conftest import STANDING

    monkeypatch.setattr(transport, "WIRE_BYTES_MAX", 1_000)
    scripted.will({"x": "y" * 2_000}, 201)
    with pytest.raises(OutcomeUnknownError):
        await bank.send(wire.HOLDS_PATH, b"{}", "call-1", STANDING, Limits("6222"))  # type: ignore[arg-type]
    scripted.will(statement_page())
    await bank.statement("6222", SINCE)
    assert len(scripted.seen) == 2
