"""The commands under "How a unit starts" do what the page says, by the two people it names."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[2] / "README.md"
LEFT_RUNNING = {"engine", "tui"}
BEN = "a secret that ben has typed"


def commands() -> list[list[str]]:
    """The words of each `recovery` command of the section, comments and redirections left out."""
    section = README.read_text(encoding="utf-8").split("## How a unit starts")[1]
    block = re.search(r"```\n(.*?)```", section, re.DOTALL)
    assert block
    lines = block.group(1).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines if line.startswith("recovery ")]
    return [w[1 : w.index(">")] if ">" in w else w[1:] for w in words]


def test_a_unit_starts_by_the_commands_of_the_readme(
    run: Any, unit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(tmp_path / "recovery" / "data"))
    monkeypatch.chdir(tmp_path)
    row = unit.row(victim_bank="bank-a", payee_bank="bank-a")
    with (tmp_path / "reports.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    change, done = "", []
    for written in commands():
        if written[0] in LEFT_RUNNING:
            continue
        monkeypatch.setenv("RECOVERY_SECURITY__SECRET", BEN if "ben" in written else "")
        words = [change if word == "CHANGE" else word for word in written]
        said = run(*words, stdin=f"{BEN}\n" if words[0] == "init" else "")
        # The bank of the page is not there: the doctor says so.
        assert said.code == (4 if words[0] == "doctor" else 0), (words, said.err)
        change = (re.findall(r"change-\w+", said.out) or [change])[0]
        done.append(words[0])
    assert done == [
        "init",
        "partner",
        "approve",
        "approve",
        "partner",
        "doctor",
        "intake",
        "intake",
    ]
    assert run("audit", "verify").code == 0
    (partner,) = run("partner", "list", "--json").json()
    assert (partner["id"], "https://bank-a.example" in str(partner)) == ("bank-a", True)
    assert "R-" in run("list").out
