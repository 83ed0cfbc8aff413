"""Requests for one part of an account count once; those for different parts add up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import ceiling, parts
from recovery_flows.errors import MisuseError, StepRefusedError
from tests.recall_messages import CHANNELS, answered, drafted, returned, sent, take
from tests.records.abroad.abroad_case import SENDER, Abroad
from tests.records.abroad.test_announced_money import announce
from tests.records.abroad.test_exact_ceiling import OURS

TABLE = [
    # channel, sum, part: of one account; what is asked for in all, in the currency of the loss
    ("the same money by two channels", [("igrip", "200", ""), ("eu_freeze", "200", "")], 20_000),
    ("the larger of the same money", [("igrip", "200", ""), ("eu_freeze", "300", "")], 30_000),
    ("two parts at two bodies", [("igrip", "200", ""), ("eu_freeze", "300", "new")], 50_000),
    ("two parts at one body", [("igrip", "200", ""), ("igrip", "300", "new")], 50_000),
    (
        "two parts, the second by two channels",
        [("igrip", "200", ""), ("eu_freeze", "300", "new"), ("court_to_court", "100", "2")],
        50_000,
    ),
    (
        "three parts",
        [("igrip", "200", ""), ("eu_freeze", "150", "new"), ("court_to_court", "150", "new")],
        50_000,
    ),
]


def shown(abroad: Abroad, name: str) -> list[str]:
    unit = abroad.unit
    view = request_view(
        unit.database, unit.laws, CHANNELS, abroad.recovery_id, name, SENDER, unit.now
    )
    return [text.strip() for text in page_lines(written(view))]


@pytest.mark.parametrize(("asks", "minor"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_what_is_asked_of_an_account_is_the_sum_of_its_parts(
    abroad: Abroad, asks: list[tuple[str, str, str]], minor: int
) -> None:
    for channel, amount, part in asks:
        abroad.new(channel, amount=f"{amount}.00", part=part)
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked == Money(minor, "CNY")
    abroad.decide()
    abroad.sound()


def test_a_part_that_would_pass_the_loss_is_refused_with_the_parts_there_are(
    abroad: Abroad,
) -> None:
    abroad.new(amount="500.00")
    with pytest.raises(StepRefusedError) as refused:
        abroad.new("mla", wanted="return", amount="600.00", part="new")
    assert str(refused.value) == (
        "CNY 0.00 came in and CNY 1,100.00 would be asked for (part 1: CNY 500.00, "
        "part 2: CNY 600.00), and the loss is CNY 1,000.00: ask for less with --amount"
    )


def test_who_asks_for_a_part_says_which(abroad: Abroad) -> None:
    first = abroad.new(amount="200.00")
    with pytest.raises(MisuseError, match="--part new takes --amount"):
        abroad.new("mla", wanted="return", part="new")
    with pytest.raises(MisuseError, match="for these parts of the account: 1; new is another"):
        abroad.new("mla", wanted="return", amount="100.00", part="7")
    second = abroad.new("mla", wanted="return", amount="300.00", part="new")
    with pytest.raises(StepRefusedError, match="several parts of the account: 1, 2; say with"):
        abroad.new("eu_freeze", amount="100.00")
    third = abroad.new("eu_freeze", amount="100.00", part="2")
    assert [abroad.row(n).account_part for n in (first, second, third)] == [1, 2, 2]
    page = shown(abroad, second)
    assert "this asks for part 2 (part 1: CNY 200.00, part 2: CNY 300.00)" in page
    assert f"∩ also asked by igrip, {first} is draft: part 1, counted besides" in page
    assert f"∩ also asked by eu_freeze, {third} is draft: the same money, counted once" in page


def test_what_a_body_refused_is_not_said_to_be_counted(abroad: Abroad) -> None:
    first = abroad.out(amount="200.00")
    second = abroad.new("eu_freeze", amount="200.00")
    abroad.says(first, "refused")
    page = shown(abroad, second)
    assert f"∩ also asked by igrip, {first} is refused" in page
    assert "counted once" not in page


def test_one_body_is_asked_for_another_part_and_not_for_the_same_twice(abroad: Abroad) -> None:
    abroad.new(amount="200.00")
    with pytest.raises(StepRefusedError, match="is under way by igrip"):
        abroad.new(amount="200.00")
    abroad.new(amount="200.00", part="new")


def first_of_two_paid(abroad: Abroad, minor: int) -> tuple[str, str]:
    """Two bodies are asked for 200.00 and 300.00; the first one announces and pays so much."""
    unit, rid = abroad.unit, abroad.recovery_id
    first = abroad.out("eu_confiscate", wanted="return", amount="200.00")
    second = abroad.out("mla", wanted="return", amount="300.00", part="new")
    abroad.says(first, "executed")
    announce(abroad, first, "RET-1", minor)
    came = money_actions.Incoming(OURS, "RET-1", Money(minor, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), rid, came)
    unit.approve(rid)
    return first, second


def test_money_that_one_body_announced_is_taken_off_its_part_alone(
    treasury: None, abroad: Abroad
) -> None:
    """What is still wanted of the other one was told as less, and the victims lacked it."""
    del treasury
    first, second = first_of_two_paid(abroad, 20_000)
    file = abroad.unit.file(abroad.recovery_id)
    still = {name: one.open for name, one in parts.open_parts(file).items()}
    assert still == {first: 0, second: 30_000}
    assert ceiling.still_wanted(file, abroad.row(second)) == Money(30_000, "GBP")
    found = ceiling.ceiling(file)
    assert (found.received.minor, found.asked.minor) == (20_000, 30_000)


def test_a_recall_takes_of_the_parts_once(abroad: Abroad) -> None:
    """150.00 called back of 500.00 that two bodies are asked for leave 350.00, and not 200.00."""
    unit, rid = abroad.unit, abroad.recovery_id
    abroad.out(amount="200.00")
    abroad.out("mla", wanted="return", amount="300.00", part="new")
    drafted(unit, rid)
    unit.approve(rid)
    sent(unit, rid)
    take(unit, answered("ACCR"))
    take(unit, returned("150.00"))
    unit.approve(rid)
    file = unit.file(rid)
    account = next(a for a in file.assets if not a.home).account_id
    there = replace(
        file, claims=tuple(replace(claim, payee_account_id=account) for claim in file.claims)
    )
    found = ceiling.ceiling(there)
    assert (found.received.minor, found.asked.minor) == (15_000, 35_000)


def test_the_next_version_asks_for_the_same_part(abroad: Abroad) -> None:
    abroad.new(amount="200.00")
    name = abroad.out("mla", wanted="return", amount="300.00", part="new")
    abroad.says(name, "needs_info", ground="INCOMPLETE")
    abroad.fill(name, facts="as attached")
    (after,) = (r for r in abroad.unit.file(abroad.recovery_id).requests if r.replaces_id == name)
    assert (after.account_part, after.version) == (2, 2)
    message_actions.withdraw(
        abroad.unit.case_officer(), abroad.recovery_id, after.id, "enough", SENDER, CHANNELS
    )
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 20_000


def test_what_a_body_paid_beyond_its_part_comes_off_the_others(
    treasury: None, abroad: Abroad
) -> None:
    """One body had both parts and paid them in one sum: the other part stayed asked for."""
    del treasury
    first, second = first_of_two_paid(abroad, 40_000)
    file = abroad.unit.file(abroad.recovery_id)
    still = {name: one.open for name, one in parts.open_parts(file).items()}
    assert still == {first: 0, second: 10_000}
    assert ceiling.still_wanted(file, abroad.row(second)) == Money(10_000, "GBP")
