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
    payer: Annotated[
        str, typer.Option(metavar="ID", help="For who paid the victim: his payment's id.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show five plain lines for one victim, nobody else in them.

    With `--payer` they are for a bank or an insurer that has paid the victim: its part alone.
    """
    from models.queries.cases.case_files import load_file
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.views.victim_line import payer_line, victim_line
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            now = case_now(session, wall_clock())
        zone = installation.laws[file.recovery.regime].time_zone
    row = _claim(file, claim)
    if payer:
        told = payer_line(file, row, _payer(file, row, payer), now, zone)
    else:
        told = victim_line(file, row, now, zone)
    if as_json:
        say_json(told)
    else:
        tell(told.lines)


def _payer(file: CaseFile, claim: ClaimRow, named: str) -> str:
    """The account of who made a confirmed payment to the victim of a claim."""
    from recovery_flows.errors import MisuseError
    from recovery_flows.ledger.claim_parts import confirmed

    found = {row.id: row.payer_account_id for row in confirmed(file, claim.id)}
    if named not in found:
        known = f"give one of {', '.join(sorted(found))}" if found else "nobody has paid its victim"
        raise MisuseError(f"--payer: {claim.id} has no confirmed payment {named}: {known}")
    return found[named]


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
