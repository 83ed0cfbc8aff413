"""Marks a recovery to be traced again: a statement arrived, or was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from models.case_file import CaseFile
from models.entities.call import CallKind, CallState
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState
from models.ids import derive_id
from models.language.phrase import stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.freezing.account_monitoring import SILENT
from recovery_flows.freezing.answers import CLOCKS_APART
from recovery_flows.freezing.drafts import supersedes
from recovery_flows.freezing.stage import statement_intent
from recovery_flows.ledger.changeset import Changeset

_FIRST_PAUSE, _LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)


def request_trace_to(
    changes: Changeset,
    noun: EntityKind,
    subject_id: str,
    covers_to: datetime,
    asked_at: datetime | None = None,
    answered_at: datetime | None = None,
) -> None:
    """Request a new trace: a statement arrived for an asset or for a claim's own account.

    `asked_at` is when the bank was asked for it. One that ends before a hold that was known then is
    asked for again after a pause that grows with the time since the hold; where it ends long before
    it, or after a day, a person asks once the bank can tell.
    """
    values: dict[str, Scalar] = {"statement_to": covers_to}
    if noun is EntityKind.ASSET:
        asset = changes.file.asset(subject_id)
        if asset.left_alone.startswith(SILENT):
            values["left_alone"] = ""
        acted = _untold(changes.file, asset.id, covers_to, asked_at)
        waited = answered_at - acted if acted is not None and answered_at is not None else None
        is_late = acted is not None and (
            waited is None or waited >= _LONGEST_WAIT or covers_to + CLOCKS_APART < acted
        )
        if is_late:
            values["left_alone"] = stored_phrase(
                "the bank refused its statement of what came after {until}",
                until=f"{covers_to:%Y-%m-%d %H:%M} UTC",
            )  # fmt: skip
        changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))
        if waited is not None and answered_at is not None and not is_late:
            later = answered_at + max(_FIRST_PAUSE, waited)
            intent = statement_intent(changes.file.asset(asset.id), answered_at)
            name = derive_id("call", asset.id, CallKind.STATEMENT, "again", later.isoformat())
            changes.call(replace(intent, id=name, not_before=later))
    else:
        claim = next(c for c in changes.file.claims if c.id == subject_id)
        changes.apply(Transition(EntityKind.CLAIM, claim.id, "updated", claim.state, values))
    request_trace(changes)


def _untold(
    file: CaseFile, asset_id: str, covers_to: datetime, asked_at: datetime | None
) -> datetime | None:
    """When a bank acted or was paid, if it was asked later and tells only of what came before.

    One asked together with the stop may miss it by a moment: it is asked again at once.
    """
    if asked_at is None:
        return None
    account_id = file.asset(asset_id).account_id
    holds = [h for h in file.holds_of(asset_id) if not supersedes(file, h)]
    acted = [at for at in map(_looked_at, holds) if at is not None]
    paid = [c.paid_at for c in file.claims if c.payee_account_id == account_id]
    return max((at for at in (*acted, *paid) if covers_to < at <= asked_at), default=None)


def _looked_at(hold: HoldRow) -> datetime | None:
    """When its bank acted on a hold, or found nothing to hold."""
    return hold.bank_said_at if hold.state is HoldState.NO_FUNDS else hold.acted_at


def follow_what_left(changes: Changeset, hold_id: str, now: datetime) -> None:
    """Ask where money went that had left before its bank acted, which found the account empty.

    A statement that ends before the bank looked shows the money there still. One that is asked for
    and has not left yet will tell. Abroad a request asks, and not this. By letter it is known only
    when the bank's answer was read: what a letter asks for already is waited for, and nothing is
    asked where the trace shows the account empty too.
    """
    file = changes.file
    hold = file.hold(hold_id)
    asset = file.asset(hold.asset_id)
    if asset.left_alone or not asset.home or supersedes(file, hold):
        return
    looked = min(hold.bank_said_at or now, now)
    if asset.statement_to is not None and asset.statement_to >= looked:
        return
    by_letter = asset.partner_id in file.by_letter
    own = (c for c in file.open_calls(asset.id) if c.subject_id == asset.id)
    asked = [c for c in own if c.kind is CallKind.STATEMENT]
    if any(by_letter or c.state is CallState.PLANNED for c in asked):
        return
    if by_letter and (file.recovery.trace_wanted or not asset.traced_minor):
        return
    name = _name_of_following(hold)
    changes.call(replace(statement_intent(asset, now), id=name))


def follow_by_letter(changes: Changeset, now: datetime, is_known: Callable[[str], bool]) -> None:
    """Ask the same by letter once a statement is in that was waited for, of each hold once.

    `is_known` says whether there is, or was, a call of that id.
    """
    for hold in changes.file.holds:
        is_by_letter = changes.file.asset(hold.asset_id).partner_id in changes.file.by_letter
        found_empty = hold.state is HoldState.NO_FUNDS and is_by_letter
        if found_empty and not is_known(_name_of_following(hold)):
            follow_what_left(changes, hold.id, now)


def _name_of_following(hold: HoldRow) -> str:
    return derive_id("call", hold.asset_id, CallKind.STATEMENT, "empty", hold.id)


def request_trace(changes: Changeset) -> None:
    """Mark the recovery so that the tracing flow traces it again."""
    recovery = changes.file.recovery
    if not recovery.trace_wanted:
        changes.apply(
            Transition(
                EntityKind.RECOVERY, recovery.id, "updated", recovery.state, {"trace_wanted": True}
            )
        )
