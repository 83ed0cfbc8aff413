"""The demo's folder: made whole or made anew, and nobody else's folder is touched."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

import pytest

from config.settings import load_settings
from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.queries.installation.officers import officers
from models.sealing.vault import KEY_FILE
from recovery_flows.access.log_in import Identity, NobodyActsError
from recovery_flows.caller import system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import (
    DEMO_IDENTITIES,
    FirstOfficer,
    Installation,
    make_installation,
    open_installation,
)
from recovery_flows.cli.demo import folder as demo_folder
from recovery_flows.cli.demo.folder import PLAN, open_folder, planned_reports, read_plan
from recovery_flows.errors import MisuseError


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


def killed_while_making(folder: Path, moment: str) -> int:
    """How a copy of this process ends that is killed at a moment of making the demo's folder."""
    assert hasattr(demo_folder, moment)
    copy = os.fork()
    if copy == 0:
        try:
            setattr(demo_folder, moment, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
            make(folder)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])


@pytest.mark.parametrize("moment", ["make_installation", "install", "write_reports", "asdict"])
def test_a_demo_killed_while_it_was_made_is_made_anew(tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "demo"
    assert killed_while_making(folder, moment) == -signal.SIGKILL
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


def test_fresh_takes_no_keys_away_whose_database_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a server: the folder can be removed, the database cannot."""
    folder = tmp_path / "demo"
    monkeypatch.setenv("RECOVERY_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    make(folder)
    with pytest.raises(MisuseError, match=r"elsewhere\.sqlite3 does not go with its folder"):
        open_folder(folder, None, None, fresh=True)
    assert make(folder) == 24


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001
    (tmp_path / "letters").mkdir()
    letter = tmp_path / "letters" / "letter.txt"
    letter.write_text("mine")
    with pytest.raises(MisuseError, match="not a demo"):
        open_folder(tmp_path / "letters", None, None, fresh=fresh)
    assert [p.name for p in letter.parent.iterdir()] == ["letter.txt"]


def _unit_with_identities(folder: Path, identities: str) -> Installation:
    """A unit's own installation into whose folder somebody has put the demo's file."""
    people = tuple(
        FirstOfficer(name, frozenset({role}), secret=f"an invented secret of {name}")
        for name, role in (("ada", Role.OFFICER), ("ben", Role.SUPERVISOR))
    )
    made = make_installation(load_settings(folder), people)
    (folder / DEMO_IDENTITIES).write_text(identities)
    return made


@pytest.mark.parametrize("identities", ["", "{}", '{"ada": "an invented secret of ada"}'])
def test_the_demos_file_in_a_units_folder_gives_nobody_an_identity(
    tmp_path: Path, identities: str
) -> None:
    unit = _unit_with_identities(tmp_path / "unit", identities)
    assert not unit.is_demo
    assert unit.identities() == ()
    assert unit.demo_secrets() == {}
    with pytest.raises(NobodyActsError, match="does not fit"):
        unit.officer("ada")
    unit.database.dispose()


def test_a_demo_mark_written_by_sql_gives_nobody_an_identity(tmp_path: Path) -> None:
    unit = _unit_with_identities(tmp_path / "unit", '{"ada": "an invented secret of ada"}')
    with unit.database.engine.begin() as raw:
        raw.exec_driver_sql("UPDATE installation SET state = 'demo'")
    assert not unit.is_demo
    assert unit.identities() == ()
    assert [f.sentence for f in verify(unit.database)] == [
        "state of the installation this is demo and its events say unit"
    ]
    unit.database.dispose()


def test_fresh_does_not_remove_a_units_folder_with_the_demos_file_in_it(tmp_path: Path) -> None:
    unit = _unit_with_identities(tmp_path / "unit", "{}")
    unit.database.dispose()
    for fresh in (True, False):
        with pytest.raises(MisuseError, match="not a demo"):
            open_folder(tmp_path / "unit", None, None, fresh=fresh)
    opened = open_installation(tmp_path / "unit")
    assert verify(opened.database) == ()
    opened.database.dispose()


_TAKEN_OUT = {
    "its version mark": "DELETE FROM alembic_version",
    "its history": "DROP TRIGGER event_no_delete; DELETE FROM event",
    "its mark": "DELETE FROM installation",
}


@pytest.mark.parametrize("what", list(_TAKEN_OUT))
def test_a_units_folder_is_not_removed_whatever_was_taken_out_of_its_database(
    tmp_path: Path, what: str
) -> None:
    unit = _unit_with_identities(tmp_path / "unit", "{}")
    unit.database.dispose()
    with closing(sqlite3.connect(tmp_path / "unit" / "recovery.sqlite3")) as raw:
        raw.executescript(_TAKEN_OUT[what])
    key = load_settings(tmp_path / "unit").key_dir / KEY_FILE
    for fresh in (True, False):
        with pytest.raises(MisuseError, match="not a demo"):
            open_folder(tmp_path / "unit", None, None, fresh=fresh)
    assert key.exists()


def test_a_plan_put_into_a_units_folder_makes_no_demo_of_it(tmp_path: Path) -> None:
    unit = _unit_with_identities(tmp_path / "unit", "{}")
    unit.database.dispose()
    make(tmp_path / "demo")
    copyfile(tmp_path / "demo" / PLAN, tmp_path / "unit" / PLAN)
    with pytest.raises(MisuseError, match="is a unit's, not a demo"):
        open_folder(tmp_path / "unit", None, None, fresh=False)


def test_an_officer_put_in_by_sql_does_not_act(tmp_path: Path) -> None:
    unit = _unit_with_identities(tmp_path / "unit", "{}")
    with unit.database.engine.begin() as raw:
        raw.exec_driver_sql(
            "INSERT INTO officer (id, handle, roles, os_user, secret_hash, state) VALUES "
            f"('mole', 'mole', 'supervisor', '{system_user()}', '', 'active')"
        )
    with pytest.raises(NobodyActsError, match="the officer mole was made by no event"):
        unit.officer()
    unit.database.dispose()


def test_a_view_of_an_officer_does_not_act(tmp_path: Path) -> None:
    unit = _unit_with_identities(tmp_path / "unit", "{}")
    with unit.database.reading() as session:
        views = officers(session)
    made_up = [replace(Identity(v.id, v.handle, v.roles), roles=frozenset(Role)) for v in views]
    for who in (*views, *made_up):
        with pytest.raises(NobodyActsError, match="has not logged in"):
            CaseOfficer(unit.database, unit.laws, who).actor(Role.OFFICER)
    unit.database.dispose()


def test_whoever_says_no_name_in_a_demo_is_told_what_to_type_and_it_works(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    make(folder)
    opened = open_installation(folder)
    for act in (opened.somebody, lambda: opened.case_officer().actor(Role.OFFICER)):
        with pytest.raises(NobodyActsError, match="this is a demo, say as whom") as refused:
            act()
        assert "`--as lin` (officer)" in str(refused.value)
        assert "`--as chen` (supervisor)" in str(refused.value)
    assert opened.somebody("chen").handle == "chen"
    assert opened.case_officer("lin").actor(Role.OFFICER).role is Role.OFFICER
    opened.database.dispose()
