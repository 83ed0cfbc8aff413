"""A database made by the first version goes on under this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from models.engine import make_engine, open_database
from models.entities.call import CallState
from models.entities.event import EntityKind
from models.migrate import alembic_config, upgrade
from models.outcome import Outcome, Transition
from models.queries.audit.verify import verify
from models.queries.cases.case_files import load_file
from models.schema import is_known, schema_is_current
from models.store.calls import mark_sent
from models.store.installation import SealsLostError, seal_older
from models.store.record import record
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.ledger.outstanding_losses import may_have_left
from tests.records.older import brought_up_to_date, keep_case_time, taken_back

NEW = {
    "recovery": (
        "tracing_among", "tracing_reason", "asked_rule", "asked_among", "asked_reason",
        "asked_moved_minor",
    ),
    "statement": ("origin", "is_complete", "gap_minor"),
    "statement_line": ("bank_reference", "is_dated", "is_reversal", "origin"),
    "partner": ("codes",),
}  # fmt: skip


@pytest.fixture
def old(unit: Any, tmp_path: Path) -> tuple[Path, str]:
    """A database at 0001 with a traced recovery in it, and that recovery's id."""
    recovery_id = unit.traced()
    path = taken_back(unit, tmp_path / "old.sqlite3", "0001")
    return path, recovery_id


def test_seals_that_were_taken_out_are_not_made_anew(unit: Any) -> None:
    unit.report(*unit.reports(3))
    with pytest.raises(SealsLostError, match="had seals and has none any more"):
        seal_older(unit.database)


def test_a_database_of_the_first_version_is_known_and_not_current(old: tuple[Path, str]) -> None:
    engine = make_engine(f"sqlite:///{old[0]}")
    assert is_known(engine)
    assert not schema_is_current(engine)
    engine.dispose()


def test_what_the_first_version_wrote_is_read_and_its_history_holds(
    unit: Any, old: tuple[Path, str]
) -> None:
    path, recovery_id = old
    before = unit.file(recovery_id)
    with closing(sqlite3.connect(path)) as raw, raw:
        # It kept the pages of a bank's answer and not their list.
        assert raw.execute("DELETE FROM document WHERE kind = 'statement answer'").rowcount == 1
    database = brought_up_to_date(unit, path)
    with database.reading() as session:
        assert load_file(session, recovery_id) == before
    # The heads lie beside the keys: they were signed by the same unit.
    assert verify(database) == ()
    database.dispose()


def test_going_back_takes_away_what_this_version_added(old: tuple[Path, str]) -> None:
    engine = make_engine(f"sqlite:///{old[0]}")
    upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
    with closing(sqlite3.connect(old[0])) as raw:
        for table, columns in NEW.items():
            there = {c[1] for c in raw.execute(f"PRAGMA table_info({table})")}
            assert not there & set(columns)
    engine.dispose()


def test_an_order_never_seen_before_the_upgrade_may_still_arrive(unit: Any, tmp_path: Path) -> None:
    """An earlier version kept no mark of it: the history does, and the safe side is to follow it.

    Counted as not sent it could be taken back and ordered anew, while the bank pays or holds.
    """
    recovery_id = unit.traced()
    file = unit.file(recovery_id)
    doubted, untried = file.calls[:2]
    reasons = {"unknown": "no answer", "never_seen": "the bank never saw it"}
    with unit_of_work(unit.database) as work:
        mark_sent(work, unit.now, recovery_id, doubted.id, doubted.state)
        state = CallState.SENT
        for event, reason in reasons.items():
            move = Transition(EntityKind.CALL, doubted.id, event, state, reason=reason)
            record(work, ENGINE, unit.now, recovery_id, Outcome((move,)))
            state = CallState.UNKNOWN
    path = taken_back(unit, tmp_path / "old.sqlite3", "0022")
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw, raw:
        keep_case_time(unit, raw)
    database = open_database(f"sqlite:///{path}", unit.folder / "keys")
    with database.reading() as session:
        calls = {c.id: c for c in load_file(session, recovery_id).calls}
    assert calls[doubted.id].state is CallState.PLANNED
    assert may_have_left(calls[doubted.id])
    assert not may_have_left(calls[untried.id])
    assert verify(database) == ()
    database.dispose()


def test_a_database_of_the_first_0030_gets_the_columns_that_it_lacks(
    unit: Any, tmp_path: Path
) -> None:
    """For an hour 0030 was in use without the classes of claims: no later migration adds them."""
    recovery_id = unit.traced()
    path = taken_back(unit, tmp_path / "early.sqlite3", "0033")
    with closing(sqlite3.connect(path)) as raw, raw:
        for column in ("priority", "priority_rank"):
            raw.execute(f"ALTER TABLE claim DROP COLUMN {column}")
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    assert schema_is_current(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw, raw:
        keep_case_time(unit, raw)
    database = open_database(f"sqlite:///{path}", unit.folder / "keys")
    with database.reading() as session:
        assert load_file(session, recovery_id) == unit.file(recovery_id)
    assert verify(database) == ()
    database.dispose()
