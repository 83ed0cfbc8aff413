"""Setting a unit up: made once, never made anew, and what is missing is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

import pytest

from recovery_flows.caller import system_user

_HEAVY = {"sqlalchemy", "sqlmodel", "pydantic", "prefect", "textual", "httpx", "rich", "alembic"}


def test_init_makes_keys_database_and_binds_this_user(run: Any, tmp_path: Any) -> None:
    said = run("init", "--officer", "ada", "--supervisor", "ben", stdin="an invented secret\n")
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "unit" / "data-keys" / "root.key").stat().st_mode & 0o777 == 0o600
    officers = {o["handle"]: o["roles"] for o in run("officer", "list", "--json").json()}
    assert officers == {"ada": ["officer"], "ben": ["supervisor"]}


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        ([], "", "name the second person too: --supervisor HANDLE"),
        (["--supervisor", "ada"], "", "is another person than the first officer"),
        (["--supervisor", "ben", "--supervisor-os-user", system_user()], "", "is another person"),
        (["--supervisor", "ben"], "short\n", "at least 12 characters"),
        (["--supervisor", "b n"], "", "a handle is"),
    ],
)
def test_a_fresh_unit_has_two_people_or_none(
    run: Any, tmp_path: Any, words: list[str], stdin: str, told: str
) -> None:
    said = run("init", "--officer", "ada", *words, stdin=stdin)
    assert said.code == 2
    assert told in said.sentence()
    assert not (tmp_path / "unit" / "data-keys").exists()


def test_init_twice_changes_nothing(run: Any, unit: Any) -> None:
    key = (unit.folder / "data-keys" / "root.key").read_bytes()
    events = unit.one("SELECT count(*) FROM event")
    said = run("init", "--officer", "somebody-else")
    assert said.code == 0
    assert "there already, nothing was changed" in said.out
    assert (unit.folder / "data-keys" / "root.key").read_bytes() == key
    assert unit.one("SELECT count(*) FROM event") == events


def test_init_never_makes_a_new_key_for_an_old_database(run: Any, unit: Any) -> None:
    (unit.folder / "data-keys" / "root.key").unlink()
    said = run("init")
    assert said.code == 2
    assert "restore it from a copy" in said.sentence()
    assert not (unit.folder / "data-keys" / "root.key").exists()


def test_a_database_of_a_newer_version_is_left_alone(run: Any, unit: Any) -> None:
    unit.tamper("UPDATE alembic_version SET version_num = '9999'")
    for words in (("init",), ("list",)):
        said = run(*words)
        assert said.code == 2
        assert "version" in said.sentence() or "tables" in said.sentence()


def test_an_empty_database_without_a_history_is_made_by_init(run: Any, unit: Any) -> None:
    unit.close()
    database = unit.folder / "data" / "recovery.sqlite3"
    for file in (*database.parent.glob("recovery.sqlite3*"), *unit.folder.rglob("heads.jsonl")):
        file.unlink()
    database.touch(0o600)
    said = run("list")
    assert said.code == 2
    assert "recovery init" in said.sentence()
    assert run("init", "--supervisor", "ben", stdin="an invented secret\n").code == 0
    assert run("list").code == 0


def test_what_is_no_database_is_said_in_one_sentence(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = unit.folder / "letter.txt"
    file.write_text("Dear colleague, this is no database at all." * 100)
    monkeypatch.setenv("RECOVERY_DATABASE_URL", f"sqlite:///{file}")
    for words in (("list",), ("init",)):
        said = run(*words)
        assert said.code == 4
        assert "not a database" in said.sentence()


@pytest.mark.parametrize("words", [("list",), ("show", "R-2026-0001"), ("ledger", "check")])
def test_without_a_database_every_command_names_init(run: Any, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert said.code == 2
    assert "recovery init" in said.sentence()


def test_a_missing_or_open_key_is_named(run: Any, unit: Any) -> None:
    key = unit.folder / "data-keys" / "root.key"
    key.chmod(0o644)
    said = run("list")
    assert said.code == 2
    assert "chmod 600" in said.sentence()
    shutil.rmtree(unit.folder / "data-keys")
    assert "missing" in run("list").sentence()


@pytest.mark.parametrize("handle", ["", "a b", "engine", "x" * 41, "\x1b[31m"])
def test_a_handle_that_cannot_be_written_is_refused(run: Any, unit: Any, handle: str) -> None:
    del unit
    said = run("officer", "add", handle, "--os-user", "nobody-here", "--as", "chen")
    assert said.code == 2
    assert "a handle is" in said.sentence()


def test_a_slip_of_the_pen_in_a_setting_is_named(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_DATADIR", "somewhere")
    said = run("list")
    assert said.code == 2
    assert "RECOVERY_DATADIR is not a setting" in said.sentence()


def test_the_commands_are_attached_without_anything_heavy() -> None:
    code = (
        "import sys\n"
        "from recovery_flows.cli.commands import app, attach\n"
        "attach(app)\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert _HEAVY & set(done.stderr.split()) == set()
    assert "Exit codes: 0 done" in done.stdout


@pytest.mark.parametrize(
    "words", [("lst",), ("list", "--stage"), ("show",), ("list", "--nonsense")]
)
def test_misuse_is_told_by_exit_code_2(run: Any, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert said.code == 2
    assert "Error: " in said.err
    assert "Traceback" not in said.err
