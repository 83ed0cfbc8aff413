"""Stores a large statement file in many short transactions; others see all of it or nothing."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from sqlmodel import Session

from models.engine import Database
from models.language.phrase import error_sentence, phrase
from models.store.accounts import AccountPlan
from models.store.pacing import for_a_while, rest_of_the_lock
from models.store.statements import line_imports
from models.store.statements.line_imports import ImportLostError, ImportRunningError
from models.store.statements.plan import PlannedStatement
from models.store.statements.statements import fill_line, insert_lines
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.cases.statement_files.plan import (
    FilePlan,
    StoredFile,
    finish,
    stored_file,
    write_accounts,
)
from recovery_flows.clock import wall_clock
from recovery_flows.errors import UnavailableError
from recovery_flows.intake.bookings import FileStatement
from recovery_flows.law.regime import Regimes

_TOGETHER = 100
_TRIES = 5


class ImportBusyError(UnavailableError):
    """An import cannot be done now; nothing of it is stored."""


class ChangedMeanwhileError(Exception):
    """Somebody stored bookings of these accounts after they were looked up."""

    def __init__(self) -> None:
        super().__init__(phrase("others stored bookings of the same account meanwhile: plan anew"))


def store_in_chunks(
    database: Database,
    actor: Actor,
    now: datetime,
    parts: Sequence[FileStatement],
    document: str,
    bank: str,
    laws: Regimes,
) -> StoredFile:
    """Read and seal outside any transaction, store in short ones, then let all of it be there.

    One that is interrupted leaves nothing: the engine or the next import takes out what it stored.
    ImportBusyError while another import runs, or where others store the same accounts all the time.
    """
    for _ in range(_TRIES):
        hidden = HiddenImport(database)
        with suppress(ChangedMeanwhileError), hidden.running():
            with database.reading() as session:
                plan = FilePlan(session, database.vault, now, laws, bank)
                for part in parts:
                    plan.add(part)
                hidden.remember_stored(session, plan.account_ids)
            hidden.store(plan.accounts, [part.planned for part in plan.parts])
            with unit_of_work(database) as unit:
                hidden.finish(unit)
                refs = finish(unit, actor, now, plan, document, laws)
            with database.reading() as session:
                return stored_file(session, plan, document, refs)
    raise ImportBusyError(
        phrase("others keep storing bookings of these accounts: nothing was stored, try again")
    )


class HiddenImport:
    """Bookings on their way in, in short transactions; nobody sees them before `finish`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._id = f"import-{secrets.token_hex(12)}"
        self._accounts: frozenset[str] = frozenset()
        self._others = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Begin the import; what it stored is taken out again unless the block finishes it.

        ImportBusyError while another import runs, or where this one was undone as interrupted.
        """
        line_imports.undo_dead(self._database, wall_clock())
        try:
            with unit_of_work(self._database) as unit:
                line_imports.begin(unit, self._id, wall_clock())
            yield
        except ImportRunningError as error:
            raise ImportBusyError(error_sentence(error)) from error
        except BaseException as error:
            line_imports.undo(self._database, self._id)
            if isinstance(error, ImportLostError):
                raise ImportBusyError(error_sentence(error)) from error
            raise
        with self._database.reading() as session:
            is_left = line_imports.is_running(session, self._id)
        if is_left:
            line_imports.undo(self._database, self._id)

    def remember_stored(self, session: Session, account_ids: frozenset[str]) -> None:
        """Remember what others have stored of these accounts when this import was planned."""
        self._accounts = account_ids
        self._others = line_imports.lines_of_others(session, account_ids, self._id)

    def store(self, accounts: AccountPlan, planned: Sequence[PlannedStatement]) -> None:
        """Store accounts and bookings, some at a time; ChangedMeanwhileError if others did too."""
        self._write(list(accounts.rows.values()), _add_accounts)
        self._write(list(accounts.news.items()), _learn)
        self._write([row for one in planned for row in one.new], self._add_lines)
        self._write([fill for one in planned for fill in one.fills.items()], _fill)

    def finish(self, unit: Unit) -> None:
        """With the commit of this transaction all of it is there."""
        self._check(unit)
        line_imports.finish(unit, self._id, wall_clock())

    def _write(self, rows: Sequence[Any], write: Callable[[Unit, list[Any]], None]) -> None:
        rest = deque(list(rows[n : n + _TOGETHER]) for n in range(0, len(rows), _TOGETHER))
        while rest:
            with unit_of_work(self._database) as unit:
                self._check(unit)
                line_imports.go_on(unit, self._id, wall_clock())
                for some in for_a_while(rest):
                    write(unit, some)
            rest_of_the_lock(rest)

    def _check(self, unit: Unit) -> None:
        others = line_imports.lines_of_others(unit.session, self._accounts, self._id)
        if others != self._others:
            raise ChangedMeanwhileError

    def _add_lines(self, unit: Unit, rows: list[dict[str, Any]]) -> None:
        insert_lines(unit, rows, self._id)


def _add_accounts(unit: Unit, rows: list[dict[str, str]]) -> None:
    write_accounts(unit, rows, {})


def _learn(unit: Unit, news: list[tuple[str, dict[str, str]]]) -> None:
    write_accounts(unit, [], dict(news))


def _fill(unit: Unit, fills: list[tuple[str, dict[str, Any]]]) -> None:
    for line, news in fills:
        fill_line(unit, line, news)
