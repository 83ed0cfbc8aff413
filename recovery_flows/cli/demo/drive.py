"""The demo's loop: file reports, run the engine, let people decide, jump to the next deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.queries.cases.work import next_instant, next_retry
from models.store.clock import set_case_time
from models.store.unit import unit_of_work
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.folder import (
    HOME,
    OFFICER,
    PlannedReport,
    planned_reports,
    read_plan,
    write_batch,
)
from recovery_flows.cli.demo.people import People
from recovery_flows.cli.intake.complaints import import_reports
from recovery_flows.engine.context import Engine

_HORIZON = timedelta(days=3 * 365)
_WAITS_MAX = 40
Tell = Callable[[datetime, str], None]
Sweep = Callable[[Engine], Awaitable[int]]


@dataclass(slots=True)
class Drive:
    """One run of the demo; every step can be stopped anywhere and is gone on with."""

    installation: Installation
    engine: Engine
    tell: Tell
    pace_seconds: float = 0
    _reports: list[PlannedReport] = field(default_factory=list)

    async def run(self, sweep: Sweep) -> None:
        """Play until nothing is due any more; `sweep` is the engine's."""
        plan = read_plan(self.installation.data_dir)
        self._reports = planned_reports(self.installation.data_dir)
        people = People(self.installation)
        now = self.engine.now()
        self._hand_in(None, now)
        while True:
            await self._settle(sweep, people)
            following = self._next_instant(
                now, plan.desk_hours_seconds, plan.begins(), people.busy_until
            )
            if following is None or following > plan.begins() + _HORIZON:
                return
            with unit_of_work(self.installation.database) as unit:
                set_case_time(unit, following)
            self._hand_in(now, following)
            now = following
            await asyncio.sleep(self.pace_seconds)

    async def _settle(self, sweep: Sweep, people: People) -> None:
        """Engine and people take turns until neither has anything to do at this instant."""
        waits = 0
        while True:
            # A sweep goes on until nothing is due: only what people do makes another one due.
            await sweep(self.engine)
            if await people.act():
                continue
            with self.installation.database.reading() as session:
                retry_at = next_retry(session)
            if retry_at is None or waits >= _WAITS_MAX:
                return
            # A partner is away: transport time passes, case time does not.
            waits += 1
            seconds = (retry_at - self.engine.wall_now()).total_seconds()
            await asyncio.sleep(min(max(seconds, 0.05), 5))

    def _hand_in(self, after: datetime | None, until: datetime) -> int:
        """File the reports of (after, until] as the officer, through the intake of any file."""
        due = [
            r
            for r in self._reports
            if r.reported_at <= until and (after is None or r.reported_at > after)
        ]
        if not due:
            return 0
        folder = self.installation.data_dir / "reports"
        path = folder / f"reports-{until:%Y%m%dT%H%M%S}.csv"
        write_batch(path, due)
        summary = import_reports(self.installation, path, OFFICER, HOME)
        if summary.filed:
            self.tell(until, f"{len(summary.filed)} report(s) received")
        return len(summary.filed)

    def _next_instant(
        self,
        now: datetime,
        desk_hours_seconds: int,
        begins: datetime,
        busy_until: datetime | None,
    ) -> datetime | None:
        with self.installation.database.reading() as session:
            due = next_instant(session, now)
        reports = [r.reported_at for r in self._reports if r.reported_at > now]
        instants = (due, busy_until, min(reports, default=None))
        candidates = [at for at in instants if at is not None]
        if not candidates:
            return None
        following = min(candidates)
        if not desk_hours_seconds:
            return following
        steps = -(-(following - begins).total_seconds() // desk_hours_seconds)
        return begins + timedelta(seconds=steps * desk_hours_seconds)
