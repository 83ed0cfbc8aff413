"""Every entity: its table of moves, its table in the database, where its state is.

`TRANSITIONS[noun][(state, event)] -> state`. What is not there raises `IllegalTransitionError`
with both names. `docs/states.md` is made from these tables, and a test walks every pair of state
and event.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.entities import account, document  # noqa: F401 - tables of no entity kind
from models.entities.allocation import (
    ALLOCATION_TRANSITIONS,
    COURT_LIST_TRANSITIONS,
    COURT_SHARE_TRANSITIONS,
    Allocation,
    CourtList,
    CourtShare,
)
from models.entities.approval import APPROVAL_TRANSITIONS, Approval
from models.entities.asset import ASSET_TRANSITIONS, Asset
from models.entities.call import CALL_TRANSITIONS, Call
from models.entities.claim import (
    CLAIM_TRANSITIONS,
    COMPENSATION_TRANSITIONS,
    OBJECTION_TRANSITIONS,
    Claim,
    Compensation,
    Objection,
)
from models.entities.discrepancy import DISCREPANCY_TRANSITIONS, Discrepancy
from models.entities.event import EntityKind, Event
from models.entities.hold import HOLD_TRANSITIONS, Hold
from models.entities.installation import (
    CLOCK_TRANSITIONS,
    INSTALLATION_TRANSITIONS,
    CaseClock,
    Installation,
)
from models.entities.ledger import PostingRow
from models.entities.multi_agency import (
    MULTI_AGENCY_REQUEST_TRANSITIONS,
    TASK_TRANSITIONS,
    MultiAgencyRequest,
    Task,
)
from models.entities.officer import LOG_IN_TRANSITIONS, OFFICER_TRANSITIONS, LogIn, Officer
from models.entities.outside.authority import AUTHORITY_TRANSITIONS, Authority
from models.entities.outside.disclosure import DISCLOSURE_TRANSITIONS, Disclosure
from models.entities.outside.incoming_request import INCOMING_TRANSITIONS, IncomingRequest
from models.entities.outside.request_message import (
    REQUEST_MESSAGE_TRANSITIONS,
    RequestMessage,
)
from models.entities.outside.third_party_claim import THIRD_PARTY_TRANSITIONS, ThirdPartyClaim
from models.entities.outside.victim_message import VICTIM_MESSAGE_TRANSITIONS, VictimMessage
from models.entities.partner import PARTNER_TRANSITIONS, Partner
from models.entities.payout import (
    CLAWBACK_TRANSITIONS,
    PAYOUT_TRANSITIONS,
    UNCLAIMED_TRANSITIONS,
    Clawback,
    Payout,
    UnclaimedShare,
)
from models.entities.recall import (
    CREDIT_TRANSITIONS,
    RECALL_TRANSITIONS,
    Recall,
    RecallCredit,
)
from models.entities.recovery import (
    MEMBER_TRANSITIONS,
    NOTE_TRANSITIONS,
    RECOVERY_TRANSITIONS,
    RESTRICTION_TRANSITIONS,
    Note,
    Recovery,
    Restriction,
    RestrictionMember,
)
from models.entities.register_change import CHANGE_TRANSITIONS, RegisterChange
from models.entities.request import (
    RECEIPT_TRANSITIONS,
    REQUEST_TRANSITIONS,
    Request,
    RequestReceipt,
)
from models.entities.statement import STATEMENT_TRANSITIONS, Statement
from models.entities.trace import TRACE_TRANSITIONS, Trace
from models.entities.voluntary_return import (
    INSTALMENT_TRANSITIONS,
    RETURN_TRANSITIONS,
    Instalment,
    VoluntaryReturn,
)

_Table = Mapping[tuple[str | None, str], str]
_ENTITIES: Mapping[EntityKind, tuple[type[SQLModel], _Table]] = {
    EntityKind.RECOVERY: (Recovery, RECOVERY_TRANSITIONS),
    EntityKind.CLAIM: (Claim, CLAIM_TRANSITIONS),
    EntityKind.ASSET: (Asset, ASSET_TRANSITIONS),
    EntityKind.HOLD: (Hold, HOLD_TRANSITIONS),
    EntityKind.REQUEST: (Request, REQUEST_TRANSITIONS),
    EntityKind.ALLOCATION: (Allocation, ALLOCATION_TRANSITIONS),
    EntityKind.PAYOUT: (Payout, PAYOUT_TRANSITIONS),
    EntityKind.CALL: (Call, CALL_TRANSITIONS),
    EntityKind.APPROVAL: (Approval, APPROVAL_TRANSITIONS),
    EntityKind.TRACE: (Trace, TRACE_TRANSITIONS),
    EntityKind.STATEMENT: (Statement, STATEMENT_TRANSITIONS),
    EntityKind.NOTE: (Note, NOTE_TRANSITIONS),
    EntityKind.PARTNER: (Partner, PARTNER_TRANSITIONS),
    EntityKind.OFFICER: (Officer, OFFICER_TRANSITIONS),
    EntityKind.MULTI_AGENCY_REQUEST: (MultiAgencyRequest, MULTI_AGENCY_REQUEST_TRANSITIONS),
    EntityKind.TASK: (Task, TASK_TRANSITIONS),
    EntityKind.DISCREPANCY: (Discrepancy, DISCREPANCY_TRANSITIONS),
    EntityKind.OBJECTION: (Objection, OBJECTION_TRANSITIONS),
    EntityKind.VOLUNTARY_RETURN: (VoluntaryReturn, RETURN_TRANSITIONS),
    EntityKind.INSTALMENT: (Instalment, INSTALMENT_TRANSITIONS),
    EntityKind.COMPENSATION: (Compensation, COMPENSATION_TRANSITIONS),
    EntityKind.UNCLAIMED_SHARE: (UnclaimedShare, UNCLAIMED_TRANSITIONS),
    EntityKind.CLAWBACK: (Clawback, CLAWBACK_TRANSITIONS),
    EntityKind.COURT_LIST: (CourtList, COURT_LIST_TRANSITIONS),
    EntityKind.COURT_SHARE: (CourtShare, COURT_SHARE_TRANSITIONS),
    EntityKind.THIRD_PARTY_CLAIM: (ThirdPartyClaim, THIRD_PARTY_TRANSITIONS),
    EntityKind.VICTIM_MESSAGE: (VictimMessage, VICTIM_MESSAGE_TRANSITIONS),
    EntityKind.RECALL: (Recall, RECALL_TRANSITIONS),
    EntityKind.RECALL_CREDIT: (RecallCredit, CREDIT_TRANSITIONS),
    EntityKind.REQUEST_RECEIPT: (RequestReceipt, RECEIPT_TRANSITIONS),
    EntityKind.REQUEST_MESSAGE: (RequestMessage, REQUEST_MESSAGE_TRANSITIONS),
    EntityKind.REGISTER_CHANGE: (RegisterChange, CHANGE_TRANSITIONS),
    EntityKind.INSTALLATION: (Installation, INSTALLATION_TRANSITIONS),
    EntityKind.CLOCK: (CaseClock, CLOCK_TRANSITIONS),
    EntityKind.DISCLOSURE: (Disclosure, DISCLOSURE_TRANSITIONS),
    EntityKind.INCOMING_REQUEST: (IncomingRequest, INCOMING_TRANSITIONS),
    EntityKind.AUTHORITY: (Authority, AUTHORITY_TRANSITIONS),
    EntityKind.LOG_IN: (LogIn, LOG_IN_TRANSITIONS),
    EntityKind.RESTRICTION: (Restriction, RESTRICTION_TRANSITIONS),
    EntityKind.RESTRICTION_MEMBER: (RestrictionMember, MEMBER_TRANSITIONS),
}
# Joining two recoveries moves these to another file; no state changes by that.
_JOINED = frozenset(
    {
        EntityKind.CLAIM, EntityKind.ASSET, EntityKind.HOLD, EntityKind.REQUEST,
        EntityKind.ALLOCATION, EntityKind.PAYOUT, EntityKind.CALL, EntityKind.APPROVAL,
        EntityKind.MULTI_AGENCY_REQUEST, EntityKind.TASK, EntityKind.DISCREPANCY,
        EntityKind.OBJECTION, EntityKind.VOLUNTARY_RETURN, EntityKind.INSTALMENT,
        EntityKind.COMPENSATION, EntityKind.UNCLAIMED_SHARE, EntityKind.RECALL,
        EntityKind.RECALL_CREDIT, EntityKind.REQUEST_RECEIPT, EntityKind.REQUEST_MESSAGE,
        EntityKind.COURT_LIST, EntityKind.COURT_SHARE,
        EntityKind.CLAWBACK, EntityKind.THIRD_PARTY_CLAIM, EntityKind.VICTIM_MESSAGE,
    }
)  # fmt: skip


class IllegalTransitionError(ValueError):
    """A move that is not in the table of its noun."""

    def __init__(self, noun: EntityKind, state: str | None, event: str) -> None:
        self.noun, self.state, self.event = noun, state, event
        allowed = sorted(e for s, e in TRANSITIONS[noun] if s == state)
        ways = ", ".join(allowed) if allowed else "none: it has ended"
        super().__init__(
            f"a {noun} that is {state or 'not there yet'} cannot take the event "
            f"{event!r} (possible: {ways})"
        )


def next_state(noun: EntityKind, state: str | None, event: str) -> str:
    """The state after `event`; IllegalTransitionError names noun, state and what was possible."""
    try:
        return TRANSITIONS[noun][(state, event)]
    except KeyError:
        raise IllegalTransitionError(noun, state, event) from None


def table_of(model: type[SQLModel]) -> sa.Table:
    """The SQLAlchemy table behind a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def _with_moved(table: _Table) -> _Table:
    states = {s for s, _ in table if s is not None} | set(table.values())
    return {**table, **{(state, "moved"): state for state in states}}


TRANSITIONS: Mapping[EntityKind, _Table] = {
    noun: _with_moved(moves) if noun in _JOINED else moves for noun, (_, moves) in _ENTITIES.items()
}
BY_NOUN = {noun: table_of(model) for noun, (model, _) in _ENTITIES.items()}
HISTORY = frozenset({table_of(Event).name, table_of(PostingRow).name})
"""Tables that only grow; each event's digest covers its row and its postings."""
STATE_COLUMN = {noun: "stage" if noun is EntityKind.ASSET else "state" for noun in EntityKind}
STATELESS = frozenset({EntityKind.STATEMENT, EntityKind.NOTE, EntityKind.DISCLOSURE})
