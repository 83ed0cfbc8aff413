"""Every request abroad with what its figures are counted by; no field of it is opened."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.request import Request

_Q = table_of(Request).c


def asked_abroad(session: Session) -> Iterator[dict[str, str]]:
    """The columns of each request by name; `body` is who was asked."""
    query = sa.select(
        _Q.id, _Q.recovery_id, _Q.asset_id, _Q.channel,
        sa.case(
            (_Q.carrier_id != "", _Q.carrier_id), (_Q.authority != "", _Q.authority),
            else_=_Q.partner_id,
        ).label("body"),
        _Q.wanted, _Q.reason.label("ground"), _Q.replaces_id,
    ).order_by(_Q.id)  # fmt: skip
    for row in session.execute(query):
        yield dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names
