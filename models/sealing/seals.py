"""Seals of rows: a keyed digest of what no event carries, so that a change by hand is found.

A row that is the history of nothing else (an account, a booking, a document) is sealed whole. Of a
row that events make, the columns that no event carries are sealed: leases, retry times, cursors,
what the queue shows. Which rows a whole table has is sealed in `table_seal`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.entities.catalogue import BY_NOUN, HISTORY
from models.entities.event import EntityKind
from models.ids import canonical
from models.outcome import Scalar
from models.raw import Raw, plain, raw_select, spelling
from models.sealing.vault import Vault

SEAL = "row_seal"
Spell = Callable[[Raw], Scalar]
# Columns that no event carries: worked out again at each write, of the moment (leases, polls), or
# too secret for a history that never forgets.
UNCOVERED: Mapping[EntityKind, frozenset[str]] = {
    EntityKind.RECOVERY: frozenset(
        {"stage", "step_action", "step_role", "step_subject", "step_wording", "due_at",
         "wake_at", "victim_due_at", "version", SEAL}
    ),
    EntityKind.CALL: frozenset(
        {"path_sealed", "body_sealed", "attempts", "retry_at", "last_error", "lease_owner",
         "lease_until", SEAL}
    ),
    EntityKind.PARTNER: frozenset(
        {"feed_reached_at", "feed_read_at", "feed_due_at", "feed_interval_seconds",
         "last_answer_at", "last_error", "last_trouble", "breaker_failures", "breaker_until",
         "reconciled_to", SEAL}
    ),
    EntityKind.LOG_IN: frozenset({"secrets_sealed", SEAL}),
}  # fmt: skip
_UNCOVERED_OF = {BY_NOUN[noun].name: columns - {SEAL} for noun, columns in UNCOVERED.items()}


@lru_cache(maxsize=1)
def tallied_tables() -> tuple[sa.Table, ...]:
    """Tables whose rows no event makes: sealed row by row, and counted as a whole."""
    made = {table.name for table in BY_NOUN.values()} | HISTORY | {"table_seal"}
    return tuple(t for t in sealed_tables() if t.name not in made)


@lru_cache(maxsize=1)
def sealed_tables() -> tuple[sa.Table, ...]:
    """All tables whose rows carry a seal."""
    return tuple(t for t in SQLModel.metadata.sorted_tables if SEAL in t.c)


def row_seal(vault: Vault, table: sa.Table, row: Mapping[str, object]) -> str:
    """The seal of a row, given as values on their way in or as stored values spelled plainly.

    Columns at their default are left out, so that a column added later changes no seal.
    """
    body: dict[str, Any] = {}
    for name, default, _ in _covered(table):
        value = plain(row[name]) if name in row else default
        if value != default or type(value) is not type(default):
            body[name] = value
    return vault.row_signature(canonical([table.name, body]))


def stored_seal(vault: Vault, table: sa.Table, row: Mapping[Any, Any]) -> str:
    """The seal of a stored row, read raw: `row_seal` of its values as they were on their way in."""
    body: dict[str, Any] = {}
    for name, default, spell in _covered(table):
        value = plain(row[name] if spell is None else spell(row[name]))
        if value != default or type(value) is not type(default):
            body[name] = value
    return vault.row_signature(canonical([table.name, body]))


@lru_cache(maxsize=64)
def sealed_select(table: sa.Table) -> sa.Select[Any]:
    """The key, the columns that the seal covers and the seal of a table's rows, raw."""
    return raw_select(table, (*(name for name, _, _ in _covered(table)), SEAL))


@lru_cache(maxsize=64)
def _covered(table: sa.Table) -> tuple[tuple[str, object, Spell | None], ...]:
    """The columns that a seal covers, each with its default and how its stored value is spelled."""
    only = _UNCOVERED_OF.get(table.name)
    keys = set(table.primary_key.columns.keys())
    return tuple(
        (c.name, plain(getattr(c.default, "arg", None)), spelling(c.type))
        for c in table.c
        if c.name != SEAL and (only is None or c.name in only or c.name in keys)
    )


def fits(vault: Vault, table: sa.Table, row: Mapping[Any, Any]) -> bool:
    """Whether a stored row, read raw, is as the program left it."""
    try:
        return bool(stored_seal(vault, table, row) == row[SEAL])
    except (TypeError, ValueError):
        return False
