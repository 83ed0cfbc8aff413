"""Writing with seals: whatever a unit of work inserts or changes is sealed before it commits.

`SealingSession` looks at each statement, so that no writer can forget it. A row whose seal was
broken before stays broken: going on with it does not make it good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import TableSeal
from models.prepared import KEY, changing, to
from models.rights.hidden import DECIDING
from models.sealing import seals
from models.sealing.seals import SEAL, fits, row_seal, sealed_select, stored_seal
from models.sealing.vault import Vault
from models.sqlite.direct import CHANGES, tables_read
from models.sqlite.plain_session import PlainSession
from models.store.waiting_rows import WaitingRows

_TALLIES = table_of(TableSeal)
_CHUNK = 500
_WHOLE = 1 << 256


class SealingSession(PlainSession):
    """A session whose inserts and updates of sealed tables are followed by their seals."""

    def __init__(self, bind: sa.Engine, vault: Vault) -> None:
        super().__init__(bind)
        self.vault = vault
        self.broken: set[tuple[str, str]] = set()
        """Rows that were about to be changed and did not fit their seal: (table, key)."""
        self.revisions: dict[str, int] = {}
        """Tables whose tally this unit has changed, with the number of its change."""
        self._touched: dict[str, dict[str, int]] = defaultdict(dict)
        self._added: dict[str, dict[str, int]] = defaultdict(dict)
        self._sums: dict[str, int] = defaultdict(int)
        self._rows: dict[str, int] = defaultdict(int)
        self._tallied = {table.name for table in seals.tallied_tables()}
        self._gathers = False
        self.waiting = WaitingRows()
        """Rows to be written together, before anything else is executed."""

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        """Execute a statement; what it writes into a sealed table is sealed.

        Rows that wait are written before it.
        """
        if self.waiting and not (self._gathers and self._is_apart(statement)):
            self.write_waiting()
        return self._execute_now(statement, params, **options)

    def _is_apart(self, statement: Any) -> bool:  # noqa: ANN401
        return self.waiting.is_apart_from(tables_read(statement))

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Let rows wait while the block only asks about tables of which none has a row that waits.

        So the rows of many recoveries are written together, all new ones before all changed ones.
        What a guard of the database refuses in that order is to be done again without.
        """
        before, self._gathers = self._gathers, True
        try:
            yield
        finally:
            self._gathers = before

    def hidden_known(self) -> dict[str, frozenset[str]]:
        """The same, after rows that wait and decide about it were written."""
        if not self.waiting.is_apart_from(DECIDING):
            self.write_waiting()
        return super().hidden_known()

    def stored(self, statement: Any, params: Any) -> Any:  # noqa: ANN401
        """Ask what is stored by now; rows that wait are known to the asker, and go on waiting."""
        return super().execute(statement, params)

    def write_waiting(self) -> None:
        """Write the rows that wait."""
        if self.waiting:
            self.waiting.write(self._execute_now)
            self.waiting = WaitingRows()

    def forget_waiting(self) -> None:
        """Drop the rows that wait: what they belong to has failed."""
        self.waiting = WaitingRows()

    def _execute_now(self, statement: Any, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        if isinstance(statement, CHANGES):
            table = statement.table
            if isinstance(table, sa.TableClause) and table.name in DECIDING:
                self.forget_hidden()
            if isinstance(table, sa.Table) and SEAL in table.c:
                if isinstance(statement, sa.Insert):
                    rows = self._with_seals(table, statement, params)
                    return super().execute(_inserting(table), rows, **options)
                self._touch(table, statement, params)
        return super().execute(statement, params, **options)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that may fail alone: what was inserted or changed in it is not counted then.

        Nor is the row at which it failed, which was stored before and is there as ever.
        """
        before = (*self._added.values(), *self._touched.values())
        kept = {id(rows): len(rows) for rows in before}
        try:
            with super().savepoint():
                yield
        except BaseException:
            self.forget_hidden()
            for rows in (*self._added.values(), *self._touched.values()):
                while len(rows) > kept.get(id(rows), 0):
                    rows.popitem()  # the last one, which came after those that are kept
            raise

    def touched(self, table: sa.Table) -> set[str]:
        """The keys of the rows of a sealed table that were changed in it up to now."""
        broken = {key for name, key in self.broken if name == table.name}
        return broken | set(self._touched[table.name])

    def seal(self) -> None:
        """Seal what was changed, and count it; to be called once, before the commit."""
        self.write_waiting()
        for name, added in self._added.items():
            self._rows[name] += len(added)
            self._sums[name] += sum(added.values())
        for name, keys in self._touched.items():
            table = next(t for t in seals.sealed_tables() if t.name == name)
            for some in _chunks(sorted(keys)):
                self._seal_again(table, some)
        self._tally(sorted(set(self._sums) | set(self._rows)))

    def seal_all(self) -> None:
        """Seal every row of a database of an earlier version, which had no seals."""
        for table in seals.sealed_tables():
            key = _key(table).name
            news = [
                {"at": row[key], "to": stored_seal(self.vault, table, row)}
                for row in super().execute(sealed_select(table)).mappings()
            ]
            self._write_seals(table, news)
            if table.name in self._tallied:
                self._rows[table.name] += len(news)
                self._sums[table.name] += sum(int(new["to"], 16) for new in news)

    def is_as_left(self, table: sa.Table, row: Mapping[Any, Any]) -> bool:
        """Whether a stored row is as the program left it; what this unit changes is."""
        key = str(row[_key(table).name])
        if key in self._touched.get(table.name, ()) or key in self._added.get(table.name, ()):
            return True
        return (table.name, key) not in self.broken and fits(self.vault, table, row)

    def _write_seals(self, table: sa.Table, news: list[dict[str, Any]]) -> None:
        if news:
            super().execute(_sealing(table), news)

    def _with_seals(self, table: sa.Table, statement: sa.Insert, params: Any) -> Any:  # noqa: ANN401
        if params is None:
            params = statement.compile().params
        if isinstance(params, Mapping):
            return self._with_seal(table, params)
        return [self._with_seal(table, row) for row in params]

    def _with_seal(self, table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
        seal = row_seal(self.vault, table, row)
        if table.name in self._tallied:
            self._added[table.name].setdefault(str(row[_key(table).name]), int(seal, 16))
        return {**row, SEAL: seal}

    def _touch(self, table: sa.Table, statement: sa.Update | sa.Delete, params: Any) -> None:  # noqa: ANN401
        """Remember the rows that are about to change, and whether they were as we left them."""
        given = params if isinstance(params, list | tuple) else [params or {}]
        if all(KEY in one for one in given):
            keys = {str(one[KEY]) for one in given} - set(self._touched[table.name])
            for some in _chunks(sorted(keys)):
                self._note_before(table, super().execute(_rows_with(table), {"keys": some}))
            return
        query = _before(table, statement)
        for one in given:
            self._note_before(table, super().execute(query, one))

    def _note_before(self, table: sa.Table, rows: sa.Result[Any]) -> None:
        touched = self._touched[table.name]
        for row in rows.mappings():
            key = str(row[_key(table).name])
            if key in touched:
                continue
            if key not in self._added.get(table.name, ()) and not fits(self.vault, table, row):
                self.broken.add((table.name, key))
                continue
            touched[key] = int(row[SEAL] or "0", 16)

    def _seal_again(self, table: sa.Table, keys: Sequence[str]) -> None:
        """New seals for changed rows; a row that is gone is counted off the table."""
        key = _key(table)
        news = []
        gone = set(keys)
        for row in super().execute(_rows_with(table), {"keys": keys}).mappings():
            gone.discard(str(row[key.name]))
            seal = stored_seal(self.vault, table, row)
            if seal == row[SEAL]:
                continue
            news.append({"at": row[key.name], "to": seal})
            if table.name in self._tallied:
                self._sums[table.name] += int(seal, 16) - int(row[SEAL], 16)
        self._write_seals(table, news)
        if table.name in self._tallied:
            self._rows[table.name] -= len(gone)
            self._sums[table.name] -= sum(self._touched[table.name][name] for name in gone)

    def _tally(self, names: Sequence[str]) -> None:
        """Count what was added and changed; a tally that was broken before stays so."""
        if not names:
            return
        found = super().execute(_rows_with(_TALLIES), {"keys": names}).mappings()
        known = {row["name"]: row for row in found}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for name in names:
            before = known.get(name)
            if before is not None and not fits(self.vault, _TALLIES, before):
                self.broken.add((_TALLIES.name, name))
                continue
            values = self._tallied_now(name, before)
            (new if before is None else changed).append(values)
            self.revisions[name] = values["revision"]
        if new:
            super().execute(_TALLIES.insert(), new)
        if changed:
            rows = [{KEY: values["name"], **to(values)} for values in changed]
            super().execute(changing(_TALLIES, tuple(changed[0])), rows)

    def _tallied_now(self, name: str, before: Mapping[Any, Any] | None) -> dict[str, Any]:
        rows, total, revision = 0, 0, 0
        if before is not None:
            rows, total, revision = before["rows"], int(before["sum"], 16), before["revision"]
        values: dict[str, Any] = {
            "name": name,
            "rows": rows + self._rows[name],
            "sum": f"{(total + self._sums[name]) % _WHOLE:064x}",
            "revision": revision + 1,
        }
        values[SEAL] = row_seal(self.vault, _TALLIES, values)
        return values


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]


def seal_all(session: Session) -> None:
    """Seal every row of a database of an earlier version, in a unit of work."""
    if not isinstance(session, SealingSession):
        raise TypeError("rows are sealed in a unit of work")
    session.seal_all()


@lru_cache(maxsize=256)
def _before(table: sa.Table, change: sa.Update | sa.Delete) -> sa.Select[Any]:
    """The rows that a change is about; those who change often bring the same statement again."""
    query = sealed_select(table)
    return query if change.whereclause is None else query.where(change.whereclause)


@lru_cache(maxsize=64)
def _inserting(table: sa.Table) -> sa.Insert:
    return table.insert()


@lru_cache(maxsize=64)
def _rows_with(table: sa.Table) -> sa.Select[Any]:
    """The rows with these `keys`."""
    return sealed_select(table).where(_key(table).in_(sa.bindparam("keys", expanding=True)))


@lru_cache(maxsize=64)
def _sealing(table: sa.Table) -> sa.Update:
    """The seal `to` for the row `at`."""
    change = table.update().where(_key(table) == sa.bindparam("at"))
    return change.values({SEAL: sa.bindparam("to")})


@lru_cache(maxsize=64)
def _key(table: sa.Table) -> sa.Column[Any]:
    """The one column that is a sealed row's key."""
    (key,) = table.primary_key.columns
    return key
