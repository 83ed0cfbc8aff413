"""What of all recoveries is read in a session that hides some, and what is hidden in it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.rights.hidden import covered, hidden_from, hidden_here, schema_of
from models.sqlite.plain_session import PlainSession


def of_all(session: Session, statement: Any, params: Any = None) -> Any:  # noqa: ANN401
    """Execute a query that a rule rests on: it is about all recoveries, whoever looks.

    What it finds of other recoveries is for the rule, and not to be shown.
    """
    if not is_picture(session):
        return session.execute(statement, params)
    connection = session.connection()
    own = {"schema_translate_map": {None: schema_of(connection.dialect)}}
    return connection.execute(statement, params, execution_options=own)


def is_picture(session: Session) -> bool:
    """Whether something is left out of what this session reads, as hidden from its viewer."""
    return isinstance(session, PlainSession) and session.is_picture


def hidden_now(session: Session) -> frozenset[str]:
    """The restricted recoveries that whoever looks or acts in a session may not see."""
    if is_picture(session):
        return hidden_here(session)
    viewer = session.viewer if isinstance(session, PlainSession) else None
    return frozenset() if viewer is None else hidden_from(session, viewer)


def is_hidden(session: Session, recovery_id: str) -> bool:
    """Whether a recovery is hidden from whoever looks or acts in a session."""
    return recovery_id in hidden_now(session)


def who_to_ask(session: Session, recovery_ids: frozenset[str]) -> dict[str, str]:
    """By restricted recovery, and by what was merged into one, the supervisor who asked for it."""
    if not recovery_ids:
        return {}
    rows = of_all(session, _ASKED_BY, {"ids": sorted(recovery_ids)})
    return {row.recovery_id: row.asked_by for row in rows}


_COVERED = covered().subquery()
_ASKED_BY = sa.select(_COVERED).where(
    _COVERED.c.recovery_id.in_(sa.bindparam("ids", expanding=True))
)
