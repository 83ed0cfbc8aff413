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
from models.entities.approval import ApprovalState
from models.entities.installation import InstallationKind
from models.entities.officer import Role
from models.sealing.signed_heads import HeadFile
from recovery_flows.cli.composition import FirstOfficer, make_installation, open_installation
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.sandbox.worlds.world import install
from tests.faults.conftest import Sandbox, small_world
from tests.faults.sending.conftest import STORY_BEGINS, Unit
from tests.faults.sending.payments.acts import short_notice
from tests.faults.sending.payments.kinds import BEGINS_WITH, KINDS, OTHERS

ROOT = Path(__file__).parents[4]
_BANK = "sandbox.sqlite3"


@dataclass(frozen=True, slots=True)
class _Stand:
    """A kind's world as it stands (`kept`), and where it is played (`unit`): opened once.

    An engine of SQLAlchemy has to learn each statement anew, which cost more than a try does; so
    its connections are closed and what they see is put back, and it stays.
    """

    kept: Path
    unit: Unit
    now: datetime
    wall_now: datetime


@dataclass
class Worlds:
    """Prepared once for each kind, in a folder of their own."""

    folder: Path
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    _stands: dict[str, _Stand] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self, kind: str) -> AsyncIterator[Unit]:
        """A unit in which this kind of money waits for a second person's yes; one at a time."""
        unit = await self._again(kind)
        try:
            yield unit
        finally:
            await _shut(unit)

    async def warm(self, kind: str, killer: Killer) -> None:
        """Let the helper do a whole try by itself, so that what it forks has learned all of it."""
        async with self.open(kind) as unit:
            (asked,) = (a for a in unit.file().approvals if a.state is ApprovalState.PENDING)
            killer.warm(unit, asked.id)

    async def _again(self, kind: str) -> Unit:
        if kind not in self._stands:
            self._stands[kind] = await self._prepare(kind)
        stand = self._stands[kind]
        _put_back(stand.kept, _folder(stand.unit))
        sandbox, opened = stand.unit.sandbox, stand.unit.installation
        sandbox.now = stand.now
        sandbox.start()
        heads = HeadFile(opened.settings.key_dir)
        opened = replace(opened, whole=replace(opened.whole, heads=heads))
        register_banks(opened.database, list(sandbox.banks.values()), "CN")
        unit = Unit(sandbox, opened, datetime.now(UTC))
        unit.wall_now = max(unit.wall_now, stand.wall_now + timedelta(seconds=130))
        unit.recovery_id = stand.unit.recovery_id
        return unit

    async def _prepare(self, kind: str) -> _Stand:
        folder = self.folder / kind
        begins = BEGINS_WITH.get(kind)
        if begins:
            before = await self._again(begins)
            await _shut(before)
            shutil.copytree(_folder(before), folder)
            unit = self._unit(folder, before.sandbox.now)
            unit.recovery_id = before.recovery_id
            unit.wall_now = before.wall_now
        else:
            unit = self._fresh(folder)
        await {**KINDS, **OTHERS}[kind](unit)
        await _shut(unit)
        kept = self.folder / f"{kind} kept"
        shutil.copytree(folder, kept)
        return _Stand(kept, unit, unit.sandbox.now, unit.wall_now)

    def _fresh(self, folder: Path) -> Unit:
        """A unit three hours into the story, with one report taken in."""
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
        return unit

    def _unit(self, folder: Path, now: datetime) -> Unit:
        sandbox = Sandbox(folder / _BANK, self.client)
        sandbox.now = now
        sandbox.start()
        opened = open_installation(folder / "data")
        opened = replace(opened, laws=short_notice(opened.laws))
        register_banks(opened.database, list(sandbox.banks.values()), "CN")
        return Unit(sandbox, opened, datetime.now(UTC))


def _folder(unit: Unit) -> Path:
    return unit.sandbox.path.parent


def _put_back(kept: Path, folder: Path) -> None:
    """The folder as it was kept, byte for byte, and nothing beside that."""
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)


async def _shut(unit: Unit) -> None:
    await unit.engine.close()
    unit.database.dispose()
    unit.sandbox.end()


class Killer:
    """Has processes killed at named points (`child`), by one helper that is loaded once.

    `cpu_seconds` is what they have cost until now.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.cpu_seconds = 0.0
        command = [sys.executable, "-m", "tests.faults.sending.payments.child"]
        self._helper = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def at(self, unit: Unit, point: str, patience: float = 60, **more: Any) -> int:
        """The signal that ended a process at this point; 0 where it was never reached."""
        given = {
            "point": point, "patience": patience, "wall_now": unit.wall_now.isoformat(), **more,
        }  # fmt: skip
        told = self._ask(unit, given)
        assert told >= 0, f"the process at {point!r} failed by itself"
        return told

    def warm(self, unit: Unit, approval_id: str) -> None:
        """Have the helper do a payment of this unit itself, once, and be killed nowhere."""
        given = {"warm": approval_id, "patience": 60, "wall_now": unit.wall_now.isoformat()}
        assert self._ask(unit, given) == 0

    def _ask(self, unit: Unit, given: dict[str, Any]) -> int:
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        more = {"folder": str(unit.installation.data_dir), **given}
        self._helper.stdin.write(json.dumps(more) + "\n")
        self._helper.stdin.flush()
        told, cpu_seconds = self._helper.stdout.readline().split()
        self.cpu_seconds += float(cpu_seconds)
        return int(told)

    def end(self) -> None:
        """No more of them."""
        assert self._helper.stdin is not None
        self._helper.stdin.close()
        self._helper.wait()
