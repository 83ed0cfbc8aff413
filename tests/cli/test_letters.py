"""Banks by letter on the command line: registered, written to, answered, looked at."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

_PAPER = ["--name", "Synthetic Paper Bank", "--regime", "CN", "--currency", "CNY", "--home"]
MULE = "9999000000000001"


@pytest.fixture
def paper(by_two: Any, unit: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The mule's bank is reached by letter; the unit says who it is."""
    monkeypatch.setenv("RECOVERY_SCREEN__UNIT_NAME", "Synthetic Unit")
    monkeypatch.setenv("RECOVERY_LETTERS__ANSWER_TO", "Answer Desk;fax 000")
    said = by_two("partner", "add", "bank-home", *_PAPER, "--channel", "letter")
    assert said.code == 0, said.err
    assert said.out == "bank-home is changed now; asked for by chen\n"
    return unit


def letter(run: Any, ref: str, kind: str) -> Any:
    (found,) = (x for x in run("letter", "list", ref, "--json").json() if x["kind"] == kind)
    return found


def scan(folder: Path) -> str:
    path = folder / "answer.pdf"
    path.write_bytes(b"%PDF synthetic")
    return str(path)


def test_a_stop_goes_and_comes_back_by_letter(run: Any, paper: Any, tmp_path: Path) -> None:
    ref = paper.ordered()
    paper.approve(ref)
    call = letter(run, ref, "hold")["call_id"]
    assert "print the letter to bank-home: stop-payment of CNY 1,000.00" in run("show", ref).out
    assert f"recovery letter print {call}" in run("advance", ref).err
    out = tmp_path / "stop.txt"
    assert run("letter", "print", call, "--out", str(out)).code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert run("letter", "print", call, "--out", "-").out == out.read_text("utf-8")
    assert run("letter", "print", call, "--out", "-", "--html").out.startswith("<!DOCTYPE html>")
    again = run("letter", "print", call, "--out", str(out))
    assert again.code == 2
    assert "is not overwritten" in again.sentence()
    assert "its clock runs" in run("letter", "sent", call, "--how", "fax").out
    paper.later(2)
    words = ["--document", scan(tmp_path), "--state", "held", "--amount", "900.00"]
    said = run("letter", "answer", call, *words, "--acted-at", "2026-03-02T12:00")
    assert "nothing has changed yet" in said.out
    waiting = run("approve").out
    for told in ("typed letter", "CNY 900.00", "2026-03-02 12:00 CST", "typed by", "lin"):
        assert told in waiting, told
    seen = tmp_path / "seen.pdf"
    assert run("letter", "document", call, "--out", str(seen), "--as", "chen").code == 0
    assert seen.read_bytes() == b"%PDF synthetic"
    assert stat.S_IMODE(seen.stat().st_mode) == 0o600
    assert run("approve", paper.approval(ref), "--as", "chen").code == 0
    (hold,) = paper.page(ref)["assets"][0]["holds"]
    assert (hold["state"], hold["held"]["amount"]) == ("stopped", "900.00")
    assert run("audit", "verify").code == 0
    assert run("ledger", "check").code == 0


def test_what_goes_by_letter_is_told_apart_from_what_failed(run: Any, paper: Any) -> None:
    ref = paper.ordered()
    paper.approve(ref)
    paper.sweep()
    call = letter(run, ref, "hold")["call_id"]
    assert run("letter", "print", call, "--out", str(paper.folder / "a")).code == 0
    assert run("letter", "sent", call, "--how", "courier").code == 0
    words = ["--document", scan(paper.folder), "--state", "held", "--amount", "900.00"]
    assert run("letter", "answer", call, *words, "--acted-at", "2026-03-02T11:00").code == 0
    paper.approve(ref)
    paper.sweep()
    said = run("reconcile")
    assert said.code == 0
    assert said.out.splitlines() == [
        "R-2026-0001 at bank-home by letter: not asked",
        "0 figures equal, 0 different, 0 not asked, 1 by letter",
    ]
    assert "letter" in run("partner", "list").out
    checks = {f["what"]: f for f in run_doctor(run)}
    assert checks["partner bank-home"]["todo"] == ""
    assert "by letter" in checks["partner bank-home"]["says"]
    assert checks["partner bank-slow"]["todo"]


def run_doctor(run: Any) -> Any:
    import json

    return json.loads(run("doctor", "--json").out)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--channel", "letter", "--url", "https://bank.example"], "has no address"),
        (["--channel", "letter", "--client-id", "us"], "has no address, client id"),
        (["--channel", "api", "--client-id", "us"], "give --url, or --channel letter"),
    ],
)
def test_a_partner_has_an_address_or_gets_letters(
    run: Any, unit: Any, words: list[str], told: str
) -> None:
    del unit
    said = run("partner", "add", "bank-new", *_PAPER, *words, "--as", "chen")
    assert said.code == 2
    assert told in said.sentence()


def test_a_bank_with_calls_in_doubt_is_not_switched_to_letters(run: Any, unit: Any) -> None:
    unit.approve(unit.ordered())
    unit.tamper("UPDATE call SET state = 'unknown' WHERE kind = 'hold'")
    said = run("partner", "add", "bank-home", *_PAPER, "--channel", "letter", "--as", "chen")
    assert said.code == 3
    assert "has 1 call without an answer yet" in said.sentence()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["print", "call-none"], 2, "there is no letter call-none"),
        (["sent", "call-none", "--how", "fax"], 2, "there is no letter call-none"),
        (["answer", "call-none", "--state", "held"], 2, "takes the bank's letter: --document"),
        (["answer", "call-none", "--document", "/no/such.pdf"], 2, "such.pdf cannot be read"),
        (["document", "call-none"], 2, "there is no letter call-none"),
        (["cancel", "call-none", "--reason", " "], 2, "takes a reason"),
        (["list", "R-1999-0001"], 2, "there is no recovery"),
    ],
)
def test_a_letter_command_misused_says_so_in_one_sentence(
    run: Any, paper: Any, words: list[str], code: int, told: str
) -> None:
    del paper
    said = run("letter", *words)
    assert said.code == code
    assert told in said.sentence()


def test_a_unit_without_a_name_prints_no_letter(
    run: Any, paper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = paper.ordered()
    paper.approve(ref)
    monkeypatch.delenv("RECOVERY_SCREEN__UNIT_NAME")
    said = run("letter", "print", letter(run, ref, "hold")["call_id"], "--out", "-")
    assert said.code == 2
    assert "set screen.unit_name and letters.answer_to first" in said.sentence()


def test_a_letter_in_a_folder_of_sandbox_banks_says_that_it_is_a_rehearsal(
    run: Any, paper: Any
) -> None:
    (paper.folder / "data" / "sandbox.sqlite3").touch()
    ref = paper.ordered()
    paper.approve(ref)
    text = run("letter", "print", letter(run, ref, "hold")["call_id"], "--out", "-").out
    assert text.startswith("SYNTHETIC DATA")
    assert MULE in text
    assert MULE not in run("letter", "list").out + run("show", ref).out
