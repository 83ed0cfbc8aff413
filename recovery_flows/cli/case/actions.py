"""Commands that act on one recovery: advance, refuse, reopen, note, payee, merge."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import (
    ActingAs,
    AsJson,
    Knowing,
    Now,
    Ref,
    SeenVersion,
    act,
    find,
    opened,
)
from recovery_flows.cli.sending import tell_done
from recovery_flows.cli.table import tell_what

if TYPE_CHECKING:
    from recovery_flows.cli.composition import Installation


def attach(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (advance, refuse, reopen, note, payee, merge):
        app.command()(command)
    app.command("join", hidden=True)(merge)


def note(
    ref: Ref,
    text: Annotated[str, typer.Argument(help="The note; `-` reads standard input.")],
    *,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Write a note into a file. It is stored encrypted."""
    with opened() as installation:
        recovery_id = find(installation, ref)
        words = sys.stdin.read().strip() if text == "-" else text
        tell_what(installation.case_officer(acting_as).note(recovery_id, words), as_json=as_json)


def advance(
    ref: Ref,
    *,
    to: Annotated[
        str, typer.Option(metavar="MILESTONE", help="Refuse, naming what is missing, if farther.")
    ] = "",
    case_number: Annotated[str, typer.Option(help="Under which a report is accepted.")] = "",
    field: Annotated[
        list[str] | None, typer.Option(metavar="NAME=TEXT", help="A field of a request; repeat.")
    ] = None,
    strike: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Strike personal data found in this field; repeat."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=REASON", help="Why it must stay in this field; repeat."),
    ] = None,
    seen_version: SeenVersion = None,
    knowing: Knowing = False,
    now: Now = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Do the officer's next step of a recovery."""
    from recovery_flows.correspondence.free_text import Decided

    fields = dict(named_text(text, "--field NAME=TEXT") for text in field or ())
    kept = dict(named_text(text, "--keep NAME=REASON") for text in keep or ())
    with opened() as installation:
        recovery_id = find(installation, ref)
        done = installation.case_officer(acting_as).advance(
            recovery_id,
            fields=fields,
            case_number=case_number,
            seen_version=seen_version,
            to=to,
            knowing=knowing,
            decided=Decided(tuple(strike or ()), kept),
        )
        tell_done(installation, recovery_id, done, now=now, as_json=as_json)


def refuse(
    ref: Ref,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept encrypted. The victim is told it.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask another person to refuse a report that nobody accepted."""
    from recovery_flows.cases.case_officer import CaseOfficer

    act(ref, acting_as, as_json, CaseOfficer.refuse_report, reason, seen_version)


def reopen(
    ref: Ref,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept encrypted.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Open a closed recovery or a refused report again (supervisor)."""
    from recovery_flows.cases.case_officer import CaseOfficer

    act(ref, acting_as, as_json, CaseOfficer.reopen, reason)


def named_text(text: str, option: str) -> tuple[str, str]:
    """A name and a text as they are typed after an option such as `--field NAME=TEXT`."""
    from recovery_flows.errors import MisuseError

    name, mark, value = text.partition("=")
    if not (name.strip() and mark and value.strip()):
        name, _, form = option.partition(" ")
        raise MisuseError(f"{name} takes {form}")
    return name.strip(), value.strip()


def payee(
    ref: Ref,
    *,
    claim: Annotated[str, typer.Option(metavar="CLAIM_ID", help="See `recovery show`.")],
    bank: Annotated[str, typer.Option(metavar="PARTNER_ID", help="A registered partner.")],
    account: Annotated[str, typer.Option(help="Account number; `-` reads standard input.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept in the history.")],
    holder: Annotated[
        str, typer.Option(help="Whose account it is, where it is not known yet.")
    ] = "",
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for another payee account. A second person decides; approvals are void."""
    from models.facts import AccountRef
    from recovery_flows.intake.cells import read_account
    from recovery_flows.intake.refusals import CellRefusedError

    with opened() as installation:
        recovery_id = find(installation, ref)
        number = sys.stdin.readline() if account == "-" else account
        try:
            to = read_account(
                {"to_bank": bank, "to_account": number, "to_name": holder}, "to", "to_name"
            )
        except CellRefusedError as refusal:
            raise _misuse(f"{refusal.field.replace('_', ' ')} {refusal.why}") from refusal
        _check_partner(installation, to.bank)
        acting = installation.case_officer(acting_as)
        payee_account = AccountRef(to.bank, to.number, to.holder)
        done = acting.change_payee(recovery_id, claim, payee_account, reason, seen_version)
        tell_what(done, as_json=as_json)


def _misuse(sentence: str) -> Exception:
    from recovery_flows.errors import MisuseError

    return MisuseError(sentence)


def _check_partner(installation: Installation, bank: str) -> None:
    from models.entities.partner import PartnerKind
    from models.queries.cases.work import partners

    with installation.database.reading() as session:
        found = partners(session, installation.database.vault)
        known = {p.id for p in found if p.kind is PartnerKind.BANK}
    if bank not in known:
        raise _misuse(f"{bank!r} is not a registered partner: `recovery partner list`")


def merge(
    ref: Ref,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other recovery.")],
    *,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Merge two recoveries of one account. The older one stays."""
    with opened() as installation:
        one, two = find(installation, ref), find(installation, other)
        if one == two:
            raise _misuse("a recovery cannot be merged with itself")
        tell_what(installation.case_officer(acting_as).join(one, two), as_json=as_json)
