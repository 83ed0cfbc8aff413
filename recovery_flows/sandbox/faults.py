"""Planted misbehaviour: rows in the sandbox file, used up by the calls they match."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from recovery_flows.sandbox.states import FaultKind
from recovery_flows.sandbox.units import minor_of

ANY_CALL = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted misbehaviour of `bank`, for the next `times` calls that match `call`.

    `call` is `POST /v1/holds`, `GET /v1/accounts/{number}/transactions`, or `*` for any call.
    `seconds` is the delay, or what Retry-After says; `amount` is the most a hold will hold.
    """

    bank: str
    call: str
    kind: FaultKind
    times: int
    seconds: int | None
    amount: str | None


def read_faults(rows: object, bank: str | None) -> list[Fault]:
    """Read a JSON list of faults; ValueError names what is wrong. `bank` is who they are for.

    With None, each row has to name its bank (the form of the file at start).
    """
    if not isinstance(rows, list):
        raise ValueError("faults are a JSON list of objects")
    return [_read_fault(row, bank) for row in rows]


def plant(db: sqlite3.Connection, faults: Iterable[Fault]) -> None:
    """Add faults behind those that are planted already; ValueError for a bank that is not here."""
    faults = list(faults)
    currencies = dict(map(tuple, db.execute("SELECT id, currency FROM bank")))
    for fault in faults:
        if fault.bank not in currencies:
            raise ValueError(f"there is no bank {fault.bank!r} in this sandbox")
        if fault.amount is not None:
            minor_of(fault.amount, currencies[fault.bank])
    db.executemany(
        "INSERT INTO fault (bank, call, kind, times, seconds, amount) VALUES (?,?,?,?,?,?)",
        [(f.bank, f.call, f.kind, f.times, f.seconds, f.amount) for f in faults],
    )


def plant_file(db: sqlite3.Connection, path: Path) -> None:
    """Plant the faults of a JSON file; ValueError names the file and what is wrong."""
    try:
        plant(db, read_faults(json.loads(path.read_text(encoding="utf-8")), None))
    except ValueError as error:
        raise ValueError(f"faults file {path}: {error}") from None


def clear(db: sqlite3.Connection, bank: str) -> None:
    """Take away every fault of one bank."""
    db.execute("DELETE FROM fault WHERE bank = ?", [bank])


def planted(db: sqlite3.Connection, bank: str) -> list[dict[str, object]]:
    """The faults of one bank that are still to come, as JSON objects."""
    rows = db.execute(
        "SELECT call, kind, times, seconds, amount FROM fault WHERE bank = ? ORDER BY id", [bank]
    )
    return [dict(row) for row in rows]


def take(db: sqlite3.Connection, bank: str, call: str) -> Fault | None:
    """Use up one turn of the first fault that matches `call` (`METHOD /path`), if there is one."""
    for row in db.execute("SELECT * FROM fault WHERE bank = ? ORDER BY id", [bank]).fetchall():
        if fnmatchcase(call, _pattern(row["call"])):
            if row["times"] > 1:
                db.execute("UPDATE fault SET times = times - 1 WHERE id = ?", [row["id"]])
            else:
                db.execute("DELETE FROM fault WHERE id = ?", [row["id"]])
            kind = FaultKind(row["kind"])
            return Fault(bank, row["call"], kind, 1, row["seconds"], row["amount"])
    return None


def _pattern(call: str) -> str:
    return re.sub(r"\{[^}]*\}", "*", call)


def _read_fault(row: object, bank: str | None) -> Fault:
    if not isinstance(row, dict):
        raise ValueError("a fault is a JSON object")
    unknown = set(row) - {"bank", "call", "kind", "times", "seconds", "amount"}
    if unknown:
        raise ValueError(f"a fault has no field {min(unknown)!r}")
    whose = bank or row.get("bank")
    if not isinstance(whose, str):
        raise ValueError("a fault in a file names its bank")
    amount = row.get("amount")
    if amount is not None and not isinstance(amount, str):
        raise ValueError("amount is a text such as '3200.50'")
    return Fault(
        bank=whose,
        call=str(row.get("call", ANY_CALL)),
        kind=FaultKind(str(row.get("kind"))),
        times=_whole(row, "times", least=1) or 1,
        seconds=_whole(row, "seconds", least=0),
        amount=amount,
    )


def _whole(row: Mapping[str, object], name: str, least: int) -> int | None:
    value = row.get(name)
    if value is not None and (not isinstance(value, int) or value < least):
        raise ValueError(f"{name} is a whole number of at least {least}")
    return value
