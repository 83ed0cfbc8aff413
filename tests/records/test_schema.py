"""What the database is made of is checked too: a trigger taken away or added is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.migrate import UpgradeRefusedError, upgrade
from models.queries.audit.verify import FindingKind, verify
from models.schema import has_schema, is_known

_CHANGED = {
    "the trigger event_no_delete is not there any more": "DROP TRIGGER event_no_delete",
    "the trigger mole was added by hand": (
        "CREATE TRIGGER mole AFTER UPDATE ON call BEGIN UPDATE payout SET amount_minor = 1; END"
    ),
    "the trigger posting_no_update is another one than the program made": (
        "DROP TRIGGER posting_no_update; CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting "
        "BEGIN SELECT 1; END"
    ),
    "the view mole was added by hand": "CREATE VIEW mole AS SELECT * FROM officer",
    "the table mole was added by hand": "CREATE TABLE mole (name TEXT)",
    "the table officer is another one than the program made": (
        "ALTER TABLE officer ADD COLUMN mole TEXT"
    ),
    "the index ix_event_subject is not there any more": "DROP INDEX ix_event_subject",
}


@pytest.mark.parametrize("sentence", list(_CHANGED))
def test_a_part_of_the_schema_that_was_changed_by_hand_is_named(unit: Any, sentence: str) -> None:
    assert verify(unit.database) == ()
    with closing(sqlite3.connect(unit.path)) as raw:
        raw.executescript(_CHANGED[sentence])
    (found,) = verify(unit.database)
    assert (found.kind, found.sentence) == (FindingKind.CHANGED_SCHEMA, sentence)


def made_of(path: Any) -> Any:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()


@pytest.mark.parametrize("mark", ["0001", "0009", "0014", "0015", "0016"])
def test_an_older_version_mark_brings_no_tables_up_to_date_that_are_newer(
    unit: Any, mark: str
) -> None:
    before = made_of(unit.path)
    unit.tamper(f"UPDATE alembic_version SET version_num = '{mark}'")
    with pytest.raises(UpgradeRefusedError, match=f"from its version mark {mark}"):
        upgrade(unit.database.engine)
    assert made_of(unit.path) == before


def test_a_database_that_a_migration_passed_over_is_refused_and_left_as_it_was(unit: Any) -> None:
    unit.tamper("ALTER TABLE claim DROP COLUMN priority_rank")
    before = made_of(unit.path)
    with pytest.raises(UpgradeRefusedError, match=r"and lacks claim\.priority_rank: a version"):
        upgrade(unit.database.engine)
    assert made_of(unit.path) == before


def test_a_database_without_its_version_mark_is_not_taken_for_a_new_one(unit: Any) -> None:
    unit.tamper("DELETE FROM alembic_version")
    assert has_schema(unit.database.engine)
    assert not is_known(unit.database.engine)


def test_a_refused_upgrade_leaves_nothing_half_done(unit: Any) -> None:
    """The first migration that is missing fits, a later one does not."""
    with closing(sqlite3.connect(unit.path)) as raw:
        raw.executescript(
            "UPDATE alembic_version SET version_num = '0014'; DROP TABLE table_seal; "
            "DROP TRIGGER partner_address_by_two; DROP TRIGGER restriction_begun_by_two; "
            "DROP TRIGGER restriction_lifted_by_two; DROP TRIGGER member_added_by_two; "
            "DROP TRIGGER member_removed_by_two; "
            "DROP TABLE register_change; ALTER TABLE account DROP COLUMN row_seal"
        )
    before = made_of(unit.path)
    with pytest.raises(UpgradeRefusedError):
        upgrade(unit.database.engine)
    assert made_of(unit.path) == before
