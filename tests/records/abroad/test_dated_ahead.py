"""What a body dates in the future counts as said when it was read, and somebody looks at it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.entities.request import RequestState
from models.facts import DeliveryReceipt, RequestAnswer, RequestFact
from models.store.documents import keep
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cross_border import over_connection
from recovery_flows.ledger.changeset import Changeset
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import Abroad


def told(abroad: Abroad, name: str, ahead: timedelta, receipt: str = "") -> None:
    """As the engine takes it from the feed."""
    unit = abroad.unit
    at = unit.now + ahead
    paper = b"an invented answer"
    answer = RequestAnswer(
        1, at, "executed", "", None, unit.now + timedelta(days=30), None, paper, "text/plain"
    )
    receipts = (DeliveryReceipt(receipt, at),) if receipt else ()
    fact = RequestFact("THEIRS-1", 2, name, at, (answer,), receipts)
    changes = Changeset(unit.file(abroad.recovery_id))
    channel = CHANNELS[abroad.row(name).channel]
    with unit_of_work(unit.database) as work:
        papers = {1: keep(work, paper, "answer from abroad", "text/plain", unit.now)}
        proofs = {receipt: keep(work, b"proof", "delivery receipt", "text/plain", unit.now)}
        over_connection.take_news(changes, name, fact, papers, proofs, channel, unit.now)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)


def owned(abroad: Abroad) -> list[tuple[str, str]]:
    file = abroad.unit.file(abroad.recovery_id)
    return [(d.kind, d.detail) for d in file.discrepancies]


def test_an_answer_of_next_year_is_taken_as_of_now_and_owned(abroad: Abroad) -> None:
    """It was refused: the end of its freeze lay before the day on which it was said."""
    name = abroad.out()
    told(abroad, name, timedelta(days=400))
    row = abroad.row(name)
    assert (row.state, row.answers_read) == (RequestState.EXECUTED, 1)
    (found,) = owned(abroad)
    assert found == ("clock_ahead", "answer 1 is dated 2027-04-06 03:00 UTC")
    assert any(
        "a partner dates what it says of a request in the future" in step.sentence
        for step in abroad.all_steps()
    )
    abroad.decide()
    abroad.sound()


def test_a_receipt_of_next_year_starts_no_clock_that_ends_after_it(abroad: Abroad) -> None:
    name = abroad.out("eu_freeze")
    told(abroad, name, timedelta(days=400), receipt="submission_acceptance")
    file = abroad.unit.file(abroad.recovery_id)
    assert all(receipt.at <= abroad.unit.now for receipt in file.receipts)
    assert {kind for kind, _ in owned(abroad)} == {"clock_ahead"}
    assert len(owned(abroad)) == 2


def test_a_clock_that_is_minutes_ahead_is_nobody_s_business(abroad: Abroad) -> None:
    name = abroad.out()
    told(abroad, name, timedelta(minutes=4))
    assert owned(abroad) == []


@pytest.mark.parametrize(
    ("before", "kinds"), [(timedelta(days=3), {"clock_behind"}), (timedelta(minutes=4), set())]
)
def test_a_receipt_from_before_the_request_was_sent_ends_no_clock_early(
    abroad: Abroad, before: timedelta, kinds: set[str]
) -> None:
    """The next receipt was late at once, and somebody chased a body that had done its part."""
    name = abroad.out("eu_freeze")
    sent = abroad.row(name).sent_at
    assert sent is not None
    abroad.unit.later(1)
    told(abroad, name, sent - before - abroad.unit.now, receipt="submission_acceptance")
    (receipt,) = abroad.unit.file(abroad.recovery_id).receipts
    assert receipt.at == sent
    row = abroad.row(name)
    assert row.receipt_due_at is None or row.receipt_due_at > abroad.unit.now
    assert {kind for kind, _ in owned(abroad)} == kinds
    if kinds:
        assert any(
            "a partner dates what it says of a request before it had it" in step.sentence
            for step in abroad.all_steps()
        )
    abroad.decide()
    abroad.sound()
