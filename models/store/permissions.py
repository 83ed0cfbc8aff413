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
from models.language.phrase import as_phrase, phrase
from models.outcome import Transition
from models.prepared import reading
from models.rights.decisions import DECISIONS
from models.store.register_guard import is_agreed, needs_two
from models.store.restricted import not_seen
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


class NotPermittedError(Exception):
    """This identity may not do this; nothing was written."""


def require(unit: Unit, actor: Actor, move: Transition, recovery_id: str = "") -> None:
    """Raise NotPermittedError unless `actor` may make `move`: still here, role, four eyes."""
    _check_active(unit, actor)
    allowed = DECISIONS.get((move.noun, move.event))
    if allowed is not None and actor.role not in allowed:
        who = " or ".join(sorted(allowed))
        raise NotPermittedError(
            phrase(
                "{noun} {event} takes the role {who}; {actor_id} acts as {role}",
                noun=move.noun,
                event=move.event,
                who=who,
                actor_id=actor.id,
                role=actor.role,
            )
        )
    if move.event in _DECIDING.get(move.noun, ()):
        _four_eyes(unit, actor, move)
    if needs_two(unit, move) and not is_agreed(unit, actor, move):
        raise NotPermittedError(phrase(
            "{noun} {event} of {move_id} takes two people: a supervisor asks for it and another "
            "person confirms it",
            noun=move.noun, event=move.event, move_id=move.id,
        ))  # fmt: skip
    wrong = "" if allowed is None else not_seen(unit, actor, move, recovery_id)
    if wrong := wrong or signed_for_another(unit, actor, move) or missing_yes(unit, move):
        raise NotPermittedError(wrong)


def _check_active(unit: Unit, actor: Actor) -> None:
    """Who was dismissed does nothing more, though he still holds an open session."""
    if actor.id in unit.active or actor.role is Role.ENGINE:
        return
    if unit.session.execute(_STATE, {"of": actor.id}).scalar() == "dismissed":
        raise NotPermittedError(
            phrase("{actor_id} acts no more in this unit: nothing was done", actor_id=actor.id)
        )
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
        raise NotPermittedError(phrase(
            "{actor_id} asked for {noun} {move_id} and cannot decide it: a second person has "
            "to",
            actor_id=actor.id, noun=as_phrase(move.noun.replace("_", " ")), move_id=move.id,
        ))  # fmt: skip
