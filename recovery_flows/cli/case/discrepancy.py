"""`recovery discrepancy`: what contradicts the records, and what a person found out about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, SeenVersion, act, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, tell

if TYPE_CHECKING:
    from models.entities.discrepancy import DiscrepancyRow


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(
        help="What contradicts the records, and its resolution.", no_args_is_help=True
    )
    group.command(name="list")(list_open)
    group.command()(resolve)
    app.add_typer(group, name="discrepancy")


def list_open(
    ref: Annotated[str, typer.Argument(metavar="[REF]", help="One recovery; without: all.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Open discrepancies, the oldest first."""
    from models.queries.cases.discrepancies import open_discrepancies

    with opened() as installation:
        recovery_id = find(installation, ref) if ref else ""
        with installation.database.reading() as session:
            found = open_discrepancies(session, recovery_id)
    lines = [_line(name, row) for name, row in found]
    if as_json:
        say_json(lines)
    elif not lines:
        tell(["no open discrepancies"])
    else:
        head = ("recovery", "found", "what", "id")
        tell(columns([(x["ref"], x["found_at"], x["sentence"], x["id"]) for x in lines], head))


def _line(ref: str, row: DiscrepancyRow) -> dict[str, Any]:
    from recovery_flows.ledger.discrepancies import sentence

    return {
        "ref": ref, "id": row.id, "kind": row.kind, "sentence": sentence(row),
        "subject": row.subject_id, "found_at": row.found_at.isoformat(timespec="minutes"),
    }  # fmt: skip


def resolve(
    ref: Ref,
    discrepancy_id: Annotated[str, typer.Argument(metavar="ID", help="See `discrepancy list`.")],
    *,
    reason: Annotated[str, typer.Option(help="What was found out; stored encrypted.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that a discrepancy was looked into."""
    from recovery_flows.cases import discrepancy_actions

    act(ref, acting_as, as_json, discrepancy_actions.resolve, discrepancy_id, reason, seen_version)
