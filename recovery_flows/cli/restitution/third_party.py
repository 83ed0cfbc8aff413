"""`recovery third-party`: claims on held accounts by people who are no victims."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, find, instant, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.papers import paper
from recovery_flows.cli.table import instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile

ClaimId = Annotated[str, typer.Argument(metavar="ID", help="See `recovery third-party list`.")]
Words = Annotated[str, typer.Option(help="Who says what; stored encrypted.")]
Proof = Annotated[Path | None, typer.Option(help="The paper that shows it.", dir_okay=False)]


class GroundOption(StrEnum):
    """On which ground a third party claims, as it is typed."""

    EXCESS = "excess"
    GOOD_FAITH = "good-faith"
    WRONG_FREEZE = "wrong-freeze"


class SourceOption(StrEnum):
    """Whose money a payment was, as it is typed."""

    UNIT_BUDGET = "unit-budget"
    TREASURY = "treasury"
    BANK = "bank"
    INSURER = "insurer"


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(
        help="Claims on held accounts by people who are no victims.", no_args_is_help=True
    )
    for command in (file, decide, appeal, withdraw, pay):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="third-party")


def file(
    ref: Ref,
    *,
    ground: Annotated[GroundOption, typer.Option(help="Too much held, good faith, harm.")],
    words: Words,
    amount: Annotated[
        str, typer.Option(metavar="DECIMAL", help="For excess: all beyond what is disputed.")
    ] = "",
    asset: Annotated[str, typer.Option(metavar="ASSET_ID", help="Which account, if several.")] = "",
    proof: Proof = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """File a third party's claim. Its clock begins."""
    from models.entities.outside.third_party_claim import ThirdPartyGround
    from recovery_flows.cases.third_parties import actions

    why = ThirdPartyGround(ground.value.replace("-", "_"))
    filing = actions.Filing(why, words, amount, asset, paper(proof))
    act(ref, acting_as, as_json, actions.file_claim, filing)


def decide(
    ref: Ref,
    claim: ClaimId,
    *,
    uphold: Annotated[bool, typer.Option("--uphold/--reject", help="Give it, or reject it.")],
    amount: Annotated[str, typer.Option(metavar="DECIMAL", help="A part of it; else all.")] = "",
    reason: Annotated[str, typer.Option(help="Why; stored encrypted.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Propose a decision. Takes a second person."""
    from recovery_flows.cases.third_parties import actions
    from recovery_flows.errors import MisuseError

    if amount and not uphold:
        raise MisuseError("--amount: what is rejected is given nothing")
    act(ref, acting_as, as_json, actions.decide, claim, amount if uphold else None, reason)


def appeal(
    ref: Ref, claim: ClaimId, *, words: Words, acting_as: ActingAs = "", as_json: AsJson = False
) -> None:
    """Enter an appeal against a rejection: it is decided anew."""
    from recovery_flows.cases.third_parties import actions

    act(ref, acting_as, as_json, actions.appeal, claim, words)


def withdraw(
    ref: Ref, claim: ClaimId, *, words: Words, acting_as: ActingAs = "", as_json: AsJson = False
) -> None:
    """Record that the claimant takes his claim back."""
    from recovery_flows.cases.third_parties import actions

    act(ref, acting_as, as_json, actions.withdraw, claim, words)


def pay(
    ref: Ref,
    claim: ClaimId,
    *,
    amount: Annotated[str, typer.Option(metavar="DECIMAL", help="What was decided.")],
    source: Annotated[SourceOption, typer.Option(help="Whose money it was.")],
    at: Annotated[str, typer.Option(help="When it was paid, such as 2026-03-02T10:00Z.")],
    booking: Annotated[str, typer.Option(help="The reference of the booking.")],
    proof: Proof = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter what was paid for a wrong freeze. Takes a second person."""
    from models.entities.outside.third_party_claim import DamagesSource
    from recovery_flows.cases.third_parties import actions

    whose = DamagesSource(source.value.replace("-", "_"))
    paid = actions.Paid(amount, whose, instant(at, "--at"), booking, paper(proof))
    act(ref, acting_as, as_json, actions.pay, claim, paid)


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """Show the claims of third parties, and what became of them."""
    from models.queries.cases.case_files import load_file

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            found = load_file(session, recovery_id)
    if as_json:
        say_json(found.third_party_claims)
    else:
        tell(list(lines_of(found)) or ["no third party has filed a claim"])


def lines_of(found: CaseFile) -> Iterator[str]:
    """Each claim, what was decided of it, and what came back of which hold."""
    from models.money import Money
    from recovery_flows.ledger.third_parties import released_minor
    from recovery_flows.restitution.third_party.releases import came_minor

    for row in found.third_party_claims:
        claimed, granted = (Money(m, row.currency) for m in (row.claimed_minor, row.granted_minor))
        yield f"{row.id}  {spoken(row.ground)}  {spoken(row.state)}  {claimed} claimed"
        if row.granted_minor:
            came = (
                granted if row.state == "released" else Money(came_minor(found, row), row.currency)
            )
            asked = f", asked of hold {row.hold_id}: {came} came back" if row.hold_id else ""
            yield f"  {granted} granted{asked}"
        if before := released_minor(row):
            yield f"  {Money(before, row.currency)} released until now"
        if row.due_at is not None:
            yield f"  due by {instant_text(row.due_at)} under {row.law_row}"
        if row.appeal_until is not None:
            yield f"  may be appealed until {instant_text(row.appeal_until)}"
        if row.paid_at is not None:
            paid = f"paid from {spoken(row.paid_from)} {instant_text(row.paid_at)}"
            yield f"  {paid}, booking {row.booking}"
