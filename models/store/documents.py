"""Bytes as they came, sealed and found by their digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.engine import Database
from models.entities.catalogue import table_of
from models.entities.document import Document
from models.ids import digest_bytes
from models.prepared import reading, reading_any
from models.sealing.sealed_place import SealedPlace
from models.store.unit import Unit, unit_of_work

_DOCUMENTS = table_of(Document)


def place_of(digest: str) -> SealedPlace:
    """Where a document's bytes are kept."""
    return SealedPlace("document", digest, "body_sealed")


def keep_bytes(
    database: Database, raw: bytes, kind: str, media_type: str, received_at: datetime
) -> str:
    """Store bytes once in a transaction of their own, sealed before it begins; their digest."""
    sealed = database.vault.seal_bytes(raw, place_of(digest_bytes(raw)))
    with unit_of_work(database) as unit:
        return _keep(unit, digest_bytes(raw), sealed, kind, media_type, received_at)


def keep(unit: Unit, raw: bytes, kind: str, media_type: str, received_at: datetime) -> str:
    """Store bytes once; return their digest."""
    return _keep(unit, digest_bytes(raw), raw, kind, media_type, received_at, is_sealed=False)


def look_for(unit: Unit, bodies: Iterable[bytes]) -> None:
    """Ask at once which of these bytes are stored, for `keep`."""
    names = {digest_bytes(raw) for raw in bodies}
    if names:
        known = unit.session.stored(_KNOWN, {"of": sorted(names)}).scalars()
        unit.absent |= names - set(known)


_KNOWN = reading_any(_DOCUMENTS.c.digest, _DOCUMENTS.c.digest)


def _keep(
    unit: Unit,
    name: str,
    body: bytes,
    kind: str,
    media_type: str,
    received_at: datetime,
    *,
    is_sealed: bool = True,
) -> str:
    if not _is_here(unit, name):
        row = {
            "digest": name,
            "kind": kind,
            "media_type": media_type[:80],
            "body_sealed": body if is_sealed else unit.vault.seal_bytes(body, place_of(name)),
            "received_at": received_at,
        }
        unit.session.waiting.add(_DOCUMENTS, name, row)
        unit.absent.discard(name)
    return name


def _is_here(unit: Unit, name: str) -> bool:
    if unit.session.waiting.is_new(_DOCUMENTS, name):
        return True
    query = reading(_DOCUMENTS.c.digest, _DOCUMENTS.c.digest)
    return name not in unit.absent and (
        unit.session.stored(query, {"of": name}).first() is not None
    )
