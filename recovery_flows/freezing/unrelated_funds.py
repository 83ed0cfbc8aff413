"""Held money found to be none of the case: it is released, and nothing takes its hold over.

The finding is an officer's, with a reason; a second person decides on it. From then on no freeze
follows the hold, and a bank that does not release it is asked again until it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.approval import ApprovalState
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState
from models.entities.officer import Role
from models.language.phrase import stored_phrase
from models.outcome import Scalar, Transition
from models.step_wording import say
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.step_figures import sum_of
from recovery_flows.freezing import refused_releases

if TYPE_CHECKING:
    from recovery_flows.ledger.changeset import Changeset

_IN_FORCE = (HoldState.STOPPED, HoldState.FROZEN)


def is_being_released(hold: HoldRow) -> bool:
    """Whether a hold is on its way to be released, or was found to keep unrelated funds."""
    found = hold.release_due_at is not None and hold.state in _IN_FORCE
    return found or hold.state is HoldState.RELEASE_PENDING


def is_found(hold: HoldRow) -> bool:
    """Whether a hold that still keeps money was found to keep unrelated funds."""
    return hold.release_due_at is not None and hold.state in {*_IN_FORCE, HoldState.RELEASE_PENDING}


def is_kept(file: CaseFile, hold: HoldRow) -> bool:
    """Whether unrelated funds are held still although nothing is asked or ordered about them.

    What the bank has refused is looked into first.
    """
    found = hold.release_due_at is not None and hold.state in _IN_FORCE
    return found and file.pending(hold.id) is None and not refused_releases.waits(file, hold)


def is_decided(file: CaseFile, hold: HoldRow) -> bool:
    """Whether a second person has confirmed that a hold keeps unrelated funds."""
    return hold.release_due_at is not None and any(
        a.action == ApprovalKind.RELEASE
        and a.subject_id == hold.id
        and a.state is ApprovalState.APPROVED
        for a in file.approvals
    )


def steps(file: CaseFile) -> Iterator[Step]:
    """A bank that has not released unrelated funds is asked again, with a new decision."""
    for hold in file.holds:
        if is_kept(file, hold):
            amount = sum_of(file, ActionKind.SUBMIT_RELEASE, hold.id)
            partner = file.asset(hold.asset_id).partner_id
            text = say("ask_release_again", amount=amount, partner=partner)
            yield Step(
                ActionKind.SUBMIT_RELEASE, Role.OFFICER, hold.id, hold.asset_id,
                hold.release_due_at, text,
            )  # fmt: skip


def pass_on(changes: Changeset, before: HoldRow, hold: HoldRow) -> None:
    """A hold that took unrelated funds over before they were released keeps unrelated funds."""
    if before.release_due_at is None or hold.state not in _IN_FORCE:
        return
    values: dict[str, Scalar] = {"release_due_at": before.release_due_at}
    reason = stored_phrase("the hold that it took over was found to keep unrelated funds")
    changes.apply(
        Transition(
            EntityKind.HOLD, hold.id, "took_over_unrelated", hold.state, values, reason=reason
        )
    )
