"""Sandbox banks for a unit of one's own, set up by the commands that they print."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_SECONDS

BEN = "an invented secret of ben"


@contextmanager
def sandbox(folder: Path) -> Iterator[list[str]]:
    """`recovery sandbox --new` as a process of its own, with what it prints."""
    command = [sys.executable, "-m", "recovery_flows.cli.main", "sandbox", "--new"]
    environment = {**os.environ, "RECOVERY_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert child.stdout is not None
        told = []
        for line in child.stdout:
            told.append(line.rstrip("\n"))
            if line.startswith("This window"):
                break
        yield told
    finally:
        child.terminate()
        child.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture
def folder(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    assert run("init", "--officer", "ada", "--supervisor", "ben", stdin=f"{BEN}\n").code == 0
    return tmp_path / "own"


def test_a_new_unit_gets_banks_by_the_commands_that_the_sandbox_prints(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox(folder) as told:
        lines = [shlex.split(line)[1:] for line in told if line.startswith("  recovery partner")]
        assert len(lines) == 10
        monkeypatch.setenv("RECOVERY_SECURITY__SECRET", BEN)
        asked = [run(*words).out for words in lines]
        monkeypatch.setenv("RECOVERY_SECURITY__SECRET", "")
        for out in asked:
            change = next(word for word in out.split() if word.startswith("change-"))
            assert run("approve", change).code == 0
        said = run("doctor").out
        assert said.count(" answers at http://127.0.0.1:") == 10
        (file,) = (line.split()[-1] for line in told if "intake reports" in line)
        taken = run("intake", "reports", file)
        assert taken.out.endswith(" new reports, 0 known already, 0 refused\n")
        lines = run("list", "--json").json()["lines"]
        first = next(line["ref"] for line in lines if not line["shared"])
        assert run("advance", first, "--case-number", "SYN-1").code == 0
        # A process of its own: Prefect takes its settings before it is first imported.
        command = [sys.executable, "-m", "recovery_flows.cli.main", "advance", first, "--now"]
        subprocess.run(command, check=True, capture_output=True)
        page = run("show", first).out
    assert ", stop sent after " in page


@pytest.mark.usefixtures("unit")
def test_a_unit_that_has_partners_gets_no_sandbox(run: Any) -> None:
    said = run("sandbox", "--new")
    assert said.code == 2
    assert "has partners already" in said.sentence()
