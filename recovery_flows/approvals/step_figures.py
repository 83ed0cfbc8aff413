"""The figures of an officer's next step: the same that a second person will see."""

from __future__ import annotations

from collections.abc import Mapping

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.figures import AccountNumber, Figure, headline
from models.money import Money
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind

ASKS: Mapping[str, ApprovalKind] = {
    ActionKind.ORDER_STOP: ApprovalKind.ORDER_STOP,
    ActionKind.SUBMIT_FREEZE: ApprovalKind.FREEZE,
    ActionKind.COMPLETE_REQUEST: ApprovalKind.REQUEST,
    ActionKind.SUBMIT_REQUEST: ApprovalKind.REQUEST,
    ActionKind.PUBLISH_NOTICE: ApprovalKind.RETURN,
    ActionKind.SUBMIT_RETURN: ApprovalKind.RETURN,
    ActionKind.SUBMIT_RELEASE: ApprovalKind.RELEASE,
    ActionKind.SUBMIT_RENEWAL: ApprovalKind.RENEW,
    ActionKind.SUBMIT_CLOSE: ApprovalKind.CLOSE,
}
"""Which approval a step asks for, or prepares."""


def figures_of_step(file: CaseFile, step: Step) -> tuple[Figure, ...]:
    """What a step is about: the figures of the approval that it asks for, or its account."""
    act = ASKS.get(step.action)
    if act is not None:
        return subject_of(file, act, step.subject_id).figures
    asset = next((a for a in file.assets if a.id == step.asset_id), None)
    if asset is None:
        return ()
    return (
        Figure("bank", asset.partner_id),
        Figure("account", AccountNumber(asset.account_id)),
        Figure("traced there", Money(asset.traced_minor, asset.currency)),
    )


def sum_of(file: CaseFile, action: ActionKind, subject_id: str) -> Money | str:
    """The figure that a step's sentence names: the headline of the approval that it asks for."""
    return headline(subject_of(file, ASKS[action], subject_id).figures)
