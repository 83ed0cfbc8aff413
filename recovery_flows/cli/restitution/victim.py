"""`recovery victim`: what one victim may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, Ref, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.claim import ClaimRow


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="What one victim may be told.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(status)
    app.add_typer(group, name="victim")


def _group() -> None:
    """What one victim may be told."""


def status(
    ref: Ref,
    claim: Annotated[str, typer.Argument(metavar="[CLAIM]", help="Needed where several.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show five plain lines for one victim, nobody else in them."""
    from models.queries.cases.case_files import load_file
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.views.victim_line import victim_line
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            now = case_now(session, wall_clock())
        zone = installation.laws[file.recovery.regime].time_zone
    told = victim_line(file, _claim(file, claim), now, zone)
    if as_json:
        say_json(told)
    else:
        tell(told.lines)


def _claim(file: CaseFile, named: str) -> ClaimRow:
    from recovery_flows.errors import MisuseError

    found = [claim for claim in file.claims if named in ("", claim.id)]
    if len(found) == 1:
        return found[0]
    if named:
        raise MisuseError(
            f"{file.recovery.ref} has no claim {named}: `recovery show {file.recovery.ref}` "
            "lists its claims"
        )
    ids = ", ".join(sorted(claim.id for claim in file.claims))
    raise MisuseError(f"{file.recovery.ref} has several claims: name one of {ids}")
