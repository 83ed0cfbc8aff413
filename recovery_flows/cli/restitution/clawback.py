"""`recovery clawback`: money that was paid to the wrong person, or too much, ordered back."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, file_of
from recovery_flows.cli.output import say_json
from recovery_flows.cli.restitution.voluntary import currency_of, money
from recovery_flows.cli.table import instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from recovery_flows.cases.case_officer import CaseOfficer

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="See `recovery clawback list`.")]
Reason = Annotated[str, typer.Option(help="What went wrong or was done; stored encrypted.")]


class GroundOption(StrEnum):
    """Why money is ordered back, as it is typed."""

    WRONG_PAYEE = "wrong-payee"
    TOO_MUCH = "too-much"


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Money paid by mistake, ordered back.", no_args_is_help=True)
    for command in (order, remind, write_off):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="clawback")


def order(
    ref: Ref,
    payout: Annotated[str, typer.Argument(metavar="PAYOUT", help="The payout that was paid.")],
    *,
    amount: Annotated[str, typer.Option(help="What of it is to be given back.")],
    ground: Annotated[GroundOption, typer.Option(help="To a stranger, or beyond what was due.")],
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Order money of a payout back. Takes a second person."""
    from models.entities.payout import ClawbackGround
    from recovery_flows.cases.clawbacks import actions

    def enter(acting: CaseOfficer, recovery_id: str) -> str:
        back = money(amount, currency_of(acting, recovery_id))
        why = ClawbackGround(ground.value.replace("-", "_"))
        return actions.order(acting, recovery_id, payout, back, why, reason)

    act(ref, acting_as, as_json, enter)


def remind(
    ref: Ref, order_id: OrderId, *, reason: Reason, acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Record a reminder: the time to pay runs anew."""
    from recovery_flows.cases.clawbacks import actions

    act(ref, acting_as, as_json, actions.remind, order_id, reason)


def write_off(
    ref: Ref, order_id: OrderId, *, reason: Reason, acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write off what was not paid back. Takes a second person."""
    from recovery_flows.cases.clawbacks import actions

    act(ref, acting_as, as_json, actions.write_off, order_id, reason)


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """Show what was ordered back, and what of it came."""
    file = file_of(ref)
    if as_json:
        say_json({"clawbacks": file.clawbacks})
    else:
        tell(list(_lines(file)) or ["nothing was ordered back"])


def _lines(file: CaseFile) -> Iterator[str]:
    from models.money import Money
    from recovery_flows.restitution.clawback.steps import open_of

    for row in file.clawbacks:
        amount = Money(row.amount_minor, row.currency)
        due = f"due {instant_text(row.due_at)}" if row.due_at else "not ordered yet"
        yield f"{row.id}  {spoken(row.state)}  {amount} of {row.payout_id}  {due}"
        yield f"  {spoken(row.ground)}; {open_of(file, row)} of it has not come"
