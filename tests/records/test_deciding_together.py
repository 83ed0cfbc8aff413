"""Many recoveries decided on at once: few statements, the same history as one by one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models import outcome
from models.engine import Database, open_database
from models.entities.asset import Stage
from models.facts import AccountRef
from models.queries.audit.verify import verify
from models.store import pacing
from recovery_flows.cases import stages
from recovery_flows.engine import decisions
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide, due_by_stage

# It counts transactions: no test here depends on how long each of them lasts (`_unhurried`).
_NOT_COMPARED = {"table_seal"}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is kept until all is written, however slow the machine is."""
    monkeypatch.setattr(pacing, "HOLD_SECONDS", 60)


@pytest.fixture
def accepted(unit: Any) -> Callable[[int], list[str]]:
    """So many recoveries, each about an account of its own, their stops ordered first."""

    def _accepted(count: int) -> list[str]:
        made = unit.reports(count)
        for number, fact in enumerate(made):
            mule = AccountRef(unit.banks[0][0], f"9999{number:012d}", "Synthetic Mule")
            (recovery_id,) = unit.report(replace(fact, payee_account=mule))
            unit.accept(recovery_id)
            unit.order(recovery_id)
        return [unit.one(f"SELECT id FROM recovery ORDER BY ref LIMIT 1 OFFSET {n}")
                for n in range(count)]  # fmt: skip

    return _accepted


def _engine(unit: Any, database: Database | None = None) -> Engine:
    return Engine(database or unit.database, unit.laws, Pace(), "test", lambda: unit.now)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent to the database while the block runs."""
    found: list[str] = []

    def note(*given: Any) -> None:
        found.append(given[2])

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def _sweep(engine: Engine) -> int:
    return sum(decide(engine, ids) for ids in due_by_stage(engine).values())


@pytest.mark.parametrize("count", [4, 24])
def test_a_sweep_asks_no_more_statements_for_many_recoveries_than_for_few(
    unit: Any, accepted: Any, count: int
) -> None:
    accepted(count)
    assert _sweep(_engine(unit)) == 0
    unit.later(3)
    with counted(unit.database) as statements:
        assert _sweep(_engine(unit)) == count
    assert len(statements) <= 60, "\n".join(statements)
    assert verify(unit.database) == ()


def test_decisions_recorded_together_make_the_history_that_they_make_one_by_one(
    unit: Any, accepted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(6)
    unit.later(3)
    shutil.copytree(unit.folder, tmp_path / "copy")
    copy = open_database(f"sqlite:///{tmp_path}/copy/cases.sqlite3", tmp_path / "copy" / "keys")
    assert _sweep(_engine(unit)) == 6
    monkeypatch.setattr(decisions, "_record", decisions._record_apart)
    assert _sweep(_engine(unit, copy)) == 6
    copy.dispose()
    together, apart = _rows(unit.path), _rows(tmp_path / "copy" / "cases.sqlite3")
    assert together["event"], "nothing was recorded"
    assert together == apart


@pytest.mark.parametrize(("is_a_mark", "again"), [(False, [Stage.FREEZING]), (True, [])])
def test_a_stage_that_has_seen_the_file_as_it_is_but_for_marks_is_not_asked_again(
    unit: Any,
    accepted: Any,
    monkeypatch: pytest.MonkeyPatch,
    is_a_mark: bool,  # noqa: FBT001
    again: list[Stage],
) -> None:
    accepted(1)
    unit.later(3)
    if not is_a_mark:
        monkeypatch.setattr(outcome, "MARKS", {})
    asked: list[Stage] = []
    ask = stages.decide

    def noted(stage: Stage, *given: Any) -> None:
        asked.append(stage)
        ask(stage, *given)

    monkeypatch.setattr(stages, "decide", noted)
    assert _sweep(_engine(unit)) == 1
    assert asked == [*stages.STAGES, *again]


def _rows(path: Path) -> dict[str, list[dict[str, object]]]:
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            name: [dict(row) for row in raw.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for name in names
            if name not in _NOT_COMPARED
        }


def test_where_one_decision_cannot_be_recorded_the_others_are(
    unit: Any, accepted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = accepted(5)
    unit.later(3)
    written = decisions.commit_decisions

    def failing(unit_: Any, actor: Any, now: Any, laws: Any, some: Any) -> list[str]:
        some = list(some)
        done = written(unit_, actor, now, laws, some)
        if any(d.recovery_id == ids[2] for d in some):
            raise ArithmeticError("a fault of this recovery")
        return done

    monkeypatch.setattr(decisions, "commit_decisions", failing)
    assert _sweep(_engine(unit)) == 4
    alarmed = "SELECT count(*) FROM approval WHERE alarmed"
    assert unit.one(alarmed) == 4
    kind = "SELECT recovery_id FROM discrepancy WHERE kind = 'processing_failed'"
    assert unit.one(kind) == ids[2]
    assert verify(unit.database) == ()
