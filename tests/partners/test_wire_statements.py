"""A statement is one, complete, in order and sums, or it is refused by the path of its fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from models.facts import AccountRef, Direction, LineKind
from models.ids import PartnerId, canonical
from models.money import Money
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1 import wire

BANK = PartnerId("bank-a")
Changed = Callable[[Any, str, Any], bytes]


def cny(amount: str) -> dict[str, str]:
    return {"currency": "CNY", "amount": amount}


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


def test_a_statement_without_bookings_closes_as_it_opened(changed: Changed) -> None:
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
    changed: Changed, path: str, new: Any, named: str
) -> None:
    with pytest.raises(AnswerUnreadableError) as caught:
        wire.parse_statement([changed(STATEMENT, path, new)], BANK)
    assert caught.value.field == named


@pytest.mark.parametrize(
    ("path", "new"),
    [("account.number", "6444"), ("toDate", "2026-03-03T00:00:00Z"), ("closing.amount", "1.00")],
)
def test_pages_that_tell_of_different_statements_are_refused(
    changed: Changed, path: str, new: Any
) -> None:
    empty = STATEMENT | {"transactions": []}
    with pytest.raises(AnswerUnreadableError, match="from page to page"):
        wire.parse_statement([canonical(STATEMENT), changed(empty, path, new)], BANK)


def test_pages_whose_sequences_overlap_are_refused() -> None:
    with pytest.raises(AnswerUnreadableError, match="does not ascend"):
        wire.parse_statement([canonical(STATEMENT)] * 2, BANK)


@settings(max_examples=50)
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
            "counterparty": None,
            "counterAmount": None,
            "endToEndId": "",
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
