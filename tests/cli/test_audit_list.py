"""`recovery audit list`: the audit trail in a shell."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.cli import first_lines
from tests.cli.restricted_unit import MEMBERS, NOBODY_OF_IT, restricted


def test_the_trail_is_listed_by_actor_kind_recovery_and_time(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    unit.later(2)
    unit.approve(ref)
    listed = run("audit", "list", "--json").json()
    seqs = [event["seq"] for event in listed["events"]]
    assert seqs == sorted(seqs, reverse=True)
    assert seqs[-1] == 1
    assert all(event["at"].endswith("+00:00") for event in listed["events"])
    told = run("audit", "list", "--actor", "chen", "--recovery", ref, "--since", "1h").out
    assert "approval: approved: stop-payment" in told
    assert "times are of Asia/Shanghai" in told
    kinds = run("audit", "list", "--kind", "hold.ordered", "--json").json()["events"]
    assert {event["event"] for event in kinds} >= {"ordered_first"}
    assert run("audit", "list", "--until", "1999-01-01").out == "No event matches.\n"
    assert run("audit", "list", "--actor", "-engine").out.count("engine") == 0


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--kind", "nothing-so", "no event is called so"),
        ("--since", "soon", "write a day such as"),
        ("--since", "2026-03", "is not finished"),
        ("--recovery", "R-1999-0001", "no recovery has this reference"),
        ("--actor", "li kind:hold", "has blanks"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    run: Any, unit: Any, option: str, value: str, said: str
) -> None:
    unit.ordered()
    answer = run("audit", "list", option, value)
    assert (answer.code, said in answer.err, answer.out) == (2, True, "")


def test_a_terminal_gets_the_first_lines_and_is_told_of_more(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.ordered()
    whole = run("audit", "list").out
    monkeypatch.setattr(first_lines, "is_for_terminal", lambda: True)
    monkeypatch.setattr(first_lines, "MOST", 3)
    lines = run("audit", "list").out.splitlines()
    assert [x.split() for x in lines[:4]] == [x.split() for x in whole.splitlines()[:4]]
    assert lines[4].startswith("… more follow")


def test_who_names_himself_reads_what_he_may_see(run: Any, unit: Any, by_two: Any) -> None:
    world = restricted(unit, run, by_two)
    assert world.ref in run("audit", "list", "--as", MEMBERS).out
    other = run("audit", "list", "--as", NOBODY_OF_IT)
    assert (other.code, world.told(other.out)) == (0, [])
    assert "register change: approved" in other.out
