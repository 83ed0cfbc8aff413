"""A long list on a terminal: its first lines, and how all of it is read."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from typing import Any

import pytest

from recovery_flows.cli import first_lines, main


class Terminal(io.StringIO):
    """What is printed on it is read by a person."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `recovery` with these words on a terminal; what was printed there."""

    def printed(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["recovery", *words])
        with redirect_stdout(Terminal()) as out, pytest.raises(SystemExit) as ended:
            main.main()
        assert not ended.value.code
        return out.getvalue()

    return printed


def test_a_terminal_gets_all_of_a_list_that_is_not_long(
    run: Any, unit: Any, on_terminal: Any
) -> None:
    unit.ordered()
    for words in (["list"], ["deadlines"], ["approve"]):
        assert on_terminal(*words) == run(*words).out


@pytest.mark.parametrize("words", [["list"], ["list", "--filter", "R-2026"]])
def test_a_terminal_gets_the_first_of_a_long_queue_and_how_many_more_there_are(
    run: Any, unit: Any, on_terminal: Any, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    unit.reported(3)
    monkeypatch.setattr(first_lines, "MOST", 2)
    head, *lines, more, counts = on_terminal(*words).splitlines()
    every = run(*words).out.splitlines()
    assert [head, *lines, counts] == [*every[:3], every[-1]]
    assert more == "… 1 more follow: with `| less` behind the command all of them are listed"
    assert on_terminal(*words, "--json") == run(*words, "--json").out


@pytest.mark.parametrize("command", ["deadlines", "approve"])
def test_a_terminal_gets_the_nearest_of_many_deadlines_and_approvals(
    run: Any, unit: Any, on_terminal: Any, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for ref in unit.reported(3):
        assert run("advance", ref, "--case-number", "SYN-1").code == 0
        assert run("advance", ref, "--allow-duplicate").code == 0
    monkeypatch.setattr(first_lines, "MOST", 2)
    every, told = run(command).out.splitlines(), on_terminal(command).splitlines()
    assert told[-1] == "… more follow: with `| less` behind the command all of them are listed"
    assert [line.split() for line in told[:-1]] == [line.split() for line in every][: len(told) - 1]
    assert len(told) < len(every)
    assert on_terminal(command, "--json") == run(command, "--json").out
