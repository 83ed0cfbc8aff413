"""`recovery unclaimed`: what did not reach its payee, from its notice to the treasury and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, file_of, instant
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.papers import paper
from recovery_flows.cli.restitution.voluntary import account_ref, currency_of, money
from recovery_flows.cli.table import instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from recovery_flows.cases.case_officer import CaseOfficer

ShareId = Annotated[str, typer.Argument(metavar="SHARE", help="See `recovery unclaimed list`.")]
Reason = Annotated[str, typer.Option(help="What was done; stored encrypted.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Money that did not reach its payee.", no_args_is_help=True)
    for command in (announce, claimed, transfer, refund):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="unclaimed")


def announce(
    ref: Ref,
    payout: Annotated[str, typer.Argument(metavar="PAYOUT", help="What was refused or came back.")],
    *,
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Begin the notice: until its end the share stays held."""
    from recovery_flows.cases.unclaimed import actions

    act(ref, acting_as, as_json, actions.announce, payout, reason)


def claimed(
    ref: Ref, share: ShareId, *, reason: Reason, acting_as: ActingAs = "", as_json: AsJson = False
) -> None:
    """Record that the payee came forward in time."""
    from recovery_flows.cases.unclaimed import actions

    act(ref, acting_as, as_json, actions.claimed, share, reason)


def transfer(
    ref: Ref,
    share: ShareId,
    *,
    bank: Annotated[str, typer.Option(metavar="PARTNER_ID", help="The treasury's bank.")],
    account: Annotated[str, typer.Option(help="The treasury's account.")],
    holder: Annotated[str, typer.Option(help="Whose account it is.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Submit that it goes to the treasury. Takes a second person."""
    from recovery_flows.cases.unclaimed import actions

    act(ref, acting_as, as_json, actions.transfer, share, account_ref(bank, account, holder))


def refund(
    ref: Ref,
    share: ShareId,
    *,
    amount: Annotated[str, typer.Option(help="What the treasury paid to the late payee.")],
    at: Annotated[str, typer.Option(help="When it paid, such as 2026-03-02T10:15+08:00.")],
    proof: Annotated[Path, typer.Option(metavar="FILE", help="The paper that shows it.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter a refund by the treasury. Takes a second person."""
    from recovery_flows.cases.unclaimed import actions

    def enter(acting: CaseOfficer, recovery_id: str) -> str:
        paid, when = money(amount, currency_of(acting, recovery_id)), instant(at, "--at")
        return actions.refund(acting, recovery_id, share, paid, when, paper(proof))

    act(ref, acting_as, as_json, enter)


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """Show what did not reach its payee, and where it is now."""
    file = file_of(ref)
    if as_json:
        say_json({"announced": [plain(u) for u in file.unclaimed], "not_paid": _open(file)})
    else:
        tell(list(_lines(file)) or ["everything has reached its payee"])


def _open(file: CaseFile) -> list[dict[str, str]]:
    """What could be announced: the payouts that were not carried out, looked into or not."""
    from models.money import Money
    from recovery_flows.restitution.refused_payouts import NOT_PAID

    known = {u.payout_id for u in file.unclaimed}
    return [
        {
            "payout": p.id,
            "claim": p.claim_id,
            "amount": str(Money(p.amount_minor, p.currency)),
            "state": str(p.state),
        }
        for p in file.payouts
        if p.state in NOT_PAID and not p.unclaimed_id and p.id not in known
    ]


def _lines(file: CaseFile) -> Iterator[str]:
    from models.money import Money

    for row in file.unclaimed:
        amount = Money(row.amount_minor, row.currency)
        until = f"notice until {instant_text(row.due_at)}"
        yield f"{row.id}  {spoken(row.state)}  {amount} of {row.claim_id}  {until}"
        if row.refunded_minor:
            yield f"  refunded by the treasury: {Money(row.refunded_minor, row.currency)}"
    for one in _open(file):
        yield f"{one['payout']}  {one['state']}  {one['amount']} of {one['claim']}  not announced"
