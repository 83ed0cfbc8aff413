"""Every entity: its table of moves, its table in the database, where its state is.

`TRANSITIONS[noun][(state, event)] -> state`. A move that is not there raises `IllegalMoveError`
with both names. `docs/states.md` is made from these tables, and a test walks every pair of state
and event.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.entities import account, document, runtime  # noqa: F401 - tables of no entity kind
from models.entities.allocation import ALLOCATION_MOVES, Allocation
from models.entities.approval import APPROVAL_MOVES, Approval
from models.entities.asset import ASSET_MOVES, Asset
from models.entities.call import CALL_MOVES, Call
from models.entities.claim import CLAIM_MOVES, OBJECTION_MOVES, Claim, Objection
from models.entities.compensation import COMPENSATION_MOVES, Compensation
from models.entities.discrepancy import DISCREPANCY_MOVES, Discrepancy
from models.entities.event import EntityKind, Event
from models.entities.hold import HOLD_MOVES, Hold
from models.entities.installation import (
    CLOCK_MOVES,
    INSTALLATION_MOVES,
    CaseClock,
    Installation,
)
from models.entities.ledger import PostingRow
from models.entities.multi_agency import LINKAGE_MOVES, TASK_MOVES, Linkage, Task
from models.entities.officer import OFFICER_MOVES, Officer
from models.entities.partner import PARTNER_MOVES, Partner
from models.entities.payout import PAYOUT_MOVES, Payout
from models.entities.recovery import NOTE_MOVES, RECOVERY_MOVES, Note, Recovery
from models.entities.register_change import CHANGE_MOVES, RegisterChange
from models.entities.request import REQUEST_MOVES, Request
from models.entities.statement import STATEMENT_MOVES, Statement
from models.entities.trace import TRACE_MOVES, Trace
from models.entities.voluntary_return import (
    INSTALMENT_MOVES,
    RETURN_MOVES,
    Instalment,
    VoluntaryReturn,
)

_Table = Mapping[tuple[str | None, str], str]
_ENTITIES: Mapping[EntityKind, tuple[type[SQLModel], _Table]] = {
    EntityKind.RECOVERY: (Recovery, RECOVERY_MOVES),
    EntityKind.CLAIM: (Claim, CLAIM_MOVES),
    EntityKind.ASSET: (Asset, ASSET_MOVES),
    EntityKind.HOLD: (Hold, HOLD_MOVES),
    EntityKind.REQUEST: (Request, REQUEST_MOVES),
    EntityKind.ALLOCATION: (Allocation, ALLOCATION_MOVES),
    EntityKind.PAYOUT: (Payout, PAYOUT_MOVES),
    EntityKind.CALL: (Call, CALL_MOVES),
    EntityKind.APPROVAL: (Approval, APPROVAL_MOVES),
    EntityKind.TRACE: (Trace, TRACE_MOVES),
    EntityKind.STATEMENT: (Statement, STATEMENT_MOVES),
    EntityKind.NOTE: (Note, NOTE_MOVES),
    EntityKind.PARTNER: (Partner, PARTNER_MOVES),
    EntityKind.OFFICER: (Officer, OFFICER_MOVES),
    EntityKind.LINKAGE: (Linkage, LINKAGE_MOVES),
    EntityKind.TASK: (Task, TASK_MOVES),
    EntityKind.DISCREPANCY: (Discrepancy, DISCREPANCY_MOVES),
    EntityKind.OBJECTION: (Objection, OBJECTION_MOVES),
    EntityKind.VOLUNTARY_RETURN: (VoluntaryReturn, RETURN_MOVES),
    EntityKind.INSTALMENT: (Instalment, INSTALMENT_MOVES),
    EntityKind.COMPENSATION: (Compensation, COMPENSATION_MOVES),
    EntityKind.REGISTER_CHANGE: (RegisterChange, CHANGE_MOVES),
    EntityKind.INSTALLATION: (Installation, INSTALLATION_MOVES),
    EntityKind.CLOCK: (CaseClock, CLOCK_MOVES),
}
# Joining two recoveries moves these to another file; no state changes by that.
_JOINED = frozenset(
    {
        EntityKind.CLAIM, EntityKind.ASSET, EntityKind.HOLD, EntityKind.REQUEST,
        EntityKind.ALLOCATION, EntityKind.PAYOUT, EntityKind.CALL, EntityKind.APPROVAL,
        EntityKind.LINKAGE, EntityKind.TASK, EntityKind.DISCREPANCY,
        EntityKind.OBJECTION, EntityKind.VOLUNTARY_RETURN, EntityKind.INSTALMENT,
        EntityKind.COMPENSATION,
    }
)  # fmt: skip


class IllegalMoveError(ValueError):
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
    """The state after `event`; IllegalMoveError names the noun, the state and what was possible."""
    try:
        return TRANSITIONS[noun][(state, event)]
    except KeyError:
        raise IllegalMoveError(noun, state, event) from None


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
STATELESS = frozenset({EntityKind.STATEMENT, EntityKind.NOTE})
