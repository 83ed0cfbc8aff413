"""Documents: the bytes that partners and files brought."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlmodel import Field

from models.columns import Rows, RowSeal, Text40, Text80


class Document(Rows, table=True):
    """Bytes as they came, sealed; found by their digest, kept before anything reads them."""

    digest: Annotated[str, Field(primary_key=True, max_length=64)]
    kind: Text40
    media_type: Text80
    body_sealed: bytes
    received_at: datetime
    row_seal: RowSeal = ""
