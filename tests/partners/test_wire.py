"""The profile's JSON: what fits becomes facts, what does not is named by its path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.facts import BankHoldState, BankPayoutState
from models.ids import CallId, PartnerId, canonical
from models.money import Money
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1 import feed_wire, wire

BANK = PartnerId("bank-a")
SECRET = "6222000011112222"
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
Changed = Callable[[Any, str, Any], bytes]


def cny(amount: str) -> dict[str, str]:
    return {"currency": "CNY", "amount": amount}


HOLD = {
    "type": "hold",
    "id": "H-1",
    "revision": 2,
    "orderRef": "hold-1",
    "kind": "stop",
    "status": "PARTIALLY_HELD",
    "account": {"number": "6222"},
    "amountRequested": cny("100.00"),
    "amountHeld": cny("60.50"),
    "actedAt": "2026-03-01T17:30:00+08:00",
    "expiresAt": None,
    "rejectionReason": None,
    "lastModified": "2026-03-01T09:30:00Z",
}
PAYOUT = {
    "type": "payout",
    "id": "P-1",
    "revision": 1,
    "orderRef": "payout-1",
    "status": "SETTLED",
    "amount": {"currency": "JPY", "amount": "1200"},
    "debited": cny("60.50"),
    "bookedAt": "2026-03-01T09:30:00Z",
    "bookingRef": "B-7",
    "rejectionReason": None,
    "lastModified": "2026-03-01T09:31:00Z",
}
ACCOUNT = {
    "responseDetails": {"status": "complete", "message": ""},
    "account": {"number": "6222", "holderName": "Synthetic Holder", "currency": "CNY"},
    "balance": {"booked": cny("100.00"), "held": cny("60.50"), "asOf": "2026-03-01T09:30:00Z"},
}


def test_a_hold_is_read_in_whole_minor_units_and_utc() -> None:
    fact = wire.parse_hold(canonical(HOLD), BANK)
    assert (fact.bank_ref, fact.revision, fact.order_ref) == ("H-1", 2, "hold-1")
    assert fact.state is BankHoldState.PARTIALLY_HELD
    assert (fact.requested, fact.held) == (Money(10_000, "CNY"), Money(6_050, "CNY"))
    assert (fact.acted_at, fact.expires_at, fact.reason) == (AT, None, "")
    assert fact.acted_at is not None
    assert fact.acted_at.tzinfo is UTC


def test_a_refused_hold_carries_its_reason() -> None:
    raw = canonical(HOLD | {"status": "REFUSED", "rejectionReason": "NO_BALANCE"})
    fact = wire.parse_hold(raw, BANK)
    assert (fact.state, fact.reason) == (BankHoldState.REFUSED, "NO_BALANCE")


def test_a_payout_keeps_the_payees_currency_apart_from_what_was_debited() -> None:
    fact = wire.parse_payout(canonical(PAYOUT), BANK)
    assert (fact.amount, fact.debited) == (Money(1200, "JPY"), Money(6_050, "CNY"))
    assert (fact.state, fact.booking_ref) == (BankPayoutState.SETTLED, "B-7")
    assert fact.booked_at == AT


def test_a_field_the_profile_does_not_know_is_ignored() -> None:
    assert wire.parse_hold(canonical(HOLD | {"newInProfile": [1.5]}), BANK).bank_ref == "H-1"


@pytest.mark.parametrize(
    ("path", "new", "named"),
    [
        ("actedAt", "2026-03-01T17:30:00", "actedAt"),
        ("actedAt", "2026-03-01", "actedAt"),
        ("actedAt", 1772357400, "actedAt"),
        ("actedAt", "1772357400", "actedAt"),
        ("actedAt", "0001-01-01T00:00:00+14:00", "actedAt"),
        ("amountHeld.amount", 60.5, "amountHeld"),
        ("amountHeld.amount", "60.505", "amountHeld"),
        ("amountHeld.amount", "6e1", "amountHeld"),
        ("amountHeld.amount", "-1.00", "amountHeld"),
        ("amountHeld.currency", "yuan", "amountHeld"),
        ("amountHeld", "60.50", "amountHeld"),
        ("status", "ON_HOLD", "status"),
        ("rejectionReason", "WHO_KNOWS", "rejectionReason"),
        ("revision", "2", "revision"),
        ("revision", True, "revision"),
        ("id", "", "id"),
        ("id", "H 1\u001b[2J", "id"),
        ("type", "payout", "type"),
    ],
)
def test_a_hold_with_a_field_that_does_not_fit_is_refused_by_its_path(
    changed: Changed, path: str, new: Any, named: str
) -> None:
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_hold(changed(HOLD, path, new), BANK)
    assert caught.value.field == named


@pytest.mark.parametrize("missing", sorted(set(HOLD) - {"account", "kind"}))
def test_a_hold_without_one_of_its_fields_is_refused(missing: str) -> None:
    raw = canonical({key: value for key, value in HOLD.items() if key != missing})
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_hold(raw, BANK)
    assert caught.value.field == missing


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"null", b'{"type":"hold"', b"\xff\xfe{}"])
def test_bytes_that_are_no_json_object_are_refused(raw: bytes) -> None:
    with pytest.raises(AnswerUnreadableError, match="fit the profile"):
        wire.parse_hold(raw, BANK)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("amountHeld.amount", SECRET + "x"),
        ("actedAt", SECRET),
        ("status", SECRET),
        ("revision", SECRET),
        ("id", SECRET + " "),
        ("type", SECRET),
    ],
)
def test_no_error_quotes_what_a_bank_sent(changed: Changed, path: str, new: str) -> None:
    bad = changed(HOLD, path, new)
    feed = b'{"hasMoreElements":false,"items":[' + bad + b"]}"
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_hold(bad, BANK)
    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.why}"
    assert error.__cause__ is None
    assert error.__context__ is None
    (unread,) = feed_wire.parse_feed([feed], BANK).unread
    assert SECRET not in unread


@pytest.mark.parametrize(
    ("path", "new"), [("amountHeld.amount", "100.01"), ("amountHeld.currency", "USD")]
)
def test_a_bank_that_holds_another_sum_than_asked_for_is_read_and_not_refused(
    changed: Changed, path: str, new: str
) -> None:
    fact = wire.parse_hold(changed(HOLD, path, new), BANK)
    assert fact.held != fact.requested
    assert new in (fact.held.text(), fact.held.currency)


def test_a_feed_gives_holds_and_payouts_in_order_and_how_far_it_reached() -> None:
    pages = [
        canonical({"items": [HOLD], "hasMoreElements": True}),
        canonical({"items": [PAYOUT], "hasMoreElements": False}),
    ]
    page = feed_wire.parse_feed(pages, BANK)
    assert [item.bank_ref for item in page.items] == ["H-1", "P-1"]
    assert page.reached == AT + timedelta(minutes=1)


def test_a_feed_item_that_does_not_fit_is_named_with_its_place() -> None:
    raw = canonical({"items": [HOLD, PAYOUT | {"status": "PAID"}], "hasMoreElements": False})
    (unread,) = feed_wire.parse_feed([raw], BANK).unread
    assert unread.startswith("items.1.payout.status ")


def test_an_item_that_cannot_be_read_ends_no_other_and_is_asked_for_again() -> None:
    odd = PAYOUT | {"type": "pay-out", "lastModified": HOLD["lastModified"]}
    raw = canonical({"items": [odd, HOLD, PAYOUT], "hasMoreElements": False})
    page = feed_wire.parse_feed([raw], BANK)
    assert [item.bank_ref for item in page.items] == ["H-1", "P-1"]
    assert len(page.unread) == 1
    assert page.reached is None


@pytest.mark.parametrize(
    ("page", "href"),
    [
        ({"links": []}, None),
        ({}, None),
        ({"links": [{"rel": "prev", "href": "/p"}]}, None),
        ({"links": [{"rel": "next", "href": "/n"}]}, "/n"),
        ({"links": [{"rel": "next", "href": "/n"}], "hasMoreElements": True}, "/n"),
        ({"links": [{"rel": "next", "href": "/n"}], "hasMoreElements": False}, None),
    ],
)
def test_the_next_page_is_where_the_bank_says_unless_it_says_there_is_none(
    page: Any, href: str | None
) -> None:
    assert wire.next_link(canonical(page), BANK) == href


def test_a_balance_is_booked_and_held_in_one_currency(changed: Changed) -> None:
    fact = wire.parse_balance(canonical(ACCOUNT), BANK)
    assert (fact.booked, fact.held, fact.as_of) == (Money(10_000, "CNY"), Money(6_050, "CNY"), AT)
    with pytest.raises(AnswerUnreadableError, match=r"balance\.held"):
        wire.parse_balance(changed(ACCOUNT, "balance.held.currency", "USD"), BANK)


def test_a_partner_that_speaks_another_profile_is_refused() -> None:
    said = {
        "profile": "RBP/1",
        "bankId": "bank-a",
        "name": "Synthetic Bank A",
        "jurisdiction": "CN",
        "currency": "CNY",
        "minPollSeconds": 60,
    }
    assert wire.parse_capabilities(canonical(said), BANK).poll_seconds_min == 60
    with pytest.raises(AnswerUnreadableError, match="profile"):
        wire.parse_capabilities(canonical(said | {"profile": "RBP/2"}), BANK)


def call(**changes: Any) -> bytes:
    return canonical(
        {"idempotencyKey": "call-1", "status": "DONE", "responseStatus": 201, "response": HOLD}
        | changes
    )


def test_a_past_call_gives_back_its_original_answer() -> None:
    answer = wire.parse_call(call(), BANK, CallId("call-1"))
    assert answer is not None
    assert answer.status_code == 201
    assert wire.parse_hold(answer.body, BANK) == wire.parse_hold(canonical(HOLD), BANK)


def test_a_call_in_progress_has_no_answer_yet() -> None:
    raw = call(status="IN_PROGRESS", responseStatus=None, response=None)
    assert wire.parse_call(raw, BANK, CallId("call-1")) is None


def test_a_past_call_of_another_key_or_without_status_is_refused() -> None:
    with pytest.raises(AnswerUnreadableError, match="idempotencyKey"):
        wire.parse_call(call(), BANK, CallId("call-2"))
    with pytest.raises(AnswerUnreadableError, match="responseStatus"):
        wire.parse_call(call(responseStatus=None), BANK, CallId("call-1"))


def test_what_is_beside_an_item_that_does_not_fit_is_read_as_without_it() -> None:
    good = [HOLD, PAYOUT, HOLD | {"id": "H-2", "more": [{}] * 20}]
    whole = feed_wire.parse_feed([canonical({"items": good, "hasMoreElements": False})], BANK)
    odd = [*good, HOLD | {"revision": -1, "lastModified": "2026-03-01T09:40:00Z"}]
    beside = feed_wire.parse_feed([canonical({"items": odd, "hasMoreElements": False})], BANK)
    assert beside.items == whole.items
    assert beside.reached == whole.reached


@pytest.mark.parametrize("brace", ["{", "\\u007b"])
def test_an_item_of_more_parts_than_content_is_refused_however_they_are_spelled(brace: str) -> None:
    crowded = PAYOUT | {"bookingRef": "BRACES", "id": "P-2"}
    raw = canonical({"items": [*[HOLD] * 20, crowded], "hasMoreElements": False})
    page = feed_wire.parse_feed([raw.replace(b"BRACES", brace.encode() * 400)], BANK)
    assert [item.bank_ref for item in page.items] == ["H-1"] * 20
    assert page.unread == ("items.20.the whole answer is made of more parts than it has content",)
