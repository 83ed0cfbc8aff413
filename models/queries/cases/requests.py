"""Cross-border requests, their fields still sealed."""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.request import Request
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_REQUESTS, _EVENTS = table_of(Request), table_of(Event)


def fields_place(request_id: str) -> SealedPlace:
    """Where a request's fields are kept."""
    return SealedPlace("request", request_id, "fields_sealed")


def sealed_fields(session: Session, request_id: str) -> str:
    """The sealed fields of a request."""
    query = sa.select(_REQUESTS.c.fields_sealed).where(_REQUESTS.c.id == request_id)
    return str(session.execute(query).scalar_one())


def opened_fields(session: Session, vault: Vault, request_id: str) -> dict[str, str]:
    """The fields of a request in clear: for its letter and for its next version only."""
    text = vault.open(sealed_fields(session, request_id), fields_place(request_id))
    found: dict[str, str] = json.loads(text or "{}")
    return found


def answer_papers(session: Session, request_id: str) -> frozenset[str]:
    """Digests of the papers by which the other side has answered a request, the first ones too."""
    query = sa.select(_EVENTS.c.values_json).where(
        _EVENTS.c.noun == EntityKind.REQUEST, _EVENTS.c.subject_id == request_id
    )
    told = (json.loads(text).get("answer_document") for text in session.execute(query).scalars())
    return frozenset(paper for paper in told if paper)
