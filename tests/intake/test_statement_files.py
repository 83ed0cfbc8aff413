"""Files of banks with what is wrong in them: each is read, or refused, as it says here."""

from __future__ import annotations

import contextlib
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from recovery_flows.intake.statements.reading import read_path, read_stream
from recovery_flows.intake.statements.shape import (
    End,
    Entry,
    Head,
    Item,
    Member,
    StatementRefusedError,
)

FILES = Path(__file__).parents[1] / "data" / "statements"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


def items(name: str) -> list[Item]:
    return list(read_path(FILES / name))


def entries(name: str) -> list[Entry]:
    return [item for item in items(name) if isinstance(item, Entry)]


def end(name: str) -> End:
    (found,) = (item for item in items(name) if isinstance(item, End))
    return found


def told(name: str) -> list[str]:
    """Each payment as `+` or `-`, its amount and its end-to-end id."""
    signs = {"credit": "+", "debit": "-"}
    return [
        f"{signs[entry.direction]}{entry.amount.text()} {entry.end_to_end_id}".rstrip()
        for entry in entries(name)
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01_version_02.xml", ["+10.00 E1"]),
        ("01_version_08.xml", ["+10.00 E1"]),
        ("02_no_namespace.xml", ["+10.00"]),
        ("02_namespace_typo.xml", ["+10.00"]),
        ("03_envelope.xml", ["+10.00"]),
        ("03_xml_inside.json", ["+10.00 E1", "+20.00 E2"]),
        ("04_batch.xml", ["+10.00 E1", "+20.00 E2"]),
        ("04_batch_copied.xml", ["+30.00"]),
        ("04_batch_charges.xml", ["+10.00 E1", "+20.00 E2", "-0.50"]),
        ("04_batch_without_amounts.xml", ["+30.00"]),
        ("05_foreign_amount.xml", ["-92.10"]),
        ("06_reversal.xml", ["+10.00"]),
        ("08_blank_ids.xml", ["+10.00"]),
        ("09_pending.xml", ["+10.00", "+7.00"]),
        ("10_twins.xml", ["+10.00 E1", "+10.00 E1"]),
        ("12_bom_and_crlf.xml", ["+10.00 E1", "+20.00 E2"]),
        ("12_comment_inside.xml", ["+10.00"]),
        ("14_too_many_decimals.xml", ["+10.01"]),
        ("06_07_13_mt940.sta", ["+10.00 E2E-9", "-3.00", "+1.00", "+104.12", "-6.00"]),
        ("12_mt940_bom.sta", ["+10.00 E2E-9", "-3.00", "+1.00", "+104.12", "-6.00"]),
        ("mt942.sta", ["-5.00"]),
        ("13_14_ofx.ofx", ["-1234.50", "+40.00"]),
        ("14_amounts.json", ["-256.67", "+100.00", "+1.250", "+5.00"]),
    ],
)
def test_an_odd_file_is_read_for_what_it_says(name: str, expected: list[str]) -> None:
    assert told(name) == expected


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("12_broken.xml", "line 6, column 158: the XML is broken"),
        ("12_latin1_bytes.xml", "line 6, column "),
        ("12_doctype.xml", "line 1: a DOCTYPE is refused"),
        ("none_inside.xml", "there is no statement in this XML file"),
        ("12_mt940_bad_line.sta", "line 4: this booking is not like"),
        ("12_ofx_investments.ofx", "investments are in this OFX file"),
        ("12_accounts_only.json", "this JSON is a list of accounts"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(name: str, sentence: str) -> None:
    with pytest.raises(StatementRefusedError) as refused:
        items(name)
    assert str(refused.value).startswith(sentence)


def test_both_versions_of_a_bank_tell_the_same_party_bank_and_state() -> None:
    (old,), (new,) = entries("01_version_02.xml"), entries("01_version_08.xml")
    assert old == new
    assert (new.counter_number, new.counter_bank_id, new.is_pending) == ("4711", "TESTDEFF", False)


def test_the_version_is_that_of_the_body() -> None:
    heads = [items(f"01_version_{v}.xml")[0] for v in ("02", "08")]
    assert [h.version for h in heads if isinstance(h, Head)] == ["02", "08"]


def test_a_foreign_amount_stays_beside_what_was_booked() -> None:
    (entry,) = entries("05_foreign_amount.xml")
    assert (str(entry.amount), str(entry.instructed)) == ("EUR 92.10", "USD 100.00")


def test_a_returned_payment_tells_its_reason_and_its_other_side() -> None:
    (entry,) = entries("06_reversal.xml")
    assert (entry.is_reversal, entry.return_code, entry.counter_number) == (True, "AC04", "4711")


def test_ids_that_only_fill_the_place_are_no_ids() -> None:
    (entry,) = entries("08_blank_ids.xml")
    assert (entry.bank_reference, entry.end_to_end_id) == ("", "")


def test_a_pending_payment_says_so() -> None:
    assert [entry.is_pending for entry in entries("09_pending.xml")] == [True, False]


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("11_balances.xml", 0),
        ("11_balances_differ.xml", -100),
        ("06_07_13_mt940.sta", 0),
        ("11_mt940_differs.sta", 1),
        ("04_batch.xml", None),
    ],
)
def test_stated_balances_are_compared_with_the_bookings_and_never_mended(
    name: str, difference: int | None
) -> None:
    assert end(name).difference_minor == difference


def test_a_batch_that_does_not_add_up_is_told() -> None:
    assert end("04_batch_charges.xml").warnings == (
        "line 6: the payments of a booking differ from its sum",
    )
    assert (end("04_batch.xml").bookings, end("04_batch.xml").entries) == (1, 2)


def test_a_time_without_a_zone_is_its_day_and_no_day_is_none() -> None:
    assert [entry.booked for entry in entries("13_dates.xml")] == [
        date(2026, 3, 2), datetime(2026, 3, 2, 10, 17, 11, tzinfo=UTC), None,
    ]  # fmt: skip


def test_an_entry_day_without_a_year_is_the_one_next_to_its_value_date() -> None:
    found = entries("06_07_13_mt940.sta")
    assert [entry.booked for entry in found] == [
        date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2), date(2026, 3, 1),
    ]  # fmt: skip
    assert found[-1].valued is None
    assert [entry.is_reversal for entry in found] == [False, True, True, False, False]


def test_structured_text_tells_account_bank_and_name() -> None:
    first = entries("06_07_13_mt940.sta")[0]
    assert (first.counter_number, first.counter_bank_id, first.counter_holder) == (
        "000099", "TESTDEFF", "NOBODYAT ALL",
    )  # fmt: skip


def test_an_ofx_time_with_a_zone_is_an_instant_and_an_unclear_day_is_told() -> None:
    assert entries("13_14_ofx.ofx")[1].booked == datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert end("13_14_ofx.ofx").warnings == ("DTEND is no day that can be told for sure",)


def test_a_page_of_several_says_that_there_are_more() -> None:
    assert end("14_amounts.json").warnings == ("there are more pages behind this one",)
    assert [entry.is_pending for entry in entries("14_amounts.json")][-1]


def test_a_zip_of_statements_is_opened_and_a_bomb_is_not(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.write(FILES / "04_batch.xml", "a.xml")
        archive.write(FILES / "mt942.sta", "b.sta")
    found = list(read_path(tmp_path / "two.zip"))
    assert sum(isinstance(item, End) for item in found) == 2
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 50_000_000)
    with pytest.raises(StatementRefusedError, match="unpacks to too much"):
        list(read_path(tmp_path / "bomb.zip"))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@settings(max_examples=100)
@given(place=st.integers(0, 10_000), byte=st.binary(min_size=1, max_size=1))
@example(place=8480, byte=b"@")  # a version of the format that nobody has defined
def test_a_zip_with_a_changed_byte_is_read_as_it_was_or_refused(
    method: int, place: int, byte: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = tmp_path_factory.getbasetemp() / "whole.zip"
    with zipfile.ZipFile(whole, "w", method) as archive:
        archive.write(FILES / "04_batch.xml", "a.xml")
    data = whole.read_bytes()
    place %= len(data)
    whole.write_bytes(data[:place] + byte + data[place + 1 :])
    with contextlib.suppress(StatementRefusedError):
        *found, member = read_path(whole)
        assert isinstance(member, Member)
        assert found == items("04_batch.xml")


@pytest.mark.parametrize("name", ["04_batch.xml", "06_07_13_mt940.sta", "13_14_ofx.ofx"])
@settings(max_examples=150)
@given(place=st.integers(0, 10_000), byte=st.binary(min_size=0, max_size=3))
def test_whatever_byte_is_changed_the_file_is_read_or_refused(
    name: str, place: int, byte: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = (FILES / name).read_bytes()
    place %= len(data)
    changed = tmp_path_factory.getbasetemp() / "changed"
    changed.write_bytes(data[:place] + byte + data[place + 1 :])
    with changed.open("rb") as stream, contextlib.suppress(StatementRefusedError):
        assert any(isinstance(item, Head) for item in read_stream(stream))


def known_counts() -> dict[str, tuple[int, int]]:
    """Statements and entries per file, as another program counted them."""
    found = {}
    for line in (SAMPLES / "INDEX.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        counts = re.search(r"stmts=(\d+); entries=(\d+)", line)
        if counts and cells[1].startswith("statements/camt"):
            found[cells[1]] = int(counts[1]), int(counts[2])
    return found


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not there")
def test_every_camt_sample_is_read_with_the_counts_that_another_program_found() -> None:
    known = known_counts()
    read: dict[str, tuple[int, int]] = {}
    for name in known:
        ends = [i for i in read_path(SAMPLES / name) if isinstance(i, End)]
        read[name] = len(ends), sum(e.bookings for e in ends)
    assert len(known) > 40
    assert read == known


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not there")
def test_every_mt940_and_ofx_sample_is_read_line_by_line_or_refused() -> None:
    refused = {}
    for path in sorted(SAMPLES.glob("statements/[mo]*/*")):
        data = path.read_bytes().replace(b"\r", b"\n")
        bookings = len(re.findall(rb"^:61:|<STMTTRN>", data, re.MULTILINE))
        try:
            found = list(read_path(path))
        except StatementRefusedError as error:
            refused[path.name.partition("__")[2]] = str(error).rpartition(": ")[0]
            continue
        assert sum(isinstance(item, Entry) for item in found) == bookings, path.name
        assert any(isinstance(item, Head) for item in found)
    # Fragments without balance, booking or currency; one statement without its currency, one with
    # two opening balances, one with two accounts.
    assert len(refused) == 16
    assert sum("unnamed-bank_empty-tags" in name for name in refused) == 1
