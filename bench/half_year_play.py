"""The half-year played: reports come in, people look four times a day, banks misbehave."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
import sqlalchemy as sa

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.hold import LIVE_HOLDS, Hold, HoldState
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.cases.approvals import pending_ids
from models.queries.cases.case_files import load_file
from models.queries.cases.open_steps import OpenStep, open_steps
from models.queries.cases.work import next_instant, next_retry, partners
from models.store.clock import set_case_time
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.next_steps import ActionKind
from recovery_flows.cases.stages import STAGES
from recovery_flows.cli.composition import Installation
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import CALLS, decide, due_by_stage
from recovery_flows.engine.outbox import dispatch
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.sandbox.worlds.world import Report, World

LOOK = timedelta(hours=6)
_H, _A = table_of(Hold), table_of(Asset)
NEGLECTED = (ActionKind.SUBMIT_RENEWAL, ActionKind.SUBMIT_FREEZE)
_FAULTS = (
    {"kind": "error_500", "times": 2},
    {"kind": "rate_limited", "times": 1, "seconds": 0},
    {"kind": "timeout_after_acting", "times": 1, "call": "POST *"},
    {"kind": "down", "times": 3},
    {"kind": "partial", "times": 1, "call": "POST /v1/holds"},
)


class Play:
    """One unit at work; `now` is case time, `wall` transport time, both set here."""

    def __init__(self, installation: Installation, world: World, seed: int, days: int) -> None:
        self.installation, self.database = installation, installation.database
        self.now, self.wall_now = world.starts_at, datetime.now(UTC)
        self.ends = world.starts_at + timedelta(days=days)
        self.urls: dict[str, str] = {}
        self.mistakes: list[tuple[str, str, datetime]] = []
        self.polls: dict[str, list[datetime]] = defaultdict(list)
        self._dice = random.Random(seed + 1)  # noqa: S311 - invents stories, guards nothing
        self._reports_in_all = world.reports
        self._reports = list(world.reports)
        self._looks_at = self.now
        self._mistake_at = self.now + timedelta(days=10)
        self._officer = self._desk(Role.OFFICER)
        self._supervisor = self._desk(Role.SUPERVISOR)
        pace = Pace(timeout_seconds=60, poll_seconds=60)
        self.engine = Engine(
            self.database, installation.laws, pace, "half-year", lambda: self.wall_now,
            installation.signer,
        )  # fmt: skip

    def _desk(self, role: Role) -> CaseOfficer:
        who = by_system_user(self.database, f"synthetic-{role}")
        return CaseOfficer(self.database, self.installation.laws, who, lambda: self.wall_now)

    async def run(self) -> None:
        """Go from instant to instant until the days are over."""
        while self.now < self.ends:
            self._go_to(self._next())
            self._take_reports()
            if self.now >= self._mistake_at:
                self._make_a_mistake()
            if self.now >= self._looks_at:
                self._looks_at += LOOK
                self._plant_a_fault()
                await self._sweep()
                self._people_look()
            await self._sweep()
        await self._settle()

    async def _settle(self) -> None:
        """No more faults: whatever is under way comes to its end, and every feed is read."""
        self._clear_faults()
        for _ in range(24):
            self._go_to(self.now + timedelta(hours=1))
            await self._sweep()

    def _next(self) -> datetime:
        with self.database.reading() as session:
            at = next_instant(session, self.now)
            retry = next_retry(session)
        wanted = [self._looks_at, self._mistake_at, self.ends]
        wanted += [at] if at else []
        wanted += [_instant(self._reports[0].reported_at)] if self._reports else []
        wanted += [self.now + max(retry - self.wall_now, timedelta(seconds=1))] if retry else []
        return max(self.now + timedelta(seconds=1), min(wanted))

    def _go_to(self, instant: datetime) -> None:
        self.wall_now += instant - self.now
        self.now = instant
        with unit_of_work(self.database) as unit:
            set_case_time(unit, self.now)

    def _take_reports(self) -> None:
        due = [r for r in self._reports if _instant(r.reported_at) <= self.now]
        if due:
            self._reports = self._reports[len(due) :]
            with unit_of_work(self.database) as unit:
                actor = Actor(f"synthetic-{Role.OFFICER}", Role.OFFICER)
                file_reports(unit, actor, self.now, "CN", [_fact(r) for r in due])

    def _plant_a_fault(self) -> None:
        if self._dice.random() < 1 / 3:
            url = self._dice.choice(sorted(self.urls.values()))
            row = self._dice.choice(_FAULTS)
            httpx.post(f"{url}/sandbox/faults", json=[row], trust_env=False).raise_for_status()

    def _clear_faults(self) -> None:
        for url in self.urls.values():
            httpx.delete(f"{url}/sandbox/faults", trust_env=False).raise_for_status()

    def _make_a_mistake(self) -> None:
        """A bank lets one of its holds go that nobody asked for."""
        rarely = max(1, 100 // len(self._reports_in_all))
        self._mistake_at += timedelta(hours=self._dice.randint(60, 180) * rarely)
        with self.database.reading() as session:
            rows = session.execute(
                sa.select(_H.c.id, _H.c.bank_ref, _A.c.partner_id)
                .join(_A, _A.c.id == _H.c.asset_id)
                .where(_H.c.state == HoldState.FROZEN)
                .order_by(_H.c.id)
            ).all()
        if not rows:
            return
        hold_id, bank_ref, partner_id = self._dice.choice(list(rows))
        url = f"{self.urls[partner_id]}/sandbox/mistakes"
        if httpx.post(url, json={"hold": bank_ref}, trust_env=False).json()["released"]:
            self.mistakes.append((hold_id, partner_id, self.now))

    async def _sweep(self) -> None:
        """What the engine's sweep does, without Prefect."""
        done = True
        while done:
            done = False
            for partner in event_feed.due_polls(self.engine):
                await event_feed.poll(self.engine, partner)
                self._note_poll(partner)
                done = True
            for stage in STAGES:
                due = due_by_stage(self.engine).get(stage, [])
                done = bool(decide(self.engine, due) if due else 0) or done
                done = bool(await dispatch.send_due(self.engine, CALLS[stage])) or done

    def _note_poll(self, partner_id: str) -> None:
        with self.database.reading() as session:
            line = next(p for p in partners(session, self.database.vault) if p.id == partner_id)
        if not line.last_error:
            self.polls[partner_id].append(self.now)

    def _people_look(self) -> None:
        for _ in range(6):
            with self.database.reading() as session:
                steps = open_steps(session, Role.OFFICER)
                pending = pending_ids(session)
            done = sum(self._officer_does(step) for step in steps)
            for approval in pending:
                self._decide(approval)
            if not done and not pending:
                return

    def _decide(self, approval_id: str) -> None:
        try:
            self._supervisor.approve(approval_id, "county-level head (synthetic)", knowing=True)
        except StepRefusedError:
            why = "not as it was asked any more (synthetic)"
            self._supervisor.deny(approval_id, why, knowing=True)

    def _officer_does(self, step: OpenStep) -> bool:
        draw = sha256(step.ref.encode()).digest()
        if step.action == ActionKind.CHECK_TITLE and draw[0] > 40:
            return False  # most money lies long: that is what the clocks are for
        if step.action in NEGLECTED and draw[1] < 16 and not self._is_escalated(step):
            return False
        if step.action == ActionKind.SUBMIT_RENEWAL and draw[1] < 6:
            return False  # never: this one has to lapse, as an event
        if step.action == ActionKind.SUBMIT_RENEWAL and draw[2] < 20:
            self._complain(step)
        if step.action == ActionKind.RESOLVE_DISCREPANCY:
            why = "the bank has confirmed what it stated (synthetic)"
            discrepancy_actions.resolve(self._officer, step.recovery_id, step.subject_id, why)
            return True
        try:
            self._officer.advance(step.recovery_id, case_number=f"SYN-{step.ref}")
        except StepRefusedError:
            return False
        return True

    def _is_escalated(self, step: OpenStep) -> bool:
        with self.database.reading() as session:
            holds = load_file(session, step.recovery_id).holds
        return any(h.escalated_at for h in holds)

    def _complain(self, step: OpenStep) -> None:
        with self.database.reading() as session:
            file = load_file(session, step.recovery_id)
        hold = file.hold(step.subject_id)
        if hold.state in LIVE_HOLDS and hold.held_minor > 1 and file.pending(hold.id) is None:
            about = Money(hold.held_minor // 10 or 1, hold.currency)
            hold_actions.complain(
                self._officer, step.recovery_id, hold.id, about, "rent (synthetic)"
            )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _fact(report: Report) -> ReportFact:
    return ReportFact(
        row=1,
        external_ref=report.external_ref,
        victim_name=report.victim_name,
        victim_contact=report.victim_contact,
        victim_account=AccountRef(report.victim_bank, report.victim_account, report.victim_name),
        payee_account=AccountRef(report.payee_bank, report.payee_account, report.payee_name),
        amount=Money.parse(report.amount, report.currency),
        paid_at=_instant(report.paid_at),
        reported_at=_instant(report.reported_at),
        end_to_end_id=report.end_to_end_id,
    )
