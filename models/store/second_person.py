"""Moves that carry out the yes of a second person, and where the store finds that yes.

A stage makes such a move together with the approval that it follows. Whoever calls the store
without one is refused, in whatever role: one person alone cannot make it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.entities.claim import Objection, ObjectionState
from models.entities.event import EntityKind
from models.entities.outside.third_party_claim import ThirdPartyClaim
from models.outcome import Transition
from models.prepared import looked_through
from models.store.assurance_guard import is_given_by_two
from models.store.unit import Actor, Unit

_APPROVALS, _OBJECTIONS = table_of(Approval), table_of(Objection)
_THIRD_PARTIES = table_of(ThirdPartyClaim)


@dataclass(frozen=True, slots=True)
class Yes:
    """Acts of which one was approved; `denied` is an act of which a no is enough."""

    acts: tuple[str, ...]
    denied: str = ""


_K = EntityKind
RESTS_ON: Mapping[tuple[EntityKind, str], Yes] = {
    (_K.HOLD, "approved"): Yes(("order_stop", "freeze")),
    (_K.HOLD, "confirmed"): Yes(("order_stop",)),
    (_K.HOLD, "renewal_ordered"): Yes(("renew",)),
    (_K.HOLD, "release_ordered"): Yes(
        ("release", "release_part", "complaint", "third_party_claim"), "order_stop"
    ),
    (_K.HOLD, "part_ordered"): Yes(("release_part", "complaint", "third_party_claim")),
    (_K.HOLD, "receipt_confirmed"): Yes(("receipt",)),
    (_K.ALLOCATION, "approved"): Yes(("return",)),
    (_K.CLAIM, "payee_changed"): Yes(("payee",)),
    (_K.COMPENSATION, "confirmed"): Yes(("compensation",)),
    (_K.UNCLAIMED_SHARE, "refund_confirmed"): Yes(("refund",)),
    (_K.CLAWBACK, "approved"): Yes(("clawback",)),
    (_K.CLAWBACK, "write_off_confirmed"): Yes(("clawback_write_off",)),
    (_K.COURT_LIST, "confirmed"): Yes(("court_list",)),
    (_K.COURT_LIST, "ended"): Yes(("court_list_end",)),
    (_K.COURT_SHARE, "set_aside"): Yes(("court_set_aside",)),
    (_K.COURT_SHARE, "identified"): Yes(("court_identify",)),
    (_K.RECALL, "approved"): Yes(("recall",)),
    (_K.RECALL_CREDIT, "confirmed"): Yes(("recall_credit",)),
    (_K.RECALL_CREDIT, "reversed"): Yes(("recall_reversal",)),
    (_K.THIRD_PARTY_CLAIM, "upheld"): Yes(("third_party_claim",)),
    (_K.THIRD_PARTY_CLAIM, "rejected"): Yes(("third_party_claim",)),
    (_K.THIRD_PARTY_CLAIM, "payment_confirmed"): Yes(("damages_payment",)),
    (_K.REQUEST, "approved"): Yes(("request",)),
    (_K.REQUEST, "assured"): Yes(("assurance",)),
    (_K.MULTI_AGENCY_REQUEST, "confirmed"): Yes(("linkage",)),
    (_K.RECOVERY, "closed_returned"): Yes(("close",)),
    (_K.RECOVERY, "closed_partial"): Yes(("close",)),
    (_K.RECOVERY, "closed_no_recovery"): Yes(("close",)),
    (_K.RECOVERY, "rejected"): Yes(("refuse_report",)),
    (_K.RECOVERY, "rule_changed"): Yes(("trace_rule",)),
}
"""By entity and event, the approval that has to be there when the move is recorded. A payout's is
asked for by the database itself, once for all that are written together."""

_OF: sa.BindParameter[str] = sa.bindparam("of")
# A hold is let go by the decision on the claim of a third party that names it, too.
_CLAIMED = sa.select(_THIRD_PARTIES.c.id).where(_THIRD_PARTIES.c.hold_id == _OF)
_BY_ANOTHER = (
    sa.or_(_APPROVALS.c.subject_id == _OF, _APPROVALS.c.subject_id.in_(_CLAIMED)),
    _APPROVALS.c.decided_by != "",
    _APPROVALS.c.decided_by != _APPROVALS.c.asked_by,
)
_DECIDED = sa.select(_APPROVALS.c.action, _APPROVALS.c.state).where(*_BY_ANOTHER)
_UPHELD = sa.select(_OBJECTIONS.c.id).where(
    _OBJECTIONS.c.claim_id == sa.bindparam("of"),
    _OBJECTIONS.c.loss_minor == sa.bindparam("minor"),
    looked_through(_OBJECTIONS.c.state) == ObjectionState.UPHELD,
    _OBJECTIONS.c.decided_by != "",
    _OBJECTIONS.c.decided_by != _OBJECTIONS.c.entered_by,
)


SIGNS: Mapping[tuple[EntityKind, str], str] = {
    (_K.APPROVAL, "asked"): "asked_by",
    (_K.APPROVAL, "approved"): "decided_by",
    (_K.APPROVAL, "denied"): "decided_by",
    (_K.REGISTER_CHANGE, "asked"): "asked_by",
    (_K.REGISTER_CHANGE, "approved"): "decided_by",
    (_K.REGISTER_CHANGE, "denied"): "decided_by",
    (_K.OBJECTION, "entered"): "entered_by",
    (_K.OBJECTION, "upheld"): "decided_by",
    (_K.OBJECTION, "rejected"): "decided_by",
    (_K.CLAIM, "payee_asked"): "asked_by",
    (_K.COMPENSATION, "entered"): "entered_by",
    (_K.HOLD, "received"): "drafted_by",
    (_K.UNCLAIMED_SHARE, "refund_entered"): "refund_entered_by",
    (_K.CLAWBACK, "asked"): "asked_by",
    (_K.CLAWBACK, "write_off_asked"): "asked_by",
    (_K.COURT_LIST, "entered"): "entered_by",
    (_K.RECALL, "asked"): "drafted_by",
    (_K.RECALL_CREDIT, "entered"): "entered_by",
    (_K.RECALL_CREDIT, "reversal_entered"): "reversal_entered_by",
    (_K.THIRD_PARTY_CLAIM, "upholding_asked"): "asked_by",
    (_K.THIRD_PARTY_CLAIM, "rejection_asked"): "asked_by",
    (_K.THIRD_PARTY_CLAIM, "payment_entered"): "asked_by",
    (_K.REQUEST_MESSAGE, "drafted"): "written_by",
    (_K.REQUEST_MESSAGE, "dispatched"): "written_by",
    (_K.INCOMING_REQUEST, "answer_asked"): "answered_by",
    (_K.INCOMING_REQUEST, "refusal_asked"): "answered_by",
}
"""By entity and event, the column that says who did it: it is whoever acts, and nobody else."""

_ASKED_BEFORE = sa.select(_APPROVALS.c.id).where(
    _APPROVALS.c.subject_id == sa.bindparam("of"),
    _APPROVALS.c.action == sa.bindparam("act"),
    _APPROVALS.c.asked_by == sa.bindparam("by"),
    _APPROVALS.c.state == ApprovalState.VOID,
)


def signed_for_another(unit: Unit, actor: Actor, move: Transition) -> str:
    """How a move names another person as who makes it, as a sentence; empty where it does not.

    Otherwise one person could ask in another's name and then decide in his own. What is asked anew
    for changed figures stays with who asked before.
    """
    if (move.noun, move.event) == (_K.APPROVAL, "asked_anew"):
        given = {name: move.values.get(column) for name, column in _ANEW.items()}
        if unit.session.execute(_ASKED_BEFORE, given).first() is None:
            return f"approval {move.id} is asked anew for {given['by']}, who has not asked before"
        return ""
    if move.noun is _K.LOG_IN and move.event not in _OF_OTHERS and actor.id != move.id:
        return f"the log-in of {move.id} is set by {move.id}; {actor.id} acts"
    column = SIGNS.get((move.noun, move.event))
    if column is None or move.values.get(column) == actor.id:
        return ""
    noun, named = move.noun.replace("_", " "), move.values.get(column) or "nobody"
    return f"{noun} {move.event} of {move.id} names {named}; {actor.id} acts, and signs for nobody"


_OF_OTHERS = {"reset", "refused"}
_ANEW = {"of": "subject_id", "act": "action", "by": "asked_by"}


def missing_yes(unit: Unit, move: Transition) -> str:
    """What of a second person a move lacks, as a sentence; empty where it lacks nothing."""
    if (move.noun, move.event) == (_K.CLAIM, "decided"):
        given = {"of": move.id, "minor": move.values.get("decided_minor")}
        if unit.session.execute(_UPHELD, given).first() is None:
            return (
                f"claim decided of {move.id} rests on an objection that another person upheld: "
                "there is none of this sum"
            )
        return ""
    if move.noun is _K.REQUEST_MESSAGE and not is_given_by_two(unit, move):
        return (
            f"request message {move.event} of {move.id} rests on the yes of a second person "
            "(assurance): there is none to this letter"
        )
    wanted = RESTS_ON.get((move.noun, move.event))
    if wanted is None or _is_given(unit, wanted, move.id):
        return ""
    noun, acts = move.noun.replace("_", " "), " or ".join(wanted.acts).replace("_", " ")
    return (
        f"{noun} {move.event} of {move.id} rests on the yes of a second person ({acts}): "
        "there is none"
    )


def _is_given(unit: Unit, wanted: Yes, subject_id: str) -> bool:
    for row in unit.session.execute(_DECIDED, {"of": subject_id}):
        if row.state is ApprovalState.APPROVED and row.action in wanted.acts:
            return True
        if row.state is ApprovalState.DENIED and row.action == wanted.denied:
            return True
    return False
