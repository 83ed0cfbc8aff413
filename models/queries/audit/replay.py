"""Replaying events into rows, so that the rows that are there can be held against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from models.entities.catalogue import BY_NOUN, STATE_COLUMN, STATELESS
from models.entities.event import EntityKind
from models.outcome import Scalar
from models.raw import Raw, raw_select, spelling
from models.sealing.seals import UNCOVERED

_IN_DOUBT = (EntityKind.CALL, "unknown")
"""Its name says that the bank may have the order: earlier versions did not write it down."""


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that its events did not make as it is; `column` is "" for a whole row."""

    noun: EntityKind
    id: str
    recovery_id: str
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Within:
    """Rows of a table in which this column has one of these values; no column: all rows."""

    column: str
    values: Sequence[str] = ()


ALL = Within("")
_OWNER = "recovery_id"
_Check = tuple[int, str, Callable[[Raw], Scalar] | None, sa.Column[Any]]


@dataclass(slots=True)
class Replay:
    """Rows as the events left them; `feed` each event in order, then ask for `differences`."""

    rows: dict[tuple[EntityKind, str], dict[str, Scalar]] = field(default_factory=dict)

    def feed(self, event: Mapping[str, Raw]) -> str:
        """Apply one event; what cannot be read is left out (its digest tells of it).

        Returns "", or a sentence where the event found a state in which no event had left the row:
        the row was changed by hand and the program went on from there.
        """
        try:
            noun, name = EntityKind(str(event["noun"])), str(event["subject_id"])
            values = json.loads(str(event["values_json"]))
            changes: dict[str, Scalar] = dict(values)
        except (ValueError, TypeError):
            return ""
        row, column = self.rows.get((noun, name)), STATE_COLUMN[noun]
        before = None if row is None or noun in STATELESS else row.get(column)
        if row is None:
            row = self.rows[noun, name] = _newborn(noun, name, str(event["recovery_id"]))
        row.update(changes)
        if (noun, event["event"]) == _IN_DOUBT:
            row["may_have_arrived"] = True
        if noun in STATELESS:
            return ""
        row[column] = str(event["new_state"])
        if before == event["old_state"]:
            return ""
        found, left = str(event["old_state"] or "not there"), before or "not there"
        return f"found the {noun} {name} {found}, and the events before it left it {left}"

    def differences(
        self, session: Session, within: Mapping[EntityKind, Within] | None = None
    ) -> Iterator[RowDifference]:
        """Every row that differs from its events, is missing, or was made by none.

        `within` limits it to these nouns and rows: those that the events fed are about.
        """
        empty = frozenset() if within is None else self._empty(session, within)
        for noun, table in BY_NOUN.items():
            if within is None:
                yield from self._of_table(session, noun, table, ALL)
            elif noun in within and noun not in empty:
                yield from self._of_table(session, noun, table, within[noun])
        for (noun, name), row in self.rows.items():
            owner = str(row.get("recovery_id", ""))
            sentence = f"the {noun} {name} has events and no row: it was removed"
            yield RowDifference(noun, name, owner, "", sentence)

    def _empty(
        self, session: Session, within: Mapping[EntityKind, Within]
    ) -> frozenset[EntityKind]:
        """Nouns of which no event tells and no row is there: one question for all of them."""
        told = {noun for noun, _ in self.rows}
        rest = [noun for noun in within if noun not in told and within[noun].column == _OWNER]
        owners = {name for noun in rest for name in within[noun].values}
        if not rest or session.execute(_any_row(tuple(rest)), {"of": sorted(owners)}).first():
            return frozenset()
        return frozenset(rest)

    def _of_table(
        self, session: Session, noun: EntityKind, table: sa.Table, within: Within
    ) -> Iterator[RowDifference]:
        """Rows that are as they should be are forgotten, so that what remains is missing."""
        checks, id_at = _checks(noun, table), list(table.c.keys()).index("id")
        query = _rows_within(table, within.column)
        given = {"of": list(within.values)} if within.column else {}
        many = {} if within.column else {"execution_options": {"yield_per": 2000}}
        for stored in session.execute(query, given, **many):
            name = str(stored[id_at])
            expected = self.rows.pop((noun, name), None)
            if expected is None:
                sentence = f"the {noun} {name} was made by no event"
                yield RowDifference(noun, name, _owner(noun, name, stored), "", sentence)
                continue
            for at, column, spell, c in checks:
                found = stored[at] if spell is None else spell(stored[at])
                if found != expected.get(column):
                    differs = _differs(c, found, expected.get(column))
                    sentence = f"{column} of the {noun} {name} {differs}"
                    yield RowDifference(noun, name, _owner(noun, name, stored), column, sentence)


@lru_cache(maxsize=64)
def _checks(noun: EntityKind, table: sa.Table) -> list[_Check]:
    """The columns that events carry: where each is, its name, and how its value is spelled."""
    left_out = UNCOVERED.get(noun, frozenset())
    columns = [(at, c) for at, c in enumerate(table.c) if c.name not in left_out]
    return [(at, c.name, spelling(c.type), c) for at, c in columns]


@lru_cache(maxsize=256)
def _any_row(nouns: tuple[EntityKind, ...]) -> sa.CompoundSelect[Any]:
    """One row where any of these tables has a row of the owners `of`."""
    among: sa.BindParameter[Any] = sa.bindparam("of", expanding=True)
    tables = [BY_NOUN[noun] for noun in nouns]
    owned = [table.c[_OWNER] for table in tables]
    each = [sa.select(owner).where(owner.in_(among)) for owner in owned]
    return sa.union_all(*each).limit(1)


@lru_cache(maxsize=128)
def _rows_within(table: sa.Table, column: str) -> sa.Select[Any]:
    query = raw_select(table)
    among: sa.BindParameter[Any] = sa.bindparam("of", expanding=True)
    return query.where(table.c[column].in_(among)) if column else query


def _owner(noun: EntityKind, name: str, stored: Any) -> str:  # noqa: ANN401 - a row of any table
    return name if noun is EntityKind.RECOVERY else str(getattr(stored, "recovery_id", ""))


_DEFAULTS: dict[EntityKind, dict[str, Scalar]] = {
    noun: {c.name: getattr(c.default, "arg", None) for c in table.c}
    for noun, table in BY_NOUN.items()
}


def _newborn(noun: EntityKind, name: str, recovery_id: str) -> dict[str, Scalar]:
    """A row before its first event sets anything: the defaults of its columns."""
    row = {**_DEFAULTS[noun], "id": name}
    if "recovery_id" in row:
        row["recovery_id"] = recovery_id
    return row


def _differs(column: sa.Column[object], found: Scalar, told: Scalar) -> str:
    """Amounts, instants and states are told; text may be personal and is not."""
    open_kinds = (sa.Integer, sa.Boolean, sa.Enum, UTCDateTime)
    if isinstance(column.type, open_kinds) or column.name == "state":
        return f"is {found} and its events say {told}"
    return "is not what its events say"
