"""`recovery deadlines`: everything that runs out, the nearest end first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, opened
from recovery_flows.cli.output import say_json_lines
from recovery_flows.cli.table import counted, long_columns, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from models.queries.cases.deadline_views import DeadlineEntry
    from recovery_flows.cli.composition import Installation


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(deadlines)
    app.command("clocks", hidden=True)(deadlines)


def deadlines(
    *,
    within: Annotated[
        float | None, typer.Option(metavar="HOURS", help="Only what ends in so many hours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show all deadlines, each with its article and status."""
    from datetime import timedelta

    from models.queries.cases.deadline_views import DeadlinesView
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.views.all_deadlines import all_entries
    from recovery_flows.clock import wall_clock

    with opened() as installation, installation.database.reading() as session:
        now = case_now(session, wall_clock())
        until = None if within is None else now + timedelta(hours=within)
        lines = all_entries(session, installation.laws, until)
        if as_json:
            say_json_lines(DeadlinesView(now, (), None), "lines", lines)
        else:
            tell(_table(lines, now, installation))


def _table(
    lines: Iterable[DeadlineEntry], now: datetime, installation: Installation
) -> Iterator[str]:
    head = ("time left", "ref", "clock", "bank", "sum", "under way", "law")
    running = late = 0

    def rows() -> Iterator[tuple[str, ...]]:
        nonlocal running, late
        for line in lines:
            running, late = running + 1, late + (line.clock.due_at < now)
            yield _row(line, now, installation)

    yield from long_columns(rows(), head, right=(0, 4))
    yield f"{counted(running, 'clock')} running, {late} late"


def _row(line: DeadlineEntry, now: datetime, installation: Installation) -> tuple[str, ...]:

    from recovery_flows.cli.case.page_text import article_text
    from recovery_flows.law.terms import time_left_text

    clock = line.clock
    note = f"{clock.note}; supervisor told" if clock.escalated else clock.note
    return (
        time_left_text(now, clock.due_at), line.ref, clock.what, line.bank or "-",
        str(line.amount or "-"), note or "-", article_text(clock, installation.laws),
    )  # fmt: skip
