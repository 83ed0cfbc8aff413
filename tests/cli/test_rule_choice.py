"""Another tracing rule by the commands: asked for by one, approved by another."""

from __future__ import annotations

from typing import Any

import pytest

_WHY = "the holder's wages are mixed in"


def test_a_rule_asked_for_is_in_force_when_another_person_approved_it(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    said = run("rule", ref, "pro-rata", "--reason", _WHY)
    assert said.code == 0, said.err
    assert "rolling pro rata asked for" in said.out
    waiting = run("approve").out
    for told in ("tracing rule", "asked by lin", "pro_rata", _WHY, "would lie elsewhere"):
        assert told in waiting
    assert unit.page(ref)["tracing_rule"] == "fifo"
    done = run("approve", unit.approval(ref), "--as", "chen")
    assert done.out.startswith(f"{ref}: tracing rule approved")
    assert unit.page(ref)["tracing_rule"] == "pro_rata"
    assert run("audit", "verify").code == 0
    assert run("ledger", "check").code == 0


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["newest", "--reason", _WHY], 2, "there are: fifo"),
        (["pro-rata", "--reason", " "], 2, "takes a reason"),
        (["libr", "--among", "lifo", "--reason", _WHY], 2, "among victims"),
        (["poison", "--reason", _WHY], 3, "do not add up"),
        (["tiho", "--reason", _WHY], 3, "no court attributes by it"),
        (["fifo", "--reason", _WHY], 3, "already"),
        (["lifo", "--reason", _WHY, "--as", "chen"], 3, "takes the role officer"),
        (["lifo", "--reason", _WHY, "--seen-version", "0"], 3, "has changed since you looked"),
    ],
)
def test_what_cannot_be_asked_for_says_why(
    run: Any, unit: Any, words: list[str], code: int, why: str
) -> None:
    ref = unit.accepted()
    said = run("rule", ref, *words)
    assert said.code == code
    assert why in said.sentence()
    assert unit.page(ref)["approvals"] == []
