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

from models.facts import AccountRef, ReportFact
from models.money import Money
from models.states import CallKind, HoldKind, Role
from models.store.intake import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.cli.demo.people import REQUEST_FIELDS
from recovery_flows.cli.place import open_installation
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.desk import holding

FEED, BY_KEY = "feed", "by_key"
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
    holding.let_part_go(unit.desk(), unit.recovery_id, hold.id, part, REASON)
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
    fact = ReportFact(
        row=1,
        external_ref="SYN-2",
        victim_name="Synthetic Victim",
        victim_contact="invented-2@example.org",
        victim_account=AccountRef(unit.sandbox.SLOW, unit.sandbox.VICTIM, "Synthetic Victim"),
        payee_account=AccountRef(
            unit.sandbox.ABROAD, unit.sandbox.FOREIGN, "Synthetic Mule Abroad"
        ),
        amount=Money(92_000, "CNY"),
        paid_at=unit.sandbox.START + timedelta(hours=1.5),
        reported_at=unit.sandbox.now,
        end_to_end_id="E2",
    )
    with unit_of_work(unit.database) as work:
        actor = Actor(f"the-{Role.OFFICER}", Role.OFFICER)
        (unit.recovery_id,) = file_reports(work, actor, unit.sandbox.now, "CN", [fact]).filed
    for _ in range(20):
        await unit.sweep()
        if any(a.action == "request" and a.state == "pending" for a in unit.file().approvals):
            unit.approve()
            return
        fields = {"fields": REQUEST_FIELDS, "case_number": "SYN-CASE-2"}
        unit.desk().advance(unit.recovery_id, **fields)
    raise AssertionError(f"no request was asked for; next: {unit.page().steps[0]}")


ABOUT_TO: dict[str, Prepare] = {
    CallKind.HOLD: _hold,
    CallKind.REQUEST: _request,
    CallKind.RELEASE: _release,
    CallKind.STATEMENT: _hold,
    CallKind.PAYOUT: _payout,
    CallKind.EXTEND: _extend,
    CallKind.BALANCE: _balance,
    FEED: _feed,
    BY_KEY: _by_key,
}


@dataclass(frozen=True)
class Snapshot:
    folder: Path
    recovery_id: str
    now: datetime
    wall: datetime


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
        unit.engine = unit.hands("test", timeout_seconds=0.5)
        unit.wall = max(unit.wall, snapshot.wall + timedelta(seconds=130))
        return unit

    async def _prepare(self, kind: str) -> Snapshot:
        folder = self.folder / kind
        folder.mkdir()
        sandbox = self._serve(folder)
        unit = self.unit_with(sandbox.at(3), self.installed(folder, sandbox))
        await ABOUT_TO[kind](unit)
        snapshot = Snapshot(folder, unit.recovery_id, sandbox.now, unit.wall)
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
