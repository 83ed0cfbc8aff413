"""Money of a recall that its bank took back after it had counted: two people say so."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.ledger import LedgerAccount
from recovery_flows.errors import RecoveryFlowsError, StepRefusedError
from recovery_flows.recalls import actions
from tests.recall_messages import drafted, returned, sent, take
from tests.records.money.test_recall_guards import refused
from tests.records.money.test_recalls import balance, follow, recall, sound

PAPER = b"%PDF synthetic reversal"


@pytest.fixture
def back(unit: Any, acts: Any) -> str:
    """1,000.00 were paid and called back, and all of it came: the claim is paid."""
    recovery_id = str(unit.traced(30_000, left_minor=70_000))
    acts.decide(recovery_id)
    drafted(unit, recovery_id)
    unit.approve(recovery_id)
    sent(unit, recovery_id)
    take(unit, returned("1000.00"))
    unit.approve(recovery_id)
    acts.decide(recovery_id)
    return recovery_id


def reverse(unit: Any, recovery_id: str, booking: str = "RTR-1", *, late: bool = False) -> str:
    row = recall(unit, recovery_id)
    at = unit.now.replace(year=2031) if late else unit.now
    acting = unit.case_officer()
    return actions.reversed_by_bank(acting, recovery_id, row.id, booking, at, PAPER)


def test_a_reversal_that_two_people_have_seen_opens_the_claim_again(
    unit: Any, acts: Any, back: str
) -> None:
    assert [c.state for c in unit.file(back).claims] == ["paid"]
    assert "counts until another person has confirmed it" in reverse(unit, back)
    assert balance(unit, back, LedgerAccount.RETURNED_RECALL) == 100_000
    unit.approve(back)
    assert balance(unit, back, LedgerAccount.RETURNED_RECALL) == 0
    acts.decide(back)
    (credit,) = unit.file(back).recall_credits
    assert (credit.state, credit.counted_minor) == ("reversed", 0)
    assert [c.state for c in unit.file(back).claims] == ["verified"]
    assert recall(unit, back).state == "unpaid"
    assert follow(unit, back) == [
        "the recall of CNY 1,000.00 was accepted and CNY 1,000.00 has not come: chase it"
    ]
    with pytest.raises(StepRefusedError, match="was taken back by its bank: where it came once"):
        take(unit, returned("1000.00"))
    take(unit, returned("1000.00", booking="RTR-2"))
    unit.approve(back)
    assert balance(unit, back, LedgerAccount.RETURNED_RECALL) == 100_000
    sound(unit)


def test_what_does_not_count_or_is_entered_already_is_not_reversed(unit: Any, back: str) -> None:
    before = unit.file(back)
    for booking, late, why in (
        ("RTR-9", False, "is not entered"),
        ("RTR-1", True, "between that and now"),
    ):
        with pytest.raises(StepRefusedError, match=why):
            reverse(unit, back, booking, late=late)
    assert unit.file(back) == before
    reverse(unit, back)
    with pytest.raises(StepRefusedError, match="another person decides it"):
        reverse(unit, back)
    (asked,) = (a for a in unit.file(back).approvals if a.state == "pending")
    with pytest.raises(RecoveryFlowsError):
        unit.case_officer().approve(asked.id)
    refused(unit, "UPDATE recall_credit SET state = 'reversed', counted_minor = 0", "taken back")
    assert balance(unit, back, LedgerAccount.RETURNED_RECALL) == 100_000
