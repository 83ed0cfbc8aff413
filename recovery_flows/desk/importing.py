"""A large statement file in many short transactions: there for others when all of it is stored."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from models.engine import Database
from models.store import line_imports
from models.store.line_imports import ImportLostError, ImportRunningError
from models.store.pacing import for_a_while, rest_of_the_lock
from models.store.statements import fill_line, insert_lines
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.desk.clock import wall_clock
from recovery_flows.desk.file_plan import FilePlan, TakenFile, finish, taken_file, write_accounts
from recovery_flows.desk.reading import FileStatement
from recovery_flows.errors import UnavailableError
from recovery_flows.rules.freezing import Laws

_TOGETHER = 100
_TRIES = 5


class ImportBusyError(UnavailableError):
    """An import cannot be done now; nothing of it is stored."""


class _ChangedMeanwhileError(Exception):
    """Somebody stored bookings of these accounts after they were looked up."""


def take_in_chunks(
    database: Database,
    actor: Actor,
    now: datetime,
    parts: Sequence[FileStatement],
    document: str,
    bank: str,
    laws: Laws,
) -> TakenFile:
    """Read and seal outside any transaction, store in short ones, then let all of it be there.

    One that is interrupted leaves nothing: the engine or the next import takes out what it stored.
    ImportBusyError while another import runs, or where others store the same accounts all the time.
    """
    line_imports.undo_dead(database, wall_clock())
    for _ in range(_TRIES):
        import_id = f"import-{secrets.token_hex(12)}"
        try:
            with unit_of_work(database) as unit:
                line_imports.begin(unit, import_id, wall_clock())
            return _Chunks(database, import_id).store(actor, now, parts, document, bank, laws)
        except ImportRunningError as error:
            raise ImportBusyError(str(error)) from error
        except _ChangedMeanwhileError:
            line_imports.undo(database, import_id)
        except ImportLostError as error:
            raise ImportBusyError(str(error)) from error
        except BaseException:
            line_imports.undo(database, import_id)
            raise
    raise ImportBusyError(
        "others keep storing bookings of these accounts: nothing was stored, try again"
    )


class _Chunks:
    """One import on its way in."""

    def __init__(self, database: Database, import_id: str) -> None:
        self._database, self._id = database, import_id
        self._accounts: frozenset[str] = frozenset()
        self._others = 0

    def store(
        self, actor: Actor, now: datetime, parts: Sequence[FileStatement], document: str,
        bank: str, laws: Laws,
    ) -> TakenFile:  # fmt: skip
        with self._database.reading() as session:
            plan = FilePlan(session, self._database.vault, now, laws, bank)
            for part in parts:
                plan.add(part)
            self._accounts = plan.account_ids
            self._others = line_imports.lines_of_others(session, self._accounts, self._id)
        self._write(list(plan.accounts.rows.values()), self._add_accounts)
        self._write(list(plan.accounts.news.items()), self._learn)
        self._write([row for part in plan.parts for row in part.planned.new], self._add_lines)
        fills = [fill for part in plan.parts for fill in part.planned.fills.items()]
        self._write(fills, self._fill)
        with unit_of_work(self._database) as unit:
            self._check(unit)
            line_imports.finish(unit, self._id, wall_clock())
            refs = finish(unit, actor, now, plan, document, laws)
        with self._database.reading() as session:
            return taken_file(session, plan, document, refs)

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
            raise _ChangedMeanwhileError

    def _add_accounts(self, unit: Unit, rows: list[dict[str, str]]) -> None:
        write_accounts(unit, rows, {})

    def _learn(self, unit: Unit, news: list[tuple[str, dict[str, str]]]) -> None:
        write_accounts(unit, [], dict(news))

    def _add_lines(self, unit: Unit, rows: list[dict[str, Any]]) -> None:
        insert_lines(unit, rows, self._id)

    def _fill(self, unit: Unit, fills: list[tuple[str, dict[str, Any]]]) -> None:
        for line, news in fills:
            fill_line(unit, line, news)
