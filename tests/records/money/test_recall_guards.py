"""The database itself lets no recall out and no money of one count by one person alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.recall_messages import drafted, returned, sent, take

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
