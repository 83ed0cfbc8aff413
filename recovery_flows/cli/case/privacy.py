"""`recovery privacy`: who saw, wrote out and sent what of a recovery."""

from __future__ import annotations

import typer

from recovery_flows.cli.options import AsJson, Ref, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Who saw and sent what of a recovery.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(report)
    app.add_typer(group, name="privacy")


def _group() -> None:
    """Who saw and sent what of a recovery."""


def report(ref: Ref, *, as_json: AsJson = False) -> None:
    """Report who saw, exported and sent what, to whom, why.

    Read from the signed history; fields are named, no personal value is printed.
    """
    from models.queries.cases.case_files import load_file
    from models.queries.privacy.disclosures import disclosures_of
    from recovery_flows.cases.pages.privacy import with_articles, written
    from recovery_flows.cli.page_text import page_lines

    with opened() as installation:
        recovery_id = find(installation, ref)
        database = installation.database
        with database.reading() as session:
            recovery = load_file(session, recovery_id).recovery
            found = disclosures_of(session, database.vault, recovery_id)
    lines = with_articles(found, installation.laws)
    if as_json:
        say_json({"recovery": recovery.ref, "disclosures": lines})
    else:
        zone = installation.laws[recovery.regime].time_zone
        tell(page_lines(written(recovery.ref, lines, zone)))
