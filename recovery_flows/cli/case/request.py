"""`recovery request`: requests abroad beyond the next step."""

from __future__ import annotations

from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, SeenVersion, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Requests abroad beyond the next step.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(resubmit)
    app.add_typer(group, name="request")


def _group() -> None:
    """Requests abroad beyond the next step."""


def resubmit(
    ref: Ref,
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="Id of the refused request.")],
    *,
    reason: Annotated[str, typer.Option(help="What is cured by it; kept sealed in a note.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Draft a new version of a request that was refused.

    What was sent stays as it was. A ground that leaves no second try is named with what it leaves.
    """
    from recovery_flows.cli.case.channels import border_channels, state_groups
    from recovery_flows.cross_border import actions
    from recovery_flows.cross_border.stage import CHANNEL

    channel = border_channels(state_groups())[CHANNEL]
    grounds = {ground.code: ground.options for ground in channel.ground}
    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        done = actions.resubmit(acting, recovery_id, request, reason, grounds, seen_version)
    if as_json:
        say_json({"done": done})
    else:
        tell([done])
