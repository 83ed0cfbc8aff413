"""Whether the bookings of accounts are those that were stored; asked before money is traced."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.statement import Statement, StatementLine
from models.queries.audit.evidence import lost_lines
from models.queries.audit.integrity import broken_subjects, is_as_left
from models.raw import raw_select
from models.sealing.vault import Vault

_EVENTS = table_of(Event)
_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)


def changed_bookings(
    session: Session, vault: Vault, recovery_id: str, account_ids: Collection[str]
) -> Iterator[str]:
    """A sentence for each booking or statement of these accounts that was changed by hand.

    Bookings that were put there, changed or moved do not fit their seals; removed ones are fewer
    than their statement told. What a statement says has to follow from its events, and those that
    this recovery was sent have to be there.
    """
    of_lines = _LINES.c.account_id.in_(account_ids)
    query = raw_select(_LINES).where(of_lines)
    for row in session.execute(query, execution_options={"yield_per": 2000}).mappings():
        if not is_as_left(session, vault, _LINES, row):
            yield f"the booking {row['id']} does not fit its seal"
    of_statements = _STATEMENTS.c.account_id.in_(account_ids)
    yield from (sentence for _, _, sentence in lost_lines(session, of_statements))
    names = sa.union(
        sa.select(_STATEMENTS.c.id).where(of_statements),
        sa.select(_EVENTS.c.subject_id).where(
            _EVENTS.c.recovery_id == recovery_id, _EVENTS.c.noun == EntityKind.STATEMENT
        ),
    )
    told = session.execute(names).scalars().all()
    yield from broken_subjects(session, vault, EntityKind.STATEMENT, told)
