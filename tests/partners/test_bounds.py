"""Every number, instant, list and path of a partner is bounded where it is read."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from models.ids import PartnerId, canonical
from recovery_flows.errors import (
    AnswerUnreadableError,
    PartnerUnavailableError,
    UnfitArgumentError,
)
from recovery_flows.partners.rbp1 import feed_wire, paging, wire
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Line
from tests.partners.test_wire import HOLD

BANK = PartnerId("bank-a")
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
TOO_LATE = f"{datetime.now(UTC).year + 11}-01-01T00:00:00Z"
CAPABLE = {
    "profile": "RBP/1", "bankId": "bank-a", "name": "Bank A", "jurisdiction": "CN",
    "currency": "CNY", "minPollSeconds": 60, "limits": {"*": {"perMinute": 60, "burst": 5}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", 10**19),
        ("revision", 2**53 + 1),
        ("revision", -1),
        ("actedAt", "9999-12-31T23:59:59Z"),
        ("actedAt", "9999-12-31T23:59:59-14:00"),
        ("actedAt", "0001-01-01T00:00:00+14:00"),
        ("expiresAt", TOO_LATE),
        ("lastModified", "1999-12-31T23:59:59Z"),
        ("amountHeld", {"currency": "CNY", "amount": "999999999999999.00"}),
        ("amountHeld", {"currency": "CNY", "amount": "1" + "0" * 400}),
        ("id", "."),
        ("id", ".."),
        ("orderRef", ".."),
    ],
)
def test_a_figure_of_a_hold_out_of_all_reason_is_named(field: str, value: object) -> None:
    wire.parse_hold(canonical(HOLD), BANK)
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_hold(json.dumps(HOLD | {field: value}).encode(), BANK)
    assert caught.value.field.startswith(field)
    page = {"items": [HOLD | {field: value}], "hasMoreElements": False, "links": []}
    told = feed_wire.parse_feed([json.dumps(page).encode()], BANK)
    assert told.items == ()
    assert len(told.unread) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minPollSeconds": 10**15}, "minPollSeconds"),
        ({"limits": {"*": {"perMinute": 10**400}}}, "limits"),
        ({"limits": {"*": {"perMinute": 60, "burst": 10**19}}}, "limits"),
        ({"limits": {str(n): {"perMinute": 60} for n in range(101)}}, "limits"),
    ],
)
def test_a_pace_out_of_all_reason_is_named(changes: dict[str, Any], field: str) -> None:
    wire.parse_capabilities(canonical(CAPABLE), BANK)
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_capabilities(json.dumps(CAPABLE | changes).encode(), BANK)
    assert caught.value.field.startswith(field) or caught.value.field == "the whole answer"


def many(item: str, count: int) -> str:
    return ",".join([item] * count)


# A megabyte each; the first four were measured at seconds and hundreds of megabytes.
LONG: dict[str, tuple[Callable[[bytes], object], str]] = {
    "feed of nothings": (
        lambda raw: feed_wire.parse_feed([raw], BANK),
        f'{{"items":[{many("{}", 320_000)}],"hasMoreElements":false}}',
    ),
    "statement of nothings": (
        lambda raw: wire.parse_statement([raw], BANK),
        f'{{"transactions":[{many("{}", 320_000)}]}}',
    ),
    "links of nothings": (
        lambda raw: wire.next_link(raw, BANK),
        f'{{"links":[{many("{}", 320_000)}]}}',
    ),
    "answers of nothings": (
        lambda raw: wire.parse_task(raw, BANK),
        f'{{"type":"task","answers":[{many("{}", 320_000)}]}}',
    ),
    "numbers": (
        lambda raw: feed_wire.parse_feed([raw], BANK),
        f'{{"items":[{many("1", 480_000)}],"hasMoreElements":false}}',
    ),
    "bookings of nothing but commas": (
        lambda raw: wire.parse_statement([raw], BANK),
        f'{{"transactions":[{many("0", 480_000)}]}}',
    ),
    "nested": (
        lambda raw: feed_wire.parse_feed([raw], BANK),
        '{"items":[' + "[" * 400_000 + "]" * 400_000 + '],"hasMoreElements":false}',
    ),
    "one long number": (
        lambda raw: wire.parse_hold(raw, BANK),
        '{"type":"hold","revision":' + "9" * 900_000 + "}",
    ),
    "a number with a huge exponent": (
        lambda raw: wire.parse_hold(raw, BANK),
        '{"type":"hold","revision":1e999999999}',
    ),
    "half a character": (
        lambda raw: wire.parse_hold(raw, BANK),
        '{"type":"hold","id":"\\ud800"}',
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_an_answer_costs_no_more_than_its_bytes(name: str) -> None:
    read, text = LONG[name]
    raw = text.encode()
    tracemalloc.start()
    begun = time.thread_time()
    with pytest.raises(AnswerUnreadableError):
        read(raw)
    seconds = time.thread_time() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Far above what it takes, far below the seconds and gigabytes of one error for each item.
    assert seconds < 1.5
    assert peak < 40 * len(raw) + 1_000_000


def test_of_many_items_that_cannot_be_read_some_are_named() -> None:
    page = {
        "items": [{"type": "hold", "revision": "two"}] * 5_000,
        "hasMoreElements": False,
        "links": [],
    }
    told = feed_wire.parse_feed([json.dumps(page).encode()], BANK)
    assert len(told.unread) == feed_wire.UNREAD_TOLD
    assert told.reached is None


@pytest.mark.parametrize("item", ["NaN", "Infinity", "1e400", '"\\u0000"', "null", "[[[]]]"])
def test_an_item_that_is_no_object_is_one_that_cannot_be_read(item: str) -> None:
    raw = f'{{"items":[{item}],"hasMoreElements":false}}'.encode()
    try:
        told = feed_wire.parse_feed([raw], BANK)
    except AnswerUnreadableError:
        return
    assert (told.items, len(told.unread)) == ((), 1)


@pytest.mark.parametrize("number", [".", "..", ""])
async def test_an_account_whose_number_is_a_step_in_a_path_is_asked_of_nobody(
    scripted: Any, bank: PartnerBank, number: str
) -> None:
    with pytest.raises(UnfitArgumentError, match="step in a path"):
        await bank.balance(number)
    with pytest.raises(UnfitArgumentError, match="step in a path"):
        await bank.hold(number)
    assert scripted.seen == []


@pytest.mark.parametrize("href", ["/sandbox/book", "/v1/../admin", "../../x", "/v1", "/"])
async def test_a_next_link_out_of_the_profiles_root_is_not_followed(
    scripted: Any, bank: PartnerBank, href: str
) -> None:
    page = {"items": [], "hasMoreElements": True, "links": [{"rel": "next", "href": href}]}
    scripted.will(page)
    with pytest.raises(AnswerUnreadableError, match=r"links\.next leads out of /v1/"):
        await bank.events(SINCE)
    assert len(scripted.seen) == 1


def endless(page: int) -> dict[str, Any]:
    href = f"/v1/events?page={page}"
    links = [{"rel": "next", "href": href}]
    return {"items": [], "hasMoreElements": True, "links": links, "ignored": "x" * 2_000}


async def test_all_pages_of_a_feed_have_one_limit_of_bytes(
    scripted: Any, bank: PartnerBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "FEED_BYTES_MAX", 10_000)
    for page in range(50):
        scripted.will(endless(page))
    with pytest.raises(AnswerUnreadableError, match="larger than 10000 bytes together"):
        await bank.events(SINCE)
    assert len(scripted.seen) == 5


async def test_all_pages_of_a_feed_have_one_limit_of_time(
    scripted: Any, bank: PartnerBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "FEED_SECONDS_MAX", 0.5)
    for page in range(2_000):
        scripted.will(endless(page))
    with pytest.raises((PartnerUnavailableError, AnswerUnreadableError)) as caught:
        await bank.events(SINCE)
    assert "did not give all pages within 0.5 s" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://", "names no host"),
        ("https://h..x", "names no host"),
        ("https://ho st", "names no host"),
        ("https://bank.example:99999", "port out of range"),
        ("https://bank.example:0", "port out of range"),
        ("https://169.254.169.254", "no address of a host elsewhere"),
        ("https://[fe80::1]", "no address of a host elsewhere"),
        ("https://[::ffff:169.254.169.254]", "no address of a host elsewhere"),
        ("https://2852039166", "no address of a host elsewhere"),
        ("https://0xa9.0xfe.0xa9.0xfe", "no address of a host elsewhere"),
        ("https://0.0.0.0", "no address of a host elsewhere"),
        ("https://224.0.0.1", "no address of a host elsewhere"),
        ("https://metadata.google.internal", "the machine's own cloud"),
    ],
)
def test_an_address_where_no_partner_can_be_is_refused(url: str, why: str) -> None:
    with pytest.raises(UnfitArgumentError, match=f"base_url .*{why}"):
        Line(BANK, url, "secret-token")
