"""`recovery deadlines`: everything that runs out, the nearest end first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, counted, tell

if TYPE_CHECKING:
    from datetime import datetime

    from models.queries.cases.deadline_views import WallLine
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
    from dataclasses import replace
    from datetime import timedelta

    from recovery_flows.cases.views.all_deadlines import clock_wall
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        wall = clock_wall(installation.database, installation.laws, wall_clock())
    if within is not None:
        ends = wall.now + timedelta(hours=within)
        wall = replace(wall, lines=tuple(x for x in wall.lines if x.clock.due_at <= ends))
    if as_json:
        say_json(wall)
        return
    head = ("time left", "ref", "clock", "bank", "sum", "under way", "law")
    rows = [_row(line, wall.now, installation) for line in wall.lines]
    late = sum(line.clock.due_at < wall.now for line in wall.lines)
    end = f"{counted(len(rows), 'clock')} running, {late} late"
    tell([*(columns(rows, head, right=(0, 4)) if rows else ()), end])


def _row(line: WallLine, now: datetime, installation: Installation) -> tuple[str, ...]:

    from recovery_flows.cli.case.page_text import article_text
    from recovery_flows.law.terms import time_left_text

    clock = line.clock
    note = f"{clock.note}; supervisor told" if clock.escalated else clock.note
    return (
        time_left_text(now, clock.due_at), line.ref, clock.what, line.bank or "-",
        str(line.amount or "-"), note or "-", article_text(clock, installation.laws),
    )  # fmt: skip
