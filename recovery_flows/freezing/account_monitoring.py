"""Watching an account that was empty: asked gently for its balance, stopped when money comes."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.asset import AssetRow, Stage
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.ids import derive_id
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import CallIntent, Scalar, Transition
from recovery_flows.freezing.denied_stops import is_given_up
from recovery_flows.freezing.drafts import (
    NOT_ORDERED,
    UNANSWERED,
    draft_hold,
    is_followed,
    take_back,
)
from recovery_flows.ledger import bank_contradictions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.third_parties import left_minor

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regime, Regimes

ON, OVER = "on", "over"
SILENT = "the bank refused its statement"
"""How it begins why an account is left alone for want of a statement; it is watched though."""
_AT_LEAST = timedelta(days=1)
"""So long an account is watched after less is held on it: a bank's figures may lag."""


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Begin watches, ask for the balances that are due, end watches that found nothing."""
    for asset in changes.file.assets:
        law = laws[asset.regime]
        if not _may_be_watched(asset):
            continue
        _take_back_needless(changes, asset)
        if not asset.watch and law.monitoring_days and _empty_hold(changes.file, asset):
            _begin(changes, asset, now, law)
        elif asset.watch == ON:
            _query_balance(changes, asset, now, law)


def hasten(changes: Changeset, accounts: Container[str], now: datetime, laws: Regimes) -> None:
    """Less is held on these accounts than before: a bank that found nothing is asked at once."""
    reason = stored_phrase(
        "less is held on the account than before: its balance is asked for at once"
    )
    _look_at_once(changes, accounts, now, laws, reason)


def hasten_traced(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """A new trace finds money where a bank found nothing before: the bank is asked at once.

    A day later it may be gone again, and the recovery closed: nobody would have had to do anything.
    """
    file = changes.file
    accounts = {a.account_id for a in file.assets if a.home and _is_seen_since(file, a)}
    reason = stored_phrase(
        "the trace finds money on the account that was empty: its balance is asked for at once"
    )
    _look_at_once(changes, accounts, now, laws, reason)


def _look_at_once(
    changes: Changeset, accounts: Container[str], now: datetime, laws: Regimes, reason: str
) -> None:
    for asset in changes.file.assets:
        if asset.account_id not in accounts or not _may_be_watched(asset):
            continue
        days = laws[asset.regime].monitoring_days  # of a bank at home: others may have no law here
        if not days:
            continue
        if _empty_hold(changes.file, asset) is None:
            continue
        until = asset.watch_until or now + timedelta(days=days)
        values: dict[str, Scalar] = {
            "watch": ON, "watch_due_at": now, "watch_until": max(until, now + _AT_LEAST),
        }  # fmt: skip
        changes.apply(
            Transition(
                EntityKind.ASSET, asset.id, "watch_hastened", asset.stage, values, reason=reason
            )
        )


def _may_be_watched(asset: AssetRow) -> bool:
    """Whether an account at home is in work; a bank that tells no bookings may tell a balance."""
    return asset.home and (not asset.left_alone or asset.left_alone.startswith(SILENT))


def monitored(file: CaseFile) -> list[AssetRow]:
    """Accounts that are watched now."""
    return [a for a in file.assets if a.watch == ON]


def apply_balance(
    changes: Changeset, asset_id: str, available: Money, laws: Regimes, now: datetime
) -> None:
    """What a watched account shows: as soon as it is worth it, a stop is drafted for it."""
    file = changes.file
    asset = file.asset(asset_id)
    empty = _empty_hold(file, asset)
    if available.currency != asset.currency:
        bank_contradictions.compare_currencies(changes, [(asset.account_id, available)], now)
        return
    if asset.watch != ON or empty is None or available.minor <= 0:
        return
    minor = min(available.minor, empty.requested_minor)
    if _is_kept_there(file, asset):
        minor = min(minor, _not_held_minor(file, asset))
    if minor < laws[asset.regime].minimum_worth(asset.currency).minor:
        return
    values: dict[str, Scalar] = {"watch": "", "watch_until": None, "watch_due_at": None}
    changes.apply(
        Transition(
            EntityKind.ASSET, asset.id, "watch_found", asset.stage, values,
            reason=stored_phrase("the account that was empty has {available}", available=available)
        )
    )  # fmt: skip
    if asset.stage is not Stage.FREEZING:
        event = "reopened" if asset.stage is Stage.CLOSED else "hold_needed"
        changes.apply(Transition(EntityKind.ASSET, asset.id, event, asset.stage))
    law = laws[asset.regime].stop
    draft_hold(
        changes, asset, HoldKind.STOP, minor, law.code,
        supersedes_id=empty.id, repeat_number=empty.repeat_number + 1,
    )  # fmt: skip


def _empty_hold(file: CaseFile, asset: AssetRow) -> HoldRow | None:
    """The hold for which the bank found nothing, unless something else is done there already.

    One that was denied is not tried again, so nothing is looked for in its place. Beside holds that
    are in force a stop alone is looked for. Beside them, and beside what a third party keeps by
    decision, it is looked for only while less than is disputed is kept.
    """
    holds, live = file.holds_of(asset.id), file.live_holds(asset.id)
    if any(h.state in UNANSWERED for h in holds):
        return None
    if _is_kept_there(file, asset) and not _not_held_minor(file, asset):
        return None
    empty = [
        h
        for h in holds
        if h.state is HoldState.NO_FUNDS
        and (h.kind is HoldKind.STOP or not live)
        and not is_followed(holds, h)
        and not is_given_up(file, h.id)
    ]
    return empty[-1] if empty else None


def _is_seen_since(file: CaseFile, asset: AssetRow) -> bool:
    """Whether money is traced to an account by a statement from after its bank found nothing."""
    empty, told_to = _empty_hold(file, asset), asset.statement_to
    if empty is None or empty.bank_said_at is None or told_to is None:
        return False
    return asset.traced_minor > 0 and told_to > empty.bank_said_at


def _take_back_needless(changes: Changeset, asset: AssetRow) -> None:
    """A stop that was drafted for money found on an account is not ordered for somebody else's.

    Two recoveries that were merged know of each other's holds, and of what third parties keep.
    """
    file = changes.file
    is_traced = file.trace is not None and not file.recovery.trace_wanted
    if not is_traced or not _is_kept_there(file, asset) or _not_held_minor(file, asset):
        return
    empty = {h.id for h in file.holds_of(asset.id) if h.state is HoldState.NO_FUNDS}
    for hold in file.holds_of(asset.id):
        if hold.state in NOT_ORDERED and hold.supersedes_id in empty:
            take_back(
                changes,
                hold,
                stored_phrase("what is disputed here is held, or a third party's, by now"),
            )


def _is_kept_there(file: CaseFile, asset: AssetRow) -> bool:
    """Whether something is held on an account, or is a third party's there by decision."""
    return bool(file.live_holds(asset.id) or left_minor(file, asset.id))


def _not_held_minor(file: CaseFile, asset: AssetRow) -> int:
    """What is disputed on an account and neither held, paid back nor a third party's."""
    held = sum(h.held_minor for h in file.live_holds(asset.id))
    paid = sum(p.taken_minor for p in file.payouts if p.asset_id == asset.id)
    return max(0, asset.traced_minor - left_minor(file, asset.id) - held - paid)


def _begin(changes: Changeset, asset: AssetRow, now: datetime, law: Regime) -> None:
    # Beside other holds it may have been these that left nothing: they may keep less by now.
    is_urgent = changes.file.live_holds(asset.id) or _is_seen_since(changes.file, asset)
    days = 0 if is_urgent else law.monitoring_intervals_days[0]
    values: dict[str, Scalar] = {
        "watch": ON,
        "watch_until": now + timedelta(days=law.monitoring_days),
        "watch_due_at": now + timedelta(days=days),
        "watch_looks": 0,
    }
    reason = stored_phrase(
        "nothing free when it was to be stopped: watched for {days} days", days=law.monitoring_days
    )
    changes.apply(
        Transition(EntityKind.ASSET, asset.id, "watch_begun", asset.stage, values, reason=reason)
    )


def _query_balance(changes: Changeset, asset: AssetRow, now: datetime, law: Regime) -> None:
    if asset.watch_until is not None and asset.watch_until <= now:
        values: dict[str, Scalar] = {"watch": OVER, "watch_due_at": None}
        reason = stored_phrase("no money came while it was watched")
        changes.apply(
            Transition(
                EntityKind.ASSET, asset.id, "watch_ended", asset.stage, values, reason=reason
            )
        )
    elif asset.watch_due_at is not None and asset.watch_due_at <= now:
        looks = asset.watch_looks + 1
        steps = law.monitoring_intervals_days
        wait = timedelta(days=steps[min(looks, len(steps) - 1)])
        values = {"watch_looks": looks, "watch_due_at": now + wait}
        changes.apply(Transition(EntityKind.ASSET, asset.id, "watch_looked", asset.stage, values))
        if not _letter_is_out(changes.file, asset):
            changes.call(_question(asset, looks))


def _letter_is_out(file: CaseFile, asset: AssetRow) -> bool:
    """A bank without an interface is not written to again before it has answered."""
    open_calls = file.open_calls(asset.id) if asset.partner_id in file.by_letter else ()
    return any(c.kind is CallKind.BALANCE for c in open_calls)


def _question(asset: AssetRow, looks: int) -> CallIntent:
    # The end tells two watches of one account apart.
    until = asset.watch_until.isoformat() if asset.watch_until else ""
    return CallIntent(
        id=derive_id("call", asset.id, CallKind.BALANCE, until, looks),
        partner_id=asset.partner_id,
        kind=CallKind.BALANCE,
        noun=EntityKind.ASSET,
        subject_id=asset.id,
        asset_id=asset.id,
    )
