"""Why money is not returned or released yet: what a return of an account waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    for code, keeps in CHECKS.items():
        if keeps(file, asset, but):
            return _why(file, asset, but, code)
    return NOTHING


def checks(file: CaseFile, asset: AssetRow, *, but: str = "") -> Iterator[tuple[str, bool]]:
    """Every check before a return of an asset: its code, and whether it is passed now."""
    return ((code, not keeps(file, asset, but)) for code, keeps in CHECKS.items())


def _why(file: CaseFile, asset: AssetRow, but: str, code: str) -> Wording:
    refused = refused_payouts.blocking(file, asset, but=but) if code == _REFUSED else None
    return say(code, claim=refused.claim_id) if refused is not None else say(code)


def _given(file: CaseFile, but: str) -> set[str]:
    """The claims that the allocation under way pays; without one, all of them may share."""
    return {p.claim_id for p in file.payouts_of(but)} or {c.id for c in file.claims}


def _has_discrepancy(file: CaseFile, asset: AssetRow, but: str) -> bool:
    if not file.discrepancies:
        return False
    return discrepancies.open_on(file, asset_id=asset.id) or any(
        discrepancies.open_on(file, claim_id=claim_id) for claim_id in _given(file, but)
    )


def _is_payee_asked(file: CaseFile, asset: AssetRow, but: str) -> bool:
    del asset
    asked = {c.id for c in file.claims if c.asked_account_id}
    return bool(asked) and bool(asked & _given(file, but))


def _is_part_leaving(file: CaseFile, asset: AssetRow, but: str) -> bool:
    """What is being released is not there to be divided; its bank's answer says what is."""
    del but
    return any(h.releasing_minor and h.state is HoldState.FROZEN for h in file.live_holds(asset.id))


def _is_upstream_busy(file: CaseFile, asset: AssetRow, but: str) -> bool:
    del asset, but
    return any(a.home and a.stage in (Stage.FREEZING, Stage.TRACING) for a in file.assets)


def _is_another_open(file: CaseFile, asset: AssetRow, but: str) -> bool:
    return any(
        a.asset_id == asset.id and a.state not in payouts.ENDED and a.id != but
        for a in file.allocations
    )


_REFUSED = "payout_refused"
CHECKS: Mapping[str, Callable[[CaseFile, AssetRow, str], bool]] = {
    "trace_old": lambda f, _, __: f.recovery.trace_wanted or f.trace is None,
    _REFUSED: lambda f, a, but: refused_payouts.blocking(f, a, but=but) is not None,
    "rule_asked": lambda f, _, __: bool(f.recovery.asked_rule),
    "payee_asked": _is_payee_asked,
    "objection_first": lambda f, a, but: (
        bool(f.objections) and objections.holds_up(f, a, _given(f, but))
    ),
    "third_party_first": lambda f, a, _: third_parties.holds_up_return(f, a.id),
    "discrepancy_first": _has_discrepancy,
    "asked_what_is_held": lambda f, a, _: any(
        c.kind is CallKind.HOLD_QUERY for c in f.open_calls(a.id)
    ),
    "unrelated_leaving": lambda f, a, _: any(map(unrelated_funds.is_found, f.live_holds(a.id))),
    "part_leaving": _is_part_leaving,
    "account_shared": lambda f, a, _: any(n == a.account_id for n, _, _ in f.shared_with),
    "freeze_pending": lambda f, a, _: any(h.state is HoldState.STOPPED for h in f.live_holds(a.id)),
    "upstream": _is_upstream_busy,
    "allocation_open": _is_another_open,
    "claim_unverified": lambda f, _, __: any(c.state is ClaimState.FILED for c in f.claims),
}
"""What a return waits for, by the code of the sentence that says so; the first one is told."""


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
