"""`recovery rule`: another tracing rule for a recovery, asked for with a reason."""

from __future__ import annotations

from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, SeenVersion, act


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
    """Ask for another tracing rule. It is in force once a second person approves."""
    from recovery_flows.cases.case_officer import CaseOfficer

    act(ref, acting_as, as_json, CaseOfficer.choose_rule, name, reason, among, seen_version)
