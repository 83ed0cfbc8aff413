"""Whether the bookings of accounts are those that were stored; asked before money is traced."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

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
    given = {"of": list(account_ids)}
    many = {"yield_per": 2000}
    for row in session.execute(_LINES_OF, given, execution_options=many).mappings():
        if not is_as_left(session, vault, _LINES, row):
            yield f"the booking {row['id']} does not fit its seal"
    yield from (sentence for _, _, sentence in lost_lines(session, account_ids))
    told = session.execute(_TOLD, {**given, "recovery": recovery_id}).scalars().all()
    yield from broken_subjects(session, vault, EntityKind.STATEMENT, told)


# Built once: building them costs more than asking.
_SOME: sa.BindParameter[Any] = sa.bindparam("of", expanding=True)
_LINES_OF = raw_select(_LINES).where(_LINES.c.account_id.in_(_SOME))
_TOLD = sa.union(
    sa.select(_STATEMENTS.c.id).where(_STATEMENTS.c.account_id.in_(_SOME)),
    sa.select(_EVENTS.c.subject_id).where(
        _EVENTS.c.recovery_id == sa.bindparam("recovery"), _EVENTS.c.noun == EntityKind.STATEMENT
    ),
)
