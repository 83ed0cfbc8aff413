"""`recovery hold`: what is done to a hold beyond its next step."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, SeenVersion, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from models.money import Money
    from recovery_flows.cli.composition import Installation

HoldId = Annotated[str, typer.Option("--hold", metavar="HOLD_ID", help="See `recovery show`.")]
Amount = Annotated[str, typer.Option(metavar="DECIMAL", help="In the account's currency.")]
Reason = Annotated[str, typer.Option(help="Why; kept sealed in the file.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Holds: parts, complaints, what a bank holds by itself.",
                        no_args_is_help=True)  # fmt: skip
    for command in (
        amend, part, unrelated, complaint, voluntary, reference, withdraw, converted, again,
    ):  # fmt: skip
        group.command()(command)
    app.add_typer(group, name="hold")


def _tell(done: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"done": done})
    else:
        tell([done])


def _amount(installation: Installation, recovery_id: str, hold_id: str, amount: str) -> Money:
    from models.money import Money
    from models.queries.cases.case_files import load_file
    from recovery_flows.errors import MisuseError
    from recovery_flows.freezing.actions import hold_of

    with installation.database.reading() as session:
        hold = hold_of(load_file(session, recovery_id), hold_id)
    try:
        return Money.parse(amount, hold.currency)
    except ValueError as error:
        raise MisuseError(str(error)) from error


def _instant(text: str, option: str) -> datetime:
    from recovery_flows.errors import MisuseError

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise MisuseError(f"{option} {text!r} is no instant such as 2026-03-02T10:15+08:00")
    return at


def amend(
    ref: Ref,
    *,
    hold: HoldId,
    amount: Amount,
    reason: Annotated[str, typer.Option(help="Needed to block more than is disputed.")] = "",
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Change the sum of a hold before it is ordered; approvals asked for it are void."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        money = _amount(installation, recovery_id, hold, amount)
        desk = installation.desk(acting_as)
        done = hold_actions.amend(desk, recovery_id, hold, money.minor, reason, seen_version)
    _tell(done, as_json=as_json)


def part(
    ref: Ref,
    *,
    hold: HoldId,
    amount: Amount,
    reason: Reason,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a part of a hold to be released; the rest stays to its own term."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        money = _amount(installation, recovery_id, hold, amount)
        desk = installation.desk(acting_as)
        done = hold_actions.let_part_go(desk, recovery_id, hold, money, reason, seen_version)
    _tell(done, as_json=as_json)


def unrelated(
    ref: Ref,
    *,
    hold: HoldId,
    reason: Reason,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that held money has nothing to do with the case; its release has a legal clock."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = hold_actions.find_unrelated(desk, recovery_id, hold, reason, seen_version)
    _tell(done, as_json=as_json)


def complaint(
    ref: Ref,
    *,
    hold: HoldId,
    amount: Amount,
    words: Annotated[str, typer.Option(help="Who complains and why; kept sealed.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Take in a third party's complaint about a hold; a second person answers it in time."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        money = _amount(installation, recovery_id, hold, amount)
        desk = installation.desk(acting_as)
        done = hold_actions.complain(desk, recovery_id, hold, money, words, seen_version)
    _tell(done, as_json=as_json)


def voluntary(
    ref: Ref,
    *,
    asset: Annotated[str, typer.Option(metavar="ASSET_ID", help="See `recovery show --json`.")],
    amount: Amount,
    since: Annotated[str, typer.Option(metavar="WHEN", help="ISO 8601 with its zone.")],
    until: Annotated[str, typer.Option(metavar="WHEN", help="If the bank named an end.")] = "",
    reason: Annotated[str, typer.Option(help="How the unit knows; kept sealed.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record what a bank holds of its own accord; the order behind it is drafted at once."""
    from recovery_flows.freezing import actions as hold_actions

    begun, ends = _instant(since, "--since"), _instant(until, "--until") if until else None
    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = hold_actions.record_voluntary(
            desk, recovery_id, asset, amount, begun, ends, reason, seen_version
        )
    _tell(done, as_json=as_json)


def reference(
    ref: Ref,
    *,
    hold: HoldId,
    bank_ref: Annotated[str, typer.Option(help="By which the bank knows the hold.")],
    reason: Annotated[str, typer.Option(help="How the unit knows; stored encrypted.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter the bank's reference of a voluntary hold."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = hold_actions.name_at_bank(desk, recovery_id, hold, bank_ref, reason, seen_version)
    _tell(done, as_json=as_json)


def withdraw(
    ref: Ref,
    *,
    hold: HoldId,
    reason: Reason,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Take back a drafted hold, or one that waits behind another authority's."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = hold_actions.withdraw(desk, recovery_id, hold, reason, seen_version)
    _tell(done, as_json=as_json)


def converted(
    ref: Ref,
    *,
    hold: HoldId,
    order: Annotated[str, typer.Option(help="Court, number and date; kept sealed.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that a court's order took a freeze over: the bank disposes of the money under it."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = hold_actions.record_conversion(desk, recovery_id, hold, order, seen_version)
    _tell(done, as_json=as_json)


def again(
    ref: Ref,
    *,
    hold: HoldId,
    reason: Reason,
    holder: Annotated[str, typer.Option(help="The holder's name as the bank has it.")] = "",
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Draft a hold once more that the bank refused, with the right name if that was wrong."""
    from recovery_flows.freezing import actions as hold_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        desk = installation.desk(acting_as)
        done = hold_actions.order_again(desk, recovery_id, hold, reason, holder, seen_version)
    _tell(done, as_json=as_json)
