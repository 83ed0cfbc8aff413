"""Names of commands: old ones still work and are hidden, no line of help is cut."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from recovery_flows.cli import commands

ROOT = Path(__file__).parents[2]
APP = typer.Typer()
commands.attach(APP)
TOP: Any = typer.main.get_command(APP)
RENAMED = {
    "clocks": "deadlines", "join": "merge", "link start": "multi-agency start",
    "link show": "multi-agency show", "link renew": "multi-agency renew",
    "link read": "multi-agency read", "link withdraw": "multi-agency cancel",
    "hold part": "hold release", "hold unrelated": "hold unrelated-funds",
    "hold converted": "hold court-order", "hold again": "hold resubmit",
    "letter word": "letter notice", "letter drop": "letter cancel",
}  # fmt: skip


def named(words: str) -> list[Any]:
    """The command of these words, and the groups on the way to it."""
    found = [TOP]
    for word in words.split():
        found.append(found[-1].commands[word])
    return found


def groups(command: Any, *words: str) -> Iterator[tuple[str, ...]]:
    if isinstance(command, TyperGroup):
        yield words
        for name, one in command.commands.items():
            yield from groups(one, *words, name)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_an_old_name_does_what_the_new_one_does_and_is_hidden(old: str, new: str) -> None:
    before, now = named(old), named(new)
    assert [o.opts for o in before[-1].params] == [o.opts for o in now[-1].params]
    assert before[-1].help == now[-1].help
    assert any(c.hidden for c in before)
    assert not any(c.hidden for c in now)


def test_no_line_of_help_is_cut() -> None:
    cut = []
    for words in groups(TOP):
        told = CliRunner(env={"COLUMNS": "80"}).invoke(APP, [*words, "--help"])
        assert told.exit_code == 0
        cut += [
            line
            for line in told.output.splitlines()
            if line.endswith("...") and "Usage" not in line
        ]
    assert cut == []


def test_every_command_of_the_log_is_one_of_the_program_with_these_options() -> None:
    told = [
        [word.value for word in call.args if isinstance(word, ast.Constant)]
        for path in (ROOT / "tui").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        and call.func.id == "command"
    ]  # fmt: skip
    assert len(told) > 10
    for words in told:
        found: Any = TOP
        while hasattr(found, "commands") and words:
            found = found.commands[words.pop(0)]
        options = {name for parameter in found.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, words
