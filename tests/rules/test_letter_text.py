"""What a letter says, from values alone: complete for every kind, and bent by no text in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from models.entities.call import CallKind
from models.entities.hold import HoldKind
from models.facts import AccountRef
from models.money import Money
from models.safe_text import undirected
from recovery_flows.correspondence.documents.assembly import letter_lines
from recovery_flows.correspondence.documents.printed_page import letter_page
from recovery_flows.correspondence.documents.text import (
    SYNTHETIC,
    WIDTH,
    Addressee,
    Basis,
    LetterFacts,
    Order,
    Sender,
    letter_text,
)

AT = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
MULE = AccountRef("bank", "9999000000000001", "Synthetic Mule")
VICTIM = AccountRef("other", "9999000000000002", "Synthetic Victim")
CNY = Money(123_456, "CNY")


def order(kind: CallKind, **more: Any) -> Order:
    return Order(kind=kind, order_ref="hold-1", account=MULE, **more)


def facts(asked: Order, **more: Any) -> LetterFacts:
    given: dict[str, Any] = {
        "sender": Sender("Synthetic Unit", "1 Street;Town", "Desk;fax 000"),
        "addressee": Addressee("Paper Bank", ("Legal desk", "2 Street")),
        "order": asked,
        "dated": AT,
        "zone": "Asia/Shanghai",
        "ref": "R-2026-0001",
        "case_number": "SYN-1",
        "letter_id": "call-1",
        "order_digest": "a" * 64,
        "basis": (Basis("Law of the Test", "art 7", "TEST_7", "primary, confirmed"),),
        "approval": ("Approved by a supervisor of this unit on a day. Approval appr-1.",),
    }
    return LetterFacts(**(given | more))


def text(asked: Order, **more: Any) -> str:
    return letter_text(letter_lines(facts(asked, **more))).decode()


KINDS = {
    "ORDER TO STOP A PAYMENT": order(CallKind.HOLD, amount=CNY, term="48 hours from then"),
    "ORDER TO FREEZE MONEY": order(
        CallKind.HOLD, hold_kind=HoldKind.FREEZE, amount=CNY, ends_at=AT, before="S 1"
    ),
    "ORDER TO FREEZE MONEY BEHIND AN EARLIER MEASURE": order(
        CallKind.HOLD, hold_kind=HoldKind.QUEUE, amount=CNY, ends_at=AT
    ),
    "REQUEST FROM ABROAD TO FREEZE MONEY": order(
        CallKind.REQUEST, hold_kind=HoldKind.FREEZE, amount=CNY, fields=(("wanted_by", "soon"),)
    ),
    "ORDER TO LET MONEY GO": order(CallKind.RELEASE, amount=CNY, their_ref="S 1"),
    "ORDER TO PROLONG A FREEZE": order(CallKind.EXTEND, amount=CNY, ends_at=AT, their_ref="S 1"),
    "ORDER TO TELL THE BOOKINGS OF AN ACCOUNT": order(CallKind.STATEMENT, since=AT),
    "QUESTION ABOUT THE BALANCE OF AN ACCOUNT": order(CallKind.BALANCE),
    "ORDER TO PAY OUT HELD MONEY": order(
        CallKind.PAYOUT, amount=CNY, payee=VICTIM, payee_bank="Other", remittance="return R"
    ),
}


@pytest.mark.parametrize("title", KINDS)
def test_every_letter_is_complete_and_fits_its_page(title: str) -> None:
    asked = KINDS[title]
    said = text(asked)
    lines = said.splitlines()
    assert title in lines
    for told in ("3 March 2026 (Asia/Shanghai)", "R-2026-0001, call-1", "Legal desk", "1 Street",
                 MULE.number, MULE.holder, "Law of the Test, art 7 (TEST_7; primary, confirmed)",
                 "appr-1", "fax 000", "1. ", "Please name our reference"):  # fmt: skip
        assert told in said, told
    if asked.amount is not None:
        assert "CNY 1,234.56" in said
    if asked.ends_at is not None:
        assert "2026-03-03 01:30 (Asia/Shanghai)" in said
    if asked.payee is not None:
        assert f"Pay to account:       {VICTIM.number}" in lines
    assert max(map(len, lines)) <= WIDTH
    assert SYNTHETIC not in said


def test_a_letter_of_a_rehearsal_says_so_first_and_last() -> None:
    sender = Sender("Unit", "", "Desk", is_synthetic=True)
    lines = text(KINDS["ORDER TO STOP A PAYMENT"], sender=sender).splitlines()
    assert (lines[0], lines[-1]) == (SYNTHETIC, SYNTHETIC)


@example("\u2066")
@given(st.text(min_size=1, max_size=120))
def test_no_name_bends_a_letter(name: str) -> None:
    plain = KINDS["ORDER TO STOP A PAYMENT"]
    account = replace(MULE, holder=name)
    bent = text(replace(plain, account=account)).splitlines()
    rows = [line for line in bent if re.match(r"[A-Z][^:]{0,24}:  ", line)]
    # A name of nothing but marks of direction is no name: it has no line.
    holder = ["Account holder"] if undirected(name) else []
    assert [row.split(":")[0] for row in rows] == [
        "Date", "Our reference", "Case", "Digest of the order", "Account number",
        *holder, "Amount", "Term", "Our order",
    ]  # fmt: skip
    assert not any(c in line for line in bent for c in "\x00\x1b\x9b\u202e\u2028")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("title", KINDS)
def test_the_page_says_every_word_of_the_text_and_needs_nothing_else(title: str) -> None:
    holder = '<script src="http://x.example/"></script> & Co'
    asked = replace(KINDS[title], account=replace(MULE, holder=holder))
    raw = letter_text(letter_lines(facts(asked)))
    page = letter_page(raw)
    parsed = _Tags()
    parsed.feed(page.decode())
    assert {"script", "link", "img", "a", "iframe"} & set(parsed.tags) == set()
    assert parsed.tags.count("h1") == 1
    said = re.sub(r"\W", "", parsed.words).lower()
    words = [word for word in re.sub(r"(?m)^\d+\. ", "", raw.decode()).split() if word != "&"]
    assert [w for w in words if re.sub(r"\W", "", w).lower() not in said] == []
    assert b"http" not in page.replace(b"http://x.example", b"")
    assert page == letter_page(raw)
