"""The sandbox's banks answer a recall in their own words, and the program reads every one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.facts import AccountRef, RecallAnswerFact, ReturnFact
from models.money import Money
from recovery_flows.intake.recall_messages import read_message
from recovery_flows.recalls import message
from recovery_flows.sandbox.banks.recalls import Behaviour, answers
from tests.recall_messages import UETR

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
PAYMENT = message.Payment(
    amount=Money(70_001, "CNY"),
    paid_on=date(2026, 3, 2),
    payer=AccountRef("sandbox-west", "9999000000000002", "Synthetic Victim"),
    payee=AccountRef("sandbox-north", "9999000000000001", "Synthetic Mule"),
    end_to_end_id="E<1>&",
    uetr=UETR,
)
RECALL = message.camt056(PAYMENT, "RC1", "FRAD", "Synthetic Unit", AT)
# behaviour -> verdicts, sums returned, what was kept
TABLE = """
accept      -> accepted         700.01 -
part        -> part             280.00 -
reject      -> rejected         -      -
late        -> pending accepted 700.01 -
twice       -> part             280.00 280.00 -
after_costs -> accepted         680.01 20.00
silent      -> -
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_what_a_bank_does_is_what_its_messages_say(row: str) -> None:
    behaviour, _, wanted = row.partition("->")
    told: list[str] = []
    kept = "-"
    for one in answers(RECALL, Behaviour(behaviour.strip()), AT):
        (fact,) = read_message(one.raw)
        assert fact.refs.uetr == UETR
        assert fact.refs.end_to_end_id == "E<1>&"
        assert "RC1" in fact.refs.case_ids
        if isinstance(fact, ReturnFact):
            told.append(fact.amount.text())
            kept = fact.costs.text() if fact.costs else "-"
            assert fact.settled_on.date() == (AT + one.after).date()
        else:
            assert isinstance(fact, RecallAnswerFact)
            told.append(fact.verdict)
    shown = [*told, *([] if any("." in t for t in told) else ["-"] * bool(told)), kept]
    assert shown == wanted.split()


def test_money_that_is_sent_twice_is_the_same_message() -> None:
    _, first, second = answers(RECALL, Behaviour.TWICE, AT)
    assert first == second


def test_a_late_word_comes_before_its_money() -> None:
    found = answers(RECALL, Behaviour.LATE, AT)
    assert [one.after for one in found] == sorted(one.after for one in found)
    assert found[-1].after > timedelta(days=30)


@pytest.mark.parametrize("raw", [b"<Document/>", RECALL.replace(b"OrgnlIntrBkSttlmAmt", b"Other")])
def test_a_message_that_recalls_nothing_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="recalls no payment"):
        answers(raw, Behaviour.ACCEPT, AT)
