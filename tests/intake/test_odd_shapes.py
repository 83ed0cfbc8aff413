"""What no bank and no victim writes is refused with its place; names keep what belongs to them."""

from __future__ import annotations

import csv
import json
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.facts import ReportFact
from recovery_flows.intake.bookings import file_statements
from recovery_flows.intake.complaints import read_reports
from recovery_flows.intake.refusals import FileRefusedError, RowRefusal
from recovery_flows.intake.statements.reading import read_bytes
from recovery_flows.intake.statements.shape import End, Entry, StatementRefusedError
from recovery_flows.tracing.transfers import rows as transfer_rows
from recovery_flows.tracing.transfers.files import in_order, read_transfers
from recovery_flows.tracing.transfers.mapping import PLAIN
from recovery_flows.tracing.transfers.quick import quick_table, table_of

NOW = datetime(2026, 3, 10, tzinfo=UTC)
REPORTS = Path(__file__).parents[1] / "data" / "reports"
MT940 = ":20:S\n:25:T/1EUR\n:60F:C260302EUR{opening}\n:61:2603020302C{amount}NTRF{ref}//B1\n"
HEADER = "id,time,from,to,amount,currency\n"


def body(**changes: Any) -> dict[str, Any]:
    row = {"transactionAmount": {"currency": "EUR", "amount": "1.00"}, "bookingDate": "2026-03-02"}
    account = {"iban": "DE00TEST1", "currency": "EUR"}
    return {"account": account, "transactions": {"booked": [row]}} | changes


def balances(*amounts: str) -> list[dict[str, Any]]:
    kinds = ("openingBooked", "closingBooked")
    return [
        {"balanceType": kind, "balanceAmount": {"currency": "EUR", "amount": amount}}
        for kind, amount in zip(kinds, amounts, strict=False)
    ]


def refusal(data: str | bytes) -> str:
    with pytest.raises(StatementRefusedError) as caught:
        list(read_bytes(data if isinstance(data, bytes) else data.encode()))
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (MT940.format(opening="1,00", amount="1,00", ref="a\0b"), "line 4, column 25: there is"),
        ("OFXHEADER:100\n\n<OFX>\0", "line 3, column 6: there is a byte of zero"),
        (json.dumps(body())[:-1] + "\0}", "line 1, column "),
        (json.dumps(body(name="a\0")), "a text in the JSON holds a zero, at name"),
        (json.dumps(body(x=[1, {"y": "\ud800"}])), "half a character, at x.2.y"),
        (json.dumps(body(**{"\udfff": 1})), "half a character, at ?"),
    ],
)
def test_one_zero_or_half_a_character_is_refused_with_its_place(data: str, place: str) -> None:
    assert place in refusal(data)


def test_a_zero_late_in_a_complaint_or_transfer_file_is_refused_with_its_line(
    tmp_path: Path,
) -> None:
    good = (REPORTS / "good.csv").read_text(encoding="utf-8")
    path = tmp_path / "a.csv"
    path.write_text(good + "," * 5_000 + "\n" + "\0\n", encoding="utf-8")
    with pytest.raises(FileRefusedError, match=r"byte of zero at line \d+: save it as UTF-8"):
        list(read_reports(path, NOW))
    path.write_text(f"{HEADER}t,5,a,b,1,CNY\nt2,5,a\0,b,1,CNY\n")
    with pytest.raises(transfer_rows.FileRefusedError, match="byte of zero at line 3"):
        read_transfers(path)
    path.write_text(f"{HEADER[:-1]},note\nt,5,a,b,1,CNY,\0\n")
    assert quick_table([path], PLAIN) is None


@pytest.mark.parametrize("amount", ["90071992547410.00", "999999999999999", "9" * 40])
def test_a_sum_that_no_account_holds_is_refused_in_every_format(amount: str) -> None:
    comma = amount.replace(".", ",")
    for data in (
        json.dumps(body(balances=balances("0", amount))),
        json.dumps(body(balances=balances(amount))),
        MT940.format(opening=comma, amount="1,00", ref="R"),
        MT940.format(opening="1,00", amount=f"{comma}{'' if ',' in comma else ','}", ref="R"),
    ):
        said = refusal(data)
        assert "more than any account holds" in said or "no amount of money" in said


def test_bookings_that_add_up_beyond_64_bits_are_refused_before_they_are_stored() -> None:
    row = {"transactionAmount": {"currency": "EUR", "amount": "90071992547409.92"}}
    many = body(transactions={"booked": [row] * 520})
    assert "booked 513: the bookings add up to more" in refusal(json.dumps(many))


def test_transfers_beyond_64_bits_make_no_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"t{n},{n},a,b,40000000000000000.00,CNY\n" for n in range(3))
    path.write_text(HEADER + rows)
    assert quick_table([path], PLAIN) is None
    with pytest.raises(transfer_rows.FileRefusedError, match="add up to more"):
        table_of(in_order(read_transfers(path)))


@pytest.mark.parametrize(
    ("cell", "column"),
    [("9" * 5_000, 1), ("-199999999999999999", 1), ("0001-01-01T00:00:00+14:00", 1)],
)
def test_a_time_outside_of_time_is_refused_with_its_line(
    tmp_path: Path, cell: str, column: int
) -> None:
    cells = ["t1", "5", "a", "b", "1.00", "CNY"]
    cells[column] = cell
    path = tmp_path / "t.csv"
    path.write_text(HEADER + ",".join(cells) + "\n")
    with pytest.raises(transfer_rows.FileRefusedError, match="line 2: time "):
        read_transfers(path)
    assert quick_table([path], PLAIN) is None


def test_two_columns_of_one_name_are_not_chosen_between(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,time,from,to,amount,currency,amount\nt,5,a,b,1,CNY,2\n")
    with pytest.raises(transfer_rows.FileRefusedError, match="column amount is there twice"):
        read_transfers(path)
    assert quick_table([path], PLAIN) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (":20:S\n:25:1\n:60F:C260302EUR1,00\n:60F:C260302EUR2,00\n", "line 4: a statement has two"),
        (":20:S\n:25:1\n:25:2\n:60F:C260302EUR1,00\n", "line 3: a statement has two :25:"),
        ("<OFX><STMTRS><CURDEF>EUR<STMTTRN><TRNAMT>1.00<TRNAMT>2.00", "there are two TRNAMT"),
        ("<OFX><STMTRS><CURDEF>EUR<CURDEF>USD", "there are two CURDEF that differ"),
        (
            "<OFX><STMTRS><CURDEF>EUR<STMTTRN><CURRENCY><CURSYM>USD</CURRENCY><TRNAMT>1.00",
            "a booking is in USD, the statement in EUR",
        ),
    ],
)  # fmt: skip
def test_of_two_figures_in_one_place_none_is_taken(text: str, why: str) -> None:
    assert why in refusal(text)


def test_entries_in_another_currency_are_counted_and_not_added_up() -> None:
    rows = [
        {"transactionAmount": {"currency": code, "amount": "1.00"}, "bookingDate": "2026-03-02"}
        for code in ("EUR", "USD", "EUR")
    ]
    given = body(transactions={"booked": rows}, balances=balances("0.00", "2.00"))
    (told,) = file_statements(read_bytes(json.dumps(given).encode()))
    assert (len(told.entries), told.elsewhere) == (2, 1)
    assert told.end.difference_minor == 0


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\x1b", "\u200f"])
def test_a_reference_that_reorders_the_screen_is_left_out_of_its_booking_and_told(
    mark: str,
) -> None:
    row = body()["transactions"]["booked"][0] | {
        "transactionId": f"a{mark}b", "creditorName": "x", "endToEndId": "E1",
        "debtorAccount": {"iban": f"DE{mark}1"},
    }  # fmt: skip
    found = list(read_bytes(json.dumps(body(transactions={"booked": [row, row]})).encode()))
    for entry in (item for item in found if isinstance(item, Entry)):
        assert (entry.bank_reference, entry.counter_number, entry.end_to_end_id) == ("", "", "E1")
    (end,) = (item for item in found if isinstance(item, End))
    assert len(end.warnings) == 2
    assert end.warnings[0] == (
        "booked 1: the bank's reference and the other side's account number "
        "holds characters that change what is shown: left out"
    )
    account = {"iban": f"DE{mark}1", "currency": "EUR"}
    assert refusal(json.dumps(body(account=account))).startswith("the account number holds")


NAMES = ["دانا אבי", "\u200fדוד כהן\u200f", "\u202bמשה\u202c", "\u2067محمد علي\u2069"]


def complaint(tmp_path: Path, **cells: str) -> ReportFact | RowRefusal:
    with (REPORTS / "good.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file)) | cells
    path = tmp_path / "reports.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    (found,) = read_reports(path, NOW)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_an_arabic_or_hebrew_name_is_kept_with_its_marks(tmp_path: Path, name: str) -> None:
    found = complaint(tmp_path, victim_name=name, payee_name=name)
    assert isinstance(found, ReportFact)
    assert (found.victim_name, found.payee_account.holder) == (name, name)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("victim_name", "Ada \u202emoc"), ("payee_name", "a\u202db"), ("external_ref", "a\u200fb"),
        ("end_to_end_id", "E\u20671\u2069"), ("method", "\u202bx\u202c"), ("victim_name", "\u200f"),
        ("victim_account", "NB0002\u202e1"), ("payee_bank", "har\u200ebour"),
    ],
)  # fmt: skip
def test_what_could_deceive_is_refused_with_its_field(
    tmp_path: Path, field: str, value: str
) -> None:
    found = complaint(tmp_path, **{field: value})
    assert isinstance(found, RowRefusal)
    assert found.field == field


def test_a_name_given_twice_in_other_letters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    good = json.loads((REPORTS / "good.json").read_text(encoding="utf-8"))[0]
    path.write_text(json.dumps([good | {"Amount ": "1.00"}, good]), encoding="utf-8")
    first, second = read_reports(path, NOW)
    assert isinstance(first, RowRefusal)
    assert (first.field, first.why) == ("row", "gives amount twice")
    assert isinstance(second, ReportFact)


def test_optional_columns_that_are_there_twice_refuse_the_file(tmp_path: Path) -> None:
    lines = (REPORTS / "good.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "r.csv"
    path.write_text("\n".join(f"{line},method" for line in lines), encoding="utf-8")
    with pytest.raises(FileRefusedError, match="more than one column method"):
        list(read_reports(path, NOW))


def test_columns_that_nobody_reads_are_counted_where_they_say_something(tmp_path: Path) -> None:
    lines = (REPORTS / "good.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "r.csv"
    rows = [f"{lines[0]},age", *(f"{line},{n or ''}" for n, line in enumerate(lines[1:]))]
    path.write_text("\n".join(rows), encoding="utf-8")
    unread: Counter[str] = Counter()
    assert all(isinstance(row, ReportFact) for row in read_reports(path, NOW, unread=unread))
    assert unread == {"age": len(lines) - 2}


@pytest.mark.parametrize("alike", [("b", "c"), ("a", "b"), ("b", None)])
def test_two_accounts_of_one_hash_are_left_to_the_reader_that_compares_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alike: tuple[str | None, ...]
) -> None:
    """Accounts are told apart by hashes: taken for one, what went to `c` would be traced to `b`."""

    def hashed(texts: pl.Series) -> pl.Series:
        numbers = [zlib.crc32(str(t).encode()) + (t is None) for t in texts]
        made = [1 if t in alike else number for t, number in zip(texts, numbers, strict=True)]
        return pl.Series(made, dtype=pl.UInt64)

    path = tmp_path / "t.csv"
    rows = ["t1,2026-03-02,a,b,1.00,CNY", "t2,2026-03-03,a,c,1.00,CNY", "t3,2026-03-04,c,,1.00,CNY"]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    assert quick_table([path], PLAIN) is not None
    monkeypatch.setattr(pl.Series, "hash", hashed)
    assert quick_table([path], PLAIN) is None
