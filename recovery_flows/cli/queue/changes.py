"""`recovery changes`: what has changed since the last look, since midnight, or in some hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, hours_from, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from datetime import datetime

    from models.queries.installation.officers import OfficerView
    from recovery_flows.cases.views.changes import ChangesPage
    from recovery_flows.cases.views.onlooker import Onlooker
    from recovery_flows.cli.composition import Installation


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(changes)


def changes(
    *,
    today: Annotated[bool, typer.Option("--today", help="Since midnight.")] = False,
    within: Annotated[
        float | None, typer.Option(metavar="HOURS", min=0, help="In the last so many hours.")
    ] = None,
    seen: Annotated[
        bool, typer.Option("--seen", help="From now on all of it counts as seen.")
    ] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Show what others and the engine changed since your last look.

    A look ends when the terminal is left, or with --seen. One's own acts are no news.
    """
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.views.changes import changes_page
    from recovery_flows.cases.views.queue_terms import LOOK, TODAY
    from recovery_flows.clock import wall_clock
    from recovery_flows.errors import MisuseError

    if today and within is not None:
        raise MisuseError("--today and --within are two answers to one question: give one")
    with opened() as installation:
        officer = installation.somebody(acting_as)
        onlooker = onlooker_of(installation, officer)
        asked: str | datetime = TODAY if today else LOOK
        with installation.database.reading() as session:
            if within is not None:
                asked = hours_from(case_now(session, wall_clock()), -within)
            page = changes_page(session, onlooker, wall_clock(), asked)
        if as_json:
            say_json(page)
        else:
            tell(_lines(page, onlooker, asked))
        if seen:
            _keep(installation, officer, page.seen_up_to)


def onlooker_of(installation: Installation, officer: OfficerView | None) -> Onlooker:
    """Who looks by this command, with what he had seen when he last left a terminal."""
    from recovery_flows.cases.kept.last_seen import last_seen
    from recovery_flows.cases.views.onlooker import Onlooker

    zone = installation.time_zone
    if officer is None:
        return Onlooker(zone=zone)
    found = last_seen(installation.data_dir, installation.database.vault, officer.id)
    return Onlooker(officer.id, found.seq if found else None, zone)


def _lines(page: ChangesPage, onlooker: Onlooker, asked: str | datetime) -> list[str]:
    from recovery_flows.cases.pages.changes import written
    from recovery_flows.cli.page_text import page_lines

    if asked == "look" and onlooker.seen is None:
        return ["No earlier look is known: --today, --within HOURS; --seen begins one now."]
    since = "since your last look" if asked == "look" else "since midnight"
    if not isinstance(asked, str):
        since = "in that time"
    return list(page_lines(written(page, onlooker.zone, since)))


def _keep(installation: Installation, officer: OfficerView, seq: int) -> None:
    from recovery_flows.cases.kept.last_seen import Seen, keep_seen
    from recovery_flows.clock import wall_clock
    from recovery_flows.errors import unwritable

    try:
        keep_seen(
            installation.data_dir, installation.database.vault, officer.id,
            Seen(seq, wall_clock()),
        )  # fmt: skip
    except OSError as error:
        raise unwritable(installation.data_dir / "seen", error) from error
