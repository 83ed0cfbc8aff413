"""What goes to SQLite's driver directly answers, writes and fails as in SQLAlchemy's hands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.catalogue import BY_NOUN, table_of
from models.entities.hold import Hold
from models.entities.installation import Beat, Tally
from models.prepared import reading_any
from models.sqlite.plain_session import PlainSession

_BEATS, _TALLY = table_of(Beat), table_of(Tally)
_BEAT = {
    "process_id": 1,
    "state": "idle",
    "message": "",
    "beat_at": datetime(2026, 3, 2, tzinfo=UTC),
}
_MORE = _TALLY.update().values(value=_TALLY.c.value + sa.bindparam("more", type_=sa.Integer))


@pytest.fixture
def held(acts: Any) -> str:
    return str(acts.frozen(70_000))


def test_a_question_asked_again_has_the_same_rows_names_and_types(unit: Any, held: str) -> None:
    compared = 0
    with PlainSession(unit.database.engine) as session:
        for table in BY_NOUN.values():
            if "recovery_id" not in table.c:
                continue
            query, given = reading_any(table.c.recovery_id), {"of": [held, "rec-other", held]}
            wanted = session.connection().execute(query, given).mappings().all()
            for _ in range(3):
                found = session.execute(query, given).mappings().all()
                assert [dict(row) for row in found] == [dict(row) for row in wanted]
                assert [[*map(type, r.values())] for r in found] == [
                    [*map(type, r.values())] for r in wanted
                ]
            compared += len(wanted)
    assert compared >= 10


def test_a_list_of_any_length_is_asked_whole_and_a_missing_value_is_an_error(
    unit: Any, held: str
) -> None:
    holds = table_of(Hold)
    query = reading_any(holds.c.recovery_id, holds.c.id)
    with PlainSession(unit.database.engine) as session:
        for count in (1, 2, 3, 0, 5, 700):
            names = [held, *(f"rec-{n}" for n in range(count - 1))][:count]
            assert bool(session.execute(query, {"of": names}).all()) is bool(count)
        with pytest.raises(sa.exc.StatementError):
            session.execute(query, {})


def test_a_write_that_fails_half_way_is_not_tried_again(unit: Any) -> None:
    insert = _BEATS.insert()
    with PlainSession(unit.database.writer) as session:
        for name in ("a", "b", "c"):
            assert session.execute(insert, {**_BEAT, "name": name}).rowcount == 1
        with pytest.raises(sa.exc.IntegrityError, match=r"beat\.name") as told:
            session.execute(insert, [{**_BEAT, "name": name} for name in ("d", "a", "e")])
        assert "idle" not in str(told.value)
        names = set(session.execute(sa.select(_BEATS.c.name)).scalars())
        assert {"a", "b", "c", "d"} <= names
        assert "e" not in names


def test_a_change_counts_its_rows_and_is_made_once(unit: Any) -> None:
    with PlainSession(unit.database.writer) as session:
        session.execute(_TALLY.insert(), [{"name": "x", "value": 0}, {"name": "y", "value": 5}])
        where = _MORE.where(_TALLY.c.name == sa.bindparam("at_id"))
        rows = [{"at_id": "x", "more": 2}, {"at_id": "y", "more": 3}, {"at_id": "z", "more": 9}]
        assert [session.execute(where, rows).rowcount for _ in range(3)] == [2, 2, 2]
        found = session.execute(sa.select(_TALLY.c.name, _TALLY.c.value)).all()
        assert {("x", 6), ("y", 14)} <= {tuple(row) for row in found}


@pytest.mark.usefixtures("held")
def test_a_long_answer_read_in_pieces_has_the_rows_of_one_that_is_read_whole(unit: Any) -> None:
    with PlainSession(unit.database.engine) as session:
        for table in BY_NOUN.values():
            query = sa.select(table).order_by(*table.primary_key)
            wanted = session.connection().execute(query).all()
            for size in (1, 2, 1000):
                long = query.execution_options(yield_per=size)
                found = list(session.execute(long))
                assert [tuple(row) for row in found] == [tuple(row) for row in wanted]
                assert [[*map(type, row)] for row in found] == [[*map(type, r)] for r in wanted]
                assert all(row._fields == tuple(table.c.keys()) for row in found)


def test_a_state_that_is_none_fails_with_the_error_of_sqlalchemy(unit: Any, held: str) -> None:
    holds = table_of(Hold)
    query = reading_any(holds.c.recovery_id, holds.c.state)
    with PlainSession(unit.database.writer) as session:
        raw = sa.text("UPDATE hold SET state = 'thawed' WHERE recovery_id = :of")
        session.connection().execute(raw, {"of": held})
        for _ in range(3):
            with pytest.raises(LookupError, match="'thawed' is not among the defined enum values"):
                session.execute(query, {"of": [held]}).all()
        long = sa.select(holds.c.recovery_id, holds.c.state).execution_options(yield_per=10)
        with pytest.raises(LookupError, match="'thawed' is not among the defined enum values"):
            list(session.execute(long))
