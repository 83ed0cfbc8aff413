"""Who may make which move. The store asks before it writes; the engine may never decide."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.allocation import CourtList
from models.entities.approval import Approval
from models.entities.catalogue import table_of
from models.entities.claim import Compensation, Objection
from models.entities.event import EntityKind
from models.entities.hold import Hold
from models.entities.officer import Officer, Role
from models.entities.outside.incoming_request import IncomingRequest
from models.entities.outside.third_party_claim import ThirdPartyClaim
from models.entities.payout import Clawback, UnclaimedShare
from models.entities.recall import Recall, RecallCredit
from models.entities.register_change import RegisterChange
from models.outcome import Transition
from models.prepared import reading
from models.store.register_guard import is_agreed, needs_two
from models.store.second_person import missing_yes, signed_for_another
from models.store.unit import Actor, Unit

_APPROVALS, _CHANGES = table_of(Approval), table_of(RegisterChange)
_OBJECTIONS, _COMPENSATIONS = table_of(Objection), table_of(Compensation)
_HOLDS, _UNCLAIMED = table_of(Hold), table_of(UnclaimedShare)
_RECALLS, _CREDITS = table_of(Recall), table_of(RecallCredit)
_INCOMING = table_of(IncomingRequest)
_COURT_LISTS, _CLAWBACKS = table_of(CourtList), table_of(Clawback)
_THIRD_PARTIES = table_of(ThirdPartyClaim)
_STATE = reading(table_of(Officer).c.id, table_of(Officer).c.state)
_OFFICER, _SUPERVISOR, _ENGINE = {Role.OFFICER}, {Role.SUPERVISOR}, {Role.ENGINE}

# Moves that are a person's decision. What is not named here is bookkeeping that anybody's act or
# the engine may entail.
DECISIONS: Mapping[tuple[EntityKind, str], set[Role]] = {
    (EntityKind.RECOVERY, "accepted"): _OFFICER,
    (EntityKind.RECOVERY, "refusal_asked"): _OFFICER,
    (EntityKind.RECOVERY, "refusal_denied"): _SUPERVISOR,
    (EntityKind.RECOVERY, "rejected"): _SUPERVISOR,
    (EntityKind.RECOVERY, "joined"): _OFFICER,
    (EntityKind.RECOVERY, "assigned"): _OFFICER | _SUPERVISOR,
    (EntityKind.RECOVERY, "closed_returned"): _SUPERVISOR,
    (EntityKind.RECOVERY, "closed_partial"): _SUPERVISOR,
    (EntityKind.RECOVERY, "closed_no_recovery"): _SUPERVISOR,
    (EntityKind.RECOVERY, "rule_asked"): _OFFICER,
    (EntityKind.RECOVERY, "rule_changed"): _SUPERVISOR,
    (EntityKind.RECOVERY, "rule_denied"): _SUPERVISOR,
    (EntityKind.CLAIM, "verified"): _OFFICER,
    (EntityKind.CLAIM, "payee_asked"): _OFFICER,
    (EntityKind.CLAIM, "payee_changed"): _SUPERVISOR,
    (EntityKind.CLAIM, "payee_denied"): _SUPERVISOR,
    (EntityKind.ASSET, "split"): _OFFICER,
    (EntityKind.CLAIM, "rejected"): _SUPERVISOR,
    (EntityKind.HOLD, "ordered_first"): _OFFICER,
    (EntityKind.HOLD, "submitted"): _OFFICER,
    (EntityKind.HOLD, "amended"): _OFFICER,
    (EntityKind.HOLD, "approved"): _SUPERVISOR,
    (EntityKind.HOLD, "denied"): _SUPERVISOR,
    (EntityKind.HOLD, "ordered_by_request"): _SUPERVISOR,
    (EntityKind.HOLD, "confirmed"): _SUPERVISOR,
    (EntityKind.HOLD, "volunteered"): _OFFICER,
    (EntityKind.HOLD, "court_order_entered"): _OFFICER,
    (EntityKind.HOLD, "lapse_seen"): _OFFICER,
    (EntityKind.HOLD, "refusal_seen"): _OFFICER,
    (EntityKind.HOLD, "renewal_submitted"): _OFFICER,
    (EntityKind.HOLD, "renewal_ordered"): _SUPERVISOR,
    (EntityKind.HOLD, "renewal_denied"): _SUPERVISOR,
    (EntityKind.HOLD, "found_unrelated"): _OFFICER,
    (EntityKind.HOLD, "unrelated_denied"): _SUPERVISOR,
    (EntityKind.HOLD, "part_asked"): _OFFICER,
    (EntityKind.HOLD, "part_ordered"): _SUPERVISOR,
    (EntityKind.HOLD, "complained"): _OFFICER,
    (EntityKind.HOLD, "complaint_rejected"): _SUPERVISOR,
    (EntityKind.REQUEST, "amended"): _OFFICER,
    (EntityKind.REQUEST, "submitted"): _OFFICER,
    (EntityKind.REQUEST, "approved"): _SUPERVISOR,
    (EntityKind.REQUEST, "denied"): _SUPERVISOR,
    (EntityKind.REQUEST, "sent_by_hand"): _OFFICER,
    (EntityKind.REQUEST, "dispatched"): _OFFICER,
    (EntityKind.REQUEST, "replaced"): _OFFICER,
    (EntityKind.REQUEST, "withdrawn"): _OFFICER,
    (EntityKind.REQUEST, "reminded"): _OFFICER,
    (EntityKind.REQUEST, "told"): _OFFICER,
    (EntityKind.REQUEST, "extended"): _OFFICER,
    (EntityKind.REQUEST, "option_chosen"): _OFFICER,
    (EntityKind.REQUEST, "assurance_asked"): _OFFICER,
    (EntityKind.REQUEST, "assured"): _SUPERVISOR,
    (EntityKind.REQUEST, "assurance_denied"): _SUPERVISOR,
    (EntityKind.REQUEST_RECEIPT, "came"): _OFFICER,
    (EntityKind.REQUEST_RECEIPT, "came_late"): _OFFICER,
    (EntityKind.REQUEST_MESSAGE, "drafted"): _OFFICER,
    (EntityKind.REQUEST_MESSAGE, "dispatched"): _OFFICER,
    (EntityKind.REQUEST_MESSAGE, "approved"): _SUPERVISOR,
    (EntityKind.REQUEST_MESSAGE, "denied"): _SUPERVISOR,
    (EntityKind.REQUEST_MESSAGE, "brought_by_hand"): _OFFICER,
    (EntityKind.ALLOCATION, "notice_published"): _OFFICER,
    (EntityKind.ALLOCATION, "submitted"): _OFFICER,
    (EntityKind.ALLOCATION, "approved"): _SUPERVISOR,
    (EntityKind.ALLOCATION, "denied"): _SUPERVISOR,
    (EntityKind.PAYOUT, "instructed"): _SUPERVISOR,
    (EntityKind.APPROVAL, "asked"): _OFFICER,
    (EntityKind.APPROVAL, "approved"): _SUPERVISOR,
    (EntityKind.APPROVAL, "denied"): _SUPERVISOR,
    (EntityKind.NOTE, "written"): _OFFICER | _SUPERVISOR,
    (EntityKind.CALL, "printed"): _OFFICER,
    (EntityKind.CALL, "received"): _OFFICER,
    (EntityKind.CALL, "dropped"): _OFFICER,
    (EntityKind.CALL, "answer_entered"): _OFFICER,
    (EntityKind.CALL, "answer_returned"): _SUPERVISOR,
    (EntityKind.MULTI_AGENCY_REQUEST, "started"): _OFFICER,
    (EntityKind.MULTI_AGENCY_REQUEST, "confirmed"): _SUPERVISOR,
    (EntityKind.MULTI_AGENCY_REQUEST, "denied"): _SUPERVISOR,
    (EntityKind.TASK, "ordered"): _OFFICER,
    (EntityKind.TASK, "renewal_ordered"): _OFFICER,
    (EntityKind.TASK, "expiry_seen"): _OFFICER,
    (EntityKind.DISCREPANCY, "resolved"): _OFFICER | _SUPERVISOR,
    (EntityKind.OBJECTION, "entered"): _OFFICER,
    (EntityKind.OBJECTION, "upheld"): _SUPERVISOR,
    (EntityKind.OBJECTION, "rejected"): _SUPERVISOR,
    (EntityKind.CLAIM, "decided"): _SUPERVISOR,
    (EntityKind.CLAIM, "classed"): _OFFICER,
    (EntityKind.HOLD, "received"): _OFFICER,
    (EntityKind.HOLD, "receipt_confirmed"): _SUPERVISOR,
    (EntityKind.VOLUNTARY_RETURN, "invited"): _OFFICER,
    (EntityKind.VOLUNTARY_RETURN, "invited_again"): _OFFICER,
    (EntityKind.VOLUNTARY_RETURN, "promised"): _OFFICER,
    (EntityKind.VOLUNTARY_RETURN, "ended"): _OFFICER,
    (EntityKind.INSTALMENT, "promised"): _OFFICER,
    (EntityKind.INSTALMENT, "reminded"): _OFFICER,
    (EntityKind.COMPENSATION, "entered"): _OFFICER,
    (EntityKind.COMPENSATION, "confirmed"): _SUPERVISOR,
    (EntityKind.COMPENSATION, "denied"): _SUPERVISOR,
    (EntityKind.UNCLAIMED_SHARE, "announced"): _OFFICER,
    (EntityKind.UNCLAIMED_SHARE, "claimed"): _OFFICER,
    (EntityKind.UNCLAIMED_SHARE, "transfer_asked"): _OFFICER,
    (EntityKind.UNCLAIMED_SHARE, "refund_entered"): _OFFICER,
    (EntityKind.UNCLAIMED_SHARE, "refund_confirmed"): _SUPERVISOR,
    (EntityKind.UNCLAIMED_SHARE, "refund_denied"): _SUPERVISOR,
    (EntityKind.CLAWBACK, "asked"): _OFFICER,
    (EntityKind.CLAWBACK, "approved"): _SUPERVISOR,
    (EntityKind.CLAWBACK, "denied"): _SUPERVISOR,
    (EntityKind.CLAWBACK, "reminded"): _OFFICER,
    (EntityKind.CLAWBACK, "write_off_asked"): _OFFICER,
    (EntityKind.CLAWBACK, "write_off_confirmed"): _SUPERVISOR,
    (EntityKind.CLAWBACK, "write_off_denied"): _SUPERVISOR,
    (EntityKind.THIRD_PARTY_CLAIM, "filed"): _OFFICER,
    (EntityKind.THIRD_PARTY_CLAIM, "withdrawn"): _OFFICER,
    (EntityKind.THIRD_PARTY_CLAIM, "appealed"): _OFFICER,
    (EntityKind.THIRD_PARTY_CLAIM, "upholding_asked"): _OFFICER,
    (EntityKind.THIRD_PARTY_CLAIM, "rejection_asked"): _OFFICER,
    (EntityKind.THIRD_PARTY_CLAIM, "upheld"): _SUPERVISOR,
    (EntityKind.THIRD_PARTY_CLAIM, "rejected"): _SUPERVISOR,
    (EntityKind.THIRD_PARTY_CLAIM, "decision_denied"): _SUPERVISOR,
    (EntityKind.THIRD_PARTY_CLAIM, "payment_entered"): _OFFICER,
    (EntityKind.THIRD_PARTY_CLAIM, "payment_confirmed"): _SUPERVISOR,
    (EntityKind.THIRD_PARTY_CLAIM, "payment_denied"): _SUPERVISOR,
    (EntityKind.VICTIM_MESSAGE, "sent"): _OFFICER,
    (EntityKind.COURT_LIST, "end_asked"): _OFFICER,
    (EntityKind.COURT_LIST, "end_denied"): _SUPERVISOR,
    (EntityKind.COURT_SHARE, "set_aside_asked"): _OFFICER,
    (EntityKind.COURT_SHARE, "set_aside_denied"): _SUPERVISOR,
    (EntityKind.COURT_LIST, "entered"): _OFFICER,
    (EntityKind.COURT_LIST, "confirmed"): _SUPERVISOR,
    (EntityKind.COURT_LIST, "denied"): _SUPERVISOR,
    (EntityKind.COURT_LIST, "ended"): _SUPERVISOR,
    (EntityKind.COURT_SHARE, "listed"): _OFFICER,
    (EntityKind.COURT_SHARE, "listed_unknown"): _OFFICER,
    (EntityKind.COURT_SHARE, "identity_asked"): _OFFICER,
    (EntityKind.COURT_SHARE, "identity_denied"): _SUPERVISOR,
    (EntityKind.COURT_SHARE, "identified"): _SUPERVISOR,
    (EntityKind.COURT_SHARE, "set_aside"): _SUPERVISOR,
    (EntityKind.RECALL, "asked"): _OFFICER,
    (EntityKind.RECALL, "approved"): _SUPERVISOR,
    (EntityKind.RECALL, "denied"): _SUPERVISOR,
    (EntityKind.RECALL, "sent"): _OFFICER,
    (EntityKind.RECALL, "bank_pending"): _OFFICER,
    (EntityKind.RECALL, "bank_accepted"): _OFFICER,
    (EntityKind.RECALL, "bank_rejected"): _OFFICER,
    (EntityKind.RECALL, "chased"): _OFFICER,
    (EntityKind.RECALL, "ended"): _OFFICER,
    (EntityKind.RECALL_CREDIT, "entered"): _OFFICER,
    (EntityKind.RECALL_CREDIT, "confirmed"): _SUPERVISOR,
    (EntityKind.RECALL_CREDIT, "denied"): _SUPERVISOR,
    (EntityKind.RECALL_CREDIT, "reversal_entered"): _OFFICER,
    (EntityKind.RECALL_CREDIT, "reversal_denied"): _SUPERVISOR,
    (EntityKind.RECALL_CREDIT, "reversed"): _SUPERVISOR,
    (EntityKind.REGISTER_CHANGE, "asked"): _SUPERVISOR,
    (EntityKind.REGISTER_CHANGE, "approved"): _OFFICER | _SUPERVISOR,
    (EntityKind.REGISTER_CHANGE, "denied"): _OFFICER | _SUPERVISOR,
    (EntityKind.LOG_IN, "set"): _OFFICER | _SUPERVISOR,
    (EntityKind.LOG_IN, "password_changed"): _OFFICER | _SUPERVISOR,
    (EntityKind.LOG_IN, "second_factor_set"): _OFFICER | _SUPERVISOR,
    (EntityKind.LOG_IN, "codes_made"): _OFFICER | _SUPERVISOR,
    (EntityKind.LOG_IN, "entered"): _OFFICER | _SUPERVISOR,
    (EntityKind.LOG_IN, "entered_by_code"): _OFFICER | _SUPERVISOR,
    (EntityKind.PARTNER, "agreed"): _OFFICER,
    (EntityKind.PARTNER, "contacts_set"): _OFFICER,
    (EntityKind.PARTNER, "contacts_shown"): _OFFICER | _SUPERVISOR,
    (EntityKind.INCOMING_REQUEST, "registered"): _OFFICER,
    (EntityKind.INCOMING_REQUEST, "acknowledged"): _OFFICER,
    (EntityKind.INCOMING_REQUEST, "taken"): _OFFICER,
    (EntityKind.INCOMING_REQUEST, "answer_asked"): _OFFICER,
    (EntityKind.INCOMING_REQUEST, "refusal_asked"): _OFFICER,
    (EntityKind.INCOMING_REQUEST, "shown"): _SUPERVISOR,
    (EntityKind.INCOMING_REQUEST, "confirmed"): _SUPERVISOR,
    (EntityKind.INCOMING_REQUEST, "denied"): _SUPERVISOR,
    (EntityKind.INCOMING_REQUEST, "written_out"): _OFFICER | _SUPERVISOR,
    (EntityKind.DISCLOSURE, "file_made"): _OFFICER | _SUPERVISOR,
    (EntityKind.DISCLOSURE, "revealed"): _OFFICER | _SUPERVISOR,
    (EntityKind.DISCLOSURE, "text_kept"): _OFFICER | _SUPERVISOR,
}


class NotPermittedError(Exception):
    """This identity may not do this; nothing was written."""


def require(unit: Unit, actor: Actor, move: Transition) -> None:
    """Raise NotPermittedError unless `actor` may make `move`: still here, its role, four eyes."""
    _check_active(unit, actor)
    allowed = DECISIONS.get((move.noun, move.event))
    if allowed is not None and actor.role not in allowed:
        who = " or ".join(sorted(allowed))
        raise NotPermittedError(
            f"{move.noun} {move.event} takes the role {who}; {actor.id} acts as {actor.role}"
        )
    if move.event in _DECIDING.get(move.noun, ()):
        _four_eyes(unit, actor, move)
    if needs_two(unit, move) and not is_agreed(unit, actor, move):
        raise NotPermittedError(
            f"{move.noun} {move.event} of {move.id} takes two people: a supervisor asks for it and "
            "another person confirms it"
        )
    if wrong := signed_for_another(unit, actor, move) or missing_yes(unit, move):
        raise NotPermittedError(wrong)


def _check_active(unit: Unit, actor: Actor) -> None:
    """Who was dismissed does nothing more, though he still holds an open session."""
    if actor.id in unit.active or actor.role is Role.ENGINE:
        return
    if unit.session.execute(_STATE, {"of": actor.id}).scalar() == "dismissed":
        raise NotPermittedError(f"{actor.id} acts no more in this unit: nothing was done")
    unit.active.add(actor.id)


_ASKED = {
    EntityKind.APPROVAL: (_APPROVALS.c.id, _APPROVALS.c.asked_by),
    EntityKind.REGISTER_CHANGE: (_CHANGES.c.id, _CHANGES.c.asked_by),
    EntityKind.OBJECTION: (_OBJECTIONS.c.id, _OBJECTIONS.c.entered_by),
    EntityKind.COMPENSATION: (_COMPENSATIONS.c.id, _COMPENSATIONS.c.entered_by),
    EntityKind.HOLD: (_HOLDS.c.id, _HOLDS.c.drafted_by),
    EntityKind.UNCLAIMED_SHARE: (_UNCLAIMED.c.id, _UNCLAIMED.c.refund_entered_by),
    EntityKind.CLAWBACK: (_CLAWBACKS.c.id, _CLAWBACKS.c.asked_by),
    EntityKind.COURT_LIST: (_COURT_LISTS.c.id, _COURT_LISTS.c.entered_by),
    EntityKind.THIRD_PARTY_CLAIM: (_THIRD_PARTIES.c.id, _THIRD_PARTIES.c.asked_by),
    EntityKind.RECALL: (_RECALLS.c.id, _RECALLS.c.drafted_by),
    EntityKind.RECALL_CREDIT: (_CREDITS.c.id, _CREDITS.c.entered_by),
    EntityKind.INCOMING_REQUEST: (_INCOMING.c.id, _INCOMING.c.answered_by),
}
"""Where the store reads who asked: that person does not decide."""
_REVERSED = (_CREDITS.c.id, _CREDITS.c.reversal_entered_by)
_ASKED_LATER = {
    (EntityKind.RECALL_CREDIT, "reversed"): _REVERSED,
    (EntityKind.RECALL_CREDIT, "reversal_denied"): _REVERSED,
}
"""The same for what is asked of a row that was decided before."""
_DECIDING: Mapping[EntityKind, tuple[str, ...]] = {
    EntityKind.APPROVAL: ("approved", "denied"),
    EntityKind.REGISTER_CHANGE: ("approved", "denied"),
    EntityKind.OBJECTION: ("upheld", "rejected"),
    EntityKind.COMPENSATION: ("confirmed", "denied"),
    EntityKind.HOLD: ("receipt_confirmed",),
    EntityKind.UNCLAIMED_SHARE: ("refund_confirmed", "refund_denied"),
    EntityKind.CLAWBACK: ("approved", "denied", "write_off_confirmed", "write_off_denied"),
    EntityKind.COURT_LIST: ("confirmed", "denied"),
    EntityKind.THIRD_PARTY_CLAIM: (
        "upheld",
        "rejected",
        "decision_denied",
        "payment_confirmed",
        "payment_denied",
    ),
    EntityKind.RECALL: ("approved", "denied"),
    EntityKind.RECALL_CREDIT: ("confirmed", "denied", "reversed", "reversal_denied"),
    EntityKind.INCOMING_REQUEST: ("confirmed", "denied"),
}


def _four_eyes(unit: Unit, actor: Actor, move: Transition) -> None:
    query = reading(*_ASKED_LATER.get((move.noun, move.event), _ASKED[move.noun]))
    if unit.session.execute(query, {"of": move.id}).scalar() == actor.id:
        raise NotPermittedError(
            f"{actor.id} asked for {move.noun.replace('_', ' ')} {move.id} and cannot decide it: "
            "a second person has to"
        )
