"""The adviser on examples as tables: which channels are open, why not, what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.money import Money
from recovery_flows.cross_border.adviser import Advice, Question, advise
from recovery_flows.cross_border.channels import Help
from tests.rules.test_channels import CHANNELS, GROUPS, LAWS

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)

# from to rail amount currency hours wanted -> open channels, the one to send first on top
OPEN = """
CN GB swift 52000.00 GBP 30 freeze -> swift_recall igrip mla
CN GB swift 52000.00 GBP 30 return -> swift_recall mla
CN GB swift 52000.00 GBP 30 information -> carin egmont mla police_liaison
CN GB swift 52000.00 GBP 30 evidence -> mla
GB CN swift 52000.00 GBP 30 evidence -> mla
US HK swift 50000.00 USD 71 freeze -> us_kill_chain swift_recall igrip mla
US HK swift 49999.99 USD 71 freeze -> swift_recall igrip mla
US HK swift 50000.00 USD 73 freeze -> swift_recall igrip mla
DE FR sepa 9000.00 EUR 10 freeze -> sepa_recall eu_freeze court_to_court igrip mla
DE FR sepa 9000.00 EUR 10000 freeze -> eu_freeze court_to_court igrip mla
DE FR sepa_instant 9000.00 EUR 10 return -> sepa_recall eu_confiscate mla
DE FR other 9000.00 EUR 10 evidence -> epoc eio court_to_court mla
DE IE sepa 9000.00 EUR 10 freeze -> sepa_recall court_to_court igrip mla
DE DK sepa 9000.00 EUR 10 evidence -> court_to_court mla
DE DE sepa 9000.00 EUR 10 freeze ->
"""


def _lines(table: str) -> list[str]:
    return [line for line in table.strip().splitlines() if line]


def _question(words: str) -> Question:
    ours, theirs, rail, amount, currency, hours, wanted = words.split()
    return Question(
        from_state=ours, to_state=theirs, rail=rail, amount=Money.parse(amount, currency),
        paid_at=NOW - timedelta(hours=int(hours)), now=NOW, wanted=Help(wanted),
    )  # fmt: skip


def _advise(words: str) -> dict[str, Advice]:
    found = advise(_question(words), CHANNELS.values(), GROUPS, LAWS)
    return {advice.channel: advice for advice in found}


@pytest.mark.parametrize("line", _lines(OPEN))
def test_channels_open_for_a_payment_stand_first_in_the_order_of_their_time(line: str) -> None:
    words, _, expected = line.partition("->")
    found = _advise(words)
    assert set(found) == set(CHANNELS)
    assert [code for code, advice in found.items() if advice.eligible] == expected.split()
    for advice in found.values():
        assert advice.reasons
        assert advice.eligible == all(reason.speaks_for for reason in advice.reasons)


REASONS = """
US HK swift 49999.99 USD 71 freeze | us_kill_chain | from USD 50,000.00 on: USD 49,999.99
US HK swift 60000.00 EUR 71 freeze | us_kill_chain | has to be stated in USD first
US HK swift 50000.00 USD 73 freeze | us_kill_chain | within 72h of the payment: 1h 00m late
US HK swift 50000.00 USD 72 freeze | us_kill_chain | within 72h of the payment: now
DE FR swift  9000.00 EUR 10 freeze | sepa_recall   | for payments by sepa, sepa_instant: swift
DE FR sepa   9000.00 GBP 10 freeze | sepa_recall   | for EUR: GBP
DE IE sepa   9000.00 EUR 10 freeze | eu_freeze     | IE cannot be asked by it
CN FR sepa   9000.00 EUR 10 freeze | eu_freeze     | CN cannot ask by it
DE FR sepa   9000.00 EUR 10 return | eu_freeze     | gives freeze; wanted: return
DE DE sepa   9000.00 EUR 10 freeze | mla           | DE to DE crosses no border
"""


@pytest.mark.parametrize("line", _lines(REASONS))
def test_a_closed_channel_says_why(line: str) -> None:
    words, code, expected = (part.strip() for part in line.split("|"))
    advice = _advise(words)[code]
    assert not advice.eligible
    against = [reason.text for reason in advice.reasons if not reason.speaks_for]
    assert any(expected in text for text in against), against


def test_the_answer_and_the_execution_are_expected_one_after_the_other() -> None:
    steps = _advise("DE FR sepa 9000.00 EUR 10 freeze")["eu_freeze"].expected
    assert [(s.limit, s.by) for s in steps] == [
        ("48h", NOW + timedelta(hours=48)),
        ("48h", NOW + timedelta(hours=96)),
    ]
    assert all("2018/1805" in step.source for step in steps)


def test_a_clock_of_one_states_law_counts_only_where_that_state_is_asked() -> None:
    (step,) = _advise("GB CN swift 52000.00 GBP 30 evidence")["mla"].expected
    assert (step.limit, step.by) == ("3mo", datetime(2027, 3, 1, tzinfo=UTC))
    assert _advise("GB US swift 52000.00 GBP 30 evidence")["mla"].expected == ()
    assert _advise("GB CN swift 52000.00 GBP 30 freeze")["mla"].expected == ()


def test_fields_that_are_there_are_not_missing_and_one_less_is_named() -> None:
    question = _question("DE FR sepa 9000.00 EUR 10 freeze")
    required = CHANNELS["eu_freeze"].required_fields(Help.FREEZE)
    for left_out in required:
        held = replace(question, have=frozenset(required) - {left_out})
        found = {a.channel: a for a in advise(held, CHANNELS.values(), GROUPS, LAWS)}
        assert found["eu_freeze"].missing == (left_out,)


def test_the_law_of_the_state_that_asks_adds_fields_and_approvals() -> None:
    china = _advise("CN US swift 52000.00 USD 100 freeze")["mla"]
    germany = _advise("DE US swift 52000.00 USD 100 freeze")["mla"]
    assert {"measure_law", "wanted_by"} <= set(china.missing)
    assert {"measure_law", "wanted_by"}.isdisjoint(germany.missing)
    assert [a.rule for a in china.approvals] == ["CN_CONSENT_ABROAD", "CN_PERSONAL_DATA_ABROAD"]
    assert germany.approvals == ()
    bank = _advise("CN US swift 52000.00 USD 100 freeze")["swift_recall"]
    assert bank.approvals == ()


def test_a_recorded_approval_is_asked_for_no_more() -> None:
    question = _question("CN US swift 52000.00 USD 100 freeze")
    held = replace(question, have=frozenset({"central_authority_reference"}))
    (mla,) = [a for a in advise(held, CHANNELS.values(), GROUPS, LAWS) if a.channel == "mla"]
    assert [a.rule for a in mla.approvals] == ["CN_PERSONAL_DATA_ABROAD"]


def test_an_approval_that_was_recorded_for_one_channel_covers_no_other() -> None:
    question = replace(
        _question("CN US swift 52000.00 USD 100 freeze"),
        recorded={"mla": frozenset({"central_authority_reference"})},
    )
    found = {a.channel: a for a in advise(question, CHANNELS.values(), GROUPS, LAWS)}
    assert [a.rule for a in found["mla"].approvals] == ["CN_PERSONAL_DATA_ABROAD"]
    assert len(found["igrip"].approvals) == 2
