"""`recovery claim`: claims by the hundred, one by one, and who stands in for a victim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, find, instant, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.papers import paper
from recovery_flows.cli.restitution.voluntary import (
    account_ref,
    currency_of,
    money,
)
from recovery_flows.cli.table import columns, instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.cases.claim_actions import ImportResult
    from recovery_flows.cli.composition import Installation

ClaimId = Annotated[str, typer.Argument(metavar="CLAIM", help="See `recovery claim list`.")]
_SOME = 50


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Claims of a recovery.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("import")(import_)
    group.command()(reject)
    group.command()(compensate)
    group.command("class")(class_)
    app.add_typer(group, name="claim")


def list_(
    ref: Ref,
    *,
    after: Annotated[str, typer.Option(metavar="CLAIM", help="Go on after this claim.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = _SOME,
    as_json: AsJson = False,
) -> None:
    """List claims by the time of their payment, some at a time."""
    from models.queries.cases.claims import claim_page

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            page = claim_page(session, recovery_id, after, limit)
    if as_json:
        say_json({"claims": [{**plain(c), "open": plain(c.open)} for c in page.lines],
                  "after": page.after})  # fmt: skip
        return
    head = ("claim", "paid", "state", "reported", "upheld", "compensated", "got", "payer got",
            "open")  # fmt: skip
    rows = [
        (c.claim_id, instant_text(c.paid_at), spoken(c.state), c.reported, c.upheld,
         c.compensated, c.paid, c.paid_to_payers, c.open)
        for c in page.lines
    ]  # fmt: skip
    tell(columns(rows, head, right=range(3, 9)) if rows else ["no claims"])
    if page.after:
        tell([f"more: recovery claim list {ref} --after {page.after}"])


def import_(
    ref: Ref,
    claims: Annotated[Path, typer.Argument(metavar="FILE", help="Columns as `intake reports`.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be; keep none.")] = (
        False
    ),
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """File claims of a CSV or JSON file, a result for each row."""
    with opened() as installation:
        recovery_id = find(installation, ref)
        result = _imported(installation, recovery_id, claims, acting_as, dry_run=dry_run)
    if as_json:
        say_json({**plain(result), "counts": result.counts(), "dry_run": dry_run})
        return
    from recovery_flows.cases.claim_actions import row_lines

    tell(row_lines(result))
    tell(["dry run: nothing was kept"] if dry_run else [])


def _imported(
    installation: Installation, recovery_id: str, path: Path, acting_as: str, *, dry_run: bool
) -> ImportResult:
    from models.facts import ReportFact
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.claim_actions import import_claims
    from recovery_flows.cli.intake.complaints import read_file
    from recovery_flows.clock import wall_clock
    from recovery_flows.intake.complaints import read_reports

    with installation.database.reading() as session:
        now = case_now(session, wall_clock())
    acting = installation.case_officer(acting_as)
    limits = installation.limits()
    raw = read_file(path, limits)
    rows = list(read_reports(path, now, limits, raw=raw))
    facts = [row for row in rows if isinstance(row, ReportFact)]
    refused = [(r.row, r.field, r.why) for r in rows if not isinstance(r, ReportFact)]
    return import_claims(acting, recovery_id, facts, refused, raw, dry_run=dry_run)


def reject(
    ref: Ref,
    claim: ClaimId,
    *,
    reason: Annotated[str, typer.Option(help="Why it is unfounded; stored encrypted.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask another person to reject a claim; he can appeal then."""
    from models.entities.claim import ObjectionKind
    from recovery_flows.cases import objection_actions

    def enter(acting: CaseOfficer, recovery_id: str) -> str:
        done = objection_actions.enter(acting, recovery_id, ObjectionKind.CLAIM, claim, reason)
        named = next(word for word in done.split() if word.startswith("objection-"))
        return f"{done}: recovery objection decide {ref} {named} --uphold --loss 0"

    act(ref, acting_as, as_json, enter)


def compensate(
    ref: Ref,
    claim: ClaimId,
    *,
    amount: Annotated[str, typer.Option(help="What the victim was paid.")],
    payer: Annotated[str, typer.Option(help="Who has paid: a bank, an insurer.")],
    bank: Annotated[str, typer.Option(metavar="PARTNER_ID", help="Where the payer's account is.")],
    account: Annotated[str, typer.Option(help="To which its part of a return is paid.")],
    at: Annotated[str, typer.Option(help="When the victim was paid.")],
    proof: Annotated[Path, typer.Option(metavar="FILE", help="The paper that shows it.")],
    booking: Annotated[str, typer.Option(help="The payment's reference, if it has one.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter what a bank or insurer has paid a victim; it steps in."""
    from recovery_flows.cases import money_actions

    def enter(acting: CaseOfficer, recovery_id: str) -> str:
        paid = money(amount, currency_of(acting, recovery_id))
        return money_actions.compensate(
            acting, recovery_id, claim, account_ref(bank, account, payer), paid,
            instant(at, "--at"), paper(proof), booking,
        )  # fmt: skip

    act(ref, acting_as, as_json, enter)


def class_(
    ref: Ref,
    claim: ClaimId,
    code: Annotated[str, typer.Argument(metavar="CLASS", help="A row `priority`, or none.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; stored encrypted.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Give a claim its class, by which a short estate is paid."""
    from recovery_flows.cases import claim_actions

    named = "" if code == "none" else code
    act(ref, acting_as, as_json, claim_actions.classify, claim, named, reason)
