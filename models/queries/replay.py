"""Replaying events into rows, so that the rows that are there can be held against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from models.outcome import Scalar, spelled
from models.states import Noun
from models.tables import BY_NOUN, STATE_COLUMN, STATELESS

# Columns that no event carries: worked out again at each write, or of the moment (leases, polls).
UNCOVERED: Mapping[Noun, frozenset[str]] = {
    Noun.RECOVERY: frozenset(
        {"stage", "step_action", "step_role", "step_subject", "step_wording", "due_at",
         "wake_at", "version"}
    ),
    Noun.CALL: frozenset(
        {"path_sealed", "body_sealed", "attempts", "retry_at", "last_error", "lease_owner",
         "lease_until"}
    ),
    Noun.PARTNER: frozenset(
        {"feed_reached_at", "feed_read_at", "feed_due_at", "feed_interval_seconds",
         "last_answer_at", "last_error", "last_trouble", "breaker_failures", "breaker_until",
         "reconciled_to"}
    ),
}  # fmt: skip
Raw = str | int | bool | bytes | datetime | None


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that its events did not make as it is; `column` is "" for a whole row."""

    noun: Noun
    id: str
    recovery_id: str
    column: str
    sentence: str


def spelling(kind: sa.types.TypeEngine[object]) -> Callable[[Raw], Scalar] | None:
    """How a column's stored value is spelled by an event; None: as it is stored."""
    if isinstance(kind, UTCDateTime):
        return instant
    return _truth if isinstance(kind, sa.Boolean) else None


def instant(value: Raw) -> Scalar:
    """A stored instant as ISO text in UTC; what a stranger has put there is told, not raised."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return f"unreadable {value}"
    if value is None:
        return None
    if not isinstance(value, datetime):
        return f"unreadable {value!r}"
    return spelled(value if value.tzinfo else value.replace(tzinfo=UTC))


def _truth(value: Raw) -> Scalar:
    return bool(value) if value in (0, 1) else f"unreadable {value!r}"


def raw_columns(table: sa.Table) -> list[sa.ColumnClause[Raw]]:
    """A table's columns without their types, so that reading a spoilt value cannot fail."""
    return [sa.literal_column(f'"{table.name}"."{c.name}"').label(c.name) for c in table.c]  # type: ignore[misc]


@dataclass(slots=True)
class Replay:
    """Rows as the events left them; `feed` each event in order, then ask for `differences`."""

    rows: dict[tuple[Noun, str], dict[str, Scalar]] = field(default_factory=dict)

    def feed(self, event: Mapping[str, Raw]) -> None:
        """Apply one event; what cannot be read is left out (its digest tells of it)."""
        try:
            noun, name = Noun(str(event["noun"])), str(event["subject_id"])
            values = json.loads(str(event["values_json"]))
            changes: dict[str, Scalar] = dict(values)
        except (ValueError, TypeError):
            return
        row = self.rows.get((noun, name))
        if row is None:
            row = self.rows[noun, name] = _newborn(noun, name, str(event["recovery_id"]))
        row.update(changes)
        if noun not in STATELESS:
            row[STATE_COLUMN[noun]] = str(event["new_state"])

    def differences(self, session: Session) -> Iterator[RowDifference]:
        """Every row that differs from its events, is missing, or was made by none."""
        for noun, table in BY_NOUN.items():
            yield from self._of_table(session, noun, table)
        for (noun, name), row in self.rows.items():
            owner = str(row.get("recovery_id", ""))
            sentence = f"the {noun} {name} has events and no row: it was removed"
            yield RowDifference(noun, name, owner, "", sentence)

    def _of_table(self, session: Session, noun: Noun, table: sa.Table) -> Iterator[RowDifference]:
        """Rows that are as they should be are forgotten, so that what remains is missing."""
        left_out = UNCOVERED.get(noun, frozenset())
        columns = [(at, c) for at, c in enumerate(table.c) if c.name not in left_out]
        checks = [(at, c.name, spelling(c.type), c) for at, c in columns]
        id_at = list(table.c.keys()).index("id")
        query = sa.select(*raw_columns(table)).select_from(table)
        for stored in session.execute(query, execution_options={"yield_per": 2000}):
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


def _owner(noun: Noun, name: str, stored: Any) -> str:  # noqa: ANN401 - a row of any table
    return name if noun is Noun.RECOVERY else str(getattr(stored, "recovery_id", ""))


_DEFAULTS: dict[Noun, dict[str, Scalar]] = {
    noun: {c.name: getattr(c.default, "arg", None) for c in table.c}
    for noun, table in BY_NOUN.items()
}


def _newborn(noun: Noun, name: str, recovery_id: str) -> dict[str, Scalar]:
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
