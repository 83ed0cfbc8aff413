"""The rules side by side: what each claim would get of a distribution, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.payout import PayoutState
from recovery_flows.ledger.outstanding_losses import GOING, LOST
from recovery_flows.ledger.recalled import counted_before
from recovery_flows.ledger.unclaimed_money import given_up
from recovery_flows.restitution.allocation import AllocationMethod, is_among_all
from recovery_flows.restitution.basis import number_of
from recovery_flows.restitution.methods.catalogue import BY_CLASS, Division, RuleName, divide
from recovery_flows.restitution.methods.stakes import Stake, tier_of

IN_FORCE = RuleName.PRO_RATA
"""The rule of the ladder where money is mixed; a direct return has one claim under every rule."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One allocation divided by every rule, the one in force first.

    `is_as_decided` is False where the claims have changed since it was drafted, so that the rule
    in force gives other shares today than those that were decided.
    """

    allocation_id: str
    divisions: tuple[Division, ...]
    is_as_decided: bool

    def shares(self) -> Mapping[str, tuple[int, ...]]:
        """What each claim gets by each rule, in the order of the divisions."""
        columns = [
            {s.claim_id: part for s, part in zip(d.stakes, d.parts.minor, strict=True)}
            for d in self.divisions
        ]
        return {claim_id: tuple(c[claim_id] for c in columns) for claim_id in columns[0]}


def rules_for(allocation: AllocationRow, stakes: Sequence[Stake]) -> list[RuleName]:
    """The rules side by side, the one in force first; that by class where claims have one."""
    by_class = any(stake.tier is not None for stake in stakes)
    first = RuleName.WATERFALL if allocation.method == AllocationMethod.WATERFALL else IN_FORCE
    others = (r for r in RuleName if r is not first and (by_class or r not in BY_CLASS))
    return [first, *others]


def compare(file: CaseFile, allocation: AllocationRow) -> Comparison:
    """Divide what an allocation divides by every rule, from the claims as they were then."""
    stakes = stakes_when_drafted(file, allocation)
    rules = rules_for(allocation, stakes)
    divisions = tuple(divide(r, allocation.pool_minor, allocation.currency, stakes) for r in rules)
    decided: dict[str, int] = {}
    for payout in file.payouts_of(allocation.id):
        decided[payout.claim_id] = decided.get(payout.claim_id, 0) + payout.amount_minor
    first = divisions[0]
    given = {s.claim_id: m for s, m in zip(first.stakes, first.parts.minor, strict=True) if m}
    return Comparison(allocation.id, divisions, given == decided)


def stakes_when_drafted(file: CaseFile, allocation: AllocationRow) -> tuple[Stake, ...]:
    """Each claim's loss, and what earlier rounds had given it when this one was drafted."""
    number = number_of(allocation)
    void = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    earlier = {a.id for a in file.allocations if number_of(a) <= number} - {allocation.id}
    before = {c.id: counted_before(file, c.id, allocation.id) for c in file.claims}
    given = given_up(file)
    for payout in file.payouts:
        is_dead = payout.state is PayoutState.PREPARED and payout.allocation_id in void
        if payout.allocation_id in earlier and not is_dead and not payout.unclaimed_id:
            is_given = payout.state in GOING or payout.id in given
            due = payout.amount_minor if is_given else payout.returned_minor
            before[payout.claim_id] = before.get(payout.claim_id, 0) + due
    shares = {p.claim_id for p in file.payouts_of(allocation.id)}
    if is_among_all(allocation):
        shares = located(file) or shares
    return tuple(
        Stake(
            claim.id,
            claim.paid_at,
            claim.upheld_minor,
            before.get(claim.id, 0),
            tier=tier_of(claim),
        )
        for claim in file.claims
        if claim.state in LOST and claim.id in shares
    )


def located(file: CaseFile) -> set[str]:
    """The claims whose payment a bank's statement shows, so that the trace has found it."""
    if file.trace is None:
        return set()
    return {p.claim_id for p in file.trace.positions} | {g.claim_id for g in file.trace.gone}


def booked(file: CaseFile) -> dict[str, int]:
    """What a bank has booked of each claim's payment, where one shows it."""
    stated = {
        d.claim_id: d.stated_minor
        for d in file.discrepancies
        if d.kind is DiscrepancyKind.CLAIM_ABOVE_BOOKED and d.stated_minor is not None
    }
    shown = located(file)
    return {c.id: stated.get(c.id, c.reported_minor) for c in file.claims if c.id in shown}
