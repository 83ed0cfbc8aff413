"""Everything goes wrong at random: ten recoveries, banks that misbehave by seed, to the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.settings import load_settings
from models.action_kinds import ActionKind
from models.case_file import CaseFile
from models.entities.call import OPEN_CALLS
from models.entities.hold import LIVE_HOLDS
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.approvals import pending_ids
from models.queries.cases.case_files import load_files
from models.queries.cases.open_steps import open_steps
from models.store.clock import set_case_time
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.stages import STAGES
from recovery_flows.cli.composition import FirstOfficer, Installation, make_installation
from recovery_flows.cli.demo.people import REQUEST_FIELDS
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import CALLS, decide, due_by_stage
from recovery_flows.engine.outbox import dispatch
from recovery_flows.engine.reconciliation import reconcile
from recovery_flows.errors import StepRefusedError
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.sandbox.server import running
from recovery_flows.sandbox.worlds.builder import Script
from recovery_flows.sandbox.worlds.synthetic import RATES
from recovery_flows.sandbox.worlds.world import Bank, Report, World, install

START = datetime(2026, 3, 2, tzinfo=UTC)
EAST, WEST, ABROAD = "sandbox-east", "sandbox-west", "sandbox-abroad"
BANKS = (
    Bank(EAST, "Sandbox Bank East", "CN", "CNY", answer_minutes=0, settle_minutes=0),
    Bank(WEST, "Sandbox Bank West", "CN", "CNY", answer_minutes=15, settle_minutes=60),
    Bank(ABROAD, "Sandbox Bank Abroad", "GB", "GBP", answer_minutes=60, settle_minutes=60),
)
RECOVERIES, SEED = 10, 7
CENT = {"CNY 0.01", "CNY -0.01", "GBP 0.01", "GBP -0.01"}


def world(seed: int) -> World:
    """Ten frauds in a day: money that stays, is passed on, goes abroad, is taken in cash."""
    pen = Script(BANKS, START, seed)
    for place in range(RECOVERIES):
        here = ABROAD if place % 6 == 5 else (EAST, WEST)[place % 2]
        first = pen.open(here, f"Synthetic Holder {place:02d}")
        stolen = pen.defraud(1 + place, first, 1_000_000, home=WEST, lag_hours=2.0)
        if place % 3 == 1 and here != ABROAD:
            next_one = pen.open(WEST if here == EAST else EAST, f"Synthetic Next {place:02d}")
            pen.pay(1.5 + place, first, next_one, stolen * 60 // 100)
        elif place % 4 == 2:
            pen.pay(1.7 + place, first, None, stolen // 3, kind="CASH")
    return World(
        BANKS, tuple(pen.accounts), pen.transfers(), pen.reports(), RATES, START, ("invented",)
    )


@dataclass
class Unit:
    """People and engine at work on that world; case time and transport time pass together."""

    installation: Installation
    reports: list[Report]
    urls: dict[str, str] = field(default_factory=dict)
    now: datetime = START
    wall_now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.database = self.installation.database
        self.engine = self.hands(timeout_seconds=1)  # some answers are late by dice
        self.officer, self.supervisor = self._desk(Role.OFFICER), self._desk(Role.SUPERVISOR)

    def hands(self, timeout_seconds: int = 60) -> Engine:
        """An engine with so much patience; the usual one waits however busy the machine is."""
        pace = Pace(timeout_seconds=timeout_seconds, poll_seconds=60)
        return Engine(
            self.database, self.installation.laws, pace, "seed", lambda: self.wall_now,
            self.installation.signer,
        )  # fmt: skip

    def _desk(self, role: Role) -> CaseOfficer:
        who = by_system_user(self.database, f"the-{role}")
        return CaseOfficer(self.database, self.installation.laws, who, lambda: self.wall_now)

    def files(self) -> list[CaseFile]:
        with self.database.reading() as session:
            ids = session.connection().exec_driver_sql("SELECT id FROM recovery").scalars()
            return load_files(session, list(ids))

    async def work(self, hours: float, times: int) -> None:
        """Let so many hours pass, so many times; each time engine and people do what is due."""
        for _ in range(times):
            self.now += timedelta(hours=hours)
            self.wall_now += timedelta(hours=hours)
            with unit_of_work(self.database) as unit:
                set_case_time(unit, self.now)
                self._take_reports(unit)
            await self._sweep()
            self._people()
            await self._sweep()

    def _take_reports(self, unit: Any) -> None:
        due = [r for r in self.reports if datetime.fromisoformat(r.reported_at) <= self.now]
        self.reports = self.reports[len(due) :]
        if due:
            actor = Actor(f"the-{Role.OFFICER}", Role.OFFICER)
            file_reports(unit, actor, self.now, "CN", [fact(r) for r in due])

    async def _sweep(self) -> None:
        done = True
        while done:
            done = False
            for partner in event_feed.due_polls(self.engine):
                await event_feed.poll(self.engine, partner)
                done = True
            for stage in STAGES:
                due = due_by_stage(self.engine).get(stage, [])
                done = bool(decide(self.engine, due) if due else 0) or done
                done = bool(await dispatch.send_due(self.engine, CALLS[stage])) or done

    def _people(self) -> None:
        for _ in range(4):
            with self.database.reading() as session:
                steps, pending = open_steps(session, Role.OFFICER), pending_ids(session)
            for step in steps:
                if step.action == ActionKind.RESOLVE_DISCREPANCY:
                    why = "the bank has confirmed what it stated"
                    discrepancy_actions.resolve(
                        self.officer, step.recovery_id, step.subject_id, why
                    )
                    continue
                with suppress(StepRefusedError):
                    given = {"fields": REQUEST_FIELDS, "case_number": f"SYN-{step.ref}"}
                    self.officer.advance(step.recovery_id, **given)
            for approval in pending:
                try:
                    self.supervisor.approve(approval, "county-level head (synthetic)", knowing=True)
                except StepRefusedError:
                    why = "not as it was asked any more"
                    self.supervisor.deny(approval, why, knowing=True)

    def put_right(self) -> None:
        """Take the dice from every bank's table."""
        for url in self.urls.values():
            httpx.delete(f"{url}/sandbox/dice", trust_env=False).raise_for_status()

    def there(self, path: str) -> dict[str, Any]:
        """What each bank says beside the wire."""
        return {b: httpx.get(u + path, trust_env=False).json() for b, u in self.urls.items()}


def fact(report: Report) -> ReportFact:
    return ReportFact(
        row=1,
        external_ref=report.external_ref,
        victim_name=report.victim_name,
        victim_contact=report.victim_contact,
        victim_account=AccountRef(report.victim_bank, report.victim_account, report.victim_name),
        payee_account=AccountRef(report.payee_bank, report.payee_account, report.payee_name),
        amount=Money.parse(report.amount, report.currency),
        paid_at=datetime.fromisoformat(report.paid_at),
        reported_at=datetime.fromisoformat(report.reported_at),
        end_to_end_id=report.end_to_end_id,
    )


@contextmanager
def going_wrong(folder: Path, seed: int, percent: int) -> Iterator[Unit]:
    """The unit, and its banks with the dice of this seed on their tables."""
    of = world(seed)
    install(folder / "sandbox.sqlite3", of)
    people = tuple(
        FirstOfficer(f"the-{r}", frozenset({r}), os_user=f"the-{r}")
        for r in (Role.OFFICER, Role.SUPERVISOR)
    )
    installation = make_installation(load_settings(folder / "data"), people, stands_at=START)
    unit = Unit(installation, list(of.reports))
    ready, keys = folder / "ready.json", installation.signer.public_jwks()
    with running(folder / "sandbox.sqlite3", lambda: unit.now, ready, keys) as banks:
        register_banks(installation.database, banks, "CN")
        unit.urls = {bank["id"]: bank["url"] for bank in banks}
        row = {"seed": seed, "percent": percent, "seconds": 0}
        for url in unit.urls.values():
            httpx.post(f"{url}/sandbox/dice", json=row, trust_env=False).raise_for_status()
        yield unit
    installation.database.dispose()


async def test_whatever_goes_wrong_each_order_has_one_effect_and_every_book_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith(("RECOVERY_", "PREFECT_")):
            monkeypatch.delenv(name)
    with going_wrong(tmp_path, SEED, percent=30) as unit:
        await unit.work(hours=2, times=16)
        await unit.work(hours=24, times=5)
        unit.put_right()
        await unit.engine.close()
        unit.engine = unit.hands()
        await unit.work(hours=8, times=6)
        met = unit.there("/sandbox/faults/met")
        assert len({row["kind"] for rows in met.values() for row in rows}) >= 12
        assert_nothing_is_open(unit)
        assert_one_effect_per_order(unit)
        with unit.database.reading() as session:
            assert ledger_check(session).differences == ()
        assert verify(unit.database) == ()
        found = await reconcile(unit.engine)
        assert found.not_asked == ()
        # Nothing but what was planted: a bank that says a figure a cent off.
        assert {str(line.difference) for line in found.differences} <= CENT
        await unit.engine.close()


def assert_nothing_is_open(unit: Unit) -> None:
    files = unit.files()
    assert len(files) == RECOVERIES
    assert [c for f in files for c in f.calls if c.state in OPEN_CALLS] == []
    assert RecoveryState.REPORTED not in {f.recovery.state for f in files}


def assert_one_effect_per_order(unit: Unit) -> None:
    """Every hold and payout at a bank is one of ours, once, and stands there as it stands here."""
    files, books = unit.files(), unit.there("/sandbox/book")
    holds = {h.id: h for f in files for h in f.holds}
    payouts = {p.id: p for f in files for p in f.payouts}
    held = [h for book in books.values() for h in book["holds"]]
    paid = [p for book in books.values() for p in book["payouts"]]
    refs = [row["orderRef"] for row in (*held, *paid)]
    assert len(refs) == len(set(refs))
    assert set(refs) == {r.id for r in (*holds.values(), *payouts.values()) if r.bank_ref}
    for there in held:
        here, money = holds[there["orderRef"]], there["amountHeld"]
        minor = here.held_minor if here.state in LIVE_HOLDS else 0
        assert abs(Money.parse(money["amount"], money["currency"]).minor - minor) <= 1
    for there in paid:
        settled = payouts[there["orderRef"]].state is PayoutState.SETTLED
        assert (there["status"] == "SETTLED") == settled
