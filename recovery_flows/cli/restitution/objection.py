"""`recovery objection`: what is brought against a return, and what a second person decides."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from recovery_flows.cli.options import (
    ActingAs,
    AsJson,
    Ref,
    SeenVersion,
    act,
    file_of,
)
from recovery_flows.cli.output import say_json
from recovery_flows.cli.restitution.voluntary import money
from recovery_flows.cli.table import columns, instant_text, tell


class KindOption(StrEnum):
    """What an objection is against, as it is typed."""

    ROWS = "rows"
    SHARE = "share"
    CLAIM = "claim"
    APPEAL = "appeal"


Kind = Annotated[
    KindOption,
    typer.Option(
        help="rows: what a claim rests on; share: the division; claim: that it is founded; "
        "appeal: a decision on it."
    ),
]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Objections to a return, and decisions.", no_args_is_help=True)
    group.command(name="list")(list_)
    group.command()(enter)
    group.command()(decide)
    app.add_typer(group, name="objection")


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """List the objections of a recovery, the oldest first."""
    found = file_of(ref).objections
    if as_json:
        say_json(found)
    elif found:
        head = ("entered", "kind", "claim", "state", "to be decided by", "objection")
        rows = [
            (instant_text(o.entered_at), o.kind, o.claim_id or "-", o.state,
             instant_text(o.due_at), o.id)
            for o in found
        ]  # fmt: skip
        tell(columns(rows, head))
    else:
        tell(["no objections"])


def enter(
    ref: Ref,
    *,
    kind: Kind,
    claim: Annotated[str, typer.Option(help="The claim; none for a share of nobody's.")] = "",
    reason: Annotated[str, typer.Option(help="What is objected; stored encrypted.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter an objection; nothing that it touches is paid before."""
    from models.entities.claim import ObjectionKind
    from recovery_flows.cases import objection_actions

    against = ObjectionKind(kind.value)
    act(ref, acting_as, as_json, objection_actions.enter, against, claim, reason, seen_version)


def decide(
    ref: Ref,
    objection_id: Annotated[str, typer.Argument(metavar="ID", help="See `objection list`.")],
    *,
    uphold: Annotated[bool, typer.Option("--uphold/--reject", help="The decision.")],
    loss: Annotated[str, typer.Option(help="What of the loss is upheld, such as 600.00.")] = "",
    reason: Annotated[str, typer.Option(help="Why; stored encrypted.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Decide an objection that another person entered."""
    from recovery_flows.cases import objection_actions

    upheld = money(loss, file_of(ref).recovery.currency) if loss else None
    act(
        ref, acting_as, as_json, objection_actions.decide, objection_id, reason, is_upheld=uphold,
        loss=upheld, seen_version=seen_version,
    )  # fmt: skip
