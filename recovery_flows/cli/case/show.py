"""Commands that show: the queue, one recovery, the statistics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli import first_lines
from recovery_flows.cli.options import ActingAs, AsJson, Ref, find, opened, viewer_of
from recovery_flows.cli.output import plain, say_json, say_json_lines
from recovery_flows.cli.table import long_columns, tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from models.queries.cases.queue_views import QueueLine, QueuePage

_EVENTS_SHOWN = 10


def attach(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("list")(list_)
    app.command()(show)
    app.command("find")(find_)
    group = typer.Typer(help="Statistics with definitions.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(rates)
    app.add_typer(group, name="report")


def _group() -> None:
    """Statistics with definitions."""


def list_(
    *,
    with_closed: Annotated[bool, typer.Option("--all", help="Ended recoveries too.")] = False,
    stage: Annotated[str, typer.Option(help="Only where it stands, such as freezing.")] = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only files that I own.")] = False,
    filter_text: Annotated[
        str, typer.Option("--filter", metavar="TEXT", help="As on the screen: ends<24h held>5000.")
    ] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """List the queue, the most urgent first.

    First what contradicts the records, then reports of the last hour that nobody has accepted,
    then what is late, then least time left. What nobody owns or moves is marked, whatever is
    filtered. A terminal gets the first 200, a pipe and --json all.
    """
    from recovery_flows.cases.views.changes import Eyes
    from recovery_flows.cases.views.queue import QueueQuery, counts, queue, whole_queue
    from recovery_flows.cli.queue.changes import onlooker_of
    from recovery_flows.clock import wall_clock

    _check_stage(stage)
    _check_filter(filter_text)
    with opened() as installation, installation.database.reading() as session:
        owner = installation.somebody(acting_as).id if mine else ""
        look, patience = (
            QueueQuery(filter_text, stands=stage, owner=owner, with_closed=with_closed),
            installation.patience(),
        )
        page = counts(session, wall_clock(), patience)
        eyes = Eyes(onlooker_of(installation, viewer_of(installation, acting_as)))
        look = eyes.looking(session, look)
        vault = installation.database.vault
        if first_lines.is_for_terminal() and not as_json:
            first = queue(session, wall_clock(), patience, first_lines.MOST, look, vault)
            tell(_queue_lines(page, first.lines, first.total - len(first.lines)))
            return
        lines = whole_queue(session, wall_clock(), patience, look, vault)
        if as_json:
            say_json_lines(page, "lines", lines)
        else:
            tell(_queue_lines(page, lines))


def find_(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for.")],
    *,
    name: Annotated[
        bool,
        typer.Option("--name", help="Names too (opens each); what it finds is logged."),
    ] = False,
    most: Annotated[int, typer.Option(min=1, metavar="N", help="List at most so many.")] = 50,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Find recoveries, ended ones too.

    By reference, case number, sum, officer, bank, account (the whole number or its last four
    digits), the reference of the report, of the payment or of the bank's answer.
    """
    from models.entities.officer import Role
    from models.queries.cases.search import FoundBy
    from recovery_flows.cases.views.queue import found
    from recovery_flows.clock import wall_clock
    from recovery_flows.errors import MisuseError

    if not text.strip():
        raise MisuseError("TEXT is empty: give a reference, a case number or an account")
    with opened() as installation:
        # Only a search for names is an act; what acts needs is a fifth of what a search costs.
        acting = installation.case_officer(acting_as) if name or acting_as else None
        if name and acting is not None:
            acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
        with installation.database.reading() as session:
            page, ways = found(
                session, wall_clock(), installation.patience(), most, text,
                installation.database.vault, with_names=name,
            )  # fmt: skip
        of_persons = {
            recovery_id: persons
            for recovery_id, some in ways.items()
            if (persons := [way for way in some if way in (FoundBy.VICTIM, FoundBy.HOLDER)])
        }
        if of_persons and acting is not None:
            from recovery_flows.access.disclosures import note_found_by_name

            note_found_by_name(acting, of_persons, text)
    if as_json:
        lines = [{**plain(line), "found_by": ways.get(line.recovery_id, ())} for line in page.lines]
        say_json({"total": page.total, "lines": lines})
    else:
        tell(_found_lines(page, ways, text))


def _found_lines(page: QueuePage, ways: Mapping[str, tuple[str, ...]], text: str) -> Iterator[str]:
    from recovery_flows.cases.views import state_names

    rows = (
        (
            line.ref,
            state_names.standing(line.state, line.stage).word,
            str(line.loss),
            line.owner or "-",
            ", ".join(ways.get(line.recovery_id, ())) or "its line in the queue",
        )
        for line in page.lines
    )
    yield from long_columns(rows, ("ref", "stage", "loss", "officer", "found by"), right=(2,))
    told = counted(page.total, "recovery is found", "recoveries are found")
    more = page.total - len(page.lines)
    yield f"{told} by {text!r}" + (f", {more:,} not listed (--most)" if more > 0 else "")


def _check_stage(stage: str) -> None:
    from models.entities.asset import Stage
    from models.entities.recovery import RecoveryState
    from recovery_flows.errors import MisuseError

    known = [RecoveryState.REPORTED, *Stage]
    if stage and stage not in known:
        raise MisuseError(f"there is no stage {stage!r}; there are: {', '.join(known)}")


def _check_filter(text: str) -> None:
    from recovery_flows.cases.views.queue_terms import read_filter
    from recovery_flows.clock import wall_clock
    from recovery_flows.errors import MisuseError

    if wrong := read_filter(text, wall_clock()).wrong:
        raise MisuseError(f"--filter {'; '.join(wrong)}")


def _queue_lines(page: QueuePage, lines: Iterable[QueueLine], left: int = 0) -> Iterator[str]:
    from recovery_flows.cases.pages import queue
    from recovery_flows.cli.page_text import cell_text, long_table

    yield from long_table(queue.COLUMNS, (queue.row(line, page.now) for line in lines))
    if left:
        yield first_lines.more_follow(left)
    yield f"{cell_text(queue.counts(page), 'UTC')}; {_engine_text(page)}"


def _engine_text(page: QueuePage) -> str:
    engine = page.engine
    if engine.alive:
        return f"the engine runs ({engine.state})"
    return "no engine is running: start `recovery engine`"


def show(
    ref: Ref,
    *,
    events: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many events, the newest first.")
    ] = _EVENTS_SHOWN,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Show one recovery on one page."""
    from models.queries.cases.history import events_of
    from recovery_flows.cases.pages.recovery import written
    from recovery_flows.cases.views.page import recovery_page
    from recovery_flows.cli.page_text import page_lines
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        recovery_id = find(installation, ref)
        viewer = viewer_of(installation, acting_as)
        page = recovery_page(
            installation.database, installation.laws, recovery_id, wall_clock(), viewer,
            installation.patience(),
        )  # fmt: skip
        with installation.database.reading() as session:
            page = replace(page, events=tuple(events_of(session, recovery_id, events)))
    if as_json:
        say_json(page)
    else:
        zone = installation.laws[page.regime].time_zone
        tell(page_lines(written(page, installation.laws, zone)))


def rates(*, as_json: AsJson = False) -> None:
    """Report sums by status, rates with formulas, how cases ended."""
    from recovery_flows.cases.pages.statistics import written
    from recovery_flows.cli.page_text import page_lines
    from recovery_flows.clock import wall_clock
    from recovery_flows.reports.statistics import summary

    with opened() as installation, installation.database.reading() as session:
        figures = summary(session, wall_clock())
    if as_json:
        say_json(figures)
    else:
        tell(page_lines(written(figures, installation.time_zone)))
