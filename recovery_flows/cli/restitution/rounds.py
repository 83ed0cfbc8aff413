"""`recovery rounds`: each division of a recovery, what was paid of it and what is reserved why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, Ref, file_of, find, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import columns, tell

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.allocation import AllocationRow
    from recovery_flows.cli.restitution.allocation_text import ByCourt
    from recovery_flows.restitution.methods.catalogue import Division


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("rounds")(rounds)


def rounds(
    ref: Ref,
    *,
    compare: Annotated[
        bool, typer.Option("--compare", help="The division under way by all rules.")
    ] = False,
    explain: Annotated[
        str, typer.Option(metavar="CLAIM", help="The page for this claim of it alone.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show the rounds of a return: pool, paid, reserves, counters."""
    from recovery_flows.restitution.rounds import rounds_of

    if compare or explain:
        show_under_way(file_of(ref), explain, as_json=as_json)
    elif as_json:
        found = rounds_of(file_of(ref))
        say_json([{**plain(one), "release": one.release} for one in found])
    else:
        tell(_page_lines(ref))


def _page_lines(ref: str) -> Iterator[str]:
    """The rounds as the screen Restitution shows them in full."""
    from recovery_flows.cases.pages.restitution import rounds as written
    from recovery_flows.cases.views.queue import QueueQuery
    from recovery_flows.cases.views.restitution_page import restitution_page
    from recovery_flows.cli.page_text import section_lines
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        page = restitution_page(
            installation.database, installation.laws, find(installation, ref), wall_clock(),
            QueueQuery(), limit=0,
        )  # fmt: skip
        zone = installation.laws[page.regime].time_zone
    yield from section_lines(written(page), zone)


def show_under_way(file: CaseFile, explain: str, *, as_json: bool) -> None:
    """The division that nothing has been paid of yet, by its own rule and by the others."""
    from recovery_flows.cli.restitution import allocation_text
    from recovery_flows.errors import MisuseError
    from recovery_flows.restitution.comparison import rules_for
    from recovery_flows.restitution.methods.catalogue import divide
    from recovery_flows.restitution.payouts import ENDED
    from recovery_flows.restitution.rounds import stakes_of

    ref = file.recovery.ref
    going = [a for a in file.allocations if a.state not in ENDED]
    if not going:
        raise MisuseError(f"{ref} has no division under way: `recovery rounds {ref}` shows all")
    stakes = stakes_of(file, going[-1])
    if explain and explain not in {stake.claim_id for stake in stakes}:
        raise MisuseError(f"claim {explain!r} has no part in the division under way of {ref}")
    rules = rules_for(going[-1], stakes)[: 1 if explain else None]
    pool, currency = going[-1].pool_minor, going[-1].currency
    first, *others = [divide(rule, pool, currency, stakes) for rule in rules]
    court = _by_court(file, going[-1])
    if as_json:
        allocation_text.write_json(first, others, explain, court)
    else:
        allocation_text.write_text(first, others, explain)
        if court is not None and not explain:
            tell(_court_lines(first, court))


def _by_court(file: CaseFile, allocation: AllocationRow) -> ByCourt | None:
    """What a court has ordered where the division follows its list: that stands."""
    from recovery_flows.cli.restitution.allocation_text import ByCourt

    if not allocation.court_list_id:
        return None
    shares: dict[str, int] = {}
    for payout in file.payouts_of(allocation.id):
        shares[payout.claim_id] = shares.get(payout.claim_id, 0) + payout.amount_minor
    found = next(c for c in file.court_lists if c.id == allocation.court_list_id)
    return ByCourt(found.id, found.reference, shares)


def _court_lines(division: Division, court: ByCourt) -> Iterator[str]:
    from models.money import Money
    from recovery_flows.cli.restitution.allocation_text import court_column

    yield f"decided otherwise, as the court has ordered: {court.reference}"
    rows = [
        (name, Money(given, division.currency), Money(rule, division.currency))
        for name, given, rule in court_column(division, court)
    ]
    yield from columns(rows, ("claimant", "by the court", division.rule.name), right=(1, 2))
