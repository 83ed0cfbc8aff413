"""`recovery hold`: everything that can be done to a hold besides its next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, SeenVersion, act, instant

if TYPE_CHECKING:
    from models.money import Money
    from recovery_flows.cases.case_officer import CaseOfficer

HoldId = Annotated[str, typer.Option("--hold", metavar="HOLD_ID", help="See `recovery show`.")]
Amount = Annotated[str, typer.Option(metavar="DECIMAL", help="In the account's currency.")]
Reason = Annotated[str, typer.Option(help="Why; kept sealed in the file.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Holds: releases, complaints, what a bank holds by itself.",
                        no_args_is_help=True)  # fmt: skip
    for command in (
        amend, release, unrelated_funds, complaint, voluntary, reference, withdraw, court_order,
        resubmit,
    ):  # fmt: skip
        group.command()(command)
    group.command("part", hidden=True)(release)
    group.command("unrelated", hidden=True)(unrelated_funds)
    group.command("again", hidden=True)(resubmit)
    group.command("converted", hidden=True)(court_order)
    app.add_typer(group, name="hold")


def _with_amount(
    deed: Callable[[CaseOfficer, str, str, Money, str, int | None], str], amount: str
) -> Callable[[CaseOfficer, str, str, str, int | None], str]:
    """The same act, its sum read in the currency of the hold's account."""

    def read_and_do(
        acting: CaseOfficer, recovery_id: str, hold_id: str, reason: str, seen: int | None
    ) -> str:
        from models.money import Money
        from models.queries.cases.case_files import load_file
        from recovery_flows.errors import MisuseError
        from recovery_flows.freezing.actions import hold_of

        with acting.database.reading() as session:
            hold = hold_of(load_file(session, recovery_id), hold_id)
        try:
            money = Money.parse(amount, hold.currency)
        except ValueError as error:
            raise MisuseError(str(error)) from error
        return deed(acting, recovery_id, hold_id, money, reason, seen)

    return read_and_do


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
    """Change a hold's sum before it is ordered. Its approvals are void then."""
    from recovery_flows.freezing import actions as hold_actions

    deed = _with_amount(
        lambda acting, of, name, money, why, seen: hold_actions.amend(
            acting, of, name, money.minor, why, seen
        ),
        amount,
    )
    act(ref, acting_as, as_json, deed, hold, reason, seen_version)


def release(
    ref: Ref,
    *,
    hold: HoldId,
    amount: Amount,
    reason: Reason,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a partial release. The rest keeps its own term."""
    from recovery_flows.freezing import actions as hold_actions

    deed = _with_amount(hold_actions.release_part, amount)
    act(ref, acting_as, as_json, deed, hold, reason, seen_version)


def unrelated_funds(
    ref: Ref,
    *,
    hold: HoldId,
    reason: Reason,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record unrelated funds. Their release has a deadline."""
    from recovery_flows.freezing import actions as hold_actions

    act(ref, acting_as, as_json, hold_actions.find_unrelated, hold, reason, seen_version)


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
    """Record a third party's complaint. A second person answers it."""
    from recovery_flows.freezing import actions as hold_actions

    deed = _with_amount(hold_actions.complain, amount)
    act(ref, acting_as, as_json, deed, hold, words, seen_version)


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
    """Record a voluntary hold. The order behind it is drafted at once."""
    from recovery_flows.freezing import actions as hold_actions

    begun, ends = instant(since, "--since"), instant(until, "--until") if until else None
    deed = hold_actions.record_voluntary
    act(ref, acting_as, as_json, deed, asset, amount, begun, ends, reason, seen_version)


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

    act(ref, acting_as, as_json, hold_actions.name_at_bank, hold, bank_ref, reason, seen_version)


def withdraw(
    ref: Ref,
    *,
    hold: HoldId,
    reason: Reason,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Withdraw a draft or a hold that is ranked behind another."""
    from recovery_flows.freezing import actions as hold_actions

    act(ref, acting_as, as_json, hold_actions.withdraw, hold, reason, seen_version)


def court_order(
    ref: Ref,
    *,
    hold: HoldId,
    order: Annotated[str, typer.Option(help="Court, number and date; kept sealed.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record a court order. It converts the freeze: the bank pays out under it."""
    from recovery_flows.freezing import actions as hold_actions

    act(ref, acting_as, as_json, hold_actions.record_conversion, hold, order, seen_version)


def resubmit(
    ref: Ref,
    *,
    hold: HoldId,
    reason: Reason,
    holder: Annotated[str, typer.Option(help="The holder's name as the bank has it.")] = "",
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Draft a refused hold again. A wrong name is put right with --holder."""
    from recovery_flows.freezing import actions as hold_actions

    act(ref, acting_as, as_json, hold_actions.order_again, hold, reason, holder, seen_version)
