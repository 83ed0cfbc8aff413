"""Restitution: who gets what of an account's held money, after notice, by decision, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.approval import ApprovalState
from models.entities.asset import AssetRow, Stage
from models.entities.claim import ClaimState
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.language.phrase import stored_phrase
from models.outcome import Scalar, Transition
from models.step_wording import say
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cross_border.stage import is_waiting
from recovery_flows.freezing.stage import is_unanswered
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import claim_parts, pools
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.court_money import in_force
from recovery_flows.ledger.outstanding_losses import is_paid
from recovery_flows.recalls import lifecycle as recalls, returned_money
from recovery_flows.restitution import (
    basis,
    compensation,
    distribution,
    fast_track,
    guards,
    objections,
    payouts,
    refused_payouts,
    unclaimed,
    voluntary,
)
from recovery_flows.restitution.allocation import COURT_LIST, AllocationResult, allocate
from recovery_flows.restitution.clawback import orders as clawbacks
from recovery_flows.restitution.court import rows, unpaid
from recovery_flows.restitution.distribution import Part
from recovery_flows.restitution.guards import claim_shares, is_allocable


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Decisions that rest on something else now end; notices, payouts, drafts, assets to close."""
    if changes.file.recovery.state is not RecoveryState.OPEN:
        return
    voluntary.advance(changes, now)
    clawbacks.advance(changes, now)
    unclaimed.advance(changes, now)
    recalls.advance(changes, now)
    returned_money.recount(changes)
    payouts.void_changed(changes)
    _void_needed_releases(changes)
    for allocation in changes.file.allocations:
        _end_notice(changes, allocation, now)
        payouts.finish(changes, allocation)
    mark_paid_claims(changes)
    refused_payouts.record(changes, now)
    for asset in sorted(changes.file.assets, key=lambda a: not a.is_custody):  # in hand: first
        _end_title(changes, asset)
        if asset.stage is Stage.RESTITUTION:
            _draft(changes, asset, laws)
            _close(changes, asset)
    unpaid.own_unpaid(changes, now)


def _void_needed_releases(changes: Changeset) -> None:
    """A release that waits for its second person ends once a victim may need the money again."""
    for approval in changes.file.approvals:
        waits = approval.state is ApprovalState.PENDING and approval.action == ApprovalKind.RELEASE
        hold = _hold_of(changes.file, approval.subject_id) if waits else None
        if hold is None:
            continue
        waits_for = guards.waits_for(changes.file, changes.file.asset(hold.asset_id))
        if waits_for and waits_for != say("allocation_open"):
            continue
        why = guards.why_not_released(changes.file, hold)
        if why:
            changes.apply(
                Transition(EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=why)
            )


def _hold_of(file: CaseFile, name: str) -> HoldRow | None:
    return next((h for h in file.holds if h.id == name and h.state in LIVE_HOLDS), None)


def _end_notice(changes: Changeset, allocation: AllocationRow, now: datetime) -> None:
    if allocation.state is not AllocationState.NOTICE or allocation.notice_to is None:
        return
    if allocation.notice_to <= now:
        undecided = objections.open_ones(changes.file)
        reason = (
            stored_phrase("{count} objections to be decided", count=len(undecided))
            if undecided
            else stored_phrase("none objected")
        )
        changes.apply(
            Transition(
                EntityKind.ALLOCATION,
                allocation.id,
                "notice_ended",
                allocation.state,
                reason=reason,
            )
        )


def mark_paid_claims(changes: Changeset) -> None:
    """A claim's state says what its payouts say: paid, or open again once money came back."""
    for claim in changes.file.claims:
        paid = is_paid(changes.file, claim)
        if claim.state is ClaimState.VERIFIED and paid:
            changes.apply(Transition(EntityKind.CLAIM, claim.id, "paid", claim.state))
        elif claim.state is ClaimState.PAID and not paid:
            reason = stored_phrase("less than the upheld loss has reached the victim")
            changes.apply(
                Transition(EntityKind.CLAIM, claim.id, "owed_again", claim.state, reason=reason)
            )


def _end_title(changes: Changeset, asset: AssetRow) -> None:
    """A check of whose money it is speaks of the money and the victims that there were then."""
    if not asset.title_checked_by or asset.stage is Stage.CLOSED:
        return
    if not basis.ownership_stands(changes.file, asset):
        values: dict[str, Scalar] = {"title_checked_by": "", "title_basis": ""}
        reason = stored_phrase(
            "other money was traced here, or other victims have come, since it was checked"
        )
        changes.apply(
            Transition(
                EntityKind.ASSET, asset.id, "title_ended", asset.stage, values, reason=reason
            )
        )


def _draft(changes: Changeset, asset: AssetRow, laws: Regimes) -> None:
    file = changes.file
    asset = file.asset(asset.id)
    if not basis.ownership_stands(file, asset) or not is_allocable(file, asset):
        return
    division = _by_court(file, asset)
    if division is None and not claim_shares(file, asset):
        return  # what a court's rows leave is less than a coin that can be paid
    ordered, parts = division or _by_rule(file, asset, laws)
    number = len([a for a in file.allocations if a.asset_id == asset.id]) + 1
    allocation_id = derive_id("alloc", asset.id, number)
    values: dict[str, Scalar] = {
        "asset_id": asset.id,
        "round_number": number,
        "pool_minor": pools.payable_minor(file, asset),
        "currency": file.recovery.currency,
        "basis": basis.spelled(file, asset),
        **ordered,
    }
    if parts:
        drafted = Transition(EntityKind.ALLOCATION, allocation_id, "drafted", None, values)
        changes.apply(drafted, *_prepared(file, asset, allocation_id, parts))


_Drafted = tuple[dict[str, Scalar], tuple[Part, ...]]


def _by_court(file: CaseFile, asset: AssetRow) -> _Drafted | None:
    """What a court's list still gives out of an account; the law's rule divides what is left."""
    found = in_force(file, asset.id)
    parts = rows.divided(file, found, pools.pools(file, asset)) if found else ()
    if found is None or not parts:
        return None
    formula = stored_phrase("as the court has ordered: {reference}", reference=found.reference)
    return {"method": COURT_LIST, "formula": formula, "court_list_id": found.id}, parts


def _by_rule(file: CaseFile, asset: AssetRow, laws: Regimes) -> _Drafted:
    law, pool = laws[file.recovery.regime], pools.payable_minor(file, asset)
    result, parts = divide(file, asset, laws)
    track = fast_track.row_of(file, asset, pool, law) if result.needs_notice else ""
    return {"method": result.method, "formula": result.formula, "fast_track": track}, parts


def divide(
    file: CaseFile, asset: AssetRow, laws: Regimes
) -> tuple[AllocationResult, tuple[Part, ...]]:
    """Who gets how much by the ladder of the law, out of which hold.

    Where every share is less than a coin that can be paid, the smallest ones stand back until one
    can: else the money could reach nobody.
    """
    shares, given = claim_shares(file, asset), pools.pools(file, asset)
    ladder = laws[file.recovery.regime].ladder
    is_mixed = file.trace is not None and asset.account_id in file.trace.mixed
    stand_back: set[str] = set()
    while True:
        pool = sum(p.payable_minor for p in given)
        result = allocate(pool, shares, ladder, stand_back, is_mixed=is_mixed)
        parts, unpaid = distribution.parts_of(result.lines, given)
        if parts or len(unpaid) < 2:
            return result, parts
        lines = [line for line in result.lines if line.claim_id in unpaid]
        smallest = min(reversed(lines), key=lambda line: line.weight_minor)
        stand_back.add(smallest.claim_id)


def _prepared(
    file: CaseFile, asset: AssetRow, allocation_id: str, parts: Iterable[Part]
) -> Iterator[Transition]:
    """One payout per claim, payee and hold, so that no hold pays more than it holds."""
    whose = {c.id: claim_parts.parts(file, c) for c in file.claims}
    given_by = {pool.hold_id: pool for pool in pools.pools(file, asset)}
    for part in parts:
        victim, *_ = whose[part.claim_id]
        given = compensation.split(
            whose[part.claim_id], part.amount_minor, given_by[part.hold_id].can_pay
        )
        whose[part.claim_id] = compensation.after(whose[part.claim_id], given)
        for payee, minor in given:
            values: dict[str, Scalar] = {
                "allocation_id": allocation_id,
                "asset_id": asset.id,
                "claim_id": part.claim_id,
                "hold_id": part.hold_id,
                "payee_account_id": payee,
                "amount_minor": minor,
                "currency": file.recovery.currency,
            }
            others = () if payee == victim.payee_account_id else (payee,)
            name = derive_id("payout", allocation_id, part.claim_id, part.hold_id, *others)
            yield Transition(EntityKind.PAYOUT, name, "prepared", None, values)


def _close(changes: Changeset, asset: AssetRow) -> None:
    file = changes.file
    busy = (
        any(_keeps(h) for h in file.holds_of(asset.id))
        or any(h.state in _HOLD_BUSY for h in file.holds_of(asset.id))
        or is_unanswered(file.holds_of(asset.id))
        or file.open_calls(asset.id)
        or any(a.asset_id == asset.id and a.state not in payouts.ENDED for a in file.allocations)
        or any(r.asset_id == asset.id and is_waiting(r) for r in file.requests)
        or file.recovery.trace_wanted
        or _is_held_for_another(file, asset)
    )
    if not busy:
        changes.apply(Transition(EntityKind.ASSET, asset.id, "closed", file.asset(asset.id).stage))


def _is_held_for_another(file: CaseFile, asset: AssetRow) -> bool:
    """Whether money is traced here where a bank found nothing free, and another recovery is here.

    It may be that recovery's stop that holds all of it: the two are merged first, so that what is
    held reaches the victims of both.
    """
    traced = file.asset(asset.id).traced_minor
    paid = sum(p.taken_minor for p in file.payouts if p.asset_id == asset.id)
    is_wanted = any(account == asset.account_id for account, _, _ in file.shared_with)
    found_empty = any(h.state is HoldState.NO_FUNDS for h in file.holds_of(asset.id))
    return is_wanted and found_empty and not asset.left_alone and traced > paid


def _keeps(hold: HoldRow) -> bool:
    """Whether a bank states to hold something, in the account's currency or in another one."""
    return hold.state in LIVE_HOLDS and (hold.held_minor > 0 or hold.foreign_minor > 0)


_HOLD_BUSY = frozenset(
    {
        HoldState.DRAFT,
        HoldState.PENDING_APPROVAL,
        HoldState.ORDERED,
        HoldState.QUEUED,
        HoldState.RELEASE_PENDING,
    }
)
