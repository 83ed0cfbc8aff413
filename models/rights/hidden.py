"""Which recoveries somebody may not see, and a picture of the database without them.

A picture is a connection on which every table that belongs to recoveries is shadowed by a temporary
view of the same name: whatever is read there, by whichever query, is read without them. So a query
that is written tomorrow hides what is restricted without knowing of it. Nothing is written there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import Recovery, Restriction, RestrictionMember, RestrictionState
from models.sqlite.plain_session import PlainSession

_R, _M, _RECOVERIES = table_of(Restriction), table_of(RestrictionMember), table_of(Recovery)
_ACTIVE = RestrictionState.ACTIVE
DECIDING = frozenset({_R.name, _M.name, _RECOVERIES.name})
"""The tables that decide which recoveries are hidden from whom."""
HIDDEN_VIEW = "hidden_recovery"
"""The temporary view of a picture that names what is left out of it."""
_HIDDEN_HERE = sa.select(sa.table(HIDDEN_VIEW, sa.column("recovery_id")))


def covered(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Recoveries under a restriction of these conditions, each with the supervisor who asked.

    What was merged into a restricted one is under its restriction: it keeps a history of its own.
    """
    found = (
        sa.select(_R.c.recovery_id, _R.c.asked_by)
        .where(_R.c.state == _ACTIVE, *conditions)
        .cte("covered", recursive=True)
    )
    merged = sa.select(_RECOVERIES.c.id, found.c.asked_by).join_from(
        found, _RECOVERIES, _RECOVERIES.c.joined_into == found.c.recovery_id
    )
    whole = found.union(merged)
    return sa.select(whole.c.recovery_id, whole.c.asked_by)


def _hidden_query(viewer: sa.ColumnElement[str]) -> sa.Select[Any]:
    """Restricted recoveries that `viewer` may not see.

    He sees those that he is a member or the case officer of, or took part in restricting. Who is no
    officer has no handle, and is not the case officer of what is assigned to nobody.
    """
    member = sa.exists().where(
        _M.c.restriction_id == _R.c.id, _M.c.officer_id == viewer, _M.c.state == _ACTIVE
    )
    in_charge = sa.exists().where(
        _RECOVERIES.c.id == _R.c.recovery_id, _RECOVERIES.c.owner_id == viewer,
        _RECOVERIES.c.owner_id != "",
    )  # fmt: skip
    return covered(_R.c.asked_by != viewer, _R.c.confirmed_by != viewer, ~member, ~in_charge)


_HIDDEN = _hidden_query(sa.bindparam("viewer", type_=sa.String()))


def hidden_from(session: Session, viewer: str) -> frozenset[str]:
    """The ids of restricted recoveries that `viewer` may not see, of the whole database.

    Asked once in a transaction, and again after it has changed a table that decides about it.
    """
    known = session.hidden_known() if isinstance(session, PlainSession) else {}
    if viewer not in known:
        known[viewer] = frozenset(session.execute(_HIDDEN, {"viewer": viewer}).scalars())
    return known[viewer]


def hidden_here(session: Session) -> frozenset[str]:
    """The ids of what is left out of a picture; asked once in a reading."""
    known = session.hidden_known() if isinstance(session, PlainSession) else {}
    if HIDDEN_VIEW not in known:
        known[HIDDEN_VIEW] = frozenset(session.execute(_HIDDEN_HERE).scalars())
    return known[HIDDEN_VIEW]


@lru_cache(maxsize=1)
def shadowed() -> tuple[tuple[sa.Table, str], ...]:
    """Every table whose rows belong to a recovery, with the column that says to which."""
    by_id = ((_RECOVERIES, "id"), (table_of(QueueEntry), "id"))
    tables = SQLModel.metadata.sorted_tables
    return (*by_id, *((table, "recovery_id") for table in tables if "recovery_id" in table.c))


def picture_of(dialect: sa.Dialect, viewer: str) -> Iterator[str]:
    """The statements that make a new connection a picture of what `viewer` may see."""
    own = schema_of(dialect)
    query = _hidden_query(sa.literal(viewer)).compile(
        dialect=dialect, schema_translate_map={None: own}, render_schema_translate=True,
        compile_kwargs={"literal_binds": True},
    )  # fmt: skip
    yield f"CREATE TEMPORARY VIEW {HIDDEN_VIEW} AS {query}"
    quote = dialect.identifier_preparer.quote
    for table, column in shadowed():
        name = quote(table.name)
        seen = f"{column} NOT IN (SELECT recovery_id FROM {HIDDEN_VIEW})"  # noqa: S608 - our names
        rows = f"SELECT * FROM {own}.{name} WHERE {seen}"  # noqa: S608 - our names
        yield f"CREATE TEMPORARY VIEW {name} AS {rows}"


def schema_of(dialect: sa.Dialect) -> str:
    """Where the tables themselves are, behind the views of a picture."""
    return "main" if dialect.name == "sqlite" else str(dialect.default_schema_name)
