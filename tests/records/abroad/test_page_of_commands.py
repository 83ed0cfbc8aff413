"""docs/cross-border.md plays a request through its commands: run anew on a small unit, compared."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.settings import load_settings
from models.entities.officer import Role
from models.store.unit import Actor
from recovery_flows.access.log_in import Identity
from recovery_flows.cli.commands import app, whole_command
from recovery_flows.cli.composition import SANDBOX_BOOK, Installation
from tests.records.abroad.abroad_case import Abroad

PAGE = Path(__file__).parents[3] / "docs" / "cross-border.md"
BLOCK = re.compile(r"^```unit\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROLES = {"": Role.OFFICER, "chen": Role.OFFICER, "li": Role.OFFICER, "wu": Role.SUPERVISOR}
IDS = re.compile(r"\b(request|appr|asset)-[0-9a-f]{20}\b")
DIGEST = re.compile(r"\b[0-9a-f]{12,64}\b")


@dataclass
class Played:
    """A unit on which commands run; ids, which differ each time, are numbered as they come."""

    abroad: Abroad
    names: dict[str, str] = field(default_factory=dict)

    def named(self, text: str) -> str:
        """The same text with numbers for ids, and dots for digests."""
        for found in IDS.finditer(text):
            kind = found[1]
            number = 1 + sum(name.startswith(kind) for name in self.names.values())
            self.names.setdefault(found[0], f"{kind}-{number}")
        told = IDS.sub(lambda found: self.names[found[0]], text)
        return "\n".join(line.rstrip() for line in DIGEST.sub("…", told).splitlines())

    def run(self, line: str) -> str:
        real = {name: found for found, name in self.names.items()}
        words = [real.get(word, word) for word in shlex.split(line)]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (line, done.output)
        told = self.named(done.output)
        for row in self.abroad.unit.file(self.abroad.recovery_id).approvals:
            self.named(row.id)
        return told


@pytest.fixture
def played(abroad: Abroad, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Played:
    class Opened(Installation):
        """The test's own unit; each handle acts without a secret."""

        def officer(self, acting_as: str = "") -> Identity | None:
            handle = acting_as or "chen"
            found: Identity = abroad.unit.case_officer(Actor(handle, ROLES[acting_as])).officer
            return found

    whole_command()
    settings = load_settings(tmp_path)
    (tmp_path / SANDBOX_BOOK).touch()
    for name in ("dispatch.pdf", "answer.pdf"):
        (tmp_path / name).write_bytes(f"synthetic {name}".encode())
    opened = Opened(settings, abroad.unit.database, abroad.unit.laws)
    monkeypatch.setattr("recovery_flows.cli.composition.open_installation", lambda *_, **__: opened)
    monkeypatch.chdir(tmp_path)
    return Played(abroad)


def commands() -> list[tuple[str, str]]:
    """Each command of the page with what stands under it."""
    found = []
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ recovery ", block, flags=re.MULTILINE)[1:]:
            line, _, told = part.partition("\n")
            while line.endswith("\\"):
                more, _, told = told.partition("\n")
                line = f"{line[:-1]} {more.strip()}"
            found.append((line, told.rstrip("\n")))
    return found


def test_the_page_plays_a_request_as_its_commands_do(played: Played) -> None:
    shown = commands()
    assert len(shown) > 8
    differs: list[Any] = []
    for line, told in shown:
        printed = played.run(line).rstrip("\n")
        differs += [] if printed == told else [f"$ recovery {line}\n{printed}"]
    assert not differs, "\n".join(differs)
