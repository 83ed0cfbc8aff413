"""Column kinds that the tables share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

# Whole minor units of a currency; 64 bits hold 92 quadrillion yuan.
MinorUnits = sa.BigInteger


def id_field() -> Any:  # noqa: ANN401 - Field() is untyped by design
    """A text primary key that was derived before the row was born."""
    return Field(primary_key=True, max_length=64)


def ref_field(target: str, *, index: bool = True) -> Any:  # noqa: ANN401
    """A foreign key; empty text stands for "none" nowhere: such columns use `text_field`."""
    return Field(foreign_key=target, index=index, max_length=64)


def minor_field() -> Any:  # noqa: ANN401
    """An amount in whole minor units, zero at birth."""
    return Field(default=0, sa_type=MinorUnits)


def currency_field() -> Any:  # noqa: ANN401
    """An ISO 4217 code."""
    return Field(max_length=3)


def row_seal_field() -> Any:  # noqa: ANN401
    """The keyed digest of a row (`models.sealing.seals`); written by the session, never by hand."""
    return Field(default="", max_length=64)


def state_field(
    kind: type[StrEnum],
    *,
    index: bool = False,
    default: StrEnum | None = None,
    length: int = 24,
) -> Any:  # noqa: ANN401
    """A StrEnum stored by value; no CHECK, so that a new member needs no migration."""
    stored = sa.Enum(
        kind, native_enum=False, length=length, values_callable=lambda e: [m.value for m in e]
    )
    if default is not None:
        return Field(default=default, sa_type=stored, index=index)
    return Field(sa_type=stored, index=index)
