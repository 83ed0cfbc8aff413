"""Kinds of columns, as types: a snapshot and its table name a field once, with its type.

A snapshot is a frozen dataclass for rules. `@stored(Snapshot)` makes the table of it: the fields of
the snapshot are its columns, beside those that the decorated class adds for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from inspect import get_annotations
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from pydantic.fields import FieldInfo
from sqlmodel import Field, SQLModel
from sqlmodel.main import get_column_from_field

Id = Annotated[str, Field(primary_key=True, max_length=64)]
"""A text primary key that was derived before the row was born."""
Minor = Annotated[int, Field(default=0, sa_type=sa.BigInteger)]
"""Whole minor units of a currency; 64 bits hold 92 quadrillion yuan."""
MaybeMinor = Annotated[int | None, Field(default=None, sa_type=sa.BigInteger)]
Currency = Annotated[str, Field(max_length=3)]
"""An ISO 4217 code."""
RowSeal = Annotated[str, Field(max_length=64)]
"""The keyed digest of a row (`models.sealing.seals`); written by the session, never by hand."""
Text8 = Annotated[str, Field(max_length=8)]
Text12 = Annotated[str, Field(max_length=12)]
Text16 = Annotated[str, Field(max_length=16)]
Text24 = Annotated[str, Field(max_length=24)]
Text40 = Annotated[str, Field(max_length=40)]
Text64 = Annotated[str, Field(max_length=64)]
Text80 = Annotated[str, Field(max_length=80)]
Text120 = Annotated[str, Field(max_length=120)]
Text128 = Annotated[str, Field(max_length=128)]
Text200 = Annotated[str, Field(max_length=200)]
Text300 = Annotated[str, Field(max_length=300)]
Text400 = Annotated[str, Field(max_length=400)]
Text600 = Annotated[str, Field(max_length=600)]
Text2000 = Annotated[str, Field(max_length=2000)]


class Rows:
    """What a table is declared by: its annotations are the columns, in SQLModel's words.

    `models.entities.catalogue.table_of` gives the table. No model is made of it, since no row is
    checked by one, and no object is mapped onto it: both together would take more than half of the
    time that loading all entities takes, in every command.
    """

    __tablename__ = ""
    """The class's name in small letters where it gives no other."""
    __table_args__: tuple[Any, ...] = ()

    def __init_subclass__(cls, *, table: bool = False) -> None:
        cls.__tablename__ = vars(cls).get("__tablename__") or cls.__name__.lower()
        if table:
            _make_table(cls, _columns(cls, vars(cls)))


_Own = TypeVar("_Own", bound=Rows)


def _make_table(of: type[Rows], columns: Iterable[sa.Column[Any]]) -> None:
    sa.Table(of.__tablename__, SQLModel.metadata, *columns, *of.__table_args__)


def _columns(
    declared: type[Any], defaults: Mapping[str, Any], but: Container[str] = ()
) -> list[sa.Column[Any]]:
    """A column for each annotation of a class, in their order, but for those of these names."""
    found = []
    for name, hint in get_annotations(declared, eval_str=True).items():
        if name not in but:
            column = get_column_from_field(_field(hint, defaults.get(name, MISSING)))
            column.name = column.key = name
            found.append(column)
    return found


def _field(hint: Any, default: Any) -> FieldInfo:  # noqa: ANN401 - an annotation, a column's default
    if default is MISSING:
        return FieldInfo.from_annotation(hint)
    return FieldInfo.from_annotated_attribute(hint, default)


def foreign_key(target: str, *, index: bool = True) -> Any:  # noqa: ANN401 - Field() is untyped by design
    """A foreign key; a reference that may be empty is plain text without one."""
    return Field(foreign_key=target, index=index, max_length=64)


def enum(kind: type[StrEnum], *, index: bool = False, length: int = 24) -> Any:  # noqa: ANN401
    """A StrEnum stored by value; no CHECK, so that a new member needs no migration."""
    stored_as = sa.Enum(
        kind, native_enum=False, length=length, values_callable=lambda e: [m.value for m in e]
    )
    return Field(sa_type=stored_as, index=index)


def stored(snapshot: type[Any]) -> Callable[[type[_Own]], type[_Own]]:
    """Make the table of a snapshot; a column that the class names itself stays as it says."""

    def made(own: type[_Own]) -> type[_Own]:
        named = get_annotations(own)
        defaults = {field.name: field.default for field in fields(snapshot)}
        _make_table(own, [*_columns(own, vars(own)), *_columns(snapshot, defaults, but=named)])
        return own

    return made
