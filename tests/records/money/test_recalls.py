"""A payment called back: asked for by two, answered by banks, and only money that came counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.money import Money
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.next_steps import steps
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.recalls import actions, answer_actions
from recovery_flows.reports.ledger_check import ledger_check
from tests.recall_messages import CHANNELS, UETR, answered, drafted, returned, sent, take

OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)


@pytest.fixture
def spent(unit: Any, acts: Any) -> str:
    """1,000.00 were paid; 300.00 are held, 700.00 went on in cash."""
    recovery_id = str(unit.traced(30_000, left_minor=70_000))
    acts.decide(recovery_id)
    return recovery_id


@pytest.fixture
def out(unit: Any, spent: str) -> str:
    """The payment was called back, approved by another person and sent."""
    drafted(unit, spent)
    unit.approve(spent)
    sent(unit, spent)
    return spent


def balance(unit: Any, recovery_id: str, account: LedgerAccount) -> int:
    return sum(b.claim_minor for b in unit.file(recovery_id).balances if b.account is account)


def recall(unit: Any, recovery_id: str) -> Any:
    return unit.file(recovery_id).recalls[-1]


def sound(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def follow(unit: Any, recovery_id: str) -> list[str]:
    found = steps(unit.file(recovery_id), unit.laws)
    return [s.sentence for s in found if s.action in ("follow_recall", "send_recall")]


def test_a_recall_is_approved_by_another_sent_and_its_clock_is_the_channels(
    unit: Any, spent: str
) -> None:
    name = drafted(unit, spent)
    file = unit.file(spent)
    assert recall(unit, spent).state == "pending_approval"
    with pytest.raises(StepRefusedError, match="only an approved recall is sent"):
        actions.sent(unit.case_officer(), spent, name, "by hand", CHANNELS)
    (asked,) = [a for a in file.approvals if a.action == "recall"]
    with pytest.raises(StepRefusedError, match="a second person has to"):
        unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(asked.id)
    unit.approve(spent)
    assert follow(unit, spent) == ["send the recall of CNY 1,000.00 to bank-slow"]
    sent(unit, spent)
    row = recall(unit, spent)
    assert (row.state, row.law_row) == ("sent", "SWIFT_RECALL_ANSWER")
    assert row.due_at.isoformat() == "2026-03-17T00:00:00+00:00"
    assert row.expires_at - unit.now > timedelta(days=90)
    assert "answer to the recall due" in [c.what for c in running(unit.file(spent), unit.laws)]
    raw = actions.message_of(unit.database, spent, name)
    assert f"<OrgnlUETR>{UETR}</OrgnlUETR>".encode() in raw
    assert b"<Cd>FRAD</Cd>" in raw
    sound(unit)


def test_a_yes_is_no_money_and_what_came_after_costs_is_booked_as_the_bank_says(
    unit: Any, acts: Any, out: str
) -> None:
    told = take(unit, answered("ACCR"))
    assert told.endswith("accepted; nothing of it is money")
    assert recall(unit, out).law_row == "SWIFT_RECALL_MONEY"
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 0
    take(unit, returned("480.00", costs="20.00"))
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 0
    unit.approve(out)
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 48_000
    assert balance(unit, out, LedgerAccount.GONE) == 22_000
    assert balance(unit, out, LedgerAccount.HELD) == 30_000
    assert recall(unit, out).state == "partly_returned"
    (found,) = [d for d in unit.file(out).discrepancies if d.subject_id == recall(unit, out).id]
    assert (found.stated_minor, found.expected_minor) == (48_000, 100_000)
    assert found.detail == "the bank kept CNY 20.00"
    assert follow(unit, out) == [
        "CNY 520.00 of the recall of CNY 1,000.00 is missing: chase it or end it"
    ]
    acts.decide(out)
    sound(unit)


def test_the_same_return_is_booked_once_and_the_same_answer_changes_nothing(
    unit: Any, out: str
) -> None:
    take(unit, answered("ACCR", conf="PECR"))
    assert "is known already" in take(unit, answered("ACCR", conf="PECR"))
    take(unit, returned("400.00"))
    assert "nothing was entered" in take(unit, returned("400.00"))
    unit.approve(out)
    assert "nothing was entered" in take(unit, returned("400.00"))
    with pytest.raises(StepRefusedError, match="say --further"):
        take(unit, returned("400.00", booking="RTR-2"))
    take(unit, returned("400.00", booking="RTR-2"), further=True)
    unit.approve(out)
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 80_000
    with pytest.raises(StepRefusedError, match="more than the payment"):
        take(unit, returned("300.00", booking="RTR-3"))
    assert not [d for d in unit.file(out).discrepancies if d.kind == "amount_differs"]
    sound(unit)


@pytest.mark.usefixtures("out")
def test_a_statements_other_sum_for_one_return_is_asked_about(unit: Any) -> None:
    """The message says 400.00, the statement 390.00 under its own reference."""
    take(unit, answered("ACCR", conf="PECR"))
    take(unit, returned("400.00"))
    with pytest.raises(StepRefusedError, match=r"where CNY 390\.00 came besides, say --further"):
        take(unit, returned("390.00", booking="STMT-1"))


def test_money_that_was_denied_may_be_entered_again(unit: Any, out: str) -> None:
    take(unit, returned("400.00"))
    (asked,) = [a for a in unit.file(out).approvals if a.action == "recall_credit"]
    unit.case_officer(SUPERVISOR).deny(asked.id, "not on the statement")
    assert recall(unit, out).state == "sent"
    take(unit, returned("400.00"))
    unit.approve(out)
    assert [c.state for c in unit.file(out).recall_credits] == ["denied", "confirmed"]
    sound(unit)


def test_another_currency_makes_no_loss_good_and_has_an_owner(unit: Any, out: str) -> None:
    take(unit, returned("120.00", "USD"))
    unit.approve(out)
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 0
    (found,) = [d for d in unit.file(out).discrepancies if d.kind == "currency_differs"]
    assert (found.stated_minor, found.stated_currency) == (12_000, "USD")
    sound(unit)
    given = answer_actions.Received(
        booking="CR-9", amount=Money(80_000, "CNY"), received_at=unit.now, paper=b"a slip"
    )
    answer_actions.receive(unit.case_officer(), out, recall(unit, out).id, given)
    unit.approve(out)
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 80_000
    sound(unit)


def test_what_is_more_than_the_loss_has_left_takes_from_what_is_held(unit: Any, out: str) -> None:
    take(unit, returned("1000.00"))
    unit.approve(out)
    assert recall(unit, out).state == "returned"
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 100_000
    assert balance(unit, out, LedgerAccount.HELD) == 0
    assert balance(unit, out, LedgerAccount.GONE) == 0
    assert unit.file(out).claims[0].state in ("verified", "paid")
    sound(unit)


def test_a_bank_that_refuses_or_is_silent_is_an_officers_step(
    unit: Any, acts: Any, out: str
) -> None:
    told = take(unit, answered("RJCR", "CUST"))
    assert "CUST: The beneficiary does not agree" in told
    assert "what is left: other channel, close" in told
    assert follow(unit, out) == [
        "the recall of CNY 1,000.00 was refused (CUST): go another way and end it"
    ]
    actions.end(unit.case_officer(), out, recall(unit, out).id, "the beneficiary refuses")
    assert follow(unit, out) == []
    drafted(unit, out)
    unit.approve(out)
    sent(unit, out)
    unit.later(24 * 20)
    acts.decide(out)
    assert recall(unit, out).state == "unanswered"
    assert "bank-slow has not answered the recall" in follow(unit, out)[0]
    actions.chase(unit.case_officer(), out, recall(unit, out).id, "by telephone", CHANNELS)
    assert recall(unit, out).state == "sent"
    unit.later(24 * 100)
    acts.decide(out)
    assert recall(unit, out).state == "expired"
    take(unit, returned("700.00", day="2026-06-01"))
    unit.approve(out)
    assert balance(unit, out, LedgerAccount.RETURNED_RECALL) == 70_000
    sound(unit)


def test_a_message_is_matched_by_uetr_then_ids_else_a_person_chooses(unit: Any, out: str) -> None:
    row = recall(unit, out)
    other = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(StepRefusedError, match="answers no recall of this unit"):
        take(unit, returned("400.00", uetr=other, info=row.case_ref))
    with pytest.raises(StepRefusedError, match=f"may be of {row.id}"):
        take(unit, returned("400.00", uetr=""))
    assert "may be" not in take(unit, returned("400.00", uetr="", info=f"AT-05/{row.case_ref}"))
    (first,) = unit.file(out).recall_credits
    assert first.matched_by == "ids"
    take(unit, returned("300.00", uetr="", booking="RTR-7"), row.id, further=True)
    assert unit.file(out).recall_credits[-1].matched_by == "person"
    with pytest.raises(StepRefusedError, match="is of another payment"):
        take(unit, returned("10.00", uetr=other, booking="RTR-8"), row.id)
    sound(unit)


@pytest.mark.parametrize(
    ("given", "kind", "sentence"),
    [
        ({"uetr": ""}, MisuseError, "lacks uetr: ask the victim's bank"),
        ({"uetr": "nonsense"}, MisuseError, "is no UETR"),
        ({"channel": "sepa_recall"}, StepRefusedError, "is for EUR; the payment was in CNY"),
        ({"channel": "mla"}, StepRefusedError, "goes to no bank"),
        ({"channel": "pigeon"}, MisuseError, "recalls go by: sepa_recall, swift_recall"),
        ({"claim_id": "claim-x"}, StepRefusedError, "has no verified claim claim-x"),
    ],
)  # fmt: skip
def test_what_cannot_be_called_back_is_refused(
    unit: Any, spent: str, given: dict[str, str], kind: type[Exception], sentence: str
) -> None:
    before = unit.file(spent)
    with pytest.raises(kind, match=sentence):
        drafted(unit, spent, **given)
    assert unit.file(spent) == before


def test_a_payment_is_called_back_once_and_not_where_all_of_it_is_held(unit: Any, out: str) -> None:
    with pytest.raises(StepRefusedError, match="is called back already"):
        drafted(unit, out)


def test_money_that_is_held_whole_is_returned_out_of_the_hold(unit: Any) -> None:
    recovery_id = unit.traced(100_000)
    with pytest.raises(StepRefusedError, match="the whole sum is held at bank-home"):
        drafted(unit, recovery_id)


def test_a_division_ends_when_a_victims_money_came_back_by_another_way(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(2, 50_000, "notice")
    claim = unit.file(recovery_id).claims[0]
    before = [a for a in unit.file(recovery_id).allocations if a.state != "void"]
    drafted(unit, recovery_id, claim_id=claim.id)
    unit.approve(recovery_id)
    sent(unit, recovery_id)
    take(unit, returned("900.00", day=f"{unit.now:%Y-%m-%d}"))
    unit.approve(recovery_id)
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    assert next(a.state for a in file.allocations if a.id == before[0].id) == "void"
    live = [a for a in file.allocations if a.state != "void"]
    shares = {p.claim_id: p.amount_minor for a in live for p in file.payouts_of(a.id)}
    assert shares[claim.id] <= 10_000
    assert sum(shares.values()) <= 50_000
    sound(unit)
