"""Rounds in figures: pool = paid + reserve by reason, and counters that are sums of payouts.

Nothing here is stored. Money that came back from a payee is a reserve of its own round; ordered
again it is paid in the later one, so that no payment counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.payout import IN_TREASURY, PayoutRow, PayoutState, UnclaimedRow
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.ledger.outstanding_losses import LOST, committed_minor
from recovery_flows.ledger.recalled import counted_before
from recovery_flows.ledger.unclaimed_money import given_up, refund_of
from recovery_flows.restitution.allocation import is_among_all, is_round
from recovery_flows.restitution.basis import number_of
from recovery_flows.restitution.methods.stakes import Stake, tier_of


class Reserve(StrEnum):
    """Why a part of a pool is not with its victims."""

    UNDER_WAY = "under_way"
    NOT_CASHED = "not_cashed"
    PAID_SHORT = "paid_short"
    UNCLAIMED = "unclaimed"
    TREASURY = "treasury"
    TAKEN_BACK = "taken_back"
    CLAWED_BACK = "clawed_back"
    HELD_BACK = "held_back"


REASONS: Mapping[Reserve, str] = {
    Reserve.UNDER_WAY: phrase("decided or prepared, not booked yet"),
    Reserve.NOT_CASHED: phrase("refused or sent back by the payee's bank"),
    Reserve.PAID_SHORT: phrase("booked with less than was ordered"),
    Reserve.UNCLAIMED: phrase(
        "announced as unclaimed: kept for its payee to the end of the notice"
    ),
    Reserve.TREASURY: phrase("went to the treasury, as nobody has claimed it"),
    Reserve.TAKEN_BACK: phrase("taken back before it left"),
    Reserve.CLAWED_BACK: phrase("paid and called back, or with a stranger for good"),
    Reserve.HELD_BACK: phrase("in no claim's share: it stays held"),
}


@dataclass(frozen=True, slots=True)
class Counters:
    """Claims of one round, and all rounds up to it; each is a count of payouts' sums."""

    paid: int
    became_full: int
    full: int
    partly_paid: int


@dataclass(frozen=True, slots=True)
class Round:
    """One allocation in figures: `pool` is `paid` and the reserves together, to the unit."""

    allocation_id: str
    asset_id: str
    number: int
    state: AllocationState
    method: str
    pool: Money
    paid: Money
    reserves: Mapping[Reserve, Money]
    counters: Counters
    fast_track: str = ""
    """The row of the law by which it needed no notice."""

    @property
    def release(self) -> str:
        """What may be published of it, made of its figures alone."""
        counted = self.counters
        kept = sum(money.minor for money in self.reserves.values())
        return (
            f"Round {self.number}: {self.paid} of {self.pool} was paid to {counted.paid:,} "
            f"claims, {counted.became_full:,} of which are whole now; "
            f"{Money(kept, self.pool.currency)} is reserved. So far {counted.full:,} claims are "
            f"whole and {counted.partly_paid:,} paid in part."
        )


def rounds_of(file: CaseFile) -> tuple[Round, ...]:
    """The rounds of a recovery in the order of their drafting; what was voided is none."""
    live = [
        a
        for a in sorted(file.allocations, key=number_of)
        if is_round(a)
        and (a.state is not AllocationState.VOID or _paid_of(file, file.payouts_of(a.id)))
    ]
    upheld = {claim.id: claim.upheld_minor for claim in file.claims}
    before = {c.id: counted_before(file, c.id, live[0].id) for c in file.claims if live}
    found = []
    for allocation in live:
        now = _paid_of(file, file.payouts_of(allocation.id))
        found.append(_round(file, allocation, counters(upheld, before, now)))
        before = {claim: before.get(claim, 0) + now.get(claim, 0) for claim in {*before, *now}}
    return tuple(found)


def stakes_of(file: CaseFile, allocation: AllocationRow) -> tuple[Stake, ...]:
    """What a division is made from: each claim's loss, and what it had before this division.

    A direct return has one claim; else all claims share of which the trace has found something.
    """
    dead = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    paid = {p.claim_id for p in file.payouts_of(allocation.id)}
    located = paid
    if is_among_all(allocation) and file.trace is not None:
        located = {p.claim_id for p in file.trace.positions} | {g.claim_id for g in file.trace.gone}
    return tuple(
        Stake(
            claim.id, claim.paid_at, claim.upheld_minor,
            committed_minor(file, claim, without=dead | {allocation.id}), tier=tier_of(claim),
        )
        for claim in file.claims
        if claim.state in LOST and claim.id in located
    )  # fmt: skip


def counters(
    upheld: Mapping[str, int], before: Mapping[str, int], now: Mapping[str, int]
) -> Counters:
    """Counts of a round from sums by claim: the loss, paid in earlier rounds, paid in this one."""
    after = {claim: before.get(claim, 0) + now.get(claim, 0) for claim in {*before, *now}}
    whole_before = {claim for claim, paid in before.items() if paid >= upheld[claim]}
    whole = {claim for claim, paid in after.items() if paid >= upheld[claim]}
    return Counters(
        paid=sum(paid > 0 for paid in now.values()),
        became_full=len(whole - whole_before),
        full=len(whole),
        partly_paid=sum(0 < paid < upheld[claim] for claim, paid in after.items()),
    )


def _paid_of(file: CaseFile, payouts: Iterable[PayoutRow]) -> dict[str, int]:
    """What each claim got by these payouts, a refund of what one of them did not bring included."""
    paid: dict[str, int] = {}
    given = given_up(file)
    for payout in payouts:
        minor = _paid_by(payout, given)
        if minor:
            paid[payout.claim_id] = paid.get(payout.claim_id, 0) + minor
    return paid


def _paid_by(payout: PayoutRow, given: Mapping[str, UnclaimedRow]) -> int:
    row = given.get(payout.id)
    return payout.returned_minor + (refund_of(row) if row else 0)


def _reason(payout: PayoutRow, given: Mapping[str, UnclaimedRow]) -> Reserve:
    row = given.get(payout.id)
    if row is None:
        return _REASON[payout.state]
    return Reserve.TREASURY if row.state in IN_TREASURY else Reserve.UNCLAIMED


def _round(file: CaseFile, allocation: AllocationRow, counted: Counters) -> Round:
    payouts, given = file.payouts_of(allocation.id), given_up(file)
    sums = dict.fromkeys(Reserve, 0)
    for payout in payouts:
        clawed = payout.credited_minor - payout.returned_minor if payout.clawed_minor else 0
        sums[Reserve.CLAWED_BACK] += clawed
        sums[_reason(payout, given)] += payout.amount_minor - _paid_by(payout, given) - clawed
    sums[Reserve.HELD_BACK] = allocation.pool_minor - sum(p.amount_minor for p in payouts)
    paid = sum(_paid_by(p, given) for p in payouts)
    currency = allocation.currency
    return Round(
        allocation.id, allocation.asset_id, allocation.round_number, allocation.state,
        allocation.method, Money(allocation.pool_minor, currency), Money(paid, currency),
        {reason: Money(minor, currency) for reason, minor in sums.items() if minor}, counted,
        allocation.fast_track,
    )  # fmt: skip


_REASON = {
    PayoutState.PREPARED: Reserve.UNDER_WAY,
    PayoutState.INSTRUCTED: Reserve.UNDER_WAY,
    PayoutState.SETTLED: Reserve.PAID_SHORT,
    PayoutState.REFUSED: Reserve.NOT_CASHED,
    PayoutState.RETURNED: Reserve.NOT_CASHED,
    PayoutState.CANCELLED: Reserve.TAKEN_BACK,
}
