"""Complaint files: good rows become facts, each irregular row and file is refused by name."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from models.facts import ReportFact
from models.money import Money
from recovery_flows.intake.cells import read_money
from recovery_flows.intake.complaints import read_reports
from recovery_flows.intake.currencies import CURRENCIES
from recovery_flows.intake.refusals import CellRefusedError, FileRefusedError, RowRefusal

DATA = Path(__file__).parents[1] / "data" / "reports"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def read(name: str) -> list[ReportFact | RowRefusal]:
    return list(read_reports(DATA / name, NOW))


@pytest.mark.parametrize(
    "name", ["good.csv", "bom-semicolon-other-order.csv", "good.json", "good.jsonl"]
)
def test_every_format_gives_the_same_facts(name: str) -> None:
    ada, ben, cem = read(name)
    assert isinstance(ada, ReportFact)
    assert isinstance(ben, ReportFact)
    assert isinstance(cem, ReportFact)
    assert [ada.row, ben.row, cem.row] == [1, 2, 3]
    assert [ada.amount, ben.amount, cem.amount] == [
        Money(125000, "CNY"), Money(98000, "JPY"), Money(12345, "KWD"),
    ]  # fmt: skip
    assert ada.paid_at == datetime(2026, 3, 2, 1, 15, tzinfo=UTC)
    assert ada.paid_at.tzinfo is UTC
    assert (ada.victim_account.bank, ada.victim_account.number) == ("north", "NB00010001")
    assert (ada.payee_account.bank, ada.payee_account.holder[:3]) == ("harbour", "Zed")
    assert (ada.end_to_end_id, ada.method) == ("E2E-1", "phishing")
    assert (ben.victim_contact, ben.payee_account.holder, ben.method) == ("", "", "")
    assert cem.victim_account.number == "SB00010003"


def test_json_numbers_never_pass_through_a_float() -> None:
    amounts = [row.amount for row in read("numbers.json") if isinstance(row, ReportFact)]
    assert amounts == [Money(125000, "CNY"), Money(98000, "JPY"), Money(12345, "KWD")]


IRREGULAR = """
 2 amount         is zero
 3 amount         is negative
 4 amount         has more than 2 decimals
 5 amount         is not a plain decimal
 6 amount         is not a plain decimal
 7 amount         is empty
 8 amount         has more than 0 decimals
 9 currency       is not a code of ISO 4217
10 currency       is not a code of ISO 4217
11 paid_at        has no time zone
12 paid_at        is not a date and time
13 reported_at    lies in the future
14 reported_at    lies before paid_at
15 victim_account is empty
16 payee_account  is not 4 to 34 letters and digits
17 payee_account  is not 4 to 34 letters and digits
18 external_ref   is the same as in row 1
19 payment        has the same accounts, amount and time as in row 1
20 victim_name    holds control characters
21 victim_name    holds control characters
22 victim_name    is empty
23 paid_at        is not a date and time
24 amount         is not a plain decimal
25 row            has 11 cells, the header 14
"""


def test_each_irregular_row_is_refused_by_row_and_field() -> None:
    rows = {row.row: row for row in read("irregular.csv")}
    expected = {int(line[:2]): line[3:] for line in IRREGULAR.splitlines() if line}
    for number, claim in expected.items():
        refusal = rows[number]
        assert isinstance(refusal, RowRefusal), number
        field, why = claim.split(maxsplit=1)
        assert refusal.field == field
        assert refusal.why.startswith(why)
    taken = [number for number, row in rows.items() if isinstance(row, ReportFact)]
    assert taken == [1, 26]


def test_a_duplicate_names_the_row_it_repeats_and_an_error_none() -> None:
    named = {row.row: row.duplicate_of for row in read("irregular.csv") if str(row)[:3] == "row"}
    assert (named[18], named[19], named[20]) == (1, 1, None)


def test_a_refusal_never_quotes_what_is_in_a_cell() -> None:
    lines = (DATA / "irregular.csv").read_text(encoding="utf-8").splitlines()[1:]
    for row in read("irregular.csv"):
        for cell in lines[row.row - 1].split(","):
            if isinstance(row, RowRefusal) and len(cell) > 4:
                assert cell not in row.why


def test_values_of_the_wrong_shape_and_names_given_twice_are_refused() -> None:
    found = [(row.field, row.why) for row in read("shapes.json") if isinstance(row, RowRefusal)]
    assert found == [
        ("amount", "is not one text"),
        ("amount", "is empty"),
        ("victim_name", "holds control characters"),
        ("external_ref", "is not one text"),
    ]


BAD_FILES = [
    ("missing-column.csv", "has no column amount"),
    ("column-twice.csv", "has more than one column amount"),
    ("quote-left-open.csv", "is broken at line 3"),
    ("empty.csv", "is empty"),
    ("blank.csv", "is empty"),
    ("binary.csv", "is not a text"),
    ("zeros.csv", "is not a text"),
    ("utf16.csv", "is not a text in UTF-8"),
    ("late-latin1.csv", "is not a text in UTF-8"),
    ("broken.json", "is broken JSON at line 18, column 19"),
    ("cut-off.json", "is broken JSON at line"),
    ("scalar.json", "is broken JSON at line 1, column 2: an object"),
    ("trailing.json", "is broken JSON at line 1, column 4: something follows"),
    ("not-there.csv", "does not exist"),
    (".", "cannot be read: Is a directory"),
]


@pytest.mark.parametrize(("name", "why"), BAD_FILES)
def test_a_file_that_is_none_is_refused_in_one_sentence(name: str, why: str) -> None:
    with pytest.raises(FileRefusedError) as caught:
        read(name)
    assert caught.value.why.startswith(why)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["header-only.csv", "empty-array.json"])
def test_a_file_without_rows_holds_no_reports(name: str) -> None:
    assert read(name) == []


@pytest.mark.parametrize("separators", [("[", ",", "]"), ("", "\n", "\n")])
def test_objects_that_cross_the_reading_window_arrive_whole(
    tmp_path: Path, separators: tuple[str, str, str]
) -> None:
    sample = json.loads((DATA / "good.json").read_text(encoding="utf-8"))[0]
    count = 1500
    texts = [
        json.dumps(sample | {"external_ref": f"SYN-{n}", "victim_account": f"NB{n:08}"}, indent=1)
        for n in range(count)
    ]
    before, between, after = separators
    file = tmp_path / "many.json"
    file.write_text(before + between.join(texts) + after, encoding="utf-8")
    found = list(read_reports(file, NOW))
    assert [row.external_ref for row in found if isinstance(row, ReportFact)] == [
        f"SYN-{n}" for n in range(count)
    ]


def test_the_place_of_broken_json_is_right_far_into_a_file(tmp_path: Path) -> None:
    line = json.dumps(json.loads((DATA / "good.json").read_text(encoding="utf-8"))[0])
    file = tmp_path / "long.jsonl"
    file.write_text("\n".join([line] * 400 + [line[:-1] + " oops}"]), encoding="utf-8")
    with pytest.raises(FileRefusedError, match=f"line 401, column {len(line) + 1}"):
        list(read_reports(file, NOW))


def test_a_report_does_not_show_the_victim_in_its_text() -> None:
    assert "Example" not in repr(read("good.csv"))
    assert "NB0001" not in repr(read("good.csv"))


@given(minor=st.integers(1, 10**14), currency=st.sampled_from(sorted(CURRENCIES)))
def test_every_amount_that_money_writes_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert read_money({"amount": money.text(), "currency": currency}) == money


@given(st.text(max_size=12))
def test_any_text_is_a_plain_amount_above_zero_or_refused(text: str) -> None:
    try:
        money = read_money({"amount": text, "currency": "CNY"})
    except CellRefusedError:
        return
    assert money.minor > 0
    assert money.text() in {text.strip(), f"{text.strip()}.00", f"{text.strip()}0"} or (
        text.strip().startswith("0")
    )
