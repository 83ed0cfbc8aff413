"""Reports accepted in one transaction become what each becomes by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.facts import ReportFact
from models.queries.audit.verify import verify
from recovery_flows.cases.together.acts import accept_each

_EVENTS = "noun, event, old_state, new_state, values_json, role"
_RECOVERY = "ref, state, stage, step_action, step_wording, due_at, version"
_ROWS = (
    f"SELECT {_EVENTS} FROM event ORDER BY recovery_id, seq",
    f"SELECT {_RECOVERY} FROM recovery ORDER BY ref",
    "SELECT id, lane, waits_for, sought, figures FROM queue_entry ORDER BY id",
    "SELECT name, value FROM tally ORDER BY name",
)


def _stored(unit: Any) -> list[list[tuple[Any, ...]]]:
    with unit.database.engine.connect() as connection:
        found = [connection.exec_driver_sql(query).all() for query in _ROWS]
    return [[tuple(row) for row in rows] for rows in found]


def test_reports_accepted_together_are_stored_as_those_accepted_one_by_one(
    unit: Any, tmp_path: Path, copied: Callable[..., Any], fact: Callable[..., ReportFact]
) -> None:
    twice = fact(9).payee_account
    for number in range(1, 6):
        unit.report(fact(number))
    unit.report(fact(6, payee_account=twice))
    unit.report(fact(7, payee_account=twice))
    refs = [row[0] for row in _stored(unit)[1]]
    other = copied(unit.path.parent, tmp_path / "other")
    together = list(accept_each(unit.case_officer(), refs, "A-1"))
    apart = [one for ref, n in zip(refs, range(1, 8), strict=True)
             for one in accept_each(other.case_officer(), [ref], f"A-{n}")]  # fmt: skip
    assert [one.done for one in together] == [one.done for one in apart]
    assert all(one.done for one in together)
    assert _stored(unit) == _stored(other)
    assert verify(unit.database) == ()
    other.database.dispose()


def test_a_write_that_the_database_refuses_leaves_the_other_reports_accepted(
    unit: Any, fact: Callable[..., ReportFact]
) -> None:
    for number in range(1, 5):
        unit.report(fact(number))
    first, second, third, fourth = (row[0] for row in _stored(unit)[1])
    with unit.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER planted BEFORE UPDATE OF state ON recovery "
            f"WHEN NEW.ref = '{third}' BEGIN SELECT RAISE(ABORT, 'planted'); END"
        )
    done = accept_each(unit.case_officer(), [first, second, fourth, third], "A-1")
    assert [next(done).named for _ in range(3)] == [first, second, fourth]
    with pytest.raises(sa.exc.IntegrityError, match="planted"):
        next(done)
    states = {row[0]: row[1] for row in _stored(unit)[1]}
    assert states == {first: "open", second: "open", third: "reported", fourth: "open"}


def test_twenty_reports_are_accepted_in_one_transaction(
    unit: Any, fact: Callable[..., ReportFact]
) -> None:
    for number in range(1, 21):
        unit.report(fact(number))
    refs = [row[0] for row in _stored(unit)[1]]
    commits = []
    sa.event.listen(unit.database.engine, "commit", commits.append)
    assert all(one.done for one in accept_each(unit.case_officer(), refs, "A-1"))
    assert len(commits) == 1
