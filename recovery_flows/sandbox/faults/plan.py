"""Planted faults: rows of the sandbox file, used up by the calls that they match."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recovery_flows.sandbox.arithmetic import minor_of
from recovery_flows.sandbox.faults import by_seed
from recovery_flows.sandbox.faults.catalogue import can_meet, form_of, means_something, pattern
from recovery_flows.sandbox.states import FaultKind

ANY_CALL = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted misbehaviour of `bank`, for the next `times` calls that match `call`.

    `call` is `POST /v1/holds`, `GET /v1/accounts/{number}/transactions`, or `*` for any call that
    the kind means something for. What `seconds`, `amount` and `code` are is told in `KINDS`.
    """

    bank: str
    call: str
    kind: FaultKind
    times: int
    seconds: int | None
    amount: str | None
    code: str | None = None


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
        "INSERT INTO fault (bank, call, kind, times, seconds, amount, code) VALUES (?,?,?,?,?,?,?)",
        [(f.bank, f.call, f.kind, f.times, f.seconds, f.amount, f.code) for f in faults],
    )


def clear(db: sqlite3.Connection, bank: str) -> None:
    """Take away every fault of one bank."""
    db.execute("DELETE FROM fault WHERE bank = ?", [bank])


def planted(db: sqlite3.Connection, bank: str) -> list[dict[str, object]]:
    """The faults of one bank that are still to come, as JSON objects."""
    rows = db.execute(
        "SELECT call, kind, times, seconds, amount, code FROM fault WHERE bank = ? ORDER BY id",
        [bank],
    )
    return [{k: v for k, v in dict(row).items() if k != "code" or v} for row in rows]


def due_fault(db: sqlite3.Connection, bank: str, call: str, at_us: int) -> Fault | None:
    """What goes wrong with this call (`METHOD /path`), if anything does; noted with its instant.

    The first planted fault that fits loses a turn; where none fits the dice decide, if any are on.
    """
    fault = _planted_fault(db, bank, call) or _thrown(db, bank, call)
    if fault is not None:
        row = [bank, at_us, form_of(call), fault.kind]
        db.execute("INSERT INTO fault_met (bank, at_us, call, kind) VALUES (?,?,?,?)", row)
    return fault


def met(db: sqlite3.Connection, bank: str) -> list[dict[str, object]]:
    """How often each kind of fault has met each form of call at one bank, as JSON objects."""
    rows = db.execute(
        "SELECT call, kind, COUNT(*) AS times FROM fault_met WHERE bank = ?"
        " GROUP BY call, kind ORDER BY call, kind",
        [bank],
    )
    return [dict(row) for row in rows]


def _planted_fault(db: sqlite3.Connection, bank: str, call: str) -> Fault | None:
    for row in db.execute("SELECT * FROM fault WHERE bank = ? ORDER BY id", [bank]).fetchall():
        kind, times = FaultKind(row["kind"]), row["times"]
        # A fault that would do nothing here waits for a call that it is meant for.
        if pattern(row["call"]).fullmatch(call) and means_something(kind, call):
            if times > 1:
                db.execute("UPDATE fault SET times = times - 1 WHERE id = ?", [row["id"]])
            else:
                db.execute("DELETE FROM fault WHERE id = ?", [row["id"]])
            return Fault(bank, row["call"], kind, times, row["seconds"], row["amount"], row["code"])
    return None


def _thrown(db: sqlite3.Connection, bank: str, call: str) -> Fault | None:
    thrown = by_seed.throw(db, bank, call)
    if thrown is None:
        return None
    kind, turn, seconds = thrown
    return Fault(bank, form_of(call), kind, turn, seconds, None)


def _read_fault(row: object, bank: str | None) -> Fault:
    if not isinstance(row, dict):
        raise ValueError("a fault is a JSON object")
    unknown = set(row) - {"bank", "call", "kind", "times", "seconds", "amount", "code"}
    if unknown:
        raise ValueError(f"a fault has no field {min(unknown)!r}")
    whose = bank or row.get("bank")
    if not isinstance(whose, str):
        raise ValueError("a fault in a file names its bank")
    amount = row.get("amount")
    if amount is not None and not isinstance(amount, str):
        raise ValueError("amount is a text such as '3200.50'")
    code = row.get("code")
    if code is not None and not (isinstance(code, str) and re.fullmatch("[A-Z0-9_]{1,40}", code)):
        raise ValueError("code is a ground such as 'DUAL_CRIM'")
    kind, call = _kind(row.get("kind")), row.get("call", ANY_CALL)
    if not isinstance(call, str) or not can_meet(kind, call):
        raise ValueError(f"{kind} means nothing for the call {call!r}")
    return Fault(
        bank=whose,
        call=call,
        kind=kind,
        times=_whole(row, "times", least=1) or 1,
        seconds=_whole(row, "seconds", least=0),
        amount=amount,
        code=code,
    )


def _kind(name: object) -> FaultKind:
    try:
        return FaultKind(str(name))
    except ValueError:
        known = ", ".join(FaultKind)
        raise ValueError(f"there is no kind of fault {name!r}; there are {known}") from None


def _whole(row: Mapping[str, object], name: str, least: int) -> int | None:
    value = row.get(name)
    if value is not None and (type(value) is not int or value < least):
        raise ValueError(f"{name} is a whole number of at least {least}")
    return None if value is None else int(value)
