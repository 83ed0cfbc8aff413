"""`recovery rule`: another tracing rule for a recovery, asked for with a reason."""

from __future__ import annotations

from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, SeenVersion, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(rule)


def rule(
    ref: Ref,
    name: Annotated[str, typer.Argument(metavar="RULE", help="fifo, lifo, pro-rata or libr.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; kept sealed, read by the second person.")],
    among: Annotated[
        str, typer.Option(metavar="fifo|pro-rata", help="Among victims, under libr.")
    ] = "",
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for another tracing rule; it is in force once another person has approved it."""
    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = desk.choose_rule(recovery_id, name, reason, among, seen_version)
    if as_json:
        say_json({"done": done})
    else:
        tell([done])
