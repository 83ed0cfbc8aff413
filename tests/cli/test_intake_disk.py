"""Taking in and exporting on a disk that is full or only reads: said so, nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parents[1] / "data" / "statements"
TRANSFERS = "id,time,from,to,amount,currency\n" + "".join(
    f"t{n},2026-03-02T10:00:00Z,a,b,{n + 1}.00,CNY\n" for n in range(40)
)


def fill(disk: Path) -> Path:
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filling


@pytest.fixture
def on_small_disk(run: Any, unit: Any, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The unit's data folder, moved to a disk of four megabytes."""
    del run
    unit.close()
    words = ["cp", "-a", str(unit.folder / "data"), str(small_disk / "data")]
    subprocess.run(words, check=True)
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(small_disk / "data"))
    monkeypatch.setenv("RECOVERY_KEY_DIR", str(unit.folder / "data-keys"))
    return small_disk


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_files_that_cannot_be_stored_say_so_and_go_in_afterwards(
    run: Any, unit: Any, on_small_disk: Path, how: str
) -> None:
    reports, statement = str(unit.file_of(unit.row(1))), str(FILES / "11_balances.xml")
    if how == "full":
        filling = fill(on_small_disk)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(on_small_disk)], check=True)
    said = run("intake", "reports", reports)
    assert said.code == 4
    assert said.sentence().startswith("the case database cannot be used: ")
    said = run("intake", "statement", statement, "--bank", "bank-home")
    assert said.code == 4
    assert said.err.startswith("recovery: nothing was stored: the case database cannot be used: ")
    if how == "full":
        filling.unlink()
    else:
        subprocess.run(["mount", "-o", "remount,rw", str(on_small_disk)], check=True)
    assert run("intake", "reports", reports, "--json").json()["known"] == 0
    assert run("intake", "statement", statement, "--bank", "bank-home").code == 0


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_an_export_that_cannot_be_written_says_so_and_leaves_nothing(
    run: Any, small_disk: Path, tmp_path: Path, how: str
) -> None:
    (tmp_path / "t.csv").write_text(TRANSFERS)
    (tmp_path / "s.csv").write_text("transfer_id,victim\nt3,v1\n")
    if how == "full":
        fill(small_disk)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    before = sorted(small_disk.iterdir())
    files = ("--transfers", str(tmp_path / "t.csv"), "--sources", str(tmp_path / "s.csv"))
    out = small_disk / "trace.csv"
    said = run("trace", *files, "--rule", "fifo", "--out", str(out))
    assert said.code == 4
    why = "No space left on device" if how == "full" else "Read-only file system"
    assert said.err == f"recovery: {out} cannot be written: {why}\n"
    kept = small_disk / "kept"
    said = run("intake", "transfers", str(tmp_path / "t.csv"), "--to", str(kept))
    assert said.code == 4
    assert f"{kept} cannot be written: {why}" in said.err
    assert [path for path in sorted(small_disk.iterdir()) if path not in (*before, kept)] == []


def test_output_that_goes_to_a_full_disk_is_told_and_not_taken_for_done() -> None:
    words = [sys.executable, "-m", "recovery_flows.cli.main", "intake", "statement", "--dry-run"]
    # What is left in a buffer is written once more when Python ends.
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    for how in ([], ["--json"]):
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(
                [*words, str(FILES / "11_balances.xml"), *how],
                stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=usual,
            )  # fmt: skip
        assert ended.returncode == 4
        assert ended.stderr.startswith("recovery: the disk cannot be written: No space left")
        assert "Traceback" not in ended.stderr
