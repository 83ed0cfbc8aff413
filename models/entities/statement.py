"""Statements of accounts, their bookings, and imports of bookings that are running."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa

from models.columns import (
    Currency,
    Id,
    MaybeMinor,
    Minor,
    Rows,
    RowSeal,
    Text16,
    Text64,
    Text80,
    enum,
    foreign_key,
)
from models.facts import Direction, LineKind

STATEMENT_TRANSITIONS: Mapping[tuple[str | None, str], str] = {(None, "recorded"): "recorded"}


class Statement(Rows, table=True):
    """What a bank or a file said about one account's bookings; its bytes are in `document`.

    `is_complete`: nothing is missing between `covers_from` and `covers_to`; otherwise they are the
    first and last booking. `gap_minor` is the stated closing less opening and bookings.
    """

    id: Id
    account_id: Annotated[str, foreign_key("account.id")]
    covers_from: datetime
    covers_to: datetime
    opening_minor: Minor = 0
    closing_minor: Minor = 0
    currency: Currency
    line_count: int
    lines_digest: Text64
    document_digest: Text64
    origin: Text16 = "api"
    is_complete: bool = True
    gap_minor: Minor = 0


class StatementLine(Rows, table=True):
    """One booking; the id is derived, so that an overlapping statement adds nothing.

    `is_dated`: the bank told a day and no time; `booked_at` is the start of that legal day.
    `origin` is the kind of source that told it first. `import_id` names the import that brought it:
    while that is running it is not there for anybody else.
    """

    __tablename__ = "statement_line"
    __table_args__ = (sa.Index("ix_line_account_time", "account_id", "booked_at", "seq"),)

    id: Id
    account_id: Annotated[str, foreign_key("account.id", index=False)]
    seq: int
    booked_at: datetime
    direction: Annotated[Direction, enum(Direction)]
    kind: Annotated[LineKind, enum(LineKind)]
    amount_minor: Minor = 0
    currency: Currency
    counter_account_id: Text64 = ""
    counter_minor: MaybeMinor = None
    counter_currency: Currency = ""
    end_to_end_id: Text64 = ""
    bank_reference: Text80 = ""
    is_dated: bool = False
    is_reversal: bool = False
    origin: Text16 = "api"
    import_id: Text64 = ""
    row_seal: RowSeal = ""


class LineImport(Rows, table=True):
    """An import of bookings that is running: it stores them in many short transactions.

    Its row goes when it is done, and its bookings are there from then on. One whose lease
    (transport time) has ended was interrupted; its bookings are taken out again.
    """

    __tablename__ = "line_import"

    id: Id
    begun_at: datetime
    lease_until: datetime
    row_seal: RowSeal = ""
