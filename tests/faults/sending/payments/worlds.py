"""One small world for each kind, stopped where a yes waits; each try begins with a copy of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from config.settings import load_settings
from models.entities.installation import InstallationKind
from models.entities.officer import Role
from recovery_flows.cli.composition import FirstOfficer, make_installation, open_installation
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.sandbox.worlds.world import install
from tests.faults.conftest import Sandbox, small_world
from tests.faults.sending.conftest import STORY_BEGINS, Unit
from tests.faults.sending.payments.acts import short_notice
from tests.faults.sending.payments.kinds import KINDS, PAPERS

ROOT = Path(__file__).parents[4]
_BANK = "sandbox.sqlite3"


@dataclass(frozen=True, slots=True)
class _Stand:
    folder: Path
    recovery_id: str
    now: datetime
    wall_now: datetime


@dataclass
class Worlds:
    """Prepared once for each kind, in a folder of their own."""

    folder: Path
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    _stands: dict[str, _Stand] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self, kind: str, folder: Path) -> AsyncIterator[Unit]:
        """A unit in which this kind of money waits for a second person's yes."""
        if kind not in self._stands:
            self._stands[kind] = await self._prepare(kind)
        stand = self._stands[kind]
        shutil.copytree(stand.folder, folder, dirs_exist_ok=True)
        unit = self._unit(folder, stand.now)
        unit.recovery_id = stand.recovery_id
        unit.wall_now = max(unit.wall_now, stand.wall_now + timedelta(seconds=130))
        try:
            yield unit
        finally:
            await _shut(unit)

    async def _prepare(self, kind: str) -> _Stand:
        folder = self.folder / kind
        folder.mkdir()
        people = tuple(
            FirstOfficer(f"the-{r}", frozenset({r}), os_user=f"the-{r}")
            for r in (Role.OFFICER, Role.SUPERVISOR)
        )
        settings = load_settings(folder / "data")
        made = make_installation(
            settings, people, stands_at=STORY_BEGINS, kind=InstallationKind.DEMO
        )
        made.database.dispose()
        install(folder / _BANK, small_world())
        unit = self._unit(folder, STORY_BEGINS + timedelta(hours=3))
        unit.report()
        await {**KINDS, **PAPERS}[kind](unit)
        stand = _Stand(folder, unit.recovery_id, unit.sandbox.now, unit.wall_now)
        await _shut(unit)
        return stand

    def _unit(self, folder: Path, now: datetime) -> Unit:
        sandbox = Sandbox(folder / _BANK, self.client)
        sandbox.now = now
        sandbox.start()
        opened = open_installation(folder / "data")
        opened = replace(opened, laws=short_notice(opened.laws))
        register_banks(opened.database, list(sandbox.banks.values()), "CN")
        return Unit(sandbox, opened, datetime.now(UTC))


async def _shut(unit: Unit) -> None:
    await unit.engine.close()
    unit.database.dispose()
    unit.sandbox.end()


class Killer:
    """Has processes killed at named points (`child`), by one helper that is loaded once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "tests.faults.sending.payments.child"]
        self._helper = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def at(self, unit: Unit, point: str, patience: float = 60, **more: Any) -> int:
        """The signal that ended a process at this point; 0 where it was never reached."""
        given = {
            "folder": str(unit.installation.data_dir), "point": point, "patience": patience,
            "wall_now": unit.wall_now.isoformat(), **more,
        }  # fmt: skip
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        self._helper.stdin.write(json.dumps(given) + "\n")
        self._helper.stdin.flush()
        told = int(self._helper.stdout.readline())
        assert told >= 0, f"the process at {point!r} failed by itself"
        return told

    def end(self) -> None:
        """No more of them."""
        assert self._helper.stdin is not None
        self._helper.stdin.close()
        self._helper.wait()
