"""A closing is approved over the reported sum and what it is made of, in words and above zero."""

from __future__ import annotations

from datetime import UTC, datetime

from models.money import Money
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.emergency_stop import not_filed_yet

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_closing_shows_the_reported_sum_above_zero_and_its_terms_in_words() -> None:
    loss = Money(1_383_962, "CNY")
    file = not_filed_yet("SYN-1", "CN", loss, ("acct-a", "acct-b"), "bank-slow", NOW, NOW)
    figures = subject_of(file, ApprovalKind.CLOSE, file.recovery.id).figures
    shown = [(figure.label, str(figure.value)) for figure in figures]
    assert ("reported", "CNY 13,839.62") in shown
    assert ("not located", "CNY 13,839.62") in shown
    assert not any("-" in value or "_" in label for label, value in shown)
