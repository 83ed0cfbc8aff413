"""`recovery deadlines`: everything that runs out, the nearest end first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.first_lines import first_of, more_follow
from recovery_flows.cli.options import AsJson, hours_from, opened
from recovery_flows.cli.output import say_json_lines
from recovery_flows.cli.table import tell

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
    """Show all deadlines, each with its article and status.

    The nearest end first. A terminal gets the first 200, a pipe and --json all.
    """
    from models.queries.cases.deadline_views import DeadlinesView
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.views.all_deadlines import all_entries
    from recovery_flows.clock import wall_clock

    with opened() as installation, installation.database.reading() as session:
        now = case_now(session, wall_clock())
        until = None if within is None else hours_from(now, within)
        lines = all_entries(session, installation.laws, until)
        if as_json:
            say_json_lines(DeadlinesView(now, (), None), "lines", lines)
        else:
            tell(_table(lines, now, installation))


def _table(
    lines: Iterable[DeadlineEntry], now: datetime, installation: Installation
) -> Iterator[str]:
    from recovery_flows.cases.pages.deadlines import COLUMNS, EMPTY, Counts, row
    from recovery_flows.cli.page_text import cell_text, long_table

    counts = Counts(now)
    first, is_more = first_of(lines)
    rows = (row(line, now, installation.laws) for line in counts.counting(first))
    yield from long_table(COLUMNS, rows, installation.time_zone)
    if is_more:  # the counts of a part would be taken for those of all
        yield more_follow()
    else:
        yield cell_text(counts.told(), installation.time_zone) if counts.running else EMPTY
