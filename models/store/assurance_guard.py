"""An assurance to another State leaves over a connection only in the words that two people gave."""

from __future__ import annotations

import sqlalchemy as sa

from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.entities.outside.request_message import (
    MessageKind,
    RequestMessage,
    RequestMessageState,
)
from models.outcome import Transition
from models.prepared import looked_through
from models.store.unit import Unit

_APPROVALS, _MESSAGES = table_of(Approval), table_of(RequestMessage)
_NOT_GIVEN = (RequestMessageState.DRAFT, RequestMessageState.CANCELLED)
_OTHER = _MESSAGES.alias("other")
_OF: sa.BindParameter[str] = sa.bindparam("of", type_=sa.String())
# Each yes sets one letter free: the one that was written when it was asked for.
_YES = sa.select(_APPROVALS.c.id).where(
    _APPROVALS.c.subject_id == _MESSAGES.c.request_id,
    _APPROVALS.c.action == "assurance",
    looked_through(_APPROVALS.c.state) == ApprovalState.APPROVED,
    _APPROVALS.c.decided_by != "",
    _APPROVALS.c.decided_by != _APPROVALS.c.asked_by,
    _APPROVALS.c.asked_at >= _MESSAGES.c.written_at,
)
_USED = sa.select(_OTHER.c.id).where(
    _OTHER.c.request_id == _MESSAGES.c.request_id,
    _OTHER.c.kind == MessageKind.ASSURANCE,
    _OTHER.c.id != _MESSAGES.c.id,
    _OTHER.c.letter != _MESSAGES.c.letter,
    _OTHER.c.written_at >= _MESSAGES.c.written_at,
    _OTHER.c.state.not_in(_NOT_GIVEN),
)
_GIVEN = sa.select(_MESSAGES.c.id).where(_MESSAGES.c.id == _OF, _YES.exists(), ~_USED.exists())
_REFUSED = sa.select(_MESSAGES.c.id).where(
    _MESSAGES.c.request_id == _OF,
    _MESSAGES.c.kind == MessageKind.ASSURANCE,
    _MESSAGES.c.state == RequestMessageState.REFUSED,
    _MESSAGES.c.letter == sa.bindparam("letter"),
)


def is_given_by_two(unit: Unit, move: Transition) -> bool:
    """Whether a message may be sent after this move: an assurance rests on a yes to its letter.

    Sent again, it is one that was given before and that the connection refused.
    """
    if move.event == "approved":
        return unit.session.execute(_GIVEN, {"of": move.id}).first() is not None
    if move.event != "dispatched" or move.values.get("kind") != MessageKind.ASSURANCE:
        return True
    given = {"of": move.values.get("request_id"), "letter": move.values.get("letter")}
    return unit.session.execute(_REFUSED, given).first() is not None
