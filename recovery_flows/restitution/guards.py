"""Why money is not returned or released yet: what a return of an account waits for."""

from __future__ import annotations

from dataclasses import replace

from models.case_file import CaseFile
from models.entities.allocation import UNDECIDED, AllocationRow
from models.entities.asset import AssetRow, Stage
from models.entities.call import CallKind
from models.entities.claim import ClaimState
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.step_wording import NOTHING, Wording, say
from recovery_flows.freezing import refused_releases, unrelated_funds
from recovery_flows.freezing.freeze_plan import surplus_stops
from recovery_flows.ledger import discrepancies, pools, releasable, third_parties
from recovery_flows.ledger.claim_parts import most_open_minor
from recovery_flows.ledger.court_money import in_force
from recovery_flows.ledger.outstanding_losses import LOST, net_loss_minor
from recovery_flows.restitution import objections, payouts, refused_payouts
from recovery_flows.restitution.allocation import ClaimShare
from recovery_flows.restitution.court import rows
from recovery_flows.restitution.methods.stakes import tier_of


def waits_for(file: CaseFile, asset: AssetRow, *, but: str = "") -> Wording:
    """Why an asset cannot be allocated or paid out yet; empty when it can.

    `but` names an allocation that is itself under way: the guard is asked again until it has left.
    """
    if file.recovery.trace_wanted or file.trace is None:
        return say("trace_old")
    people = _waits_for_people(file, asset, but)
    if people:
        return people
    if any(c.kind is CallKind.HOLD_QUERY for c in file.open_calls(asset.id)):
        return say("asked_what_is_held")
    leaving = _leaves(file, asset)
    if leaving:
        return leaving
    if any(account == asset.account_id for account, _, _ in file.shared_with):
        return say("account_shared")
    if any(h.state is HoldState.STOPPED for h in file.live_holds(asset.id)):
        return say("freeze_pending")
    upstream = [a for a in file.assets if a.home and a.stage in (Stage.FREEZING, Stage.TRACING)]
    if upstream:
        return say("upstream")
    if any(
        a.asset_id == asset.id and a.state not in payouts.ENDED and a.id != but
        for a in file.allocations
    ):
        return say("allocation_open")
    if any(c.state is ClaimState.FILED for c in file.claims):
        return say("claim_unverified")
    return NOTHING


def _leaves(file: CaseFile, asset: AssetRow) -> Wording:
    """What is being released is not there to be divided; its bank's answer says what is."""
    held = file.live_holds(asset.id)
    if any(unrelated_funds.is_found(h) for h in held):
        return say("unrelated_leaving")
    if any(h.releasing_minor and h.state is HoldState.FROZEN for h in held):
        return say("part_leaving")
    return NOTHING


def _waits_for_people(file: CaseFile, asset: AssetRow, but: str) -> Wording:
    refused = refused_payouts.blocking(file, asset, but=but)
    if refused is not None:
        return say("payout_refused", claim=refused.claim_id)
    if file.recovery.asked_rule:
        return say("rule_asked")
    given = {p.claim_id for p in file.payouts_of(but)} or {c.id for c in file.claims}
    if any(c.asked_account_id for c in file.claims if c.id in given):
        return say("payee_asked")
    if objections.holds_up(file, asset, given):
        return say("objection_first")
    if third_parties.holds_up_return(file, asset.id):
        return say("third_party_first")
    if discrepancies.open_on(file, asset_id=asset.id) or any(
        discrepancies.open_on(file, claim_id=claim_id) for claim_id in given
    ):
        return say("discrepancy_first")
    return NOTHING


def why_not(file: CaseFile, allocation: AllocationRow) -> Wording:
    """Why a decision may not go on now, at its submitting, its approval or its sending."""
    changed = payouts.changed(file, allocation)
    if changed:
        return say("rests_on_else", changed=changed)
    return waits_for(file, file.asset(allocation.asset_id), but=allocation.id)


def why_idle(file: CaseFile, asset: AssetRow) -> Wording:
    """Why nothing is done with an asset's held money now; empty when nothing keeps it."""
    going = [a for a in file.allocations if a.asset_id == asset.id and a.state in UNDECIDED]
    kept = (why_not(file, a) for a in going)
    return next((why for why in kept if why), NOTHING) or waits_for(file, asset)


def is_allocable(file: CaseFile, asset: AssetRow) -> bool:
    """Whether held money of an asset can be allocated, title check apart."""
    held = pools.payable_minor(file, asset)
    found = in_force(file, asset.id)
    shares = rows.open_shares(file, found) if found else ()
    return held > 0 and bool(shares or claim_shares(file, asset)) and not waits_for(file, asset)


def to_release(file: CaseFile, asset: AssetRow) -> tuple[HoldRow, ...]:
    """Holds of an asset that no claim needs: to be given up, by decision.

    As long as it cannot be allocated yet, only a stop on money that the statement shows not to be
    stolen goes, rather than being kept to lapse.
    """
    if asset.stage is not Stage.RESTITUTION or file.recovery.trace_wanted or file.trace is None:
        return ()
    if discrepancies.hold_up_return(file, asset.id):
        return ()
    free = surplus_stops(file, asset)
    if not waits_for(file, asset):
        free += releasable.needless(file, asset)
    return tuple(
        h for h in file.holds_of(asset.id) if h in free and not refused_releases.waits(file, h)
    )


def why_not_released(file: CaseFile, hold: HoldRow) -> str:
    """Why a hold that was to be given up because no claim needs it is kept; empty if it may go.

    Money found to be none of the case is released by that finding, and a place in a waiting list
    holds nothing.
    """
    if hold.release_due_at is not None or not hold.held_minor:
        return ""
    asset = file.asset(hold.asset_id)
    if hold.state is HoldState.RELEASE_PENDING:
        # Judged as when it was decided: as a hold in force.
        hold = replace(hold, state=IN_FORCE[hold.kind], releasing_minor=0)
        file = replace(file, holds=tuple(hold if h.id == hold.id else h for h in file.holds))
    if hold in to_release(file, asset):
        return ""
    return str(waits_for(file, asset)) or releasable.why_kept(file, hold)


def claim_shares(file: CaseFile, asset: AssetRow) -> list[ClaimShare]:
    """The claims that share in an asset: the one whose money it is, or else all of the file.

    Mixed money is divided over the case: a victim's share is by loss, wherever in the file his own
    money lies. So is what is left where the victims traced here are whole. A claim whose payment
    the trace has not found has no part. Money is one claim's only where times say so under every
    rule of the ladder: where they do not agree it is mixed, whatever the adopted trace says.
    """
    if file.trace is None:
        return []
    located = {p.claim_id for p in file.trace.positions} | {g.claim_id for g in file.trace.gone}
    traced: dict[str, int] = {}
    for position in file.trace.positions:
        if position.account_id == asset.account_id:
            sofar = traced.get(position.claim_id, 0)
            traced[position.claim_id] = sofar + position.claim_minor
    open_claims = [
        ClaimShare(c.id, net_loss_minor(file, c), traced.get(c.id, 0), c.paid_at, tier_of(c))
        for c in file.claims
        if c.state in LOST
        and c.id in located
        and pools.is_payable(file, asset, most_open_minor(file, c, net_loss_minor(file, c)))
    ]
    if asset.account_id in file.trace.mixed:
        return open_claims
    if asset.is_custody and len(open_claims) == 1:
        return [replace(open_claims[0], traced_minor=open_claims[0].net_loss_minor)]
    here = [share for share in open_claims if share.traced_minor]
    return here if len(here) == 1 else open_claims


IN_FORCE = {
    HoldKind.STOP: HoldState.STOPPED,
    HoldKind.VOLUNTARY: HoldState.STOPPED,
    HoldKind.CUSTODY: HoldState.FROZEN,
    HoldKind.FREEZE: HoldState.FROZEN,
    HoldKind.QUEUE: HoldState.FROZEN,
}
