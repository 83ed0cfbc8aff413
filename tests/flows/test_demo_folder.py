"""The demo's folder: made whole or made anew, and nobody else's folder is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recovery_flows.cli.demo import folder as demo_folder
from recovery_flows.cli.demo.folder import PLAN, open_folder, planned_reports, read_plan
from recovery_flows.cli.place import DEMO_IDENTITIES
from recovery_flows.errors import MisuseError

KILLED_WHILE_MAKING = """
import os, signal, sys
from pathlib import Path
from recovery_flows.cli.demo import folder

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(folder, sys.argv[2], die)
folder.open_folder(Path(sys.argv[1]), None, None, fresh=False)
"""


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("RECOVERY_", "PREFECT_")):
            monkeypatch.delenv(name)


def make(folder: Path, *, fresh: bool = False) -> int:
    """Open the demo's folder; how many reports it will play."""
    opened = open_folder(folder, None, None, fresh=fresh)
    opened.database.dispose()
    assert read_plan(folder).world == "synthetic"
    return len(planned_reports(folder))


def test_an_empty_folder_that_is_there_already_becomes_the_demos(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    assert make(tmp_path / "demo") == 24


@pytest.mark.parametrize("moment", ["make_installation", "install", "write_reports", "asdict"])
def test_a_demo_killed_while_it_was_made_is_made_anew(tmp_path: Path, moment: str) -> None:
    assert hasattr(demo_folder, moment)
    folder = tmp_path / "demo"
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_MAKING, str(folder), moment],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert (folder / DEMO_IDENTITIES).exists()
    assert not (folder / PLAN).exists()
    assert make(folder) == 24


def test_a_made_demo_is_gone_on_with_and_only_fresh_begins_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    make(folder)
    identities = (folder / DEMO_IDENTITIES).read_text()
    make(folder)
    assert (folder / DEMO_IDENTITIES).read_text() == identities
    make(folder, fresh=True)
    assert (folder / DEMO_IDENTITIES).read_text() != identities


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001
    (tmp_path / "letters").mkdir()
    letter = tmp_path / "letters" / "letter.txt"
    letter.write_text("mine")
    with pytest.raises(MisuseError, match="not a demo"):
        open_folder(tmp_path / "letters", None, None, fresh=fresh)
    assert [p.name for p in letter.parent.iterdir()] == ["letter.txt"]
