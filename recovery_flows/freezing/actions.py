"""What an officer does to holds beyond their next step; words go sealed into a note."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState
from models.language.phrase import error_sentence, phrase, stored_phrase
from models.money import Money
from models.outcome import Transition
from models.store.accounts import correct_holder
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.approvals import requests as approval_requests
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing import (
    amendments,
    disposal,
    refusals,
    release,
    stage as freezing,
    voluntary_holds,
)


def hold_of(file: CaseFile, hold_id: str) -> HoldRow:
    """The hold of that id; MisuseError if the file has none."""
    found = next((h for h in file.holds if h.id == hold_id), None)
    if found is None:
        ref = file.recovery.ref
        raise MisuseError(
            phrase(
                "{ref} has no hold {hold_id}: `recovery show {ref}` lists them",
                ref=ref,
                hold_id=hold_id,
            )
        )
    return found


def amend(
    acting: ActingOfficer,
    recovery_id: str,
    hold_id: str,
    minor: int,
    reason: str = "",
    seen: int | None = None,
) -> str:
    """Change the sum of a hold before it is ordered; approvals asked for it are void.

    To block more than is disputed takes a reason and a second person before it is sent.
    """
    with acting.editing(recovery_id, seen) as edit:
        over = minor > amendments.disputed_minor(edit.file, hold_of(edit.file, hold_id))
        kept = edit.note(f"more than is disputed at {hold_id}", reason) if reason else ""
        amendments.amend_hold(edit.changes, hold_id, minor, kept)
    told = (
        phrase("; more than is disputed, so a second person has to approve it first")
        if over
        else ""
    )
    return phrase(
        "{ref}: the sum of {hold_id} was changed{told}", ref=edit.ref, hold_id=hold_id, told=told
    )


def withdraw(
    acting: ActingOfficer, recovery_id: str, hold_id: str, reason: str, seen: int | None = None
) -> str:
    """Take back a drafted hold; where it stands in line behind another, ask for its release."""
    with acting.editing(recovery_id, seen) as edit:
        hold = hold_of(edit.file, hold_id)
        edit.note(f"hold {hold_id} withdrawn", reason)
        if hold.state is HoldState.QUEUED:
            release.ask_release(edit.changes, hold_id, edit.actor.id, edit.now)
            return phrase(
                "{ref}: release from the waiting list submitted for approval", ref=edit.ref
            )
        if hold.state not in (HoldState.DRAFT, HoldState.PENDING_APPROVAL):
            raise StepRefusedError(
                phrase(
                    "hold {hold_id} is {hold_state}: only a draft is withdrawn",
                    hold_id=hold_id,
                    hold_state=hold.state,
                )
            )
        approval_requests.void_approvals(
            edit.changes, hold_id, stored_phrase("the draft was withdrawn")
        )
        edit.changes.apply(Transition(EntityKind.HOLD, hold_id, "cancelled", hold.state))
        freezing.acknowledge_predecessor(edit.changes, hold, edit.actor.id)
        freezing.leave_alone(edit.changes, hold)
    return phrase("{ref}: {hold_id} withdrawn", ref=edit.ref, hold_id=hold_id)


def order_again(
    acting: ActingOfficer,
    recovery_id: str,
    hold_id: str,
    reason: str,
    holder: str = "",
    seen: int | None = None,
) -> str:
    """Draft a hold that the bank refused once more; `holder` puts the account's name right."""
    with acting.editing(recovery_id, seen) as edit:
        asset = edit.file.asset(hold_of(edit.file, hold_id).asset_id)
        draft = refusals.order_again(edit.changes, hold_id, edit.actor.id)
        if holder.strip():
            correct_holder(edit.unit, asset.account_id, holder.strip())
        edit.note(f"hold {hold_id} again, as {draft}", reason)
    named = phrase(" under the name given") if holder.strip() else ""
    return phrase(
        "{ref}: {draft} drafted in the place of {hold_id}{named}",
        ref=edit.ref,
        draft=draft,
        hold_id=hold_id,
        named=named,
    )


def release_part(
    acting: ActingOfficer,
    recovery_id: str,
    hold_id: str,
    part: Money,
    reason: str,
    seen: int | None = None,
) -> str:
    """Ask for a part of a hold to be released; the rest stays to its own term."""
    with acting.editing(recovery_id, seen) as edit:
        hold_of(edit.file, hold_id)
        release.ask_part(edit.changes, hold_id, part.minor, edit.actor.id, edit.now)
        edit.note(f"release of {part} of {hold_id}", reason)
    return phrase("{ref}: release of {part} submitted for approval", ref=edit.ref, part=part)


def find_unrelated(
    acting: ActingOfficer, recovery_id: str, hold_id: str, reason: str, seen: int | None = None
) -> str:
    """Record that held money has nothing to do with the case: its release has a legal clock."""
    with acting.editing(recovery_id, seen) as edit:
        hold_of(edit.file, hold_id)
        due = release.find_unrelated(edit.changes, hold_id, edit.actor.id, edit.now, acting.laws)
        edit.note(f"{hold_id} found unrelated", reason)
    return phrase(
        "{ref}: found unrelated; to be free by {due:%Y-%m-%d %H:%M} UTC, once approved",
        ref=edit.ref,
        due=due,
    )


def complain(
    acting: ActingOfficer,
    recovery_id: str,
    hold_id: str,
    amount: Money,
    words: str,
    seen: int | None = None,
) -> str:
    """Take in a third party's complaint about a hold; it is answered by a second person."""
    with acting.editing(recovery_id, seen) as edit:
        hold_of(edit.file, hold_id)
        due = release.complain(
            edit.changes, hold_id, amount.minor, edit.actor.id, edit.now, acting.laws
        )
        edit.note(f"complaint about {amount} of {hold_id}", words, "--words")
    return phrase(
        "{ref}: complaint kept; to be answered by {due:%Y-%m-%d %H:%M} UTC", ref=edit.ref, due=due
    )


def record_voluntary(
    acting: ActingOfficer,
    recovery_id: str,
    asset_id: str,
    amount: str,
    since: datetime,
    until: datetime | None,
    reason: str,
    seen: int | None = None,
) -> str:
    """Record what a bank holds of its own accord, and how we know."""
    with acting.editing(recovery_id, seen) as edit:
        asset = next((a for a in edit.file.assets if a.id == asset_id), None)
        if asset is None:
            raise MisuseError(
                phrase(
                    "{edit_ref} has no account {asset_id}: `recovery show` lists them",
                    edit_ref=edit.ref,
                    asset_id=asset_id,
                )
            )
        try:
            money = Money.parse(amount, asset.currency)
        except ValueError as error:
            raise MisuseError(error_sentence(error)) from error
        ends = voluntary_holds.record_voluntary(
            edit.changes, asset_id, money.minor, since, until, acting.laws
        )
        edit.note(f"voluntary hold of {money} at {asset.partner_id}", reason)
    return phrase(
        "{ref}: {money} held voluntarily until {ends:%Y-%m-%d %H:%M} UTC; start the order",
        ref=edit.ref,
        money=money,
        ends=ends,
    )


def record_conversion(
    acting: ActingOfficer, recovery_id: str, hold_id: str, order: str, seen: int | None = None
) -> str:
    """Record that a court's order took a freeze over: which court, number and date."""
    with acting.editing(recovery_id, seen) as edit:
        hold_of(edit.file, hold_id)
        disposal.record_conversion(edit.changes, hold_id, edit.now, acting.laws)
        edit.note(f"court's order on {hold_id}", order, "--order")
    return phrase(
        "{ref}: the freeze is under a court's order; its own term ends no more", ref=edit.ref
    )


def name_at_bank(
    acting: ActingOfficer,
    recovery_id: str,
    hold_id: str,
    bank_ref: str,
    reason: str,
    seen: int | None = None,
) -> str:
    """Enter by which reference a bank knows a hold that was recorded without one."""
    with acting.editing(recovery_id, seen) as edit:
        hold_of(edit.file, hold_id)
        amendments.name_at_bank(edit.changes, hold_id, bank_ref, edit.now)
        edit.note(f"reference of {hold_id} at its bank", reason)
    return phrase(
        "{ref}: {hold_id} is known to its bank as {bank_ref}",
        ref=edit.ref,
        hold_id=hold_id,
        bank_ref=bank_ref.strip(),
    )
