"""What belongs to no recovery: signs of life, counters, seals of whole tables, kept bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlmodel import Field, SQLModel

from models.entities.columns import RowSeal, Text24, Text40, Text64, Text80, Text300

Name = Annotated[str, Field(primary_key=True, max_length=40)]


class Beat(SQLModel, table=True):
    """Sign of life of a process such as the engine, in transport time."""

    name: Name
    process_id: int
    state: Text24
    message: Text300 = ""
    beat_at: datetime
    row_seal: RowSeal = ""


class Counter(SQLModel, table=True):
    """Numbers given out one by one, such as recovery references of a year."""

    name: Name
    value: int = 0
    row_seal: RowSeal = ""


class TableSeal(SQLModel, table=True):
    """How many rows a table has whose rows no event makes, and the sum of their seals (256 bits).

    `revision` counts the changes; the signed heads tell it, so that an older state of the table
    with the seal of that time is found.
    """

    __tablename__ = "table_seal"

    name: Name
    rows: int = 0
    sum: Text64
    revision: int = 0
    row_seal: RowSeal = ""


class Document(SQLModel, table=True):
    """Bytes as they came, sealed; found by their digest, kept before anything reads them."""

    digest: Annotated[str, Field(primary_key=True, max_length=64)]
    kind: Text40
    media_type: Text80
    body_sealed: bytes
    received_at: datetime
    row_seal: RowSeal = ""
