"""Looking by the commands: the queue, one page, the figures; as text and as JSON."""

from __future__ import annotations

from typing import Any

import pytest


def test_the_queue_tells_time_left_next_step_and_whose_turn(run: Any, unit: Any) -> None:
    unit.ordered()
    unit.file_of(unit.row(2))
    assert run("intake", "reports", str(unit.folder / "reports.csv")).code == 0
    head, second, first, end = run("list").out.splitlines()
    assert head.split("  ")[0] == "time left"
    for told in ("2h 00m", "R-2026-0001", "freezing", "CNY 1,000.00", "supervisor", "lin"):
        assert told in first
    for told in ("m old", "R-2026-0002", "reported"):
        assert told in second
    assert "accept the report" in second
    assert end.startswith("2 open recoveries  0 closed; no engine is running")
    column = head.index("next step")
    assert first[column:].startswith("∩ confirm the stop-payment")
    assert second[column:].startswith("∩ accept the report")


def test_the_queue_is_filtered_by_stage_and_owner(run: Any, unit: Any) -> None:
    unit.accepted()
    unit.file_of(unit.row(2))
    assert run("intake", "reports", str(unit.folder / "reports.csv")).code == 0

    def refs(*words: str) -> list[str]:
        return [line["ref"] for line in run("list", "--json", *words).json()["lines"]]

    assert refs() == ["R-2026-0002", "R-2026-0001"]
    assert refs("--mine") == ["R-2026-0001"]
    assert refs("--mine", "--as", "both") == []
    assert refs("--stage", "freezing") == ["R-2026-0001"]
    assert refs("--stage", "reported") == ["R-2026-0002"]
    assert refs("--stage", "restitution") == []
    said = run("list", "--stage", "nonsense")
    assert said.code == 2
    assert "freezing, tracing" in said.sentence()


def test_ended_recoveries_are_listed_on_demand(run: Any, unit: Any) -> None:
    first, second = unit.reported(2)
    for ref in (first, second):
        assert run("advance", ref, "--case-number", "SYN-1").code == 0
    assert run("merge", first, second).code == 0
    assert [x["ref"] for x in run("list", "--json").json()["lines"]] == [first]
    everything = run("list", "--all", "--json").json()
    assert {x["ref"] for x in everything["lines"]} == {first, second}
    assert "1 open recovery  1 closed" in run("list", "--all").out


@pytest.mark.usefixtures("banks")
def test_the_page_tells_money_clocks_with_their_article_and_steps(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    unit.sweep()
    text = run("show", ref).out
    for told in (
        "R-2026-0001  ■ freezing  CNY 1,000.00 lost by 1 victim",
        "▓ held        CNY 900.00  90.0 %",
        "╱ dissipated  CNY 100.00  10.0 %",
        "stop ends",
        "No. 86, art 2(1)(2)",
        "confirm stop-payment  asked by lin on 2026-03-02 11:00; due 2026-03-02 13:00; sent first",
        "submit the freeze of CNY 900.00",
        "times are of Asia/Shanghai",
    ):
        assert told in text
    assert "9999000000000001" not in text
    assert "Synthetic Victim" not in text


def test_as_many_events_are_shown_as_asked_for(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    everything = unit.one("SELECT count(*) FROM event WHERE recovery_id != ''")
    assert len(run("show", ref, "--json", "--events", "100").json()["events"]) == everything
    assert len(run("show", ref, "--json", "--events", "2").json()["events"]) == 2
    assert "Events" not in run("show", ref, "--events", "0").out
    assert run("show", ref, "--events", "-1").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("show", "R-1999-0001"),
        ("advance", "R-1999-0001"),
        ("note", "R-1999-0001", "text"),
        ("hold", "amend", "R-1999-0001", "--hold", "hold-x", "--amount", "1"),
        ("merge", "R-1999-0001", "R-1999-0002"),
    ],
)
def test_an_unknown_reference_is_named_with_the_way_to_find_one(
    run: Any, unit: Any, words: tuple[str, ...]
) -> None:
    del unit
    said = run(*words)
    assert said.code == 2
    assert "there is no recovery R-1999-0001: `recovery list`" in said.sentence()


def test_a_reference_is_found_in_small_letters_and_by_its_id(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    page = run("show", ref.lower(), "--json").json()
    assert run("show", page["recovery_id"], "--json").json()["ref"] == ref


def test_a_note_cannot_steer_the_terminal(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    assert run("note", ref, "-", stdin="red \x1b[31m text\nsecond line\u202e").code == 0
    text = run("show", ref).out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "second line" in text


def test_each_rate_stands_beside_its_formula_and_its_figures(run: Any, unit: Any) -> None:
    unit.reported(2)
    figures = run("report", "rates", "--json").json()
    (currency,) = figures["currencies"]
    assert currency["reported"] == {"amount": "2000.00", "currency": "CNY"}
    text = run("report", "rates").out
    for told in (
        "CNY 2,000.00",
        "held to date / reported loss = CNY 0.00 / 2,000.00",
        "0.0 %",
        "n/a",
        "not located",
    ):
        assert told in text


def test_a_report_of_nothing_says_so(run: Any, unit: Any) -> None:
    del unit
    assert "no loss is reported yet" in run("report", "rates").out
