"""`recovery court-list`: a court's own list of who gets what, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, file_of, find, instant, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.papers import paper
from recovery_flows.cli.table import columns, instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from recovery_flows.cases.court_lists.actions import ImportedList

Reason = Annotated[str, typer.Option(help="How it was found out; stored encrypted.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="A court's own list of returns.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("list")(list_)
    for command in (identify, set_aside, end):
        group.command()(command)
    app.add_typer(group, name="court-list")


def import_(
    ref: Ref,
    rows: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Columns claim,amount; account where it is over several."
        ),
    ],
    *,
    reference: Annotated[str, typer.Option(help="The court's reference of its decision.")],
    ordered_at: Annotated[str, typer.Option(help="When it decided, such as 2026-03-02T10:00Z.")],
    asset: Annotated[str, typer.Option(metavar="ASSET_ID", help="Which account, if several.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be; keep none.")] = (
        False
    ),
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter a court's list of returns. Takes a second person."""
    from recovery_flows.cases.court_lists import actions

    order = actions.Order(reference, instant(ordered_at, "--ordered-at"), asset)
    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        done = actions.import_lists(
            acting, recovery_id, rows, paper(rows, "the list"), order, installation.limits(),
            dry_run=dry_run,
        )  # fmt: skip
    if as_json:
        told = [
            {
                **plain(one),
                "rows": [{**plain(row), "result": row.result} for row in one.rows],
                "dry_run": dry_run,
            }
            for one in done
        ]
        say_json(told[0] if len(told) == 1 else {"lists": told})
    else:
        tell(line for one in done for line in _told(one, of_several=len(done) > 1))


def _told(done: ImportedList, *, of_several: bool) -> Iterator[str]:
    if of_several:
        yield f"account {done.asset_id}"
    head = ("line", "claim", "by the court", "by the law's rule", "result")
    rows = [
        (row.line, row.claim_id or "-", row.by_court, row.by_rule or "-", row.result)
        for row in done.rows
    ]
    yield from columns(rows, head, right=(0, 2, 3))
    total = sum((row.by_court for row in done.rows[1:]), done.rows[0].by_court)
    yield f"{done.ref}: {done.reference} gives {total}; {done.held} can be paid"
    yield (
        f"it counts when another person has held it against the paper: {done.approval}"
        if done.approval
        else "dry run: nothing was kept"
    )


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """Show courts' lists, and what of each row is to be paid."""
    file = file_of(ref)
    if as_json:
        say_json({"lists": file.court_lists, "rows": file.court_shares})
    else:
        tell(list(_lines(file)) or ["no court has sent a list"])


def _lines(file: CaseFile) -> Iterator[str]:
    from models.money import Money
    from recovery_flows.restitution.court.rows import due_minor

    for found in file.court_lists:
        total = Money(found.total_minor, found.currency)
        ordered = f"ordered {instant_text(found.ordered_at)}"
        yield f"{found.id}  {found.reference}  {spoken(found.state)}  {total}  {ordered}"
        for row in (r for r in file.court_shares if r.list_id == found.id):
            amount = Money(row.amount_minor, row.currency)
            due = Money(due_minor(file, row), row.currency)
            whose = row.claim_id or spoken(row.state)
            yield f"  line {row.line:<4}{amount!s:>20}  {whose}  to be paid {due}  {row.id}"


def identify(
    ref: Ref,
    row: Annotated[str, typer.Argument(metavar="ROW", help="See `recovery court-list list`.")],
    *,
    claim: Annotated[str, typer.Option(help="Whose it is.")] = "",
    set_aside: Annotated[bool, typer.Option("--set-aside", help="It is nobody's here.")] = False,
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Say whose an unknown row is. Takes a second person."""
    from recovery_flows.cases.court_lists import actions
    from recovery_flows.errors import MisuseError

    if bool(claim) == set_aside:
        raise MisuseError("say whose the row is with --claim, or --set-aside")
    act(ref, acting_as, as_json, actions.identify, row, claim, reason)


def set_aside(
    ref: Ref,
    row: Annotated[str, typer.Argument(metavar="ROW", help="See `recovery court-list list`.")],
    *,
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Set a row aside that is nobody's here. Takes a second person."""
    from recovery_flows.cases.court_lists import actions

    act(ref, acting_as, as_json, actions.set_aside, row, reason)


def end(
    ref: Ref,
    list_id: Annotated[str, typer.Argument(metavar="LIST", help="See `recovery court-list list`.")],
    *,
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that the court withdrew its list. Takes a second person."""
    from recovery_flows.cases.court_lists import actions

    act(ref, acting_as, as_json, actions.end, list_id, reason)
