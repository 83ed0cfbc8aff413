"""Cross-border requests, their fields still sealed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.request import Request
from models.sealing.sealed_place import SealedPlace

_REQUESTS = table_of(Request)


def fields_place(request_id: str) -> SealedPlace:
    """Where a request's fields are kept."""
    return SealedPlace("request", request_id, "fields_sealed")


def sealed_fields(session: Session, request_id: str) -> str:
    """The sealed fields of a request."""
    query = sa.select(_REQUESTS.c.fields_sealed).where(_REQUESTS.c.id == request_id)
    return str(session.execute(query).scalar_one())
