"""What the database is made of is checked too: a trigger taken away or added is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.queries.audit import FindingKind, verify

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
