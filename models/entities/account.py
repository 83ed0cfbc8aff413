"""People, accounts, statements and their lines."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.entities.columns import (
    currency_field,
    id_field,
    minor_field,
    ref_field,
    row_seal_field,
    state_field,
)
from models.facts import Direction, LineKind


class Party(SQLModel, table=True):
    """A victim; the name and the contact are sealed."""

    id: str = id_field()
    name_sealed: str
    contact_sealed: str = ""
    row_seal: str = row_seal_field()


class Account(SQLModel, table=True):
    """An account at a partner bank. The id is the blind index of (bank, number)."""

    id: str = id_field()
    partner_id: str = ref_field("partner.id")
    number_sealed: str
    tail: str = Field(max_length=4)
    holder_sealed: str = ""
    currency: str = Field(default="", max_length=3)
    row_seal: str = row_seal_field()


class Statement(SQLModel, table=True):
    """What a bank or a file said about one account's bookings; its bytes are in `document`.

    `is_complete`: nothing is missing between `covers_from` and `covers_to`; otherwise they are the
    first and last booking. `gap_minor` is the stated closing less opening and bookings.
    """

    id: str = id_field()
    account_id: str = ref_field("account.id")
    covers_from: datetime
    covers_to: datetime
    opening_minor: int = minor_field()
    closing_minor: int = minor_field()
    currency: str = currency_field()
    line_count: int
    lines_digest: str = Field(max_length=64)
    document_digest: str = Field(max_length=64)
    origin: str = Field(default="api", max_length=16)
    is_complete: bool = True
    gap_minor: int = minor_field()


class StatementLine(SQLModel, table=True):
    """One booking; the id is derived, so that an overlapping statement adds nothing.

    `is_dated`: the bank told a day and no time; `booked_at` is the start of that legal day.
    `origin` is the kind of source that told it first. `import_id` names the import that brought it:
    while that is running it is not there for anybody else.
    """

    __tablename__ = "statement_line"
    __table_args__ = (sa.Index("ix_line_account_time", "account_id", "booked_at", "seq"),)

    id: str = id_field()
    account_id: str = ref_field("account.id", index=False)
    seq: int
    booked_at: datetime
    direction: Direction = state_field(Direction)
    kind: LineKind = state_field(LineKind)
    amount_minor: int = minor_field()
    currency: str = currency_field()
    counter_account_id: str = Field(default="", max_length=64)
    counter_minor: int | None = Field(default=None, sa_type=sa.BigInteger)
    counter_currency: str = Field(default="", max_length=3)
    end_to_end_id: str = Field(default="", max_length=64)
    bank_reference: str = Field(default="", max_length=80)
    is_dated: bool = False
    is_reversal: bool = False
    origin: str = Field(default="api", max_length=16)
    import_id: str = Field(default="", max_length=64)
    row_seal: str = row_seal_field()


class LineImport(SQLModel, table=True):
    """An import of bookings that is running: it stores them in many short transactions.

    Its row goes when it is done, and its bookings are there from then on. One whose lease
    (transport time) has ended was interrupted; its bookings are taken out again.
    """

    __tablename__ = "line_import"

    id: str = id_field()
    begun_at: datetime
    lease_until: datetime
    row_seal: str = row_seal_field()
