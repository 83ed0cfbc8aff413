"""One recovery that cannot be processed, another one that must not notice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from models.entities.catalogue import table_of
from models.entities.hold import HoldState
from models.entities.officer import Role
from models.entities.recovery import Recovery
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases.views.queue import queue
from recovery_flows.freezing import stage as freezing
from recovery_flows.reports.unattended import DEFAULT_PATIENCE
from tests.by_hand import change

OTHER = AccountRef("bank-slow", "9999004", "Synthetic Shop")


def second(unit: Any) -> str:
    """Another victim's recovery, about an account at another bank; accepted, its stop ordered."""
    of = unit.sandbox
    fact = ReportFact(
        row=1,
        external_ref="SYN-OTHER",
        victim_name="Synthetic Second Victim",
        victim_contact="invented-2@example.org",
        victim_account=AccountRef(of.SLOW, of.VICTIM, "Synthetic Victim"),
        payee_account=OTHER,
        amount=Money(1_000, "CNY"),
        paid_at=of.START + timedelta(hours=1),
        reported_at=of.now,
        end_to_end_id="E-OTHER",
    )
    with unit_of_work(unit.database) as work:
        actor = Actor("the-officer", Role.OFFICER)
        (recovery_id,) = file_reports(work, actor, of.now, "CN", [fact]).filed
    unit.case_officer().advance(recovery_id, case_number="SYN-CASE-2")
    unit.case_officer().advance(recovery_id)
    return str(recovery_id)


def garble(unit: Any, statement: str) -> None:
    """What a damaged disk or a hand in the file does to one row."""
    change(unit.database.engine.url.database, statement)


def failures(unit: Any, recovery_id: str) -> list[Any]:
    query = (
        "SELECT subject_noun, subject_id, detail, attempts, state, retry_at FROM discrepancy"
        f" WHERE recovery_id = '{recovery_id}' AND kind = 'processing_failed'"
    )
    with closing(sqlite3.connect(unit.database.engine.url.database)) as raw:
        return raw.execute(query).fetchall()


def red(unit: Any) -> set[str]:
    with unit.database.reading() as session:
        page = queue(session, unit.sandbox.now, DEFAULT_PATIENCE, 10)
    return {line.recovery_id for line in page.lines if line.attention == "discrepancy"}


def stop_of(unit: Any, recovery_id: str) -> Any:
    unit.recovery_id = recovery_id
    return unit.hold()


async def assert_stopped(unit: Any, recovery_id: str) -> None:
    """The slower bank has answered within the hour."""
    unit.later(1)
    await unit.sweep(after_seconds=130)
    assert stop_of(unit, recovery_id).state is HoldState.STOPPED


def break_freezing(patch: pytest.MonkeyPatch, recovery_id: str) -> set[str]:
    """A fault of the program that only one recovery meets; until the set is empty."""
    broken, advance = {recovery_id}, freezing.advance

    def fails(changes: Any, now: Any, laws: Any) -> None:
        if changes.file.recovery.id in broken:
            name = "Synthetic Victim"
            raise ZeroDivisionError(f"what {name} says must not be told")
        advance(changes, now, laws)

    patch.setattr(freezing, "advance", fails)
    return broken


def wake(unit: Any) -> None:
    """Due again, as the program itself would have it."""
    table = table_of(Recovery)
    change = table.update().where(table.c.id == unit.recovery_id)
    with unit_of_work(unit.database) as work:
        work.session.execute(change.values(wake_at=unit.sandbox.now))
