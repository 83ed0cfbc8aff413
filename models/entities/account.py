"""Victims and accounts."""

from __future__ import annotations

from typing import Annotated

from sqlmodel import Field

from models.columns import Currency, Id, Rows, RowSeal, foreign_key


class Party(Rows, table=True):
    """A victim; the name and the contact are sealed."""

    id: Id
    name_sealed: str
    contact_sealed: str = ""
    row_seal: RowSeal = ""


class Account(Rows, table=True):
    """An account at a partner bank. The id is the blind index of (bank, number)."""

    id: Id
    partner_id: Annotated[str, foreign_key("partner.id")]
    number_sealed: str
    tail: Annotated[str, Field(max_length=4)]
    holder_sealed: str = ""
    currency: Currency = ""
    row_seal: RowSeal = ""
