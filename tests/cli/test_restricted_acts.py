"""A restricted recovery: who changes that, and what reaches it from whoever does not see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.restricted_unit import (
    NUMBER,
    OTHER_SUPERVISOR,
    PAYMENT,
    REPORT,
    VICTIM,
    Restricted,
    restrict,
    restricted,
)


@pytest.fixture
def world(unit: Any, run: Any, by_two: Any) -> Restricted:
    return restricted(unit, run, by_two)


def test_it_is_lifted_changed_and_given_only_by_two_who_see_it(world: Restricted, run: Any) -> None:
    unit = world.unit
    alone = run("restrict", world.ref, "--lift", "--reason", "over", "--as", OTHER_SUPERVISOR)
    assert alone.sentence().startswith(f"there is no recovery {world.ref}")
    asked = run(
        "restrict", world.ref, "--add", "lin", "--reason", "helps", "--as", "both", "--json"
    )
    change = asked.json()["change"]
    assert change not in run("approve").out
    assert "decided by a supervisor or a member" in run("approve", change).sentence()
    assert "a second person has to" in run("approve", change, "--as", "both").sentence()
    assert run("list").out.count("R-") == 1
    assert run("approve", change, "--as", "chen").code == 0
    assert world.ref in run("list").out
    said = run("assign", world.ref, "--to", "lin", "--as", "both")
    assert "lin is in charge" in said.out
    restrict(run, world.ref, "--remove", "lin")
    assert world.ref in run("list").out  # he is its case officer
    assert "in charge" in run("assign", world.ref, "--to", "both", "--as", "chen").out
    assert world.ref not in run("list").out
    given_away = run("assign", world.ref, "--to", "lin", "--as", "chen")
    assert "this recovery is restricted, and lin does not see it" in given_away.out
    restrict(run, world.ref, "--lift")
    assert world.ref in run("list").out
    assert run("audit", "verify").code == 0
    assert unit.one("SELECT count(*) FROM restriction WHERE state = 'ended'") == 1


def test_a_row_of_it_that_was_changed_by_hand_is_found_without_telling_of_it(
    world: Restricted, run: Any
) -> None:
    world.unit.tamper(
        f"UPDATE claim SET reported_minor = 77777778 WHERE recovery_id = '{world.recovery_id}'"
    )
    said = run("audit", "verify")
    assert said.code == 5
    assert "a row of a restricted recovery is not as it was left: ask both" in said.out
    assert world.told(said.out) == []
    assert world.told(run("audit", "verify", "--json").out) == []


def test_what_comes_from_outside_reaches_it_by_whoever_enters_it_and_tells_him_nothing(
    world: Restricted, run: Any
) -> None:
    told = run(
        "incoming", "add", "--from", "FR", "--by", "Invented Tribunal", "--their-ref", "FR-1",
        "--channel", "mla", "--want", "evidence", "--basis", "UNCAC, art 46", "--purpose",
        "an invented trial", "--law", "CN", "--bank", "bank-home", "--account", "9999000000000001",
    )  # fmt: skip
    assert told.code == 0, told.err
    assert f"the account is in {world.seen}, a restricted recovery (ask both)" in told.out
    again = world.unit.row(
        7, external_ref="ANOTHER", victim_account=NUMBER, amount="777777.77",
        end_to_end_id=PAYMENT, victim_name=VICTIM,
    )  # fmt: skip
    said = run("intake", "reports", str(world.unit.file_of(again)))
    assert "is already reported as a restricted recovery" in said.out + said.err
    assert world.ref not in said.out + said.err
    same = run("intake", "reports", str(world.unit.file_of({**again, "external_ref": REPORT})))
    assert world.ref not in same.out + same.err


def test_who_sees_it_stays_two_people_and_a_supervisor(world: Restricted, run: Any) -> None:
    for words in (
        ("--remove", "lin"),
        ("--add", "both"),
        ("--add", "nobody"),
        ("--member", "lin"),
    ):
        said = run("restrict", world.ref, *words, "--reason", "x", "--as", "both")
        assert said.code != 0, words
        assert said.sentence()
    for words, sentence in (
        (("--lift",), "takes a reason"), ((), "name one of --member"),
        (("--lift", "--add", "lin", "--reason", "x"), "name one of --member"),
        (("--list",), "--list stands alone"),
    ):  # fmt: skip
        assert sentence in run("restrict", world.ref, *words, "--as", "both").sentence()
    assert (
        "takes the role supervisor"
        in run("restrict", world.seen, "--member", "lin", "--reason", "x").sentence()
    )
    assert run("assign", "--all-of", "both", "--to", "lin", "--as", "chen").code == 3
    gone = run("officer", "dismiss", "both", "--as", "chen")
    assert "in charge of open recoveries (1)" in gone.sentence()


STATEMENT = """{1:F01TESTDEFFXXXX0000000000}{2:O940TESTDEFFXXXXN}{4:
:20:MADE-UP
:25:9999000000000001
:28C:1/1
:60F:C260301CNY0,00
:61:2603020302C1000,00NTRFE1//B-1
:62F:C260302CNY1000,00
-}
"""


def test_a_statement_of_the_account_has_it_traced_again_whoever_reads_it_in(
    world: Restricted, run: Any
) -> None:
    path = world.unit.folder / "mule.sta"
    path.write_text(STATEMENT)
    wanted = f"SELECT trace_wanted FROM recovery WHERE id = '{world.recovery_id}'"
    assert world.unit.one(wanted) == 0
    said = run("intake", "statement", str(path), "--bank", "bank-home")
    assert said.code == 0, said.err
    assert world.seen in said.out
    assert world.told(said.out + said.err) == []
    assert world.unit.one(wanted) == 1
