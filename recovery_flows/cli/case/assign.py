"""`recovery assign`: who is in charge of which recoveries."""

from __future__ import annotations

from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import counted, tell

_REFUSED = 3


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(assign)


def assign(
    refs: Annotated[
        list[str] | None, typer.Argument(metavar="[REF]...", help="Open recoveries.")
    ] = None,
    *,
    to: Annotated[str, typer.Option(metavar="HANDLE", help="The officer in charge from now on.")],
    whole: Annotated[
        str, typer.Option("--all-of", metavar="HANDLE", help="All that this officer has.")
    ] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Put an officer in charge of recoveries. Each by itself.

    A supervisor assigns any; an officer hands over what is his and takes what nobody has.
    """
    from recovery_flows.cases import assignment
    from recovery_flows.errors import MisuseError

    if bool(refs) == bool(whole):
        raise MisuseError("name recoveries, or all of one officer: --all-of HANDLE")
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        wanted = list(assignment.all_of(acting, whole)) if whole else list(refs or ())
        results = list(assignment.assign(acting, wanted, to))
    if as_json:
        say_json(results)
    else:
        tell([
            f"{one.ref}: {one.refused}" if one.refused
            else f"{one.ref}: {to} is in charge (before: {one.before or 'nobody'})"
            for one in results
        ] or [f"{whole} is in charge of no open recovery"])  # fmt: skip
        refused = sum(bool(one.refused) for one in results)
        if len(results) > 1:
            tell([f"{counted(len(results) - refused, 'recovery', 'recoveries')} assigned, {refused} not"])
    if any(one.refused for one in results):
        raise typer.Exit(_REFUSED)
