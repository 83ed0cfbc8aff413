"""Cross-border requests, their fields still sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.request import Request, RequestRow
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


def filled_fields(
    session: Session, vault: Vault, requests: Iterable[RequestRow]
) -> dict[str, dict[str, frozenset[str]]]:
    """Names of the fields that were written into requests, by asset and channel."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for request in requests:
        fields = opened_fields(session, vault, request.id)
        names = {name for name, value in fields.items() if value}
        of_asset = found.setdefault(request.asset_id, {})
        of_asset[request.channel] = of_asset.get(request.channel, frozenset()) | names
    return found
