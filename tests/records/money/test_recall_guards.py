"""The database itself lets no recall out and no money of one count by one person alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from models.money import Money
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.recalls import actions, answer_actions, lifecycle
from tests.recall_messages import CHANNELS, answered, drafted, returned, sent, take

_UNASKED = (
    "INSERT INTO recall SELECT 'x', recovery_id, 'sent', claim_id, partner_id, channel, "
    "case_ref, uetr, end_to_end_id, requested_minor, currency, message, drafted_by, drafted_at, "
    "sent_at, sent_how, law_row, due_at, expires_at, answer_code, answer_document, is_part, "
    "reason FROM recall"
)


def refused(unit: Any, statement: str, sentence: str) -> None:
    with (
        closing(sqlite3.connect(unit.path)) as raw,
        raw,
        pytest.raises(sqlite3.IntegrityError, match=sentence),
    ):
        raw.execute(statement)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE recall SET requested_minor = 1", "another message is another recall"),
        ("UPDATE recall SET message = 'x'", "another message is another recall"),
        ("UPDATE recall_credit SET state = 'confirmed'", "after a second person has confirmed it"),
        ("UPDATE recall_credit SET counted_minor = 1", "no more counts of it than came back"),
        ("UPDATE recall_credit SET amount_minor = 99", "no more counts of it than came back"),
        (_UNASKED, "a recall is asked for before it is sent"),
    ],
)  # fmt: skip
def test_raw_sql_makes_no_money_of_a_recall(unit: Any, statement: str, sentence: str) -> None:
    recovery_id = unit.traced(30_000, left_minor=70_000)
    drafted(unit, recovery_id)
    unit.approve(recovery_id)
    sent(unit, recovery_id)
    take(unit, returned("400.00"))
    before = unit.file(recovery_id)
    refused(unit, statement, sentence)
    assert unit.file(recovery_id) == before


def test_raw_sql_sends_no_recall_that_nobody_approved(unit: Any) -> None:
    drafted(unit, unit.traced(30_000, left_minor=70_000))
    refused(unit, "UPDATE recall SET state = 'sent'", "after a second person has approved it")


def test_what_was_ended_before_it_was_sent_is_answered_by_nobody(unit: Any) -> None:
    recovery_id = unit.traced(30_000, left_minor=70_000)
    name = drafted(unit, recovery_id)
    actions.end(unit.case_officer(), recovery_id, name, "another way was found")
    before = unit.file(recovery_id)
    for raw in (returned("400.00"), answered("ACCR")):
        with pytest.raises(StepRefusedError):
            take(unit, raw)
    assert unit.file(recovery_id) == before


def test_one_name_for_two_sums_is_not_taken_for_one_return(unit: Any) -> None:
    recovery_id = unit.traced(30_000, left_minor=70_000)
    drafted(unit, recovery_id)
    unit.approve(recovery_id)
    sent(unit, recovery_id)
    take(unit, returned("400.00"))
    with pytest.raises(StepRefusedError, match="and this is CNY 300"):
        take(unit, returned("300.00"))
    assert "nothing was entered" in take(unit, returned("400.00"))


def test_one_return_makes_good_one_payment_of_a_victim(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(2, 50_000, "notice")
    first, second = unit.file(recovery_id).claims
    other = "11111111-1111-4111-8111-111111111111"
    names = []
    for claim, more in ((first, {}), (second, {"uetr": other})):
        drafted(unit, recovery_id, claim_id=claim.id, **more)
        unit.approve(recovery_id)
        names += [r.id for r in unit.file(recovery_id).recalls if r.claim_id == claim.id]
        row = next(r for r in unit.file(recovery_id).recalls if r.id == names[-1])
        actions.sent(unit.case_officer(), recovery_id, row.id, "by hand", CHANNELS)
    raw = returned("900.00", uetr="", day=f"{unit.now:%Y-%m-%d}")
    take(unit, raw, names[0])
    with pytest.raises(StepRefusedError, match=f"entered already as money of {names[0]}"):
        take(unit, raw, names[1])
    given = answer_actions.Received(
        booking="CR-9",
        amount=Money(1_000, "CNY"),
        received_at=unit.now,
        paper=b"a slip",
        is_further=True,
    )
    answer_actions.receive(unit.case_officer(), recovery_id, names[0], given)
    with pytest.raises(StepRefusedError, match="entered already"):
        answer_actions.receive(unit.case_officer(), recovery_id, names[1], given)


def test_what_is_whole_meanwhile_is_neither_approved_nor_sent(unit: Any) -> None:
    """The whole sum was frozen where it went to after the recall was drafted, or approved."""
    recovery_id = unit.traced(30_000, left_minor=70_000)
    name = drafted(unit, recovery_id)
    file = unit.file(recovery_id)
    hold = next(h for h in file.holds if h.held_minor)
    held = replace(hold, held_minor=100_000)
    changes = Changeset(replace(file, holds=(held,)))
    asked = next(a for a in file.approvals if a.subject_id == name)
    with pytest.raises(StepRefusedError, match="the whole sum is held"):
        lifecycle.approve(changes, asked, unit.now, {})
    unit.approve(recovery_id)
    approved = replace(unit.file(recovery_id), holds=(held,))
    with pytest.raises(StepRefusedError, match="the whole sum is held"):
        lifecycle.send(Changeset(approved), name, "x", CHANNELS["swift_recall"], unit.now)


def test_a_person_chooses_the_recall_of_one_payment_and_not_of_a_whole_message(unit: Any) -> None:
    recovery_id = unit.traced(30_000, left_minor=70_000)
    drafted(unit, recovery_id)
    unit.approve(recovery_id)
    name, one = sent(unit, recovery_id), returned("400.00", uetr="")
    begins, ends = one.index(b"<TxInf>"), one.index(b"</PmtRtr>")
    other = one[begins:ends].replace(b"RTR-1", b"RTR-2").replace(b"400.00", b"300.00")
    before = unit.file(recovery_id)
    with pytest.raises(StepRefusedError, match=r"400\.00 'RTR-1', CNY 300\.00 'RTR-2'"):
        take(unit, one[:ends] + other + one[ends:], name)
    assert unit.file(recovery_id) == before
    assert "another person has confirmed it" in take(unit, one, name)


def test_a_reference_that_is_longer_than_a_bank_gives_is_refused(unit: Any) -> None:
    recovery_id = unit.traced(30_000, left_minor=70_000)
    drafted(unit, recovery_id)
    unit.approve(recovery_id)
    sent(unit, recovery_id)
    with pytest.raises(StepRefusedError, match="has 120 characters"):
        take(unit, returned("400.00", booking="R" * 120))
