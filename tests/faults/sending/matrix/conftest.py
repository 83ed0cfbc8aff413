"""Worlds that are about to make one kind of call: prepared once, copied for every fault."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.entities.call import CallKind
from models.money import Money
from recovery_flows.cli.composition import open_installation
from recovery_flows.cli.demo.people import REQUEST_FIELDS
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.engine.outbox import dispatch
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from recovery_flows.sandbox.faults.catalogue import means_something
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending import partners
from tests.faults.sending.abroad import bodies
from tests.faults.sending.matrix.effects import assert_one_effect_each, was_kept
from tests.faults.sending.partners import PLATFORM

FEED, BY_KEY = "feed", "by_key"
WORLDS = {PLATFORM: partners.with_partners, bodies.POLICE: bodies.with_bodies}
REASON = "told by the duty desk of the bank"
Prepare = Callable[[Any], Awaitable[None]]


async def _hold(unit: Any) -> None:
    unit.report()
    unit.stop()


async def _by_key(unit: Any) -> None:
    """The bank has acted on a stop, its answer was lost: it is asked by key next."""
    await _hold(unit)
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "timeout_after_acting"})
    await unit.sweep()


async def _feed(unit: Any) -> None:
    """The bank has taken a stop in, and tells by its feed what became of it."""
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute("UPDATE bank SET answer_minutes = 10 WHERE id = ?", [unit.sandbox.HOME])
    unit.sandbox.end()
    unit.sandbox.start()
    await _hold(unit)
    await unit.sweep()
    unit.later(1)


async def _release(unit: Any) -> None:
    unit.report()
    hold = await unit.frozen()
    part = Money(30_000, "CNY")
    hold_actions.release_part(unit.case_officer(), unit.recovery_id, hold.id, part, REASON)
    unit.approve()


async def _extend(unit: Any) -> None:
    unit.report()
    await unit.frozen()
    unit.later(24 * 95)
    await unit.sweep()
    unit.officer_does("submit_renewal")
    unit.approve()


async def _payout(unit: Any) -> None:
    unit.report()
    await unit.until("return")
    unit.later(1)
    unit.approve()


async def _hold_query(unit: Any) -> None:
    """A payout is settled, and its bank is to be asked what it still holds."""
    await _payout(unit)
    await dispatch.send_due(unit.engine, [CallKind.PAYOUT])


async def _balance(unit: Any) -> None:
    """A watched account was empty; now 500.00 are there, and it is looked at next."""
    unit.report()
    unit.sandbox.at(70)
    unit.later(0)
    unit.stop()
    await unit.sweep()
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute(
            "UPDATE balance SET booked_minor = booked_minor + 50000 WHERE account_id ="
            " (SELECT id FROM account WHERE number = ?)",
            [unit.sandbox.MULE],
        )
    unit.later(26)


async def _request(unit: Any) -> None:
    """The money lies abroad; a second person has approved the request."""
    unit.report(abroad=True)
    for _ in range(20):
        await unit.sweep()
        if any(a.action == "request" and a.state == "pending" for a in unit.file().approvals):
            unit.approve()
            return
        fields = {"fields": REQUEST_FIELDS, "case_number": "SYN-CASE-2"}
        unit.case_officer().advance(unit.recovery_id, **fields)
    raise AssertionError(f"no request was asked for; next: {unit.page().steps[0]}")


@dataclass(frozen=True)
class Column:
    """A kind of call: the bank's name of it, how a world comes to make it, who is asked."""

    call: str
    prepare: Prepare
    bank: str = "HOME"


COLUMNS: dict[str, Column] = {
    CallKind.HOLD: Column(fault_catalogue.HOLD, _hold),
    CallKind.REQUEST: Column(fault_catalogue.HOLD, _request, "ABROAD"),
    FEED: Column(fault_catalogue.FEED, _feed),
    BY_KEY: Column(fault_catalogue.BY_KEY, _by_key),
    CallKind.RELEASE: Column(fault_catalogue.RELEASE, _release),
    CallKind.EXTEND: Column(fault_catalogue.EXTEND, _extend),
    CallKind.PAYOUT: Column(fault_catalogue.PAYOUT, _payout),
    CallKind.HOLD_QUERY: Column(fault_catalogue.READ_HOLD, _hold_query),
    CallKind.STATEMENT: Column(fault_catalogue.STATEMENT, _hold),
    CallKind.BALANCE: Column(fault_catalogue.BALANCE, _balance),
    CallKind.TASK: Column(fault_catalogue.TASK, partners.about_to_ask, PLATFORM),
    CallKind.TASK_EXTEND: Column(fault_catalogue.TASK_EXTEND, partners.about_to_prolong, PLATFORM),
    CallKind.TASK_CANCEL: Column(
        fault_catalogue.TASK_CANCEL, partners.about_to_take_back, PLATFORM
    ),
    CallKind.ABROAD: Column(fault_catalogue.REQUEST, bodies.about_to_ask, bodies.POLICE),
    CallKind.MESSAGE: Column(fault_catalogue.MESSAGE, bodies.about_to_tell, bodies.POLICE),
}
"""Every kind of call there is. A new CallKind gets a line here, and its outcomes in a test file."""

FILES = dict.fromkeys((CallKind.HOLD, CallKind.REQUEST, FEED, BY_KEY), "first_calls")
FILES |= dict.fromkeys(partners.CALLS, "task_calls")
FILES |= {CallKind.ABROAD: "abroad_calls", CallKind.MESSAGE: "message_calls"}
"""Columns by test file; all others are of later_calls, so that workers share them."""

PLANTED: dict[FaultKind, dict[str, Any]] = {
    FaultKind.RATE_LIMITED: {"seconds": 0},
    FaultKind.CLOSED: {"seconds": 0},
    FaultKind.SLOW: {"seconds": 1},
    FaultKind.LAPSES_EARLY: {"seconds": 7200},
    # Days late, beside the settlement's own clock, is a test of its own (test_payouts_gone_wrong).
    FaultKind.PAYS_LATE: {"seconds": 4 * 3600},
    # A read that is hung up on is repeated at once.
    FaultKind.DOWN: {"times": 2},
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test of a `column` and a `fault` runs for every pair that means anything."""
    if {"column", "fault"} <= set(metafunc.fixturenames):
        of = metafunc.module.__name__.partition("test_")[2]
        names = [name for name in COLUMNS if FILES.get(name, "later_calls") == of]
        cells = [
            (name, fault)
            for name in names
            for fault in FaultKind
            if means_something(fault, COLUMNS[name].call)
        ]
        metafunc.parametrize(("column", "fault"), cells, ids=[f"{c}-{f}" for c, f in cells])


@dataclass(frozen=True)
class Snapshot:
    folder: Path
    recovery_id: str
    now: datetime
    wall_now: datetime


@dataclass
class Worlds:
    """One small world for each kind of call, stopped just before that call leaves."""

    folder: Path
    sandbox_at: Any
    installed: Any
    unit_with: Any
    _snapshots: dict[str, Snapshot] = field(default_factory=dict)

    async def open(self, kind: str, folder: Path) -> Any:
        """A copy of the world that is about to make a call of this kind, at work."""
        if kind not in self._snapshots:
            self._snapshots[kind] = await self._prepare(kind)
        snapshot = self._snapshots[kind]
        shutil.copytree(snapshot.folder, folder, dirs_exist_ok=True)
        sandbox = self._serve(folder)
        sandbox.now = snapshot.now
        installation = open_installation(folder / "data")
        register_banks(installation.database, list(sandbox.banks.values()), "CN")
        unit = self.unit_with(sandbox, installation)
        unit.recovery_id = snapshot.recovery_id
        unit.wall_now = max(unit.wall_now, snapshot.wall_now + timedelta(seconds=130))
        return unit

    async def _prepare(self, kind: str) -> Snapshot:
        folder = self.folder / kind
        folder.mkdir()
        if COLUMNS[kind].bank in WORLDS:
            self.sandbox_at(folder / "sandbox.sqlite3", WORLDS[COLUMNS[kind].bank])
        sandbox = self._serve(folder)
        unit = self.unit_with(sandbox.at(3), self.installed(folder, sandbox))
        await COLUMNS[kind].prepare(unit)
        snapshot = Snapshot(folder, unit.recovery_id, sandbox.now, unit.wall_now)
        await shut(unit)
        return snapshot

    def _serve(self, folder: Path) -> Any:
        sandbox = self.sandbox_at(folder / "sandbox.sqlite3")
        sandbox.start()
        return sandbox


async def shut(unit: Any) -> None:
    await unit.engine.close()
    unit.database.dispose()
    unit.sandbox.end()


@pytest.fixture(scope="session")
def worlds(
    tmp_path_factory: pytest.TempPathFactory, sandbox_at: Any, installed: Any, unit_with: Any
) -> Worlds:
    return Worlds(tmp_path_factory.mktemp("worlds"), sandbox_at, installed, unit_with)


@pytest.fixture
async def about_to(
    worlds: Worlds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Opens a world that is about to make a call of a kind."""
    for name in list(os.environ):
        if name.startswith(("RECOVERY_", "PREFECT_")):
            monkeypatch.delenv(name)
    opened = []

    async def _open(kind: str) -> Any:
        opened.append(await worlds.open(kind, tmp_path))
        return opened[-1]

    yield _open
    for unit in opened:
        await shut(unit)


@pytest.fixture
def play_out(about_to: Any, caplog: pytest.LogCaptureFixture) -> Callable[..., Awaitable[Any]]:
    """Meets one call with one fault, lets everything come to rest, and checks what always holds."""

    async def _play(name: str, fault: FaultKind) -> Any:
        unit, column = await about_to(name), COLUMNS[name]
        bank = getattr(unit.sandbox, column.bank, column.bank)
        row = {"call": column.call, "kind": fault, **PLANTED.get(fault, {})}
        unit.sandbox.plant(row, bank=bank)
        if fault is FaultKind.SLOW:
            await met_without_patience(unit, bank)
        await unit.come_to_rest()
        met = unit.sandbox.get("/sandbox/faults/met", bank).json()
        assert {"call": column.call, "kind": fault, "times": row.get("times", 1)} in met
        assert unit.sandbox.planted(bank) == []
        assert [r.message for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")] == []
        assert fault is not FaultKind.SCHEMA_CHANGE or was_kept(unit, b'V2":')
        if fault is not FaultKind.PAYS_TWICE:  # whose outcome counts for itself
            assert_one_effect_each(unit)
        unit.assert_books_hold()
        unit.found = await unit.differences()
        return unit

    return _play


async def met_without_patience(unit: Any, bank: str) -> None:
    """Sweep with an engine that gives a late answer up, until the planted one was late."""
    impatient = unit.hands("impatient", timeout_seconds=0.5)
    for _ in range(30):
        await unit.sweep(engine=impatient)
        if not unit.sandbox.planted(bank):
            break
        # Another call than the planted one was given up: it is due again after a pause.
        unit.wall_now += timedelta(seconds=130)
    await impatient.close()
