"""Instants that a command tells are of the unit's zone and say so; `--json` is of UTC."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cli.restricted_unit import MEMBERS, restricted

UTC_TOLD = re.compile(r"\d\d:\d\d UTC")
MARKED = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d(?! (?:CST|Asia))")


def test_lists_and_figures_tell_instants_of_the_units_zone(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    told = run("report", "rates").out
    assert "Asia/Shanghai, all recoveries" in told
    letters = run("letter", "list", ref).out
    for words in (["letter", "list"], ["xborder", "list"], ["incoming", "list"], ["deadlines"],
                  ["doctor"], ["objection", "list", ref], ["restrict"]):  # fmt: skip
        out = run(*words).out
        assert not UTC_TOLD.search(out), (words, out)
        assert not MARKED.search(out), (words, out)
    assert "UTC" not in letters


def test_since_when_a_recovery_is_restricted_is_told_of_the_units_zone(
    run: Any, unit: Any, by_two: Any
) -> None:
    world = restricted(unit, run, by_two)
    out = run("restrict", "--list", "--as", MEMBERS).out
    assert world.ref in out
    assert " CST " in out
    assert "UTC" not in out


@pytest.mark.parametrize("words", [("report", "rates"), ("deadlines",)])
def test_json_tells_instants_of_utc(run: Any, unit: Any, words: tuple[str, ...]) -> None:
    unit.ordered()
    assert "+00:00" in run(*words, "--json").out
    assert "+08:00" not in run(*words, "--json").out
