"""Who is in charge: handed over by officers, assigned by supervisors, before anybody leaves."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture
def wu(by_two: Any, unit: Any) -> str:
    """Another officer, who has a secret."""
    del unit
    secret = "an invented secret of tests\n"
    assert by_two("officer", "add", "wu", "--secret-from-stdin", stdin=secret).code == 0
    return "wu"


def test_an_officer_hands_over_what_is_his_and_nobody_elses(run: Any, unit: Any, wu: str) -> None:
    ref = unit.accepted()
    said = run("assign", ref, "--to", wu)
    assert said.out == f"{ref}: wu is in charge (before: lin)\n"
    assert unit.page(ref)["owner"] == wu
    again = run("assign", ref, "--to", "lin")
    assert again.code == 3
    assert "wu is in charge: he hands it over, or a supervisor assigns" in again.out
    assert run("assign", ref, "--to", "lin", "--as", "both").code == 0
    assert run("audit", "verify").code == 0


def test_each_recovery_has_a_result_of_its_own(run: Any, unit: Any, wu: str) -> None:
    ref = unit.accepted()
    said = run("assign", ref, "R-1999-0001", "--to", wu, "--json")
    assert said.code == 3
    first, second = json.loads(said.out)
    assert (first["ref"], first["before"], first["refused"]) == (ref, "lin", "")
    assert second["refused"]
    assert unit.page(ref)["owner"] == wu


@pytest.mark.parametrize("words", [["--to", "wu"], ["R-1", "--all-of", "lin", "--to", "wu"]])
def test_recoveries_are_named_or_all_of_one_officer(run: Any, unit: Any, words: list[str]) -> None:
    del unit
    assert run("assign", *words).code == 2


def test_nobody_without_the_role_is_put_in_charge(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    for handle in ("chen", "nobody"):
        assert "nobody with the role officer" in run("assign", ref, "--to", handle).sentence()
    assert unit.page(ref)["owner"] == "lin"


def test_a_report_that_nobody_has_accepted_is_not_assigned(run: Any, unit: Any, wu: str) -> None:
    (ref,) = unit.reported()
    said = run("assign", ref, "--to", wu, "--as", "both")
    assert said.code == 3
    assert "it is reported: only an open recovery is assigned" in said.out


def test_who_leaves_hands_over_first_and_acts_no_more(run: Any, unit: Any, wu: str) -> None:
    ref = unit.accepted()
    refused = run("officer", "dismiss", "lin", "--as", "chen")
    assert "lin is still in charge of open recoveries (1)" in refused.sentence()
    assert run("assign", "--all-of", "lin", "--to", wu, "--as", "both").code == 0
    change = run("officer", "dismiss", "lin", "--as", "chen", "--json").json()["change"]
    listed = run("approve", "--as", "both").out
    for told in ("dismiss officer", "asked by chen", "This identity can act no more."):
        assert told in listed
    assert "a second person has to" in run("approve", change, "--as", "chen").sentence()
    assert run("approve", change, "--as", "both").out.startswith("lin may not act any more")
    assert run("note", ref, "still here").code == 3
    assert "lin" not in [one["handle"] for one in run("officer", "list", "--json").json()]
    assert run("audit", "verify").code == 0


def test_nobody_decides_about_the_own_dismissal(run: Any, unit: Any) -> None:
    del unit
    change = run("officer", "dismiss", "both", "--as", "chen", "--json").json()["change"]
    for words in ((), ("--deny", "--reason", "I stay")):
        said = run("approve", change, *words, "--as", "both")
        assert said.code == 3
        assert "another person does" in said.sentence()


def test_what_was_accepted_meanwhile_keeps_an_officer(run: Any, unit: Any, wu: str) -> None:
    del wu
    change = run("officer", "dismiss", "lin", "--as", "chen", "--json").json()["change"]
    unit.accepted()
    said = run("approve", change, "--as", "both")
    assert said.code == 3
    assert "still in charge of open recoveries (1)" in said.sentence()
    assert "lin" in [one["handle"] for one in run("officer", "list", "--json").json()]


def test_a_unit_keeps_two_people_and_a_supervisor(run: Any, by_two: Any, unit: Any) -> None:
    del unit
    assert by_two("officer", "dismiss", "both").code == 0
    said = run("officer", "dismiss", "chen", "--as", "chen")
    assert "there would not be two people, one of them a supervisor" in said.sentence()
