"""`recovery voluntary`: money that an account holder gives back by himself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, file_of, instant
from recovery_flows.cli.output import say_json
from recovery_flows.cli.papers import paper
from recovery_flows.cli.table import instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.voluntary_return import ReturnRow
    from models.facts import AccountRef
    from models.money import Money
    from recovery_flows.cases.case_officer import CaseOfficer

ReturnId = Annotated[str, typer.Argument(metavar="RETURN", help="See `recovery voluntary list`.")]
Reason = Annotated[str, typer.Option(help="What was said or written; stored encrypted.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Money that is given back to the unit.", no_args_is_help=True)
    for command in (invite, plan, receive, remind, end):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="voluntary")


def invite(
    ref: Ref,
    *,
    asset: Annotated[
        str, typer.Option(metavar="ASSET_ID", help="Whose holder; see `recovery show --json`.")
    ] = "",
    reason: Reason,
    until: Annotated[str, typer.Option(help="An answer is due by; else by the law's term.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Invite an account holder to give back what he got."""
    from recovery_flows.cases import money_actions

    due = instant(until, "--until") if until else None
    act(ref, acting_as, as_json, money_actions.invite, asset, reason, due)


def plan(
    ref: Ref,
    return_id: ReturnId,
    *,
    part: Annotated[
        list[str], typer.Option(metavar="AMOUNT@INSTANT", help="One part; repeat in order.")
    ],
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record what was promised, part by part. A promise is no money."""
    from recovery_flows.cases import money_actions

    def record(acting: CaseOfficer, recovery_id: str) -> str:
        parts = [_part(text, currency_of(acting, recovery_id)) for text in part]
        return money_actions.promise(acting, recovery_id, return_id, parts, reason)

    act(ref, acting_as, as_json, record)


def receive(
    ref: Ref,
    *,
    bank: Annotated[str, typer.Option(metavar="PARTNER_ID", help="Where the unit's account is.")],
    account: Annotated[str, typer.Option(help="The unit's account, to which the money came.")],
    booking: Annotated[str, typer.Option(help="The booking's reference on that account.")],
    of: Annotated[str, typer.Option(metavar="RETURN", help="The promise or clawback.")] = "",
    amount: Annotated[str, typer.Option(help="Where no imported statement has the booking.")] = "",
    at: Annotated[str, typer.Option(help="When it was credited, likewise.")] = "",
    proof: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The paper that shows it, likewise.")
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter money that came in. It counts with a second person's yes."""
    from recovery_flows.cases import money_actions

    def enter(acting: CaseOfficer, recovery_id: str) -> str:
        incoming = money_actions.Incoming(
            into=account_ref(bank, account, "the unit's own account"),
            booking=booking.strip(),
            amount=money(amount, currency_of(acting, recovery_id)) if amount else None,
            received_at=instant(at, "--at") if at else None,
            paper=paper(proof),
            return_id=of,
        )
        return money_actions.receive(acting, recovery_id, incoming)

    act(ref, acting_as, as_json, enter)


def remind(
    ref: Ref,
    return_id: ReturnId,
    *,
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record a reminder of the parts that are overdue."""
    from recovery_flows.cases import money_actions

    act(ref, acting_as, as_json, money_actions.remind, return_id, reason)


def end(
    ref: Ref,
    return_id: ReturnId,
    *,
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that nothing more is expected."""
    from recovery_flows.cases import money_actions

    act(ref, acting_as, as_json, money_actions.end, return_id, reason)


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """List invitations, promises with their parts, and receipts."""
    file = file_of(ref)
    if as_json:
        say_json(_plain(file))
    else:
        tell(_lines(file))


def _plain(file: CaseFile) -> dict[str, object]:
    from recovery_flows.restitution.voluntary import instalments_of, standing

    receipts = [h for h in file.holds if h.kind == "custody"]
    return {
        "returns": [
            {"return": row, "standing": standing(file, row), "parts": instalments_of(file, row.id)}
            for row in file.voluntary_returns
        ],
        "receipts": [
            {"receipt": h.id, "state": h.state, "amount_minor": h.requested_minor,
             "currency": h.currency, "received_at": h.acted_at, "booking": h.bank_ref,
             "return_id": h.return_id, "proof": h.proof}
            for h in receipts
        ],
    }  # fmt: skip


def _lines(file: CaseFile) -> Iterator[str]:
    from models.money import Money
    from recovery_flows.restitution.custody import is_received

    for row in file.voluntary_returns:
        yield from _of_return(file, row)
    receipts = [h for h in file.holds if h.kind == "custody"]
    for hold in receipts:
        stands = "received" if is_received(hold) else spoken(hold.state)
        said = f"{Money(hold.requested_minor, hold.currency)!s:>22}  {instant_text(hold.acted_at)}"
        yield f"receipt {hold.bank_ref:<20}{said}  {stands}"
    if not file.voluntary_returns and not receipts:
        yield "nobody was invited, and nothing came in"


def _of_return(file: CaseFile, row: ReturnRow) -> Iterator[str]:
    from models.money import Money
    from recovery_flows.restitution.voluntary import instalments_of, standing

    said = standing(file, row)
    yield f"{row.id}: {spoken(row.state)}, answer due {instant_text(row.answer_due_at)}"
    if said.promised.minor:
        yield f"  {said.received} of {said.promised} received ({said.per_cent})"
    for part in instalments_of(file, row.id):
        amount = Money(part.amount_minor, part.currency)
        yield f"  part {part.number:<3}{amount!s:>20}  {instant_text(part.due_at)}  {part.state}"


_PART = re.compile(r"(?P<amount>[^@]+)@(?P<due>.+)")


def _part(text: str, currency: str) -> tuple[Money, datetime]:
    from recovery_flows.errors import MisuseError

    match = _PART.fullmatch(text.strip())
    if match is None:
        raise MisuseError(f"--part {text!r} is not AMOUNT@INSTANT: 250.00@2026-05-01T00:00+08:00")
    return money(match["amount"].strip(), currency), instant(match["due"].strip(), "--part")


def currency_of(acting: CaseOfficer, recovery_id: str) -> str:
    """The currency of a recovery's loss."""
    from models.queries.cases.case_files import load_file

    with acting.database.reading() as session:
        return load_file(session, recovery_id).recovery.currency


def money(text: str, currency: str) -> Money:
    """A sum as it is typed; MisuseError says what is wrong."""
    from models.money import Money
    from recovery_flows.errors import MisuseError

    try:
        return Money.parse(text, currency)
    except ValueError as error:
        raise MisuseError(str(error)) from error


def account_ref(bank: str, number: str, holder: str) -> AccountRef:
    """An account as it is typed; MisuseError names what cannot be one."""
    from recovery_flows.errors import MisuseError
    from recovery_flows.intake.cells import read_account
    from recovery_flows.intake.refusals import CellRefusedError

    cells = {"their_bank": bank, "their_account": number, "their_name": holder}
    try:
        return read_account(cells, "their", "their_name")
    except CellRefusedError as refusal:
        name = "--" + refusal.field.removeprefix("their_")
        raise MisuseError(f"{name} {refusal.why}") from refusal
