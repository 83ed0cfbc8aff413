"""A unit at work on the sandbox, whose engine runs in the test, step by step."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.settings import load_settings
from models.case_file import CaseFile
from models.engine import Database
from models.entities.approval import ApprovalState
from models.entities.call import OPEN_CALLS
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.entities.installation import InstallationKind
from models.entities.multi_agency import OPEN_TASKS, TaskState
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.case_files import load_file
from models.queries.cases.views import RecoveryPage
from models.store.clock import set_case_time
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.stages import STAGES
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cli.composition import (
    FirstOfficer,
    Installation,
    make_installation,
    open_installation,
)
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import CALLS, decide, due_by_stage
from recovery_flows.engine.outbox import dispatch
from recovery_flows.engine.reconciliation import reconcile
from recovery_flows.reports.ledger_check import ledger_check
from tests.patience import PATIENCE_SECONDS
from tests.recall_messages import CHANNELS

STORY_BEGINS = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Unit:
    """A unit at work with the sandbox as its banks; two clocks that the test sets."""

    sandbox: Any
    installation: Installation
    wall_now: datetime
    recovery_id: str = ""
    found: list[str] = field(default_factory=list)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = self.hands("test")
        self.later(0)

    @property
    def database(self) -> Database:
        return self.installation.database

    def hands(self, owner: str, timeout_seconds: float = PATIENCE_SECONDS) -> Engine:
        """An engine that waits for each answer, however busy the machine is.

        A bank that hangs up does so at once; only a test of a late answer takes less patience.
        """
        pace = Pace(timeout_seconds=timeout_seconds, poll_seconds=60)
        return Engine(
            self.database, self.installation.laws, pace, owner, lambda: self.wall_now,
            channels=CHANNELS,
        )  # fmt: skip

    def case_officer(self, role: Role = Role.OFFICER) -> CaseOfficer:
        who = by_system_user(self.database, f"the-{role}")
        return CaseOfficer(self.database, self.installation.laws, who, lambda: self.wall_now)

    def later(self, hours: float) -> None:
        """Let case time pass, for the banks too."""
        self.sandbox.now += timedelta(hours=hours)
        with unit_of_work(self.database) as unit:
            set_case_time(unit, self.sandbox.now)

    def file(self) -> CaseFile:
        with self.database.reading() as session:
            return load_file(session, self.recovery_id)

    def hold(self, kind: HoldKind = HoldKind.STOP) -> HoldRow:
        """The one hold of a kind."""
        (found,) = (h for h in self.file().holds if h.kind is kind)
        return found

    def page(self) -> RecoveryPage:
        return recovery_page(self.database, self.installation.laws, self.recovery_id, self.wall_now)

    def call_events(self, kind: str) -> list[str]:
        """What happened to the calls of a kind, oldest first."""
        query = (
            "SELECT e.event FROM event e JOIN call c ON c.id = e.subject_id"
            " WHERE e.noun = 'call' AND c.kind = :kind ORDER BY e.seq"
        )
        with self.database.reading() as session:
            return list(session.execute(sa.text(query), {"kind": kind}).scalars())

    def report(self, *, abroad: bool = False) -> None:
        """The victim tells of 800.00 paid to the mule in hour 1, or 920.00 abroad in hour 1.5."""
        of = self.sandbox
        home = AccountRef(of.HOME, of.MULE, "Synthetic Mule")
        away = AccountRef(of.ABROAD, of.FOREIGN, "Synthetic Mule Abroad")
        fact = ReportFact(
            row=1,
            external_ref="SYN-2" if abroad else "SYN-1",
            victim_name="Synthetic Victim",
            victim_contact="invented-1@example.org",
            victim_account=AccountRef(of.SLOW, of.VICTIM, "Synthetic Victim"),
            payee_account=away if abroad else home,
            amount=Money(92_000 if abroad else 80_000, "CNY"),
            paid_at=of.START + timedelta(hours=1.5 if abroad else 1),
            reported_at=of.now,
            end_to_end_id="E2" if abroad else "E1",
        )
        with unit_of_work(self.database) as unit:
            actor = Actor(f"the-{Role.OFFICER}", Role.OFFICER)
            (self.recovery_id,) = file_reports(unit, actor, of.now, "CN", [fact]).filed

    def advance(self) -> None:
        """Do the officer's next step; the first is to accept the report."""
        self.case_officer().advance(self.recovery_id, case_number="SYN-CASE-1")

    def stop(self) -> None:
        """The stop is sent first and confirmed by the supervisor; nothing has left yet."""
        self.advance()
        self.advance()
        self.approve()

    def approve(self) -> None:
        for approval in self.file().approvals:
            if approval.state is ApprovalState.PENDING:
                self.case_officer(Role.SUPERVISOR).approve(approval.id)

    async def until(self, action: str) -> None:
        """Do whatever is next until an approval of this act waits for the supervisor."""
        for _ in range(40):
            await self.sweep()
            pending = [a for a in self.file().approvals if a.state is ApprovalState.PENDING]
            if any(a.action == action for a in pending):
                return
            if pending:
                self.approve()
            elif self.page().steps[0].role is Role.OFFICER:
                self.advance()
            else:
                self.later(1)
        raise AssertionError(f"{action} was never asked for; next: {self.page().steps[0]}")

    async def frozen(self) -> HoldRow:
        """A freeze of 800.00 in force at the bank."""
        await self.until("freeze")
        self.approve()
        await self.sweep()
        return self.hold(HoldKind.FREEZE)

    def officer_does(self, action: str) -> None:
        """Do officer's steps until the one with this action is done."""
        for _ in range(5):
            officers = [s for s in self.page().steps if s.role is Role.OFFICER]
            self.advance()
            if officers[0].action == action:
                return
        raise AssertionError(f"{action} never came first")

    def assert_books_hold(self) -> None:
        """The ledger agrees with its sources, the history with the rows."""
        with self.database.reading() as session:
            assert ledger_check(session).differences == ()
        assert verify(self.database) == ()

    async def come_to_rest(self) -> None:
        """Until no call is open and no bank owes a word; then every feed is read once more."""
        for _ in range(30):
            await self.sweep(after_seconds=130)
            if not is_waited_for(self.file()):
                break
            await asyncio.sleep(0.03)
            self.later(0.3)
        else:
            raise AssertionError(f"never at rest: {self.page().steps}")
        self.later(0.3)
        await self.sweep(after_seconds=130)

    async def differences(self) -> list[str]:
        """By how much a bank says another figure than our ledger; every bank can be asked."""
        witness = self.hands("witness")
        found = await reconcile(witness)
        await witness.close()
        assert found.not_asked == ()
        return [str(line.difference) for line in found.differences]

    async def sweep(self, after_seconds: float = 0, engine: Engine | None = None) -> None:
        """What the engine's sweep does, without Prefect, after so much transport time."""
        self.wall_now += timedelta(seconds=after_seconds)
        await sweep(engine or self.engine)


_AWAITED = OPEN_TASKS | {TaskState.CANCEL_PENDING}


def is_waited_for(file: CaseFile) -> bool:
    held = [h for h in file.holds if h.state in LIVE_HOLDS]
    return (
        any(c.state in OPEN_CALLS for c in file.calls)
        or any(h.state in (HoldState.ORDERED, HoldState.RELEASE_PENDING) for h in file.holds)
        or any(h.releasing_minor or h.renewal == "ordered" for h in held)
        or any(p.state is PayoutState.INSTRUCTED for p in file.payouts)
        or any(t.state in _AWAITED or t.renewal == "ordered" for t in file.tasks)
    )


async def sweep(engine: Engine) -> None:
    done = True
    while done:
        done = False
        for partner in event_feed.due_polls(engine):
            await event_feed.poll(engine, partner)
            done = True
        for stage in STAGES:
            due = due_by_stage(engine).get(stage, [])
            done = bool(decide(engine, due) if due else 0) or done
            done = bool(await dispatch.send_due(engine, CALLS[stage])) or done


def without_settings(patch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("RECOVERY_", "PREFECT_")):
            patch.delenv(name)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a unit with one officer and one supervisor, copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    people = tuple(
        FirstOfficer(f"the-{r}", frozenset({r}), os_user=f"the-{r}")
        for r in (Role.OFFICER, Role.SUPERVISOR)
    )
    with pytest.MonkeyPatch.context() as patch:
        without_settings(patch)
        settings, kind = load_settings(folder / "data"), InstallationKind.DEMO
        made = make_installation(settings, people, stands_at=STORY_BEGINS, kind=kind)
    made.database.dispose()
    return folder


@pytest.fixture(scope="session", name="installed")
def _installed(made: Path) -> Callable[[Path, Any], Installation]:
    """A unit of its own in a folder, to whom the sandbox banks are partners."""

    def installed(folder: Path, sandbox: Any) -> Installation:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        opened = open_installation(folder / "data")
        register_banks(opened.database, list(sandbox.banks.values()), "CN")
        return opened

    return installed


@pytest.fixture(scope="session")
def unit_with() -> Callable[[Any, Installation], Unit]:
    """A unit at work with this sandbox, without any report."""
    return lambda sandbox, installation: Unit(sandbox, installation, datetime.now(UTC))


@pytest.fixture
async def unit(
    sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: Any
) -> AsyncIterator[Unit]:
    """A unit three hours into the story, with one report taken in."""
    without_settings(monkeypatch)
    installation = installed(tmp_path, sandbox)
    opened = Unit(sandbox.at(3), installation, datetime.now(UTC))
    opened.report()
    yield opened
    await opened.engine.close()
    installation.database.dispose()
