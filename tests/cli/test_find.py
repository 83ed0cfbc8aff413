"""Finding a recovery by whatever a person has of it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def refs(run: Any, unit: Any) -> list[str]:
    """Three recoveries: the first accepted, the second merged into it, the third as it came."""
    first, second, third = unit.reported(3)
    assert run("advance", first, "--case-number", "Jing-2026/077").code == 0
    assert run("advance", second, "--case-number", "SYN-2").code == 0
    assert run("merge", first, second).code == 0
    return [first, second, third]


def found(run: Any, *words: str) -> dict[str, list[str]]:
    lines = run("find", "--json", *words).json()["lines"]
    return {line["ref"]: line["found_by"] for line in lines}


def test_a_recovery_is_found_by_its_reference_and_case_number_whatever_the_letters(
    run: Any, refs: list[str]
) -> None:
    assert found(run, refs[2].lower()) == {refs[2]: []}
    assert found(run, "jing-2026/077") == {refs[0]: ["case number"]}


def test_an_ended_recovery_is_found_too(run: Any, refs: list[str]) -> None:
    by_case = found(run, "SYN-2")
    assert by_case[refs[1]] == ["case number"]
    assert by_case[refs[0]] == ["reference of the report"], "its claim went with the merge"


def test_an_account_is_found_by_its_whole_number_and_its_tail(run: Any, unit: Any) -> None:
    first, _ = unit.reported(2)
    row = unit.row(1)
    whole = found(run, row["victim_account"])
    assert "account of a victim" in whole[first]
    spaced = " ".join(row["victim_account"][i : i + 4] for i in range(0, 16, 4))
    assert found(run, spaced) == whole
    assert first in found(run, row["victim_account"][-4:])
    assert found(run, "0000") == {}


def test_names_are_looked_for_only_where_that_is_asked(run: Any, unit: Any) -> None:
    (first,) = unit.reported()
    assert found(run, "synthetic victim") == {}
    assert found(run, "synthetic  VICTIM", "--name")[first] == ["victim"]
    said = run("find", "synthetic victim", "--name")
    assert "Synthetic" not in said.out.replace("'synthetic victim'", "")
    report = run("privacy", "report", first, "--json").json()["disclosures"]
    assert [(x["kind"], x["fields"]) for x in report] == [("found_by_name", "victim")] * 2
    assert run("find", "synthetic victim", "--name", "--as", "nobody").code != 0


def test_nothing_found_is_said_and_is_no_fault(run: Any, refs: list[str]) -> None:
    assert refs
    said = run("find", "nobody%_")
    assert said.code == 0
    assert said.out == "0 recoveries are found by 'nobody%_'\n"


def test_a_long_list_says_how_many_are_left_out(run: Any, unit: Any) -> None:
    unit.reported(3)
    said = run("find", "r-2026", "--most", "2")
    assert said.out.splitlines()[-1] == "3 recoveries are found by 'r-2026', 1 not listed (--most)"


def test_an_empty_text_is_refused_with_what_to_give(run: Any, unit: Any) -> None:
    unit.reported()
    said = run("find", "  ")
    assert said.code == 2
    assert "TEXT is empty" in said.sentence()


def test_a_name_that_too_many_have_is_refused(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.reported(3)
    monkeypatch.setattr("models.queries.cases.search.MOST_NAMES", 2)
    monkeypatch.setattr("recovery_flows.cases.views.queue.MOST_NAMES", 2)
    said = run("find", "synthetic", "--name")
    assert said.code == 2
    assert "more than 2 people" in said.sentence()
