"""Restitution: who gets what of an account's held money, after notice, by decision, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.file import RecoveryFile
from models.ids import derive_id
from models.outcome import CallIntent, Move
from models.rows import (
    AllocationRow,
    AssetRow,
    ClaimRow,
    HoldRow,
    PayoutRow,
)
from models.states import (
    LIVE_HOLDS,
    AllocationState,
    CallKind,
    ClaimState,
    HoldState,
    LedgerAccount,
    Noun,
    PayoutState,
    RecoveryState,
    Stage,
)
from models.step_wording import NOTHING, Wording, say
from recovery_flows.rules import discrepancies
from recovery_flows.rules.allocation import AllocationResult, ClaimShare, allocate
from recovery_flows.rules.crossing import is_waiting
from recovery_flows.rules.freezing import Laws, freeze_plan
from recovery_flows.rules.progress import Progress

_ENDED = frozenset({AllocationState.PAID, AllocationState.VOID})
_PAID_OR_GOING = frozenset({PayoutState.PREPARED, PayoutState.INSTRUCTED, PayoutState.SETTLED})
_NOT_PAID = frozenset({PayoutState.REFUSED, PayoutState.RETURNED})
_OVER = _NOT_PAID | {PayoutState.SETTLED, PayoutState.CANCELLED}
_NO_BALANCE = "NO_BALANCE"


def advance(progress: Progress, now: datetime, laws: Laws) -> None:
    """Notices that have run, payouts that are through, allocations to draft, assets to close."""
    if progress.file.recovery.state is not RecoveryState.OPEN:
        return
    for allocation in progress.file.allocations:
        _end_notice(progress, allocation, now)
        _finish(progress, allocation)
    _mark_paid_claims(progress)
    for asset in progress.file.assets:
        if asset.stage is Stage.RESTITUTION:
            _draft(progress, asset, laws)
            _close(progress, asset)


def _end_notice(progress: Progress, allocation: AllocationRow, now: datetime) -> None:
    if allocation.state is not AllocationState.NOTICE or allocation.notice_to is None:
        return
    if allocation.notice_to <= now:
        reason = "no objection is on file"
        progress.take(
            Move(Noun.ALLOCATION, allocation.id, "notice_ended", allocation.state, reason=reason)
        )


def _finish(progress: Progress, allocation: AllocationRow) -> None:
    if allocation.state is not AllocationState.APPROVED:
        return
    payouts = progress.file.payouts_of(allocation.id)
    if payouts and all(p.state in _OVER for p in payouts):
        progress.take(Move(Noun.ALLOCATION, allocation.id, "paid", allocation.state))


def _mark_paid_claims(progress: Progress) -> None:
    for claim in progress.file.claims:
        paid = sum(p.returned_minor for p in progress.file.payouts if p.claim_id == claim.id)
        if claim.state is ClaimState.VERIFIED and 0 < claim.upheld_minor <= paid:
            progress.take(Move(Noun.CLAIM, claim.id, "paid", claim.state))


def net_loss_minor(file: RecoveryFile, claim: ClaimRow) -> int:
    """Upheld loss less what is paid or on its way, in the currency of the loss."""
    dead = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    going = sum(
        p.returned_minor if p.state is PayoutState.SETTLED else p.amount_minor
        for p in file.payouts
        if p.claim_id == claim.id and p.state in _PAID_OR_GOING and p.allocation_id not in dead
    )
    return max(0, claim.upheld_minor - going)


def held_claim_minor(file: RecoveryFile, asset: AssetRow) -> dict[str, int]:
    """Held money of an asset per hold, as the ledger shows it, in the currency of the loss.

    Money that crossed currencies and came back may be a cent short of the claim that it carries:
    no more is there to pay than the account holds.
    """
    same = asset.currency == file.recovery.currency
    return {
        b.hold_id: min(b.claim_minor, b.asset_minor) if same else b.claim_minor
        for b in file.balances
        if b.account is LedgerAccount.HELD and b.asset_id == asset.id and b.claim_minor > 0
    }


def waits_for(file: RecoveryFile, asset: AssetRow) -> Wording:
    """Why an asset cannot be allocated yet; empty when it can."""
    if file.recovery.trace_wanted or file.trace is None:
        return say("trace_old")
    if discrepancies.hold_up_return(file, asset.id):
        return say("discrepancy_first")
    if any(c.kind is CallKind.HOLD_QUERY for c in file.open_calls(asset.id)):
        return say("asked_what_is_held")
    if any(account == asset.account_id for account, _, _ in file.shared_with):
        return say("account_shared")
    if any(h.state is HoldState.STOPPED for h in file.live_holds(asset.id)):
        return say("freeze_pending")
    if any(a.home and a.stage in (Stage.FREEZING, Stage.TRACING) for a in file.assets):
        return say("upstream")
    if any(a.asset_id == asset.id and a.state not in _ENDED for a in file.allocations):
        return say("allocation_open")
    refused = refused_payout(file, asset)
    if refused is not None:
        return say("payout_refused", claim=refused.claim_id)
    if any(c.state is ClaimState.FILED for c in file.claims):
        return say("claim_unverified")
    return NOTHING


def refused_payout(file: RecoveryFile, asset: AssetRow) -> PayoutRow | None:
    """A payout refused for an account that is still the payee's, and not for want of money."""
    payee = {c.id: c.payout_account_id for c in file.claims}
    for payout in file.payouts:
        refused = payout.state in _NOT_PAID and payout.reason != _NO_BALANCE
        same_payee = payee[payout.claim_id] == payout.payee_account_id
        if payout.asset_id == asset.id and refused and same_payee:
            return payout
    return None


def is_allocable(file: RecoveryFile, asset: AssetRow) -> bool:
    """Whether held money of an asset can be allocated, title check apart."""
    held = sum(held_claim_minor(file, asset).values())
    return held > 0 and bool(_shares(file, asset)) and not waits_for(file, asset)


def _shares(file: RecoveryFile, asset: AssetRow) -> list[ClaimShare]:
    """The claims that share in an asset: the one whose money it is, or else all of the file.

    Mixed money is divided over the case: a victim's share is by loss, wherever in the file his own
    money lies. So is what is left where the victims traced here are whole already.
    """
    if file.trace is None:
        return []
    traced: dict[str, int] = {}
    for position in file.trace.positions:
        if position.account_id == asset.account_id:
            sofar = traced.get(position.claim_id, 0)
            traced[position.claim_id] = sofar + position.claim_minor
    open_claims = [
        ClaimShare(c.id, net_loss_minor(file, c), traced.get(c.id, 0), c.paid_at)
        for c in file.claims
        if c.state is ClaimState.VERIFIED and _is_payable(file, asset, net_loss_minor(file, c))
    ]
    here = [share for share in open_claims if share.traced_minor]
    return here if len(here) == 1 else open_claims


def _is_payable(file: RecoveryFile, asset: AssetRow, net_minor: int) -> bool:
    """Whether a loss comes to at least one coin of the account's currency."""
    held = [b for b in file.balances if b.account is LedgerAccount.HELD and b.asset_id == asset.id]
    claim, there = sum(b.claim_minor for b in held), sum(b.asset_minor for b in held)
    return net_minor > 0 and net_minor * there >= claim


def _draft(progress: Progress, asset: AssetRow, laws: Laws) -> None:
    file = progress.file
    asset = file.asset(asset.id)
    if not asset.title_checked_by or not is_allocable(file, asset):
        return
    per_hold = held_claim_minor(file, asset)
    pool = sum(per_hold.values())
    result = allocate(pool, _shares(file, asset), laws[file.recovery.regime].ladder)
    number = len([a for a in file.allocations if a.asset_id == asset.id]) + 1
    allocation_id = derive_id("alloc", asset.id, number)
    allocation = Move(
        Noun.ALLOCATION,
        allocation_id,
        "drafted",
        None,
        {
            "asset_id": asset.id,
            "round_number": number,
            "method": result.method,
            "formula": result.formula,
            "pool_minor": pool,
            "currency": file.recovery.currency,
        },
    )
    payouts = _payouts(file, asset, allocation_id, result, per_hold)
    if payouts:
        progress.take(allocation, *payouts)


def _payouts(
    file: RecoveryFile,
    asset: AssetRow,
    allocation_id: str,
    result: AllocationResult,
    per_hold: dict[str, int],
) -> list[Move]:
    """One payout per claim and hold, so that no hold pays more than it holds."""
    left = dict(per_hold)
    moves = []
    claims = {c.id: c for c in file.claims}
    for line in result.lines:
        due = line.payout_minor
        for hold_id, available in left.items():
            part = min(due, available)
            if not _is_payable(file, asset, part):
                continue
            left[hold_id] -= part
            due -= part
            moves.append(
                Move(
                    Noun.PAYOUT,
                    derive_id("payout", allocation_id, line.claim_id, hold_id),
                    "prepared",
                    None,
                    {
                        "allocation_id": allocation_id,
                        "asset_id": asset.id,
                        "claim_id": line.claim_id,
                        "hold_id": hold_id,
                        "payee_account_id": claims[line.claim_id].payout_account_id,
                        "amount_minor": part,
                        "currency": file.recovery.currency,
                    },
                )
            )
    return moves


def payout_intents(
    file: RecoveryFile, payouts: Sequence[PayoutRow], approval: str
) -> list[CallIntent]:
    """The instructions for approved payouts, one call each."""
    return [
        CallIntent(
            id=derive_id("call", payout.id, CallKind.PAYOUT, approval),
            partner_id=file.asset(payout.asset_id).partner_id,
            kind=CallKind.PAYOUT,
            noun=Noun.PAYOUT,
            subject_id=payout.id,
            asset_id=payout.asset_id,
            approval_id=approval,
        )
        for payout in payouts
    ]


def to_release(file: RecoveryFile, asset: AssetRow) -> tuple[HoldRow, ...]:
    """Holds whose remaining money belongs to no claim: to be given up, by decision."""
    if asset.stage is not Stage.RESTITUTION or file.recovery.trace_wanted or file.trace is None:
        return ()
    if discrepancies.hold_up_return(file, asset.id):
        return ()
    # A stop on money that the statement shows not to be stolen is let go, not kept to lapse.
    surplus = tuple(stop for stop, amount in freeze_plan(file, asset) if not amount)
    if waits_for(file, asset):
        return surplus
    if _shares(file, asset) and sum(held_claim_minor(file, asset).values()):
        return surplus
    ours = LIVE_HOLDS - {HoldState.DISPOSAL_PENDING}
    return tuple(h for h in file.holds_of(asset.id) if h.state in ours and h.held_minor > 0)


def _close(progress: Progress, asset: AssetRow) -> None:
    file = progress.file
    busy = (
        any(h.state in LIVE_HOLDS and h.held_minor > 0 for h in file.holds_of(asset.id))
        or any(h.state in _HOLD_BUSY for h in file.holds_of(asset.id))
        or file.open_calls(asset.id)
        or any(a.asset_id == asset.id and a.state not in _ENDED for a in file.allocations)
        or any(r.asset_id == asset.id and is_waiting(r) for r in file.requests)
        or file.recovery.trace_wanted
    )
    if not busy:
        progress.take(Move(Noun.ASSET, asset.id, "closed", file.asset(asset.id).stage))


_HOLD_BUSY = frozenset(
    {
        HoldState.DRAFT, HoldState.PENDING_APPROVAL, HoldState.ORDERED, HoldState.QUEUED,
        HoldState.RELEASE_PENDING,
    }
)  # fmt: skip
