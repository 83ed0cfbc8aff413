"""Pending approvals whose figures change under them: void, and asked anew with the new figures.

A bank that holds less, a trace that finds another sum, a version of the program that shows more:
whatever changes a figure, the person who decides sees a new approval and never an old yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from models.case_file import CaseFile
from models.entities.allocation import AllocationState, CourtListState, CourtShareState
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.asset import Stage
from models.entities.call import OPEN_CALLS
from models.entities.claim import CompensationState
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldState, Renewal
from models.entities.multi_agency import MultiAgencyRequestState
from models.entities.outside.third_party_claim import UNSETTLED_THIRD_PARTY, ThirdPartyState
from models.entities.payout import OPEN_CLAWBACKS, ClawbackState, UnclaimedState
from models.entities.recall import OPEN_RECALLS, CreditState, RecallState
from models.entities.recovery import RecoveryState
from models.entities.request import (
    AT_HOME,
    CARRIED_OUT,
    UNDER_WAY,
    RequestRoute,
    RequestRow,
    RequestState,
)
from models.language.phrase import stored_phrase
from models.outcome import Transition
from recovery_flows.approvals.figures import approval_id, is_unchanged, subject_digest
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.ledger.changeset import Changeset

CHANGED = stored_phrase("its figures are not those that were asked about: ask again")
ENDED = stored_phrase("what it is about has ended")

_HOLD_STATES = {
    ApprovalKind.ORDER_STOP: {HoldState.PENDING_APPROVAL, HoldState.ORDERED, HoldState.STOPPED},
    ApprovalKind.FREEZE: {HoldState.PENDING_APPROVAL},
    ApprovalKind.RENEW: {HoldState.FROZEN},
    ApprovalKind.RELEASE: LIVE_HOLDS | {HoldState.QUEUED},
    ApprovalKind.RELEASE_PART: LIVE_HOLDS,
    ApprovalKind.COMPLAINT: LIVE_HOLDS,
    ApprovalKind.RECEIPT: {HoldState.PENDING_APPROVAL},
}
_WAITING_ROWS: Mapping[ApprovalKind, tuple[str, StrEnum]] = {
    ApprovalKind.REQUEST: ("requests", RequestState.PENDING_APPROVAL),
    ApprovalKind.ASSURANCE: ("requests", RequestState.CONDITIONAL),
    ApprovalKind.RETURN: ("allocations", AllocationState.PENDING_APPROVAL),
    ApprovalKind.COMPENSATION: ("compensations", CompensationState.ASKED),
    ApprovalKind.REFUND: ("unclaimed", UnclaimedState.REFUND_ENTERED),
    ApprovalKind.CLAWBACK: ("clawbacks", ClawbackState.ASKED),
    ApprovalKind.CLAWBACK_WRITE_OFF: ("clawbacks", ClawbackState.WRITE_OFF_ASKED),
    ApprovalKind.COURT_LIST: ("court_lists", CourtListState.ASKED),
    ApprovalKind.THIRD_PARTY_CLAIM: ("third_party_claims", ThirdPartyState.PROPOSED),
    ApprovalKind.DAMAGES_PAYMENT: ("third_party_claims", ThirdPartyState.PAYMENT_ENTERED),
    ApprovalKind.COURT_LIST_END: ("court_lists", CourtListState.IN_FORCE),
    ApprovalKind.COURT_SET_ASIDE: ("court_shares", CourtShareState.UNKNOWN),
    ApprovalKind.COURT_IDENTIFY: ("court_shares", CourtShareState.UNKNOWN),
    ApprovalKind.RECALL: ("recalls", RecallState.PENDING_APPROVAL),
    ApprovalKind.RECALL_CREDIT: ("recall_credits", CreditState.ASKED),
    ApprovalKind.RECALL_REVERSAL: ("recall_credits", CreditState.CONFIRMED),
}
"""Rows of a file that wait for an approval, and the state in which they do."""
_ABOUT_A_LIVE_HOLD = (
    ApprovalKind.RENEW,
    ApprovalKind.RELEASE,
    ApprovalKind.RELEASE_PART,
    ApprovalKind.COMPLAINT,
)


def void_changed(changes: Changeset, now: datetime) -> None:
    """Void each pending approval of which a figure has changed; ask anew where that still fits.

    A closing is not asked anew: whether everything is closed is for an officer to look at.
    """
    if changes.file.recovery.state not in (RecoveryState.OPEN, RecoveryState.REPORTED):
        return
    for approval in changes.file.approvals:
        if approval.state is not ApprovalState.PENDING:
            continue
        ended = has_ended(changes.file, approval)
        if is_unchanged(changes.file, approval) and not ended:
            continue
        reason = ENDED if ended else CHANGED
        changes.apply(
            Transition(EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=reason)
        )
        if _is_open(changes.file, approval):
            _ask_anew(changes, approval, now)


def _ask_anew(changes: Changeset, approval: ApprovalRow, now: datetime) -> None:
    act = ApprovalKind(approval.action)
    subject_id = approval.subject_id
    asked = approval_id(changes.file, act, subject_id)
    changes.apply(
        Transition(
            EntityKind.APPROVAL, asked, "asked_anew", None,
            {
                "subject_noun": approval.subject_noun,
                "subject_id": subject_id,
                "action": act,
                "subject_digest": subject_digest(changes.file, act, subject_id),
                "asked_by": approval.asked_by,
                "asked_at": now,
                "due_at": approval.due_at,
                "post_hoc": approval.post_hoc,
            },
            reason=stored_phrase("in place of {approval}", approval=approval.id),
        )
    )  # fmt: skip


def still_open(file: CaseFile) -> list[str]:
    """What a recovery cannot be closed over: accounts with work, holds, recalls,
    clawbacks, third-party claims, open approvals.
    """
    assets = [a.id for a in file.assets if a.stage is not Stage.CLOSED]
    holds = [
        h.id for h in file.holds if h.state in LIVE_HOLDS and (h.held_minor or h.foreign_minor)
    ]
    asked = [
        a.id
        for a in file.approvals
        if a.state is ApprovalState.PENDING and a.action != ApprovalKind.CLOSE
    ]
    recalls = [r.id for r in file.recalls if r.state in OPEN_RECALLS]
    clawbacks = [c.id for c in file.clawbacks if c.state in OPEN_CLAWBACKS]
    third = [t.id for t in file.third_party_claims if t.state in UNSETTLED_THIRD_PARTY]
    abroad = [r.id for r in file.requests if _binds_abroad(r)]
    return assets + holds + recalls + clawbacks + third + abroad + asked


def _binds_abroad(request: RequestRow) -> bool:
    """Whether another State waits for us by a request of people, or freezes for us."""
    is_live = request.state in AT_HOME | UNDER_WAY or (
        request.state in CARRIED_OUT and request.hold_ends_at is not None
    )
    return request.route is RequestRoute.PEOPLE and is_live


def has_ended(file: CaseFile, approval: ApprovalRow) -> bool:
    """Whether what was asked is over, such as the hold to be prolonged: no yes could do it now.

    A stop that was sent first is confirmed all the same: it was somebody's act. A closing has ended
    where work or a hold has come since, a refusal of a report where the report was accepted, a
    write-off where the money has come.
    """
    act = ApprovalKind(approval.action)
    if act in _WAITING_ROWS:
        return not _is_open(file, approval)
    if act is ApprovalKind.CLOSE:
        return bool(still_open(file))
    if act is ApprovalKind.REFUSE_REPORT:
        return file.recovery.state is not RecoveryState.REPORTED
    if act not in _ABOUT_A_LIVE_HOLD:
        return False
    return file.hold(approval.subject_id).state not in _HOLD_STATES[act]


def _is_open(file: CaseFile, approval: ApprovalRow) -> bool:
    """Whether what was asked about is still there to be decided."""
    act, named = ApprovalKind(approval.action), approval.subject_id
    if act in _WAITING_ROWS:
        rows, state = _WAITING_ROWS[act]
        return any(row.id == named and row.state is state for row in getattr(file, rows))
    match act:
        case ApprovalKind.MULTI_AGENCY_REQUEST:
            return any(
                x.id == named and x.state is not MultiAgencyRequestState.DENIED
                for x in file.multi_agency_requests
            )
        case ApprovalKind.LETTER_ANSWER:
            return any(c.id == named and c.state in OPEN_CALLS for c in file.calls)
        case ApprovalKind.PAYEE:
            return any(c.id == named and c.asked_account_id for c in file.claims)
        case ApprovalKind.TRACE_RULE:
            return bool(file.recovery.asked_rule)
        case ApprovalKind.REFUSE_REPORT:
            return file.recovery.state is RecoveryState.REPORTED
        case ApprovalKind.CLOSE:
            return False
    hold = next((h for h in file.holds if h.id == named), None)
    if hold is None or hold.state not in _HOLD_STATES[act]:
        return False
    return act is not ApprovalKind.RENEW or hold.renewal == Renewal.ASKED
