"""Taking in complaint files by the command."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from models.facts import ReportFact
from recovery_flows.caller import read_named
from recovery_flows.intake.complaints import read_reports


def test_new_known_and_refused_rows_are_told_apart(run: Any, unit: Any) -> None:
    good, bad = unit.row(1), unit.row(2, amount="1,000.00")
    stranger = unit.row(3, payee_bank="bank-unknown")
    file = str(unit.file_of(good, bad, stranger))
    said = run("intake", "reports", file)
    assert said.code == 0
    first, *rest = said.out.splitlines()
    assert first == "1 new report, 0 known already, 2 refused"
    assert rest[0].startswith("row 2, amount: ")
    assert rest[1] == "row 3, payee_bank: 'bank-unknown' is not a registered partner"
    again = run("intake", "reports", file, "--json").json()
    assert (again["new"], again["known"], len(again["refused"])) == ([], 1, 2)


def test_two_rows_about_one_payment_a_minute_apart_are_one_report(run: Any, unit: Any) -> None:
    again = unit.row(1, external_ref="ROW-2", paid_at="2026-03-02T01:01:00Z", end_to_end_id="")
    file = str(unit.file_of(unit.row(1, paid_at="2026-03-02T01:00:00Z"), again))
    told = run("intake", "reports", file, "--json").json()
    assert len(told["new"]) == 1
    (refused,) = told["refused"]
    assert (refused["row"], refused["field"]) == (2, "payment")
    assert refused["why"].startswith(
        "is already reported as R-2026-0001; if it is another payment, enter it"
    )


def test_strict_exits_3_for_a_refused_row_and_0_without(run: Any, unit: Any) -> None:
    bad = str(unit.file_of(unit.row(1), unit.row(2, amount="-1")))
    assert run("intake", "reports", bad, "--strict").code == 3
    good = str(unit.file_of(unit.row(1)))
    assert run("intake", "reports", good, "--strict").code == 0


def test_a_file_that_cannot_be_read_files_nothing(run: Any, unit: Any) -> None:
    for path in (unit.folder / "missing.csv", unit.folder):
        said = run("intake", "reports", str(path))
        assert said.code == 2
        assert str(path) in said.sentence()
    assert run("list", "--json").json()["lines"] == []


def test_the_law_of_the_files_is_that_of_the_home_partners(run: Any, unit: Any) -> None:
    file = str(unit.file_of(unit.row(1)))
    assert "no regime 'XX'" in run("intake", "reports", file, "--regime", "XX").sentence()
    unit.tamper("UPDATE partner SET home = 0")
    said = run("intake", "reports", file)
    assert said.code == 2
    assert "give --regime" in said.sentence()
    assert run("intake", "reports", file, "--regime", "CN").code == 0


def test_taking_in_takes_the_role_officer(run: Any, unit: Any) -> None:
    said = run("intake", "reports", str(unit.file_of(unit.row(1))), "--as", "chen")
    assert said.code == 3
    assert "takes the role officer" in said.sentence()


def test_the_template_is_a_file_that_is_read_and_names_every_column(run: Any, unit: Any) -> None:
    said = run("intake", "reports", "--template")
    assert said.code == 0
    path = unit.folder / "template.csv"
    path.write_text(said.out, encoding="utf-8")
    unread: Counter[str] = Counter()
    read = list(read_reports(path, datetime(2026, 4, 1, tzinfo=UTC), unread=unread))
    assert [type(row) for row in read] == [ReportFact]
    assert not unread
    told = [line.split()[0] for line in said.err.splitlines()]
    assert told == said.out.splitlines()[0].split(",")


def test_without_a_file_the_template_is_named(run: Any) -> None:
    said = run("intake", "reports")
    assert said.code == 2
    assert "--template" in said.sentence()


def test_a_pipe_is_read_once_and_no_further_than_it_may(
    run: Any, unit: Any, tmp_path: Path
) -> None:
    raw, pipe = unit.file_of(unit.row(1)).read_bytes(), tmp_path / "reports"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=[raw])
    writer.start()
    assert run("intake", "reports", str(pipe)).out.startswith("1 new report, 0 known already")
    writer.join()
    reading, writing = os.pipe()
    os.write(writing, b"y\n" * 100)
    assert len(read_named(Path(f"/dev/fd/{reading}"), 10)) == 11
    os.close(reading)
    os.close(writing)


def test_a_statement_that_comes_by_a_pipe_is_to_be_saved_first(run: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "statement"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR)
    told = run("intake", "statement", str(pipe), "--dry-run")
    os.close(held)
    assert (told.code, "it is a pipe: save it as a file" in told.out) == (3, True)
