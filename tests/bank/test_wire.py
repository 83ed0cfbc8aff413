"""The profile's JSON: what fits becomes facts, what does not is named by its path."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.facts import AccountRef, BankHoldState, BankPayoutState, Direction, LineKind
from models.ids import CallId, HoldId, PartnerId, canonical
from models.money import Money
from models.states import HoldKind
from recovery_flows.bank import wire
from recovery_flows.errors import AnswerUnreadableError, UnfitArgumentError

BANK = PartnerId("bank-a")
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PAYEE = AccountRef("bank-b", "6333", "Synthetic Payee")


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
LINES = [
    {
        "seq": 3,
        "bookedAt": "2026-03-01T09:30:00Z",
        "creditDebit": "CRDT",
        "amount": cny("50.00"),
        "kind": "TRANSFER",
        "counterparty": {"bank": "bank-b", "number": "6333", "holderName": "Synthetic Payer"},
        "counterAmount": {"currency": "USD", "amount": "7.00"},
        "endToEndId": "E-1",
    },
    {
        "seq": 7,
        "bookedAt": "2026-03-01T09:31:00Z",
        "creditDebit": "DBIT",
        "amount": cny("20.00"),
        "kind": "CASH",
        "counterparty": None,
        "counterAmount": None,
        "endToEndId": "",
    },
]
STATEMENT = {
    "responseDetails": {"status": "complete", "message": ""},
    "account": {"number": "6222", "currency": "CNY"},
    "fromDate": "2026-03-01T00:00:00Z",
    "toDate": "2026-03-02T00:00:00Z",
    "opening": cny("-10.00"),
    "closing": cny("20.00"),
    "transactions": LINES,
    "links": [],
}
ACCOUNT = {
    "responseDetails": {"status": "complete", "message": ""},
    "account": {"number": "6222", "holderName": "Synthetic Holder", "currency": "CNY"},
    "balance": {"booked": cny("100.00"), "held": cny("60.50"), "asOf": "2026-03-01T09:30:00Z"},
}


def changed(value: str | None, path: str, new: Any) -> bytes:
    """A copy of `value` in which what stands at the dotted `path` is `new`."""
    whole = copy.deepcopy(value)
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    inner = whole
    for key in way:
        inner = inner[key]
    inner[last] = new
    return canonical(whole)


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
        ("amountHeld.amount", "100.01", "amountHeld"),
        ("amountHeld.currency", "USD", "amountHeld"),
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
    path: str, new: Any, named: str
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


SECRET = "6222000011112222"


@pytest.mark.parametrize(
    ("parse", "raw"),
    [
        (wire.parse_hold, changed(HOLD, "amountHeld.amount", SECRET + "x")),
        (wire.parse_hold, changed(HOLD, "actedAt", SECRET)),
        (wire.parse_hold, changed(HOLD, "status", SECRET)),
        (wire.parse_hold, changed(HOLD, "revision", SECRET)),
        (wire.parse_hold, changed(HOLD, "id", SECRET + " ")),
        (wire.parse_hold, SECRET.encode() + b"{"),
        (lambda raw, bank: wire.parse_feed([raw], bank), canonical(
            {"items": [HOLD | {"type": SECRET}], "hasMoreElements": False})),
    ],
)  # fmt: skip
def test_no_error_quotes_what_a_bank_sent(parse: Any, raw: bytes) -> None:
    with pytest.raises(AnswerUnreadableError) as caught:
        parse(raw, BANK)
    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.why}"
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_statement_over_two_pages_is_one() -> None:
    pages = [canonical(STATEMENT | {"transactions": [line]}) for line in LINES]
    fact = wire.parse_statement(pages, BANK)
    assert fact.account == AccountRef(BANK, "6222")
    assert (fact.opening, fact.closing) == (Money(-1_000, "CNY"), Money(2_000, "CNY"))
    first, second = fact.lines
    assert (first.seq, first.direction, first.kind) == (3, Direction.CREDIT, LineKind.TRANSFER)
    assert first.counter == AccountRef("bank-b", "6333", "Synthetic Payer")
    assert (first.counter_amount, first.end_to_end_id) == (Money(700, "USD"), "E-1")
    assert (second.direction, second.kind) == (Direction.DEBIT, LineKind.CASH)
    assert (second.counter, second.counter_amount) == (None, None)


def test_a_statement_without_bookings_closes_as_it_opened() -> None:
    raw = changed(STATEMENT | {"transactions": []}, "closing", cny("-10.00"))
    assert wire.parse_statement([raw], BANK).lines == ()


@pytest.mark.parametrize(
    ("path", "new", "named"),
    [
        ("closing.amount", "20.01", "closing"),
        ("opening.amount", "-10.01", "closing"),
        ("opening.currency", "USD", "opening"),
        ("closing.currency", "USD", "closing"),
        ("transactions.1.seq", 3, "transactions.1.seq"),
        ("transactions.1.seq", 2, "transactions.1.seq"),
        ("transactions.1.amount.currency", "USD", "transactions.1.amount"),
        ("transactions.1.amount.amount", "-20.00", "transactions.1.amount"),
        ("transactions.0.bookedAt", "2026-03-01T09:30:00", "transactions.0.bookedAt"),
        ("transactions.0.creditDebit", "CREDIT", "transactions.0.creditDebit"),
        ("transactions.0.kind", "GIFT", "transactions.0.kind"),
        ("transactions.0.counterparty.number", 6333, "transactions.0.counterparty.number"),
        ("responseDetails.status", "partial", "responseDetails.status"),
        ("account.currency", "CNYX", "account.currency"),
    ],
)
def test_a_statement_that_does_not_fit_or_sum_is_refused_by_its_path(
    path: str, new: Any, named: str
) -> None:
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_statement([changed(STATEMENT, path, new)], BANK)
    assert caught.value.field == named


@pytest.mark.parametrize(
    ("path", "new"),
    [("account.number", "6444"), ("toDate", "2026-03-03T00:00:00Z"), ("closing.amount", "1.00")],
)
def test_pages_that_tell_of_different_statements_are_refused(path: str, new: Any) -> None:
    empty = STATEMENT | {"transactions": []}
    with pytest.raises(AnswerUnreadableError, match="from page to page"):
        wire.parse_statement([canonical(STATEMENT), changed(empty, path, new)], BANK)


def test_pages_whose_sequences_overlap_are_refused() -> None:
    with pytest.raises(AnswerUnreadableError, match="does not ascend"):
        wire.parse_statement([canonical(STATEMENT)] * 2, BANK)


@settings(max_examples=50, deadline=None)
@given(
    opening=st.integers(-(10**12), 10**12),
    moves=st.lists(st.integers(-(10**12), 10**12), max_size=8),
    error=st.integers(-2, 2),
)
def test_a_statement_is_read_exactly_when_it_sums(
    opening: int, moves: list[int], error: int
) -> None:
    lines = [
        {
            "seq": seq,
            "bookedAt": "2026-03-01T09:30:00Z",
            "creditDebit": "DBIT" if move < 0 else "CRDT",
            "amount": cny(Money(abs(move), "CNY").text()),
            "kind": "FEE",
        }
        for seq, move in enumerate(moves)
    ]
    closing = opening + sum(moves) + error
    raw = canonical(
        STATEMENT
        | {
            "opening": cny(Money(opening, "CNY").text()),
            "closing": cny(Money(closing, "CNY").text()),
            "transactions": lines,
        }
    )
    if error:
        with pytest.raises(AnswerUnreadableError, match="closing"):
            wire.parse_statement([raw], BANK)
    else:
        assert wire.parse_statement([raw], BANK).closing == Money(closing, "CNY")


def test_a_feed_gives_holds_and_payouts_in_order_and_how_far_it_reached() -> None:
    pages = [
        canonical({"items": [HOLD], "hasMoreElements": True}),
        canonical({"items": [PAYOUT], "hasMoreElements": False}),
    ]
    page = wire.parse_feed(pages, BANK)
    assert [item.bank_ref for item in page.items] == ["H-1", "P-1"]
    assert page.reached == AT + timedelta(minutes=1)


def test_a_feed_item_that_does_not_fit_is_named_with_its_place() -> None:
    raw = canonical({"items": [HOLD, PAYOUT | {"status": "PAID"}], "hasMoreElements": False})
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_feed([raw], BANK)
    assert caught.value.field == "items.1.payout.status"


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


def test_a_balance_is_booked_and_held_in_one_currency() -> None:
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


def test_an_order_to_freeze_is_the_same_bytes_whenever_it_is_built() -> None:
    def build(expires_at: datetime) -> bytes:
        return wire.hold_body(
            HoldId("hold-1"),
            HoldKind.FREEZE,
            AccountRef("bank-a", "6222", "合成人"),
            Money(10_000, "CNY"),
            "mandate",
            expires_at=expires_at,
            supersedes="H-0",
        )

    raw = build(AT)
    assert raw == build(AT.astimezone(timezone(timedelta(hours=8))))
    assert raw == canonical(json.loads(raw))
    assert json.loads(raw) == {
        "orderRef": "hold-1",
        "kind": "freeze",
        "account": {"number": "6222", "holderName": "合成人"},
        "amount": cny("100.00"),
        "expiresAt": "2026-03-01T09:30:00Z",
        "supersedes": "H-0",
        "mandate": "mandate",
        "requestRef": None,
    }


def test_a_payout_names_the_payee_the_hold_and_the_decision() -> None:
    raw = wire.payout_body("payout-1", "H-1", Money(1200, "JPY"), PAYEE, "dec-1", "return")
    assert json.loads(raw) == {
        "orderRef": "payout-1",
        "holdId": "H-1",
        "amount": {"currency": "JPY", "amount": "1200"},
        "payee": {"bank": "bank-b", "number": "6333", "name": "Synthetic Payee"},
        "decisionRef": "dec-1",
        "remittance": "return",
    }


def test_a_release_is_of_a_part_or_of_all() -> None:
    part = json.loads(wire.release_body(Money(1, "CNY"), "wrong account"))
    assert part == {"amount": cny("0.01"), "reason": "wrong account"}
    assert json.loads(wire.release_body(None, "r"))["amount"] is None
    assert wire.release_path("H/1") == "/v1/holds/H%2F1/release"


def test_an_order_that_cannot_be_is_not_built() -> None:
    account, money = AccountRef("bank-a", "6222"), Money(1, "CNY")
    with pytest.raises(UnfitArgumentError, match="kind voluntary"):
        wire.hold_body(HoldId("h"), HoldKind.VOLUNTARY, account, money, "m")
    with pytest.raises(UnfitArgumentError, match="amount is not above zero"):
        wire.hold_body(HoldId("h"), HoldKind.STOP, account, Money(0, "CNY"), "m")
    naive = AT.replace(tzinfo=None)
    with pytest.raises(UnfitArgumentError, match="expires_at has no time zone"):
        wire.hold_body(HoldId("h"), HoldKind.FREEZE, account, money, "m", expires_at=naive)
