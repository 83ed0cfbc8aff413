"""The unit's folder: for its user alone, never begun anew over a history; what a full disk says."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from models.engine import what_failed
from recovery_flows.cli.fault_report import KEPT_DAYS, keep_fault

NAME = "A name that no report may hold"


def test_whatever_a_unit_writes_is_for_its_user_alone(run: Any, tmp_path: Path) -> None:
    os.umask(0o022)
    assert run("init", "--supervisor", "ben", stdin="an invented secret\n").code == 0
    assert run("list").code == 0
    paths = [p for p in (tmp_path / "unit").rglob("*") if p.parent != tmp_path / "unit"]
    names = {p.name for p in paths}
    assert {"recovery.sqlite3", "root.key", "heads.jsonl"} <= names
    assert [p.name for p in paths if p.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("folder", ["data", "data-keys"])
def test_init_refuses_a_folder_that_is_open_to_others(
    run: Any, tmp_path: Path, folder: str
) -> None:
    place = tmp_path / "unit" / folder
    place.mkdir(parents=True)
    place.chmod(0o755)
    said = run("init", "--supervisor", "ben", stdin="an invented secret\n")
    assert said.code == 2
    assert said.sentence() == f"the folder {place} is open to other users: run chmod 700 {place}"
    assert list(place.iterdir()) == []


def test_doctor_names_an_open_folder_and_an_open_file(run: Any, unit: Any) -> None:
    def told() -> dict[str, str]:
        return {f["what"]: f["todo"] for f in run_doctor() if f["todo"]}

    def run_doctor() -> list[dict[str, str]]:
        import json

        return list(json.loads(run("doctor", "--json").out))

    assert not {"data folder", "key folder", "files"} & set(told())
    data = unit.folder / "data"
    data.chmod(0o750)
    (data / "recovery.sqlite3").chmod(0o644)
    assert told()["data folder"] == f"chmod 700 {data}"
    assert told()["files"] == f"chmod -R go-rwx {data}"


def test_doctor_refuses_a_named_prefect_api_that_asks_nobody(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del unit
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    said = run("doctor")
    assert said.code == 4
    assert "is used without a credential" in said.out
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "name:word")
    assert "is used without a credential" not in run("doctor").out


@pytest.mark.parametrize("how", ["gone", "cut to nothing"])
def test_a_database_lost_after_its_history_is_to_be_restored_not_begun_anew(
    run: Any, unit: Any, how: str
) -> None:
    unit.close()
    database = unit.folder / "data" / "recovery.sqlite3"
    for file in database.parent.glob("recovery.sqlite3*"):
        file.unlink()
    if how != "gone":
        database.touch(0o600)
    heads = (unit.folder / "data-keys" / "heads.jsonl").read_bytes()
    for words in (("list",), ("init", "--supervisor", "ben"), ("audit", "verify")):
        said = run(*words, stdin="an invented secret\n")
        assert said.code == 2
        assert "restore a copy of it. Do not run `recovery init`" in said.sentence()
    assert (unit.folder / "data-keys" / "heads.jsonl").read_bytes() == heads


def failing() -> Exception:
    try:
        try:
            raise ValueError(NAME)
        except ValueError as inner:
            raise KeyError(NAME) from inner
    except KeyError as error:
        return error


def test_a_fault_report_holds_places_and_no_values_and_goes_after_some_days(
    tmp_path: Path,
) -> None:
    old = keep_fault(failing(), tmp_path)
    days_ago = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(old.rename(old.with_name("fault-old.txt")), (days_ago, days_ago))
    path = keep_fault(failing(), tmp_path)
    text = path.read_text()
    assert NAME not in text
    assert [line for line in text.splitlines() if not line.startswith(" ")] == [
        "builtins.ValueError", "builtins.KeyError",
    ]  # fmt: skip
    assert f"{__file__}:" in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "faults").iterdir()] == [path.name]


def test_a_full_disk_and_one_that_only_reads_say_so(
    run: Any, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(small_disk / "data"))
    monkeypatch.setenv("RECOVERY_KEY_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("RECOVERY_SECURITY__SECRET", "an invented secret")
    assert run("init", "--supervisor", "ben", stdin="an invented secret\n").code == 0

    def appoint(handle: str) -> Any:
        words = ("officer", "add", handle, "--os-user", handle, "--as", "ben")
        return run(*words)

    assert appoint("before").code == 0
    # Another process, the engine, has the database open.
    other = sqlite3.connect(small_disk / "data" / "recovery.sqlite3")
    other.execute("SELECT count(*) FROM event").fetchall()
    with (small_disk / "filling").open("wb", buffering=0) as filling, suppress(OSError):
        while True:
            filling.write(b"x" * 4096)
    said = appoint("during")
    assert said.code == 4
    assert "database or disk is full" in said.sentence()
    (small_disk / "filling").unlink()
    assert appoint("after").code == 0
    other.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    said = appoint("never")
    assert said.code == 4
    assert said.sentence().startswith("the case database cannot be used: ")


def test_what_failed_names_no_failure_of_one_row() -> None:
    assert what_failed(ValueError(NAME)) == ""
    assert what_failed(FileNotFoundError(2, "x")) == ""
    assert "No space left" in what_failed(OSError(28, NAME))
    assert NAME not in what_failed(OSError(28, NAME))
