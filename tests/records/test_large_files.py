"""A large statement file comes in short transactions: whole or not at all, each booking once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from models.entities.officer import Role
from models.facts import Direction, LineKind
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.books.money import lines_of
from models.store import pacing
from models.store.documents import keep
from models.store.statements import line_imports
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases.statement_files import large_files
from recovery_flows.cases.statement_files.storing import SMALL, StoredFile, store_file
from recovery_flows.clock import wall_clock
from recovery_flows.errors import RefusedError, UnavailableError
from recovery_flows.intake.statements.shape import Balance, End, Entry, Format, Head, Item

OFFICER = Actor("chen", Role.OFFICER)
LINES = 3 * SMALL
RAW = b"<a large file/>"


def items(unit: Any, currency: str = "CNY") -> list[Item]:
    """So many payments of a cent into the mule's account, from as many others."""
    _, mule, _ = unit.accounts
    head = Head(
        Format.CAMT053, "08", "S1", mule.number, "", mule.holder, currency, None, None,
        Balance(0, currency, unit.start),
    )  # fmt: skip
    entries = [
        Entry(
            direction=Direction.CREDIT, amount=Money(1, currency),
            booked=unit.start + timedelta(minutes=n), valued=None, kind=LineKind.TRANSFER,
            is_pending=False, is_reversal=False, bank_reference=f"R{n}", end_to_end_id=f"L{n}",
            uetr="", return_code="", instructed=None, counter_number=f"77{n:012d}",
            counter_bank_id="bank-slow", counter_holder="Synthetic Payer", text="", place="",
        )
        for n in range(LINES)
    ]  # fmt: skip
    end = End(Balance(LINES, currency, None), LINES, 0, (), LINES)
    return [head, *entries, end]


def take(unit: Any, now: Any = None) -> StoredFile:
    return store_file(
        unit.database, OFFICER, now or unit.now, items(unit), RAW, "bank-home", unit.laws
    )


def stored(unit: Any) -> int:
    with closing(sqlite3.connect(unit.path)) as raw:
        return int(raw.execute("SELECT count(*) FROM statement_line").fetchone()[0])


def seen(unit: Any) -> int:
    with unit.database.reading() as session:
        mule = unit.accounts[1]
        account = unit.database.vault.keyed_id("acct", mule.bank, mule.number)
        return len(lines_of(session, [account]))


def test_a_large_file_is_stored_once_however_often_it_comes(unit: Any) -> None:
    assert take(unit).lines_new == LINES
    assert (stored(unit), seen(unit)) == (LINES, LINES)
    again = take(unit)
    assert (again.lines_new, again.lines_known, stored(unit)) == (0, LINES, LINES)
    assert verify(unit.database) == ()


def test_an_import_that_is_interrupted_leaves_nothing_and_can_come_again(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def dies(work: Any, import_id: str, wall_now: Any) -> None:
        calls.append(seen(unit))
        if len(calls) == 14:
            raise KeyboardInterrupt
        go_on(work, import_id, wall_now)

    go_on = line_imports.go_on
    monkeypatch.setattr(line_imports, "go_on", dies)
    monkeypatch.setattr(pacing, "HOLD_SECONDS", 0)
    monkeypatch.setattr(large_files.line_imports, "undo", lambda *_: None)  # killed: nobody undoes
    with pytest.raises(KeyboardInterrupt):
        take(unit)
    monkeypatch.undo()
    assert calls == [0] * 14, "nobody sees a booking before all are stored"
    assert 0 < stored(unit) < LINES
    assert seen(unit) == 0
    with pytest.raises(UnavailableError, match="another import"):
        take(unit)
    later = wall_clock() + line_imports.LEASE + timedelta(seconds=1)
    assert line_imports.undo_dead(unit.database, later) == 1
    assert stored(unit) == 0
    assert take(unit).lines_new == LINES
    assert verify(unit.database) == ()


def test_a_bank_that_tells_the_same_bookings_meanwhile_is_not_stored_twice(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, mule, _ = unit.accounts
    told = []

    def another(work: Any, import_id: str, wall_now: Any) -> None:
        go_on(work, import_id, wall_now)
        if not told:
            line = unit.line(1, 1, at_hours=0, ref="L0")
            fact = unit.statement([line], account=mule)
            document = keep(work, b"[]", "statement answer", "application/json", unit.now)
            told.append(record_statement(work, ENGINE, unit.now, "", fact, document))

    go_on = line_imports.go_on
    monkeypatch.setattr(line_imports, "go_on", another)
    assert take(unit).lines_new == LINES - 1, "planned anew: one is known now"
    assert (stored(unit), seen(unit)) == (LINES, LINES)
    assert verify(unit.database) == ()


def test_two_imports_at_once_are_one_after_the_other(unit: Any) -> None:
    with unit_of_work(unit.database) as work:
        line_imports.begin(work, "import-other", wall_clock())
    with pytest.raises(UnavailableError, match="another import"):
        take(unit)
    with unit_of_work(unit.database) as work:
        line_imports.finish(work, "import-other", wall_clock())
    assert take(unit).lines_new == LINES


def test_an_account_told_in_two_currencies_is_refused_before_anything_is_stored(unit: Any) -> None:
    take(unit)
    euros = items(unit, "EUR")
    with pytest.raises(RefusedError, match="is an account in CNY"):
        store_file(unit.database, OFFICER, unit.now, euros, b"<euros/>", "bank-home", unit.laws)
    assert stored(unit) == LINES


def test_an_import_that_was_only_slow_goes_on_and_one_that_another_takes_out_does_not(
    unit: Any,
) -> None:
    late = wall_clock() + line_imports.LEASE + timedelta(seconds=1)
    with unit_of_work(unit.database) as work:
        line_imports.begin(work, "import-slow", wall_clock())
    with unit_of_work(unit.database) as work:
        line_imports.go_on(work, "import-slow", late)
    assert line_imports.undo_dead(unit.database, late) == 0, "it has reported itself alive"
    much_later = late + line_imports.LEASE + timedelta(seconds=1)
    assert line_imports.undo_dead(unit.database, much_later) == 1
    with (
        unit_of_work(unit.database) as work,
        pytest.raises(line_imports.ImportLostError, match="taken out again"),
    ):
        line_imports.go_on(work, "import-slow", much_later)


def test_an_import_whose_time_ends_just_as_another_begins_does_not_run_beside_it(unit: Any) -> None:
    """It was alive when the other looked for dead ones, and is not when that one begins."""
    late = wall_clock() + line_imports.LEASE + timedelta(seconds=1)
    with unit_of_work(unit.database) as work:
        line_imports.begin(work, "import-slow", wall_clock())
    assert line_imports.undo_dead(unit.database, wall_clock()) == 0
    with unit_of_work(unit.database) as work:
        line_imports.begin(work, "import-next", late)
    with (
        pytest.raises(line_imports.ImportLostError, match="taken out again"),
        unit_of_work(unit.database) as work,
    ):
        line_imports.go_on(work, "import-slow", late)
    assert line_imports.undo_dead(unit.database, late) == 1
    with unit_of_work(unit.database) as work:
        line_imports.finish(work, "import-next", late)
