"""The freezing stage: drafts stops, follows their deadlines, drafts the formal freezes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalState
from models.entities.asset import AssetRow, Stage
from models.entities.call import OPEN_CALLS, CallKind
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.entities.recovery import RecoveryState
from models.entities.request import RequestState
from models.ids import derive_id
from models.language.phrase import stored_phrase
from models.outcome import CallIntent, Scalar, Transition
from recovery_flows.freezing import (
    account_monitoring,
    denied_stops,
    lapse,
    refused_releases,
    reminders,
    renewal,
)
from recovery_flows.freezing.amount_to_hold import is_worth_holding, wanted_minor
from recovery_flows.freezing.drafts import (
    NEVER_TRIED,
    UNANSWERED,
    draft_hold,
    is_followed,
    supersedes,
)
from recovery_flows.freezing.freeze_plan import due_freezes, withdraw_outgrown
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import stage as multi_agency

_ALREADY_FROZEN = "ALREADY_FROZEN"


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Apply the freezing rules to one recovery: deadlines first, then drafts."""
    if changes.file.recovery.state is not RecoveryState.OPEN:
        multi_agency.end_preservations(changes, now)
        return
    lapse.clear_known_ends(changes, now)
    refused_releases.clear_ended(changes, now)
    for hold in changes.file.holds:
        lapse.record_lapse(changes, hold, now, laws)
    reminders.advance(changes, now, laws)
    renewal.advance(changes, now, laws)
    account_monitoring.advance(changes, now, laws)
    multi_agency.advance(changes, now, laws)
    _alarm_overdue_confirmations(changes, now)
    denied_stops.withdraw_denied(changes)
    for asset in changes.file.assets:
        if asset.home:
            _reopen(changes, asset, laws)
    draft_stops(changes, laws)
    withdraw_outgrown(changes)
    for asset in changes.file.assets:
        if asset.home:
            lapse.draft_again(changes, asset, laws)
            _queue_behind_others(changes, asset, laws)
            _draft_freezes(changes, asset, now, laws)
            _to_tracing(changes, asset)


def draft_stops(changes: Changeset, laws: Regimes) -> None:
    """Draft a stop for traced domestic money that no stop covers yet."""
    for asset in changes.file.assets:
        if asset.home:
            _draft_stop(changes, asset, laws)


def _alarm_overdue_confirmations(changes: Changeset, now: datetime) -> None:
    """Escalate once, naming the owner, a stop that was sent and not confirmed in time."""
    for approval in changes.file.approvals:
        late = approval.due_at is not None and approval.due_at <= now
        if approval.state is ApprovalState.PENDING and late and not approval.alarmed:
            changes.apply(
                Transition(
                    EntityKind.APPROVAL, approval.id, "overdue", approval.state, {"alarmed": True},
                    reason=stored_phrase("not confirmed by a second person in time")
                )
            )  # fmt: skip


def acknowledge_predecessor(changes: Changeset, hold: HoldRow, actor: str) -> None:
    """Acknowledge the lapse of the hold that a withdrawn draft was to follow."""
    if not hold.supersedes_id:
        return
    before = changes.file.hold(hold.supersedes_id)
    if before.state is HoldState.LAPSED:
        lapse.acknowledge_lapse(changes, before.id, actor)


def leave_alone(changes: Changeset, hold: HoldRow) -> None:
    """Exclude an account whose first stop was withdrawn: otherwise the stop is drafted again."""
    asset = changes.file.asset(hold.asset_id)
    others = [h for h in changes.file.holds_of(asset.id) if h.state not in NEVER_TRIED]
    if hold.kind is HoldKind.STOP and not others:
        values: dict[str, Scalar] = {"left_alone": stored_phrase("an officer withdrew its stop")}
        changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))


def _reopen(changes: Changeset, asset: AssetRow, laws: Regimes) -> None:
    """Reopen freezing where more money is traced to an account than was requested."""
    if asset.stage is Stage.FREEZING or asset.left_alone:
        return
    if is_unanswered(changes.file.holds_of(asset.id)):
        return  # nothing more is drafted before that is answered: it would go back at once
    if not is_worth_holding(changes.file, asset, wanted_minor(changes.file, asset, laws), laws):
        return
    event = "reopened" if asset.stage is Stage.CLOSED else "hold_needed"
    changes.apply(
        Transition(
            EntityKind.ASSET,
            asset.id,
            event,
            asset.stage,
            reason=stored_phrase("more money traced here"),
        )
    )


def is_unanswered(holds: Sequence[HoldRow]) -> bool:
    """Whether the bank's answer, or a person's decision on its refusal of a stop, is open.

    Nothing more is stopped on the account meanwhile: until the cause of a refusal is known, the
    bank would refuse again, and the sum counts as requested.
    """
    return any(
        h.state in UNANSWERED
        or (
            h.kind is HoldKind.STOP
            and h.state is HoldState.REJECTED_BY_BANK
            and not h.lapse_seen_by
            and not is_followed(holds, h)
        )
        for h in holds
    )


def _draft_stop(changes: Changeset, asset: AssetRow, laws: Regimes) -> None:
    file = changes.file
    asset = file.asset(asset.id)
    if asset.stage is not Stage.FREEZING or asset.left_alone:
        return
    holds = file.holds_of(asset.id)
    if is_unanswered(holds):
        return
    wanted = wanted_minor(file, asset, laws)
    if is_worth_holding(file, asset, wanted, laws):
        law = laws[asset.regime].stop
        behind = next((h.id for h in reversed(holds) if _is_superseded(file, h)), "")
        draft_hold(changes, asset, HoldKind.STOP, wanted, law.code, supersedes_id=behind)


def _is_superseded(file: CaseFile, hold: HoldRow) -> bool:
    """Whether a voluntary hold of the bank, not being released, covers what the stop is to hold."""
    is_voluntary = hold.kind is HoldKind.VOLUNTARY and hold.state in LIVE_HOLDS
    return is_voluntary and not denied_stops.is_given_up(file, hold.id)


def _queue_behind_others(changes: Changeset, asset: AssetRow, laws: Regimes) -> None:
    """Queue our freeze behind that of another authority on the account."""
    holds = changes.file.holds_of(asset.id)
    if any(h.state in UNANSWERED for h in holds):
        return
    for hold in holds:
        refused = hold.state is HoldState.REJECTED_BY_BANK and hold.reason == _ALREADY_FROZEN
        done = is_followed(holds, hold) or denied_stops.is_given_up(changes.file, hold.id)
        if refused and hold.kind is not HoldKind.QUEUE and not done:
            draft_hold(
                changes, asset, HoldKind.QUEUE, hold.requested_minor,
                laws[asset.regime].freeze.code, supersedes_id=hold.id,
            )  # fmt: skip
            return


def _draft_freezes(changes: Changeset, asset: AssetRow, now: datetime, laws: Regimes) -> None:
    """Draft the formal freeze of each stop, for the stolen part."""
    asset = changes.file.asset(asset.id)
    for stop, amount in due_freezes(changes.file, asset, now):
        draft_hold(
            changes, asset, HoldKind.FREEZE, amount, laws[asset.regime].freeze.code,
            supersedes_id=stop.id,
        )  # fmt: skip


def _to_tracing(changes: Changeset, asset: AssetRow) -> None:
    """Move the asset to tracing once the bank has answered."""
    file = changes.file
    asset = file.asset(asset.id)
    holds = file.holds_of(asset.id)
    if asset.stage is Stage.FREEZING and holds:
        if not any(h.state in UNANSWERED and h.kind is HoldKind.STOP for h in holds):
            changes.apply(Transition(EntityKind.ASSET, asset.id, "answered", asset.stage))
    elif asset.stage is Stage.FREEZING and asset.left_alone:
        changes.apply(
            Transition(EntityKind.ASSET, asset.id, "closed", asset.stage, reason=asset.left_alone)
        )


def statement_is_wanted(file: CaseFile, asset: AssetRow) -> bool:
    """Whether the bank is to be asked for this account's bookings (again).

    Together with the stop, and once more when the bank acted later than the statement reaches, or
    a victim who came in later had paid later.
    """
    calls = [c for c in file.calls if c.subject_id == asset.id and c.kind is CallKind.STATEMENT]
    if asset.left_alone or any(c.state in OPEN_CALLS for c in calls):
        return False
    holds = [h for h in file.holds_of(asset.id) if h.acted_at or h.ordered_at]
    ended = [
        r
        for r in file.requests
        if r.asset_id == asset.id
        and r.state in (RequestState.EXECUTED, RequestState.PARTIALLY_EXECUTED)
    ]
    if not (holds if asset.home else ended):
        return False
    # What a hold takes over while it is held: nothing has left since.
    acted = [h.acted_at for h in holds if h.acted_at is not None and not supersedes(file, h)]
    paid = [c.paid_at for c in file.claims if c.payee_account_id == asset.account_id]
    return asset.statement_to is None or any(at > asset.statement_to for at in (*acted, *paid))


def statement_intent(asset: AssetRow, now: datetime) -> CallIntent:
    """The statement query for an account, as of now."""
    return CallIntent(
        id=derive_id("call", asset.id, CallKind.STATEMENT, now.isoformat()),
        partner_id=asset.partner_id,
        kind=CallKind.STATEMENT,
        noun=EntityKind.ASSET,
        subject_id=asset.id,
        asset_id=asset.id,
    )
