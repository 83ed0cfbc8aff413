"""Kinds of columns, as types: a snapshot and its table name a field once, with its type.

A snapshot is a frozen dataclass for rules. `@stored(Snapshot)` makes the table of it: the fields of
the snapshot are its columns, beside those that the decorated class adds for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_type_hints

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from sqlmodel.main import SQLModelMetaclass

# Rows are born from validated facts, so no table validates: its validator is made when one does.
SQLModel.model_config["defer_build"] = True

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

_Model = TypeVar("_Model", bound=SQLModel)


class _Unmapped(SQLModelMetaclass):
    """Makes a model's table and maps no objects onto it: rows are read and written as rows.

    Mapping took a third of the time that loading all entities takes, in every command.
    """

    __tablename__: str

    def __init__(
        self, name: str, bases: tuple[type, ...], body: dict[str, Any], **_: object
    ) -> None:
        type.__init__(self, name, bases, body)
        if not self.model_config.get("table"):
            return
        columns = []
        for key in self.model_fields:
            column: sa.Column[Any] = getattr(self, key)
            column.name = column.key = key
            columns.append(column)
        sa.Table(
            str(self.__tablename__),
            SQLModel.metadata,
            *columns,
            *getattr(self, "__table_args__", ()),
        )


class Rows(SQLModel, metaclass=_Unmapped):
    """What a table is declared by; `models.entities.catalogue.table_of` gives the table."""


def foreign_key(target: str, *, index: bool = True) -> Any:  # noqa: ANN401 - Field() is untyped by design
    """A foreign key; a reference that may be empty is plain text without one."""
    return Field(foreign_key=target, index=index, max_length=64)


def enum(kind: type[StrEnum], *, index: bool = False, length: int = 24) -> Any:  # noqa: ANN401
    """A StrEnum stored by value; no CHECK, so that a new member needs no migration."""
    stored_as = sa.Enum(
        kind, native_enum=False, length=length, values_callable=lambda e: [m.value for m in e]
    )
    return Field(sa_type=stored_as, index=index)


def stored(snapshot: type[Any]) -> Callable[[type[_Model]], type[_Model]]:
    """Make the table of a snapshot; a column that the class names itself stays as it says."""

    def made(own: type[_Model]) -> type[_Model]:
        hints = get_type_hints(snapshot, include_extras=True)
        body: dict[str, Any] = {
            "__module__": own.__module__,
            "__doc__": own.__doc__,
            "__annotations__": {},
        }
        for field in fields(snapshot):
            if field.name not in own.model_fields:
                body["__annotations__"][field.name] = hints[field.name]
                if field.default is not MISSING:
                    body[field.name] = field.default
        made_by: Any = _Unmapped
        table: type[_Model] = made_by(own.__name__, (own,), body, table=True)
        return table

    return made
