"""How much of each stop is to be frozen: the stolen part, once a statement shows it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import HoldKind, HoldRow, HoldState
from recovery_flows.freezing import denied_stops
from recovery_flows.freezing.drafts import (
    NOT_ORDERED,
    UNANSWERED,
    is_followed,
    supersedes,
    take_back,
)
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.third_parties import left_minor

_FORMAL = (HoldKind.FREEZE, HoldKind.QUEUE)


def freeze_plan(file: CaseFile, asset: AssetRow) -> list[tuple[HoldRow, int]]:
    """What of each stop is to be frozen, once the statement shows what of it is stolen.

    Minor units of the account's currency; 0 where the stop keeps money that is not the victims'.
    """
    if file.trace is None or file.recovery.trace_wanted or asset.statement_to is None:
        return []
    holds = file.holds_of(asset.id)
    stops = [
        h
        for h in holds
        if h.state is HoldState.STOPPED
        and not is_followed(holds, h)
        and not denied_stops.is_given_up(file, h.id)
    ]
    frozen = [h for h in holds if h.state is HoldState.FROZEN or h.state in UNANSWERED]
    # A freeze that its bank states in another currency keeps nothing of this account's.
    kept = sum(
        h.held_minor or h.requested_minor
        for h in frozen
        if h.kind in _FORMAL and not h.foreign_minor
    )
    paid = sum(p.taken_minor for p in file.payouts if p.asset_id == asset.id)
    left = max(0, asset.traced_minor - left_minor(file, asset.id) - kept - paid)
    plan = []
    # What another stop keeps, or is to keep, gets a freeze of its own once that is answered.
    others = [h for h in holds if h.state in UNANSWERED and h.kind not in _FORMAL]
    for stop in stops:
        if stop.acted_at is None:
            continue
        if asset.statement_to < stop.acted_at and not supersedes(file, stop):
            continue
        amount = min(left, _kept_minor(stop)) if len(stops) > 1 or others else left
        plan.append((stop, amount))
        left -= amount
    return plan


def withdraw_outgrown(changes: Changeset) -> None:
    """Take back each freeze, not ordered yet, that keeps less than its stop has of victims' money.

    What it left out would be free as soon as the bank carries it out; it is drafted anew.
    """
    for hold in _waiting(changes.file):
        if lets_go_minor(changes.file, hold):
            take_back(changes, hold, "more of what the stop holds is traced to victims now")


def lets_go_minor(file: CaseFile, freeze: HoldRow) -> int:
    """What of its stop is traced to victims and would be free once the bank carries a freeze out.

    Minor units of the account's currency, for a freeze that the bank has not carried out.
    """
    if freeze.kind is not HoldKind.FREEZE or not freeze.supersedes_id:
        return 0
    without = replace(file, holds=tuple(h for h in file.holds if h.id != freeze.id))
    wanted = (
        min(amount, _kept_minor(stop))
        for stop, amount in freeze_plan(without, file.asset(freeze.asset_id))
        if stop.id == freeze.supersedes_id
    )
    return max(0, next(wanted, 0) - freeze.requested_minor)


def withdraw_before_tracing(changes: Changeset, asset_ids: Container[str]) -> None:
    """Take back each freeze, not ordered yet, of accounts to which more victims' money is added."""
    for hold in _waiting(changes.file):
        if hold.asset_id in asset_ids:
            take_back(changes, hold, "money of other victims is looked for there first")


def _waiting(file: CaseFile) -> list[HoldRow]:
    """Freezes that are not ordered, each to take the place of a stop that is in force."""
    return [h for h in file.holds if h.state in NOT_ORDERED and follows_a_stop(file, h)]


def follows_a_stop(file: CaseFile, hold: HoldRow) -> bool:
    """Whether a freeze is to take the place of a stop that is in force."""
    is_next = hold.kind is HoldKind.FREEZE and bool(hold.supersedes_id)
    return is_next and file.hold(hold.supersedes_id).state is HoldState.STOPPED


def surplus_stops(file: CaseFile, asset: AssetRow) -> tuple[HoldRow, ...]:
    """Stops that keep money which is not the victims', once what keeps theirs is in force."""
    if any(h.state in UNANSWERED for h in file.holds_of(asset.id)):
        return ()
    return tuple(stop for stop, amount in freeze_plan(file, asset) if not amount)


def _kept_minor(stop: HoldRow) -> int:
    """The sum that a stop holds; where its bank states another currency, the requested sum."""
    return stop.requested_minor if stop.foreign_minor else stop.held_minor
