"""`recovery reveal`: personal data of one victim or account in clear, for a reason."""

from __future__ import annotations

from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, tell


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(reveal)


def reveal(
    ref: Ref,
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD...", help="name, contact, account, holder, …")
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why; kept in the disclosure log.")],
    of: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A claim or an account; one at a time.")
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Reveal a victim's or account's data. It is logged.

    Only to the officer in charge and to supervisors. Fields of a victim: name, contact, account,
    payout-account, payout-holder; of an account: holder, account.
    """
    from recovery_flows.access.disclosures import reveal as revealed
    from recovery_flows.errors import MisuseError

    if len(of or ()) > 1:
        raise MisuseError("one victim or one account at a time: give --of once")
    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        found = revealed(acting, recovery_id, fields, (of or [""])[0], reason)
    if as_json:
        say_json({"fields": found})
    else:
        tell([*columns(list(found.items())), "this is recorded: `recovery privacy report`"])
