"""`recovery process map`: hand-overs of the history, and one thought away."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.usefixtures("banks")
def test_the_map_counts_hand_overs_and_says_what_one_less_would_spare(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    unit.later(2)
    unit.approve(ref)
    unit.sweep()
    told = run("process", "map", ref).out.splitlines()
    assert told[0].endswith("as they ran side by side")
    links = {line.split()[0]: line.split()[1] for line in told[3:]}
    assert links["report"] == links["second"] == "1"
    assert "partner" in links
    rest = run("process", "map", ref, "--without", "second", "--json").json()
    assert rest["without"]["hand_overs"] == rest["map"]["hand_overs"] - 1
    (second,) = (one for one in rest["map"]["links"] if one["link"] == "second")
    assert second["hours"] == "2.0"
    assert run("process", "map").out.splitlines()[0] == told[0]


def test_a_link_that_is_not_there_is_named_with_those_that_are(run: Any, unit: Any) -> None:
    del unit
    wrong = run("process", "map", "--without", "coffee")
    assert "report, second, partner, task, sender, abroad, recall" in wrong.sentence()
    assert "0 hand-overs in 0 recoveries" in run("process", "map").out
