"""docs/cross-border.md shows what the command prints: run anew, at the page's own time."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recovery_flows import clock
from recovery_flows.cli.commands import app, whole_command

PAGE = Path(__file__).parents[2] / "docs" / "cross-border.md"
AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
BLOCK = re.compile(r"^```console\n\$ recovery ([^\n]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def printed(words: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(clock, "wall_clock", lambda: AT)
    whole_command()
    done = CliRunner().invoke(app, shlex.split(words))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(("words", "shown"), SHOWN, ids=[words[:40] for words, _ in SHOWN])
def test_the_page_on_channels_shows_what_the_command_prints(
    words: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert printed(words, monkeypatch) == shown


def test_the_page_shows_three_cases_and_a_channel() -> None:
    assert sum("--from" in words for words, _ in SHOWN) == 3
    assert any("--channel" in words for words, _ in SHOWN)
