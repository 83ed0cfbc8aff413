"""How much of each stop is to be frozen: the stolen part, once a statement shows it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.language.phrase import stored_phrase
from models.snapshots import changed
from recovery_flows.freezing import denied_stops
from recovery_flows.freezing.drafts import (
    NOT_ORDERED,
    UNANSWERED,
    is_followed,
    supersedes,
    take_back,
)
from recovery_flows.law import terms
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.third_parties import left_minor

_FORMAL = (HoldKind.FREEZE, HoldKind.QUEUE)


class Planned(NamedTuple):
    """A freeze that a stop is to be followed by; 0 where it keeps money that is not the victims'.

    Minor units of the account's currency. `is_stated`: a statement shows it, up to the stop.
    """

    stop: HoldRow
    minor: int
    is_stated: bool


def freeze_plan(file: CaseFile, asset: AssetRow) -> list[tuple[HoldRow, int]]:
    """What of each stop is to be frozen, once the statement shows what of it is stolen.

    Minor units of the account's currency; 0 where the stop keeps money that is not the victims'.
    """
    return [(stop, minor) for stop, minor, is_stated in _plan(file, asset) if is_stated]


def due_freezes(file: CaseFile, asset: AssetRow, now: datetime) -> list[tuple[HoldRow, int]]:
    """The freezes to be drafted: those that a statement shows, and those that cannot wait for one.

    Half-way through its term a stop is followed by a freeze of what is known to be disputed: the
    stop would end, and the money be free, while the bank is still to tell of it.
    """
    return [
        (planned.stop, planned.minor)
        for planned in _plan(file, asset)
        if planned.minor and (planned.is_stated or _without_statement_from(planned.stop) <= now)
    ]


def instants(file: CaseFile) -> Iterator[datetime]:
    """When a stop of which no statement has told yet is followed by a freeze all the same."""
    for asset in file.assets:
        for planned in _plan(file, asset) if asset.home else ():
            if planned.minor and not planned.is_stated:
                yield _without_statement_from(planned.stop)


def _without_statement_from(stop: HoldRow) -> datetime:
    if stop.acted_at is None or stop.expires_at is None:
        return datetime.max.replace(tzinfo=UTC)
    return terms.half_life(stop.acted_at, stop.expires_at)


def _plan(file: CaseFile, asset: AssetRow) -> list[Planned]:
    holds = file.holds_of(asset.id)
    stops = [
        h
        for h in holds
        if h.state is HoldState.STOPPED
        and not is_followed(holds, h)
        and not denied_stops.is_given_up(file, h.id)
    ]
    left = _left_to_freeze(file, asset)
    # What another stop keeps, or is to keep, gets a freeze of its own once that is answered.
    others = [h for h in holds if h.state in UNANSWERED and h.kind not in _FORMAL]
    plan = []
    for stop in sorted(stops, key=lambda h: not _is_stated(file, asset, h)):
        if stop.acted_at is None:
            continue
        is_stated = _is_stated(file, asset, stop)
        is_one_of_many = len(stops) > 1 or others or not is_stated
        amount = min(left, _kept_minor(stop)) if is_one_of_many else left
        plan.append(Planned(stop, amount, is_stated))
        left -= amount
    return plan


def _is_stated(file: CaseFile, asset: AssetRow, stop: HoldRow) -> bool:
    """Whether the trace in force rests on a statement of the account up to the stop."""
    if file.trace is None or file.recovery.trace_wanted or asset.statement_to is None:
        return False
    is_told = stop.acted_at is not None and asset.statement_to >= stop.acted_at
    return is_told or supersedes(file, stop)


def _left_to_freeze(file: CaseFile, asset: AssetRow) -> int:
    """What is disputed on an account and neither frozen, paid back nor a third party's."""
    # A freeze that its bank states in another currency keeps nothing of this account's.
    kept = sum(
        h.held_minor or h.requested_minor
        for h in file.holds_of(asset.id)
        if (h.state is HoldState.FROZEN or h.state in UNANSWERED)
        and h.kind in _FORMAL
        and not h.foreign_minor
    )
    paid = sum(p.taken_minor for p in file.payouts if p.asset_id == asset.id)
    return max(0, asset.traced_minor - left_minor(file, asset.id) - kept - paid)


def withdraw_outgrown(changes: Changeset) -> None:
    """Take back each freeze, not ordered yet, that keeps less than its stop has of victims' money.

    What it left out would be free as soon as the bank carries it out; it is drafted anew. So is
    one for more than a statement, when it came, has shown to be theirs.
    """
    for hold in _waiting(changes.file):
        if lets_go_minor(changes.file, hold):
            take_back(
                changes, hold, stored_phrase("more of what the stop holds is traced to victims now")
            )
        elif not hold.scope_reason and _is_above_stated(changes.file, hold):
            take_back(
                changes, hold, stored_phrase("less of what the stop holds is traced to victims now")
            )


def lets_go_minor(file: CaseFile, freeze: HoldRow) -> int:
    """What of its stop is traced to victims and would be free once the bank carries a freeze out.

    Minor units of the account's currency, for a freeze that the bank has not carried out.
    """
    if freeze.kind is not HoldKind.FREEZE or not freeze.supersedes_id:
        return 0
    planned = _planned_anew(file, freeze)
    wanted = min(planned.minor, _kept_minor(planned.stop)) if planned else 0
    return max(0, wanted - freeze.requested_minor)


def _is_above_stated(file: CaseFile, freeze: HoldRow) -> bool:
    """Whether a statement shows less to be frozen than a freeze asks for."""
    planned = _planned_anew(file, freeze)
    if planned is None or not planned.is_stated:
        return False
    return planned.minor < freeze.requested_minor


def _planned_anew(file: CaseFile, freeze: HoldRow) -> Planned | None:
    """What the stop of a freeze would be followed by if that had not been drafted."""
    without = changed(file, holds=tuple(h for h in file.holds if h.id != freeze.id))
    plan = _plan(without, file.asset(freeze.asset_id))
    return next((p for p in plan if p.stop.id == freeze.supersedes_id), None)


def withdraw_before_tracing(changes: Changeset, asset_ids: Container[str]) -> None:
    """Take back each freeze, not ordered yet, of accounts to which more victims' money is added."""
    for hold in _waiting(changes.file):
        if hold.asset_id in asset_ids:
            take_back(
                changes, hold, stored_phrase("money of other victims is looked for there first")
            )


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
