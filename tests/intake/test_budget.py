"""A file costs its bytes and a bounded time; what it has too much of is told in one sentence."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recovery_flows.intake.budget import Budget, BudgetSpentError, Limits, PartTooLargeError
from recovery_flows.intake.complaints import read_reports
from recovery_flows.intake.refusals import FileRefusedError
from recovery_flows.intake.statements.reading import read_bytes
from recovery_flows.intake.statements.shape import End, Entry, Member, StatementRefusedError
from recovery_flows.tracing.transfers import rows
from recovery_flows.tracing.transfers.files import read_transfers

FILES = Path(__file__).parents[1] / "data" / "statements"
NOW = datetime(2026, 3, 10, tzinfo=UTC)
HEAD = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    "<Id>S</Id><Acct><Id><IBAN>DE00TEST0000000001</IBAN></Id><Ccy>EUR</Ccy></Acct>"
)
ENTRY = (
    '<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<BookgDt><Dt>2026-03-02</Dt></BookgDt>{more}</Ntry>"
)
TAIL = "</Stmt></BkToCstmrStmt></Document>"
BANK_JSON = {"account": {"iban": "DE00TEST1", "currency": "EUR"}, "transactions": {"booked": []}}


def refusal(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(StatementRefusedError) as caught:
        list(read_bytes(data, limits or Limits()))
    return str(caught.value)


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize("name", ["04_batch.xml", "06_07_13_mt940.sta", "13_14_ofx.ofx"])
def test_a_file_whose_time_is_over_is_refused_with_the_setting_that_would_give_more(
    name: str,
) -> None:
    said = refusal((FILES / name).read_bytes(), Limits(seconds=-1))
    assert said == (
        "it takes longer than -1 s to read: split it, "
        "or raise intake.seconds_max (RECOVERY_INTAKE__SECONDS_MAX)"
    )


def test_time_is_asked_for_while_a_file_is_read_and_not_only_at_its_end() -> None:
    clock = iter(range(1_000))
    budget = Budget(Limits(seconds=5), clock=lambda: float(next(clock)))
    seen = []
    with pytest.raises(BudgetSpentError, match="longer than 5 s"):
        seen += list(budget.timed(range(100)))
    assert seen == []
    assert next(clock) < 10


@pytest.mark.parametrize(
    ("limits", "data", "said"),
    [
        (Limits(file_megabytes=1), b"x" * 1_000_001, "it is larger than 1 MB: split it"),
        (
            Limits(whole_megabytes=1),
            json.dumps(BANK_JSON | {"note": "x" * 1_000_000}).encode(),
            "it is larger than 1 MB in a format that is read as a whole",
        ),
        (
            Limits(unpacked_megabytes=1),
            (HEAD + ENTRY.format(more="") * 10_000 + TAIL).encode(),
            "it unpacks to more than 1 MB",
        ),
    ],
)
def test_a_file_beyond_its_size_is_refused_with_the_bound(
    limits: Limits, data: bytes, said: str
) -> None:
    assert refusal(data, limits).startswith(said)


def nested_xml(depth: int) -> str:
    return HEAD + ENTRY.format(more="<a>" * depth + "x" + "</a>" * depth) + TAIL


def nested_json(depth: int) -> str:
    return json.dumps(BANK_JSON)[:-1] + f', "x": {"[" * depth}1{"]" * depth}}}'


@pytest.mark.parametrize("nested", [nested_xml, nested_json])
@pytest.mark.parametrize("depth", [90, 250, 20_000])
def test_what_is_nested_too_deeply_is_refused_and_what_is_not_is_read(
    nested: Any, depth: int
) -> None:
    said = refusal(nested(depth).encode())
    assert "nested" in said or "more parts than it has content" in said
    assert any(isinstance(i, End) for i in read_bytes(nested(20).encode()))


def test_json_of_more_parts_than_content_costs_nothing() -> None:
    begun = time.thread_time()
    data = json.dumps(BANK_JSON)[:-1] + ', "x": [' + "{}," * 1_000_000 + "1]}"
    assert "more parts than it has content" in refusal(data.encode())
    assert time.thread_time() - begun < 3


def test_what_a_camt_file_holds_between_its_bookings_is_bounded_in_memory() -> None:
    junk = f"<x>{'y' * 4_000_000}</x>" * 5
    assert "one part of more than 16 MB" in refusal((HEAD + junk + TAIL).encode())
    # As much of it, but with bookings between: each is forgotten once it was read.
    spread = f"<x>{'y' * 4_000_000}</x>{ENTRY.format(more='')}" * 5
    *_, end = read_bytes((HEAD + spread + TAIL).encode())
    assert isinstance(end, End)
    assert (end.bookings, dict(end.unread)) == (5, {"x": 5})


def test_a_camt_file_that_invents_names_is_refused_before_they_fill_the_memory() -> None:
    more = "".join(f"<a{n}>x</a{n}>" for n in range(11_000))
    assert "different names" in refusal((HEAD + ENTRY.format(more=more) + TAIL).encode())


def test_a_zip_bomb_just_under_the_ratio_ends_at_a_bound_in_little_time() -> None:
    noise = random.Random(7).randbytes(150_000)  # noqa: S311 - no secret
    data = zipped(bomb=(HEAD + "<x></x>" * 5_000_000).encode(), noise=noise)
    assert 150 < 35_000_000 / len(data) < 200
    begun = time.thread_time()
    assert "nothing in it can be read; file 1 in it, bomb: it has one part" in refusal(data)
    assert time.thread_time() - begun < 10


def test_a_bad_file_in_a_zip_refuses_itself_and_the_others_are_read() -> None:
    good, bad = (FILES / "04_batch.xml").read_bytes(), (FILES / "12_broken.xml").read_bytes()
    found = list(read_bytes(zipped(a=good, b=bad, c=b"no statement", d=good)))
    members = [item for item in found if isinstance(item, Member)]
    assert [member.name for member in members] == [
        f"file {n} in it, {name}" for n, name in enumerate("abcd", 1)
    ]
    assert [bool(member.refused) for member in members] == [False, True, True, False]
    assert "the XML is broken" in members[1].refused
    alone = [item for item in read_bytes(good) if isinstance(item, Entry)]
    whole = [item for item in found if isinstance(item, Entry)]
    assert whole[: len(alone)] == whole[-len(alone) :] == alone


def test_a_zip_inside_a_zip_is_refused_by_its_name() -> None:
    said = refusal(zipped(a=zipped(b=b"x")))
    assert said.startswith("file 1 in it, a: this is none of the formats that are read")


def test_a_file_without_a_name_in_a_zip_is_read_as_any_other() -> None:
    good = (FILES / "04_batch.xml").read_bytes()
    nameless = io.BytesIO()
    with zipfile.ZipFile(nameless, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), good)
    with zipfile.ZipFile(nameless) as archive:
        assert archive.namelist() == [""]
    alone = [item for item in read_bytes(good) if isinstance(item, Entry)]
    assert [item for item in read_bytes(nameless.getvalue()) if isinstance(item, Entry)] == alone


def test_a_complaint_file_and_a_transfer_file_have_the_same_budget(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id,time,from,to,amount,currency\n" + "".join(f"{n},5,a,b,1,CNY\n" for n in range(400))
    )
    late = Limits(seconds=-1)
    with pytest.raises(FileRefusedError, match="takes longer than"):
        list(read_reports(Path(__file__).parents[1] / "data/reports/good.csv", NOW, late))
    with pytest.raises(rows.FileRefusedError, match="takes longer than"):
        read_transfers(path, limits=late)
    path.write_text("id,time,from,to,amount,currency\n" + "x" * 1_000_001)
    with pytest.raises(rows.FileRefusedError, match="line 2 of more than 1,000,000"):
        read_transfers(path)


def test_one_part_too_large_is_no_end_of_the_whole_budget() -> None:
    assert issubclass(PartTooLargeError, BudgetSpentError)
    budget = Budget(Limits())
    with pytest.raises(PartTooLargeError):
        budget.spend(17_000_000)
    budget.forget()
    budget.spend(15_000_000)
