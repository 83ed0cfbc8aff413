"""Rows that do not fit their seals, and tables that have other rows than were counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import TableSeal
from models.raw import raw_select
from models.sealing.seals import SEAL, fits, sealed_tables, tallied_tables
from models.sealing.signed_heads import Head
from models.sealing.vault import Vault

_Difference = tuple[str, str, str]
_TALLIES = table_of(TableSeal)
_WHOLE = 1 << 256


def seal_differences(
    session: Session, vault: Vault, heads: Sequence[Head]
) -> Iterator[_Difference]:
    """(table, id, sentence) of each row that was changed by hand, and of each table with others."""
    tallied = {table.name for table in tallied_tables()}
    tallies = {str(row["name"]): row for row in _rows(session, _TALLIES)}
    for table in sealed_tables():
        count = total = 0
        for row in _rows(session, table):
            count += 1
            total += _number(row[SEAL])
            if not fits(vault, table, row):
                name = str(row[next(iter(table.primary_key.columns)).name])
                yield table.name, name, f"the row {name} of {table.name} does not fit its seal"
        if table.name in tallied:
            yield from _tallied(table.name, count, total, tallies.get(table.name), heads)


def _rows(session: Session, table: sa.Table) -> Iterator[Mapping[Any, Any]]:
    query = raw_select(table)
    yield from session.execute(query, execution_options={"yield_per": 2000}).mappings()


def _number(seal: object) -> int:
    try:
        return int(str(seal), 16)
    except ValueError:
        return 0


def _tallied(
    name: str, count: int, total: int, tally: Mapping[Any, Any] | None, heads: Sequence[Head]
) -> Iterator[_Difference]:
    """No row was added or removed, and the whole is not an older one."""
    told = tally["rows"] if tally else 0
    if count != told:
        what = "removed" if isinstance(told, int) and count < told else "added"
        yield name, "", f"{name} has {count} rows and {told} were counted: some were {what}"
    elif tally and total % _WHOLE != _number(tally["sum"]):
        yield name, "", f"{name} has other rows than were counted"
    signed = max((head.tables.get(name, 0) for head in heads), default=0)
    revision = tally["revision"] if tally else 0
    if not isinstance(revision, int) or revision < signed:
        yield name, "", f"{name} is an older one than was signed (change {revision} of {signed})"


def sealed_since(heads: Sequence[Head]) -> int:
    """The last event before rows were sealed: 0 in a database that this version has made."""
    before = 0
    for head in heads:
        if head.tables:
            break
        before = head.seq
    return before
