"""Money of a recall that its bank took back after it had counted: it makes good no loss any more.

A return can be returned: the bank that paid finds that it should not have. One person enters it
with the paper that shows it, another confirms it; the victim is owed the sum again, and the recall
waits for it as before.
"""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.entities.recall import CreditState, RecallCreditRow
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.recalls.lifecycle import recall_of
from recovery_flows.recalls.returned_money import came_minor, credit_of, reopen
from recovery_flows.wording import listed

_NOT_ENTERED: dict[str, Scalar] = {
    "reversed_at": None, "reversal_proof": "", "reversal_entered_by": "",
}  # fmt: skip


def enter(
    changes: Changeset, recall_id: str, booking: str, seen: tuple[datetime, str], actor: str,
    now: datetime,
) -> str:  # fmt: skip
    """Enter when it was taken back, and the proof's digest; the approval's id that confirms it."""
    credit, (at, proof) = _counted(changes.file, recall_id, booking), seen
    if not credit.arrived_at <= at <= now:
        came = f"{credit.arrived_at:%Y-%m-%d %H:%M} UTC"
        raise StepRefusedError(
            phrase(
                "{booking!r} came {came}: name an instant between that and now",
                booking=booking,
                came=came,
            )
        )
    values: dict[str, Scalar] = {
        "reversed_at": at, "reversal_proof": proof, "reversal_entered_by": actor,
    }  # fmt: skip
    reopen(changes, stored_phrase("a bank reversed money of a recall"))
    changes.apply(
        Transition(EntityKind.RECALL_CREDIT, credit.id, "reversal_entered", credit.state, values)
    )
    return ask(changes, ApprovalKind.RECALL_REVERSAL, credit.id, actor, now)


def _counted(file: CaseFile, recall_id: str, booking: str) -> RecallCreditRow:
    row = recall_of(file, recall_id)
    named = [c for c in file.recall_credits if c.recall_id == row.id and c.booking == booking]
    found = next((c for c in named if c.state is CreditState.CONFIRMED), None)
    if found is None:
        states = listed({c.state for c in named}) if named else phrase("not entered")
        raise StepRefusedError(phrase(
            "the money {booking!r} of {row_id} is {states}: only what was confirmed is reversed",
            booking=booking, row_id=row.id, states=states,
        ))  # fmt: skip
    if found.reversal_entered_by:
        raise StepRefusedError(
            phrase(
                "a reversal of {booking!r} is entered: another person decides it", booking=booking
            )
        )
    return found


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """It counts no more: the loss is open again, and the recall waits for its money."""
    del now, laws
    credit = credit_of(changes.file, approval.subject_id)
    values: dict[str, Scalar] = {"counted_minor": 0}
    changes.apply(Transition(EntityKind.RECALL_CREDIT, credit.id, "reversed", credit.state, values))
    row = recall_of(changes.file, credit.recall_id)
    event = "part_reversed" if came_minor(changes.file, row) else "all_reversed"
    changes.apply(Transition(EntityKind.RECALL, row.id, event, row.state, {"due_at": None}))


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The paper does not show it: it counts as before."""
    credit = credit_of(changes.file, approval.subject_id)
    move = Transition(
        EntityKind.RECALL_CREDIT, credit.id, "reversal_denied", credit.state, _NOT_ENTERED,
        reason=reason,
    )  # fmt: skip
    changes.apply(move)
