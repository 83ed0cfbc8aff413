"""Pasted reports: real shapes of text with invented people, each read or refused by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.facts import AccountRef, ReportFact
from models.money import Money
from recovery_flows.intake.pasted.labels import FIELD_OF, MENDS, spelled
from recovery_flows.intake.pasted.report import Around, Pasted, read_pasted

DATA = Path(__file__).parents[1] / "data" / "reports" / "pasted"
NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
CAME = NOW - timedelta(minutes=2)
BANKS = {
    "test-west": "test-west", "test west": "test-west",
    "test-east": "test-east", "testcnbe": "test-east",
}  # fmt: skip
AROUND = Around(NOW, CAME, "Asia/Shanghai", BANKS, "CNY")
PAID = datetime(2026, 3, 2, 5, 5, tzinfo=UTC)


def report(**changes: Any) -> ReportFact:
    """What every good text says at least."""
    fact = ReportFact(
        row=1,
        external_ref="",
        victim_name="Synthetic Victim",
        victim_contact="",
        victim_account=AccountRef("test-west", "9999000000001111", "Synthetic Victim"),
        payee_account=AccountRef("test-east", "9999000000002222"),
        amount=Money(1_234_560, "CNY"),
        paid_at=PAID,
        reported_at=CAME,
    )
    name = changes.get("victim_name", fact.victim_name)
    account = replace(fact.victim_account, holder=name)
    return replace(fact, victim_account=account, **changes)


def read(name: str) -> Pasted:
    return read_pasted((DATA / name).read_bytes().decode(), AROUND)


_MULE = AccountRef("test-east", "9999000000002222", "Synthetic Mule")
GOOD = {
    "lines.txt": report(
        external_ref="SYN-1", victim_name="Synthetic Victim (invented)", victim_contact="000-1111",
        payee_account=_MULE, end_to_end_id="11111111-2222-4333-8444-555555555555",
        method="investment",
    ),
    "chinese-form.txt": report(
        external_ref="SYN-1", victim_name="虚构者", victim_contact="000-1111", method="投资",
        payee_account=replace(_MULE, holder="虚构户"),
    ),
    "chinese-one-line.txt": report(victim_name="虚构者", victim_contact="000-1111"),
    "mail.txt": report(victim_contact="victim@example.org, 000-1111"),
    "two-columns.txt": report(),
    "row.csv": report(
        external_ref="SYN-1", victim_name="Synthetic, Victim", victim_contact="000-1111",
        payee_account=_MULE, reported_at=PAID + timedelta(minutes=15), method="investment",
    ),
    "row-chinese-semicolons.csv": report(victim_name="虚构者"),
    "object.json": report(external_ref="SYN-1"),
    "crlf-and-bom.txt": report(),
    "old-mac-line-ends.txt": report(),
    "values-below.txt": report(),
    "banks-beside.txt": report(amount=Money(1_234_560, "CNY")),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_text_of_any_usual_shape_gives_the_same_fact_as_a_file(name: str) -> None:
    pasted = read(name)
    assert list(map(str, pasted.problems)) == []
    assert pasted.report == GOOD[name]


REFUSED = """
two-victims.txt      | the text tells of several victims
three-rows.csv       | the text holds 3 reports
two-objects.json     | the text holds 2 reports
broken.json          | the text is broken JSON at line 2, column 21
ambiguous-amount.txt | amount can be read as two sums
day-or-month.txt     | time can be read as two days
future.txt           | time lies in the future
two-amounts.txt      | amount is given twice and not the same
unknown-bank.txt     | to bank is not a registered partner
whose-bank.txt       | bank does not say whose it is; from bank is not named; to bank is not named
"""


@pytest.mark.parametrize("line", REFUSED.strip().splitlines())
def test_a_text_that_is_no_one_report_is_refused_by_field_and_says_what_to_write(
    line: str,
) -> None:
    name, _, wanted = (part.strip() for part in line.partition("|"))
    pasted = read(name)
    assert pasted.report is None
    starts = wanted.split("; ")
    assert len(pasted.problems) == len(starts)
    for problem, start in zip(pasted.problems, starts, strict=True):
        assert str(problem).startswith(start)
        assert problem.mend
        assert "\n" not in str(problem)


@pytest.mark.parametrize("name", ["two-victims.txt", "three-rows.csv", "two-objects.json"])
def test_several_reports_are_sent_to_the_command_that_takes_many(name: str) -> None:
    (problem,) = read(name).problems
    assert "recovery intake reports" in problem.mend


def test_every_missing_field_is_named_at_once() -> None:
    said = [str(problem).partition(":")[0] for problem in read("half.txt").problems]
    assert said == [
        "from bank is missing", "from account is missing", "to bank is missing",
        "to account is not 4 to 34 letters and digits", "currency is missing", "time is missing",
    ]  # fmt: skip


def test_lines_that_say_nothing_are_told_of_and_not_passed_over_in_silence() -> None:
    assert read("mail.txt").remarks == ("line 1, line 3, line 13: not used",)
    assert read("row-chinese-semicolons.csv").remarks == ("column 9: not used",)
    assert len(read("nothing-known.txt").problems) == 7


def test_what_is_added_or_changed_has_a_note() -> None:
    notes = {f.name: f.note for f in read("lines.txt").fields if f.note}
    assert notes == {
        "victim_bank": "written Test West",
        "victim_account": "without blanks and dashes",
        "payee_bank": "written TESTCNBE",
        "payee_account": "without blanks and dashes",
        "paid_at": "time of Asia/Shanghai",
        "reported_at": "not in the text: when it came in",
    }
    beside = {f.name: f.note for f in read("banks-beside.txt").fields}
    assert beside["victim_bank"] == beside["payee_bank"] == "by the account beside it"
    assert beside["amount"] == "¥ is read as CNY; 万 is ten thousand"


def test_no_problem_quotes_what_stood_in_the_text() -> None:
    for path in DATA.iterdir():
        told = " ".join(map(str, read(path.name).problems))
        for secret in ("Synthetic", "9999", "虚构", "1.234,56", "Nowhere", "12:05"):
            assert secret not in told


def test_a_case_number_in_the_text_is_kept_beside_the_report() -> None:
    pasted = read_pasted((DATA / "lines.txt").read_text() + "Case: 2026-7\n", AROUND)
    assert pasted.case_number == "2026-7"
    assert pasted.report == GOOD["lines.txt"]


def test_a_bank_named_only_once_belongs_to_the_account_that_has_none() -> None:
    text = (DATA / "whose-bank.txt").read_text().replace("0002222", "0002222 (test-east)")
    pasted = read_pasted(text, AROUND)
    assert pasted.report == report()
    noted = {f.name: f.note for f in pasted.fields}
    assert noted["victim_bank"] == "the other account's bank is named"


def test_a_bank_whose_name_two_have_is_not_guessed() -> None:
    assert "shared name" not in BANKS
    text = (DATA / "values-below.txt").read_text().replace("test-east", "shared name")
    (problem,) = read_pasted(text, AROUND).problems
    assert str(problem).startswith("to bank is not a registered partner")


def test_a_text_as_long_as_a_book_is_refused_at_once() -> None:
    (problem,) = read_pasted("amount: CNY 5\n" * 20_000, AROUND).problems
    assert problem.why == "is longer than 20,000 characters"


def test_a_report_changed_after_it_came_is_not_older_than_its_payment() -> None:
    late = replace(AROUND, received_at=PAID - timedelta(hours=1))
    text = (DATA / "values-below.txt").read_text()
    assert read_pasted(text, late).report == report(reported_at=NOW)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\ufeff", "{", "[", "[]", "{}", "[1]", '"x"', "a,b,c", "victim,phone,amount",
     "victim:", ":", "=" * 500, '{"victim": null}', '{"victim": ["a"]}', "[" * 9999,
     'victim,phone,amount\n"', "amount: 1" + "0" * 300, "time: 9999-99-99 99:99"],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(text: str) -> None:
    pasted = read_pasted(text, AROUND)
    assert pasted.problems
    assert pasted.report is None


def test_every_label_means_one_field_and_every_column_has_its_labels_and_its_mending() -> None:
    assert all(name == spelled(name) for name in FIELD_OF)
    columns = set(FIELD_OF.values()) - {"bank", "account"}
    assert columns == set(MENDS)
    for column in columns - {"case_number"}:
        assert FIELD_OF[spelled(column)] == column


@pytest.mark.parametrize(
    ("number", "why"),
    [("MT84 MALT 0110 0001 2345 MTLC AST0 01S", ""), ("First Bank 12345678", "has words"),
     ("card 9999000000002222", "has words"), ("9999-0000", ""), ("ACME BANK 12345678", "has words"),
     ("9999#2222", "is not 4 to 34 letters and digits")],
)  # fmt: skip
def test_words_beside_an_account_number_do_not_become_a_part_of_it(number: str, why: str) -> None:
    text = (DATA / "values-below.txt").read_text().replace("9999000000002222", number)
    said = [problem.why for problem in read_pasted(text, AROUND).problems]
    assert [w.startswith(why) for w in said] == ([True] if why else [])
