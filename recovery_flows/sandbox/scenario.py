"""Chooses the faults of a run: from a file, or by a seed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from recovery_flows.sandbox.faults import plan as faults
from recovery_flows.sandbox.faults.by_seed import Dice, parse_dice, read_dice, set_dice
from recovery_flows.sandbox.faults.plan import Fault
from recovery_flows.sandbox.journal import transaction

_SEED = "seed:"


def choose(db: sqlite3.Connection, chosen: str) -> str:
    """Set the faults that `chosen` names in every bank; return them in words.

    `chosen` is `seed:N`, `seed:N:PERCENT`, a file (a JSON list of faults, each with its bank, or an
    object with a seed), or empty: only what was planted before and has not happened yet. Whatever
    was chosen before is taken back. ValueError says in one sentence what cannot be read.
    """
    wanted: Dice | list[Fault] | None = None
    if chosen.startswith(_SEED):
        wanted = parse_dice(chosen)
    elif chosen:
        wanted = _read(Path(chosen))
    with transaction(db) as journal:
        for (bank,) in journal.db.execute("SELECT id FROM bank").fetchall():
            set_dice(journal.db, bank, wanted if isinstance(wanted, Dice) else None)
            if wanted is not None:
                faults.clear(journal.db, bank)
        if isinstance(wanted, list):
            _plant(journal.db, Path(chosen), wanted)
    return _told(db, wanted)


def _read(path: Path) -> Dice | list[Fault]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            return read_dice(content)
        return faults.read_faults(content, None)
    except OSError as error:
        raise ValueError(f"faults file {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"faults file {path}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON (line {error.lineno}: {error.msg})"
    return str(error) if isinstance(error, ValueError) else "it is nested too deep"


def _plant(db: sqlite3.Connection, path: Path, wanted: list[Fault]) -> None:
    try:
        faults.plant(db, wanted)
    except ValueError as error:
        raise ValueError(f"faults file {path}: {error}") from None


def _told(db: sqlite3.Connection, wanted: Dice | list[Fault] | None) -> str:
    if isinstance(wanted, Dice):
        return f"by {wanted}"
    count: int = db.execute("SELECT COUNT(*) FROM fault").fetchone()[0]
    return f"{count} planted" if count else "none: every bank behaves"
