"""The figures that end the demo, each from its own source."""

from __future__ import annotations

import asyncio
from collections import Counter

import sqlalchemy as sa
from sqlmodel import Session

from models.action_kinds import ActionKind
from models.entities.allocation import Allocation
from models.entities.call import Call
from models.entities.catalogue import table_of
from models.entities.officer import Role
from models.entities.payout import Payout
from models.entities.request import Request
from models.money import Money
from models.queries.cases.discrepancies import discrepancy
from models.queries.cases.open_steps import open_steps
from recovery_flows.cases.pages.statistics import written
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.claimants import write_claimants_papers
from recovery_flows.cli.demo.objections import PAPERS, write_papers
from recovery_flows.cli.demo.recalls import MESSAGES, write_recall_papers
from recovery_flows.cli.output import say
from recovery_flows.cli.page_text import page_lines
from recovery_flows.clock import wall_clock
from recovery_flows.engine.context import Engine
from recovery_flows.reports.statistics import summary

_CALLS, _ALLOCATIONS = table_of(Call), table_of(Allocation)
_PAYOUTS, _REQUESTS = table_of(Payout), table_of(Request)
_MANY_VICTIMS = 3


def tell_figures(installation: Installation, engine: Engine) -> None:
    """The statistics, then what only the demo counts: calls, Prefect runs, its documents."""
    with installation.database.reading() as session:
        figures = summary(session, wall_clock())
        calls = session.execute(
            sa.select(_CALLS.c.kind, sa.func.count()).group_by(_CALLS.c.kind)
        ).all()
        shared = _pro_rata_over_many(session)
        resting = _resting(session)
        parts = session.execute(
            sa.select(sa.func.count()).where(_REQUESTS.c.state == "partially_executed")
        ).scalar_one()
    for text in page_lines(written(figures, "UTC")):
        say(f"  {text}".rstrip())
    say()
    say(f"  pro rata returns over three or more victims: {shared}")
    say(f"  requests executed in part abroad: {parts}")
    told = ", ".join(f"{why.replace('_', ' ')} {count}" for why, count in resting)
    say(f"  open files that rest with a person: {sum(n for _, n in resting)}" + _in_brackets(told))
    saved = ", ".join(f"{kind} {count}" for kind, count in sorted(calls))
    say(f"  calls to banks, each saved before it was sent: {saved}")
    feeds = engine.calls_sent.get("feed", 0)
    say(f"  exchanges of this run: {sum(engine.calls_sent.values())} ({feeds} feed reads)")
    runs = asyncio.run(_completed_runs())
    say("  completed Prefect runs, asked from its API: " + ", ".join(f"{n} {c}" for n, c in runs))
    papers = write_papers(installation)
    if papers:
        say(f"  documents of a distribution of two rounds, in {papers[0].parent}:")
    for path in papers:
        say(f"    {path.name}")
    recalled = write_recall_papers(installation)
    if recalled:
        messages = installation.data_dir / MESSAGES
        say(f"  documents of money by other ways; a recall's messages are in {messages}:")
    for path in recalled:
        say(f"    {path.name}")
    for path in write_claimants_papers(installation):
        say(f"  letter to a third party: {path.name}")
    say(f"  database: {installation.settings.database_place}")
    say(f"  look around: RECOVERY_DATA_DIR={installation.data_dir} recovery tui")


def tell_ending(installation: Installation, *, ended: bool) -> None:
    """What victims got back in this folder's unit, and three commands to look at it with."""
    with installation.database.reading() as session:
        figures = summary(session, wall_clock())
    for currency in figures.currencies:
        rate = {rate.name: rate for rate in currency.rates}["restitution"]
        returned = Money(rate.numerator_minor, currency.currency)
        say(f"Victims lost {currency.reported} and have {returned} back: {rate}.")
    told = ", ".join(f"{count} {end.replace('_', ' ')}" for end, count in figures.ends)
    say(f"Recoveries: {told or 'none has ended yet'}.")
    if not ended:
        say(f"The story goes on with: recovery demo --dir {installation.data_dir}")
    papers = (
        sorted((installation.data_dir / PAPERS).iterdir())
        if (installation.data_dir / PAPERS).is_dir()
        else []
    )
    if papers:
        say(f"Decisions and receipts: {papers[0].parent} ({len(papers)})")
    say("Look around:")
    for command in ("list --all", "report rates", "tui"):
        say(f"  RECOVERY_DATA_DIR={installation.data_dir} recovery {command}")


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _resting(session: Session) -> list[tuple[str, int]]:
    """Open files whose next step is a person's, counted by what it is about."""
    counts: Counter[str] = Counter()
    for role in (Role.OFFICER, Role.SUPERVISOR):
        for step in open_steps(session, role):
            asks = step.action == ActionKind.RESOLVE_DISCREPANCY
            found = discrepancy(session, step.subject_id) if asks else None
            counts[step.action if found is None else found.kind] += 1
    return sorted(counts.items())


def _pro_rata_over_many(session: Session) -> int:
    victims = (
        sa.select(_PAYOUTS.c.allocation_id)
        .join(_ALLOCATIONS, _ALLOCATIONS.c.id == _PAYOUTS.c.allocation_id)
        .where(_ALLOCATIONS.c.method == "pro_rata", _ALLOCATIONS.c.state == "paid")
        .group_by(_PAYOUTS.c.allocation_id)
        .having(sa.func.count(sa.distinct(_PAYOUTS.c.claim_id)) >= _MANY_VICTIMS)
    )
    return len(session.execute(victims).all())


async def _completed_runs() -> list[tuple[str, int]]:
    """Completed runs per flow, counted by Prefect's own API."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowFilter,
        FlowFilterName,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType

    from recovery_flows.engine.flows import FLOW_NAMES

    done = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED]))
    )
    found = []
    async with get_client() as client:
        for name in FLOW_NAMES:
            count = await client.count_flow_runs(
                flow_filter=FlowFilter(name=FlowFilterName(any_=[name])), flow_run_filter=done
            )
            found.append((name, count))
    return found
