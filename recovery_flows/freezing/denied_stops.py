"""A stop that left first and was denied: released, and neither frozen nor stopped again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.hold import HoldRow, HoldState
from models.entities.officer import Role
from models.language.phrase import phrase, stored_phrase
from models.step_wording import say
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.freezing import refused_releases, unrelated_funds
from recovery_flows.freezing.drafts import NOT_ORDERED, take_back

if TYPE_CHECKING:
    from recovery_flows.ledger.changeset import Changeset


def denial_of(file: CaseFile, hold_id: str) -> ApprovalRow | None:
    """The refusal of a second person to confirm a stop; None where there was none."""
    for approval in file.approvals:
        is_stop = approval.action == ApprovalKind.ORDER_STOP and approval.subject_id == hold_id
        if is_stop and approval.state is ApprovalState.DENIED:
            return approval
    return None


def steps(file: CaseFile) -> Iterator[Step]:
    """A denied stop that its bank does not release: its owner orders the release once more.

    The bank's desk was called first: until somebody has looked into the refusal there is no step.
    """
    for hold in file.holds:
        if _is_kept(file, hold):
            partner = file.asset(hold.asset_id).partner_id
            text = say("release_again", partner=partner)
            yield Step(
                ActionKind.RELEASE_AGAIN,
                Role.OFFICER,
                hold.id,
                hold.asset_id,
                hold.expires_at,
                text,
            )


def _is_kept(file: CaseFile, hold: HoldRow) -> bool:
    is_held = hold.state is HoldState.STOPPED and denial_of(file, hold.id) is not None
    was_refused = refused_releases.last_refused(file, hold.id) is not None
    waits = file.pending(hold.id) is not None or refused_releases.waits(file, hold)
    return is_held and was_refused and not waits


def _to_withdraw(file: CaseFile) -> Iterator[tuple[HoldRow, ApprovalRow]]:
    """Denied stops in force whose release was not ordered yet."""
    for hold in file.holds:
        denial = denial_of(file, hold.id)
        is_held = hold.state is HoldState.STOPPED and denial is not None
        if is_held and denial is not None and refused_releases.last_refused(file, hold.id) is None:
            yield hold, denial


def withdraw_denied(changes: Changeset) -> None:
    """A stop whose confirmation was refused before the bank answered is released once it has."""
    from recovery_flows.freezing.orders import order_release

    _withdraw_followers(changes)
    for hold, denial in list(_to_withdraw(changes.file)):
        order_release(changes, hold.id, denial.id, stored_phrase("its confirmation was refused"))


def is_given_up(file: CaseFile, hold_id: str) -> bool:
    """Whether a hold was denied or is being released: nothing is to take it over.

    Nor is what two people found to be unrelated once it has ended by itself before its release.
    """
    if denial_of(file, hold_id) is not None:
        return True
    hold = file.hold(hold_id)
    return unrelated_funds.is_being_released(hold) or unrelated_funds.is_decided(file, hold)


def _withdraw_followers(changes: Changeset) -> None:
    """A freeze that was to follow a stop which is given up is not asked for any more."""
    reason = stored_phrase("the hold that it was to follow is given up")
    for hold in changes.file.holds:
        waits = hold.state in NOT_ORDERED
        if waits and hold.supersedes_id and is_given_up(changes.file, hold.supersedes_id):
            take_back(changes, hold, reason)


def release_again(changes: Changeset, hold_id: str) -> None:
    """Order the release of a denied stop once more, with a call of its own."""
    from recovery_flows.errors import StepRefusedError
    from recovery_flows.freezing.orders import order_release

    hold = changes.file.hold(hold_id)
    denial = denial_of(changes.file, hold_id)
    if changes.file.pending(hold_id) is not None:
        raise StepRefusedError(
            phrase("hold {hold_id} has an approval pending: decide it first", hold_id=hold_id)
        )
    if denial is None or not _is_kept(changes.file, hold):
        raise StepRefusedError(
            phrase("hold {hold_id} is no denied stop that its bank has kept", hold_id=hold_id)
        )
    order_release(changes, hold_id, denial.id, stored_phrase("its confirmation was refused"))
