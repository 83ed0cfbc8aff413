"""Bytes as they came, sealed and found by their digest."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models.ids import digest_bytes
from models.partner import Document
from models.store.unit import Unit
from models.tables import table_of

_DOCUMENTS = table_of(Document)


def keep(unit: Unit, raw: bytes, kind: str, media_type: str, received_at: datetime) -> str:
    """Store bytes once; return their digest."""
    name = digest_bytes(raw)
    if not unit.session.execute(
        sa.select(_DOCUMENTS.c.digest).where(_DOCUMENTS.c.digest == name)
    ).first():
        unit.session.execute(
            _DOCUMENTS.insert().values(
                digest=name,
                kind=kind,
                media_type=media_type[:80],
                body_sealed=unit.vault.seal_bytes(raw),
                received_at=received_at,
            )
        )
    return name
