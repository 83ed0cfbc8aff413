"""Proof by the commands: books against sources, history against rows, ledger against banks."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

_PROOFS = (("ledger", "check"), ("audit", "verify"), ("reconcile",))


def _stopped(unit: Any) -> str:
    ref = unit.ordered()
    unit.approve(ref)
    unit.sweep()
    return str(ref)


@pytest.mark.usefixtures("banks")
def test_what_was_booked_is_proved_three_ways(run: Any, unit: Any) -> None:
    _stopped(unit)
    events = unit.one("SELECT count(*) FROM event")
    assert run("ledger", "check").out == f"{events} events, 1 recovery: the books are right\n"
    assert run("audit", "verify").out == f"{events} events, 1 recovery: intact\n"
    assert run("reconcile").out == "1 figure equal, 0 different, 0 not asked\n"
    assert run("audit", "verify", "--json").json() == []
    assert run("ledger", "check", "--json").json()["differences"] == []
    (line,) = run("reconcile", "--json").json()["lines"]
    assert line["ours"] == line["theirs"] == {"amount": "900.00", "currency": "CNY"}


@pytest.mark.usefixtures("banks")
def test_a_changed_posting_is_found_three_ways(run: Any, unit: Any) -> None:
    ref = _stopped(unit)
    where = "WHERE account = 'held' AND asset_minor = 90000"
    unit.tamper(f"UPDATE posting SET asset_minor = 80000 {where}")
    for words in _PROOFS:
        said = run(*words)
        assert said.code == 5, words
        assert said.err == ""
        assert ref in said.out
        assert run(*words, "--json").code == 5
    assert "ours CNY 800.00, theirs CNY 900.00" in run("reconcile").out


def test_a_bank_that_is_away_is_no_difference(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    unit.tamper("UPDATE hold SET bank_ref = 'H-1'")
    said = run("reconcile")
    assert said.code == 4
    assert f"{ref} at bank-home could not be asked" in said.out
    assert "0 figures equal, 0 different, 1 not asked" in said.out


@pytest.mark.usefixtures("banks")
def test_the_doctor_asks_every_bank_who_it_is(run: Any, by_two: Any, unit: Any) -> None:
    lines = run("doctor").out.splitlines()
    for what in ("settings", "key file", "database", "signed heads", "identity"):
        assert any(line.startswith(f"ok       {what}") for line in lines)
    assert sum("answers at http://127.0.0.1" in line for line in lines) == 3
    url, client = (
        unit.one(f"SELECT {column} FROM partner WHERE id = 'bank-slow'")
        for column in ("base_url", "client_id")
    )
    words = ("--name", "Synthetic", "--regime", "CN", "--currency", "EUR", "--home", "--url", url)
    by_two("partner", "add", "bank-slow", *words, "--client-id", client)
    said = run("doctor")
    assert said.code == 4
    assert "registered as bank-slow CN EUR, says of itself bank-slow CN CNY" in said.out


@pytest.mark.usefixtures("banks")
def test_the_doctor_asks_no_bank_whose_entry_was_changed_by_hand(run: Any, unit: Any) -> None:
    unit.tamper("UPDATE partner SET currency = 'EUR' WHERE id = 'bank-home'")
    said = run("doctor")
    assert said.code == 4
    assert "its entry in the register was changed by hand" in said.out


def test_the_doctor_says_what_to_do_about_each_problem(run: Any, unit: Any) -> None:
    unit.tamper("UPDATE officer SET os_user = 'somebody-else' WHERE handle = 'lin'")
    said = run("doctor")
    assert (said.code, said.err) == (4, "")
    for told in ("do: recovery engine", "it cannot be reached", "bound to no officer"):
        assert told in said.out
    (unit.folder / "data-keys" / "heads.jsonl").unlink()
    found = run("doctor", "--json")
    assert found.code == 4
    assert "heads.jsonl is missing" in found.out


def test_the_doctor_helps_where_nothing_is_set_up_yet(run: Any) -> None:
    said = run("doctor")
    assert said.code == 4
    assert "do: recovery init" in said.out


@pytest.mark.engine
@pytest.mark.usefixtures("banks")
def test_with_now_the_flow_runs_in_this_process(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    command = [sys.executable, "-m", "recovery_flows.cli.main", "advance", ref, "--now"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "steps of the engine done in this process" in done.stdout
    (asset,) = unit.page(ref)["assets"]
    assert "stopped" in {h["state"] for h in asset["holds"]}
    assert "CNY 900.00" in run("show", ref).out
