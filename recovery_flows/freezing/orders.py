"""Orders to a bank about one hold: what is asked, under which approval."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldRow
from models.ids import derive_id
from models.outcome import CallIntent, Scalar, Transition
from recovery_flows.ledger.changeset import Changeset


def order_release(changes: Changeset, hold_id: str, approval: str, reason: str) -> None:
    """Tell the bank to let a hold go, under a person's decision: the sum that was decided on.

    What comes to the hold after that stays held.
    """
    hold = changes.file.hold(hold_id)
    values: dict[str, Scalar] = {"releasing_minor": hold.held_minor}
    changes.apply(
        Transition(EntityKind.HOLD, hold.id, "release_ordered", hold.state, values, reason=reason)
    )
    changes.call(release_intent(changes.file, hold, approval))


def release_intent(file: CaseFile, hold: HoldRow, approval: str) -> CallIntent:
    """The order to let a hold or a part of it go, sent under one approval.

    What the bank has refused is another call than the next one, and so is what came to a denied
    stop after a release of it.
    """
    before = [
        c
        for c in file.calls
        if c.subject_id == hold.id and c.kind is CallKind.RELEASE and c.approval_id == approval
    ]
    number = [len(before) + 1] if before else []
    return CallIntent(
        id=derive_id("call", hold.id, CallKind.RELEASE, approval, hold.bank_revision, *number),
        partner_id=file.asset(hold.asset_id).partner_id,
        kind=CallKind.RELEASE,
        noun=EntityKind.HOLD,
        subject_id=hold.id,
        asset_id=hold.asset_id,
        approval_id=approval,
    )


def hold_intent(file: CaseFile, hold: HoldRow, approval: str) -> CallIntent:
    """The order for one hold, sent under one approval."""
    asset = file.asset(hold.asset_id)
    kind = CallKind.REQUEST if hold.request_id else CallKind.HOLD
    return CallIntent(
        id=derive_id("call", hold.id, kind),
        partner_id=asset.partner_id,
        kind=kind,
        noun=EntityKind.HOLD,
        subject_id=hold.id,
        asset_id=asset.id,
        approval_id=approval,
    )
