"""What somebody made unreadable by hand is named, and hinders nothing that can be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.engine import make_engine
from models.migrate import upgrade
from models.queries.audit.verify import verify
from tests.records.cases.test_kept_for_screens import miscounted
from tests.records.older import taken_back


def asked(unit: Any) -> str:
    """A recovery with a stop-payment that waits for a yes."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    return str(recovery_id)


def test_an_approval_that_cannot_be_read_is_named_by_the_audit_and_the_check_goes_on(
    unit: Any,
) -> None:
    asked(unit)
    unit.tamper(
        "UPDATE approval SET due_at = 'never'", "UPDATE tally SET value = 3 WHERE name = 'open'"
    )
    assert miscounted(unit) == ("the count 'open' is kept as 3, the recoveries come to 1",)
    assert any("due_at of the approval" in found.sentence for found in verify(unit.database))


def test_a_database_with_an_approval_that_cannot_be_read_is_brought_up_to_date(
    unit: Any, tmp_path: Path
) -> None:
    asked(unit)
    path = taken_back(unit, tmp_path / "old.sqlite3", "0061")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE approval SET due_at = 'never'")
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT value FROM tally WHERE name = 'pending'").fetchone() == (1,)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("UPDATE pending_approval SET at = 'never'", "approvals says otherwise of rec-"),
        ("UPDATE queue_entry SET at = 'never'", "missing in the queue, or cannot be read there"),
    ],
)
def test_what_is_kept_and_cannot_be_read_is_named_by_the_check_and_the_audit(
    unit: Any, changed: str, told: str
) -> None:
    asked(unit)
    unit.tamper(changed)
    (sentence,) = miscounted(unit)
    assert told in sentence
    assert [found.sentence for found in verify(unit.database)] == [sentence]


def test_the_next_write_makes_the_list_of_pending_approvals_readable_again(unit: Any) -> None:
    recovery_id = asked(unit)
    unit.tamper("UPDATE pending_approval SET at = 'never'")
    unit.approve(recovery_id)
    assert unit.one("SELECT count(*) FROM pending_approval") == 0
    assert miscounted(unit) == ()
