"""A court's list is followed no more, or a row of it is nobody's here: each takes two people.

Until the second has decided, the list is followed as before and the row keeps its sum.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.entities.allocation import CourtListState
from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.language.phrase import phrase, stored_phrase
from models.outcome import Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution.court.lists import end_divisions, look_again, unknown_row
from recovery_flows.restitution.court.rows import list_of


def ask_end(changes: Changeset, list_id: str, reason: str, actor: str, now: datetime) -> str:
    """The court has withdrawn its list; returns the approval's id by which that counts."""
    found = list_of(changes.file, list_id)
    if found.state is not CourtListState.IN_FORCE:
        raise StepRefusedError(
            phrase(
                "{found_id} is {found_state}: only a list in force is ended",
                found_id=found.id,
                found_state=found.state,
            )
        )
    _check_not_asked(changes, found.id)
    values = {"reason": reason}
    changes.apply(Transition(EntityKind.COURT_LIST, found.id, "end_asked", found.state, values))
    return ask(changes, ApprovalKind.COURT_LIST_END, found.id, actor, now)


def end(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has seen that: what is not paid is divided by the law's rule again."""
    del now, laws
    found = list_of(changes.file, approval.subject_id)
    changes.apply(Transition(EntityKind.COURT_LIST, found.id, "ended", found.state))
    end_divisions(changes, found.asset_id, stored_phrase("the court's list is withdrawn"))


def keep(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """It is not ended: it is followed as before."""
    found = list_of(changes.file, approval.subject_id)
    kept = Transition(EntityKind.COURT_LIST, found.id, "end_denied", found.state, {"reason": ""})
    changes.apply(replace(kept, reason=reason))


def ask_set_aside(changes: Changeset, share_id: str, reason: str, actor: str, now: datetime) -> str:
    """A row is nobody's of this recovery; returns the approval's id by which that counts."""
    row = unknown_row(changes.file, share_id)
    _check_not_asked(changes, row.id)
    values = {"reason": reason}
    changes.apply(Transition(EntityKind.COURT_SHARE, row.id, "set_aside_asked", row.state, values))
    return ask(changes, ApprovalKind.COURT_SET_ASIDE, row.id, actor, now)


def set_aside(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has seen that: its sum is kept no more."""
    del laws
    row = unknown_row(changes.file, approval.subject_id)
    changes.apply(Transition(EntityKind.COURT_SHARE, row.id, "set_aside", row.state))
    look_again(changes, row, now)


def keep_row(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """It is not set aside: somebody finds out whose it is."""
    row = unknown_row(changes.file, approval.subject_id)
    kept = Transition(EntityKind.COURT_SHARE, row.id, "set_aside_denied", row.state, {"reason": ""})
    changes.apply(replace(kept, reason=reason))


def _check_not_asked(changes: Changeset, name: str) -> None:
    if changes.file.pending(name) is not None:
        raise StepRefusedError(
            phrase("{name} waits for a second person already: `recovery approve`", name=name)
        )
