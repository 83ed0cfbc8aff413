"""Faults by seed: which call goes wrong, and how, follows from the seed and the call's number."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from recovery_flows.sandbox.faults.catalogue import form_of, means_something
from recovery_flows.sandbox.states import FaultKind

PERCENT = 10
_PERCENT_MAX = 90
_SEED_MAX = 2**63 - 1
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Dice:
    """`percent` of a hundred calls go wrong; `seconds`, if given, is every wait that they mean."""

    seed: int
    percent: int = PERCENT
    seconds: int | None = None

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.percent} in 100 calls go wrong"


def parse_dice(text: str) -> Dice:
    """Read `seed:N` or `seed:N:PERCENT`; ValueError says what it has to be."""
    word, *numbers = text.split(":")
    if word != "seed" or not 1 <= len(numbers) <= 2 or not all(map(_is_number, numbers)):
        raise ValueError(f"{text!r} is not seed:N or seed:N:PERCENT, such as seed:7:20")
    return _checked(Dice(*map(int, numbers)))


def read_dice(row: Mapping[str, object]) -> Dice:
    """Read `{"seed": N, "percent": P, "seconds": S}`; ValueError says what is wrong."""
    unknown = set(row) - {"seed", "percent", "seconds"}
    if unknown:
        raise ValueError(f"dice have no field {min(unknown)!r}")
    given: dict[str, int] = {}
    for name, value in row.items():
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"{name} is a whole number of at least 0")
        given[name] = value
    if "seed" not in given:
        raise ValueError("dice need a seed")
    return _checked(Dice(**given))


def set_dice(db: sqlite3.Connection, bank: str, wanted: Dice | None) -> None:
    """Put dice on one bank's table or (None) take them away; the same dice go on counting."""
    before = dice_of(db, bank)
    if wanted == before:
        return
    for table in ("dice", "throw"):
        db.execute(f"DELETE FROM {table} WHERE bank = ?", [bank])  # noqa: S608 - ours
    if wanted is not None:
        row = [bank, wanted.seed, wanted.percent, wanted.seconds]
        db.execute("INSERT INTO dice VALUES (?,?,?,?)", row)


def dice_of(db: sqlite3.Connection, bank: str) -> Dice | None:
    """The dice on a bank's table, if any."""
    row = db.execute("SELECT seed, percent, seconds FROM dice WHERE bank = ?", [bank]).fetchone()
    return None if row is None else Dice(*row)


def throw(db: sqlite3.Connection, bank: str, call: str) -> tuple[FaultKind, int, int | None] | None:
    """What goes wrong with this call: (kind, turn, seconds); None: nothing.

    Only seed, bank, form of the call and how often it came before decide: a run can be repeated.
    """
    wanted = dice_of(db, bank)
    if wanted is None:
        return None
    form = form_of(call)
    count = db.execute(
        "INSERT INTO throw VALUES (?,?,1) ON CONFLICT DO UPDATE SET count = count + 1"
        " RETURNING count",
        [bank, form],
    ).fetchone()[0]
    thrown = random.Random(f"{wanted.seed}/{bank}/{form}/{count}")  # noqa: S311 - guards nothing
    if thrown.randrange(100) >= wanted.percent:
        return None
    kinds = [kind for kind in FaultKind if means_something(kind, call)]
    return thrown.choice(kinds), thrown.randint(1, _TURNS), wanted.seconds


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(_SEED_MAX))


def _checked(wanted: Dice) -> Dice:
    if wanted.seed > _SEED_MAX:
        raise ValueError(f"a seed is at most {_SEED_MAX}")
    if not 1 <= wanted.percent <= _PERCENT_MAX:
        raise ValueError(f"from 1 to {_PERCENT_MAX} in 100 calls can go wrong")
    return wanted
