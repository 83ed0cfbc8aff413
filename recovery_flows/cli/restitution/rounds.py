"""`recovery rounds`: each division of a recovery, what was paid of it and what is reserved why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, Ref, file_of
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.allocation import AllocationRow
    from recovery_flows.restitution.rounds import Round


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

    file = file_of(ref)
    if compare or explain:
        show_under_way(file, explain, as_json=as_json)
        return
    found = rounds_of(file)
    if as_json:
        say_json([{**plain(one), "release": one.release} for one in found])
    elif found:
        tell(line for one in found for line in _lines(one))
    else:
        tell(["no division yet"])


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
    write = allocation_text.write_json if as_json else allocation_text.write_text
    write(first, others, explain)
    if not as_json:
        tell(_by_court(file, going[-1]))


def _by_court(file: CaseFile, allocation: AllocationRow) -> Iterator[str]:
    """What a court has ordered where the division follows its list: that stands."""
    from models.money import Money

    if allocation.court_list_id:
        yield f"decided otherwise: {allocation.formula}"
        for payout in sorted(file.payouts_of(allocation.id), key=lambda p: (p.claim_id, p.id)):
            yield f"  {payout.claim_id}  {Money(payout.amount_minor, payout.currency)}"


def _lines(one: Round) -> Iterator[str]:
    from recovery_flows.restitution.rounds import REASONS

    yield f"Round {one.number} of {one.asset_id}: {spoken(one.method)}, {spoken(one.state)}"
    if one.fast_track:
        yield f"  no notice: fast track under {one.fast_track}"
    yield f"  {'pool':<12}{one.pool!s:>22}"
    yield f"  {'paid':<12}{one.paid!s:>22}"
    for reason, money in one.reserves.items():
        yield f"  {spoken(reason):<12}{money!s:>22}  {REASONS[reason]}"
    yield f"  {one.release}"
