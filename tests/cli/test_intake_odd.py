"""Files that nobody sane would send, through the command into the case database: never a fault."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bench.fuzz import objects, statements, tables
from bench.fuzz.dice import Dice

CASES = int(os.environ.get("ODD_CASES", "25"))
MAKERS = {
    "camt": statements.camt, "mt940": statements.mt940, "ofx": statements.ofx,
    "json": objects.bank_json, "zip": statements.zipped,
}  # fmt: skip


# The unit's banks, and its day.
HERE = {b"bank-a": b"bank-home", b"bank-b": b"bank-slow", b"2026-03-03T": b"2026-03-02T"}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_odd_statement_is_stored_or_refused_and_never_a_fault(
    run: Any, unit: Any, name: str
) -> None:
    stored = refused = 0
    for number in range(CASES):
        dice = Dice(f"stored {name} {number}")
        path = unit.folder / f"{number}.file"
        path.write_bytes(MAKERS[name](dice))
        said = run("intake", "statement", str(path), "--bank", "bank-home")
        assert said.code in (0, 2, 3), f"{name} {number}: {said.err}"
        assert "fault of the program" not in said.err
        stored += "new booking" in said.out
        refused += said.code != 0
    assert stored
    assert refused
    assert run("audit", "verify").code == 0


def test_an_odd_complaint_file_is_filed_or_refused_and_never_a_fault(run: Any, unit: Any) -> None:
    codes = set()
    for number in range(CASES):
        path = unit.folder / "reports.file"
        text = tables.complaints(Dice(f"filed {number}"))
        for there, here in HERE.items():
            text = text.replace(there, here)
        path.write_bytes(text)
        said = run("intake", "reports", str(path))
        assert said.code in (0, 2), said.err
        codes.add(said.code)
    assert codes == {0, 2}
    assert run("list", "--json").json()["lines"]
    assert run("audit", "verify").code == 0


def test_a_file_whose_name_is_no_text_is_named_all_the_same(run: Any, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.sta"
    Path(os.fsdecode(path)).write_bytes(b"no statement")
    for more in ((), ("--json",)):
        said = run("intake", "statement", os.fsdecode(path), "--dry-run", *more)
        assert said.code == 3
        assert "none of the formats" in said.out


def test_a_setting_bounds_what_a_file_may_cost_and_the_sentence_names_it(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"transactions": {"booked": []}, "account": {"iban": "X1"}}' + " " * 1_000_000)
    assert run("intake", "statement", str(path), "--dry-run").code == 0
    monkeypatch.setenv("RECOVERY_INTAKE__WHOLE_MEGABYTES_MAX", "1")
    said = run("intake", "statement", str(path), "--dry-run")
    assert said.code == 3
    assert said.out.splitlines()[0] == (
        "a.json: refused: it is larger than 1 MB in a format that is read as a whole: split it, "
        "or raise intake.whole_megabytes_max (RECOVERY_INTAKE__WHOLE_MEGABYTES_MAX)"
    )
    monkeypatch.setenv("RECOVERY_INTAKE__WHOLE_MEGABYTES_MAX", "0")
    said = run("intake", "statement", str(path), "--dry-run")
    assert said.code == 2
    assert "whole_megabytes_max" in said.sentence()
