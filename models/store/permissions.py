"""Who may make which move. The store asks before it writes; the engine may never decide."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.officer import Approval, RegisterChange
from models.entities.states import Noun, Role
from models.entities.tables import table_of
from models.outcome import Move
from models.prepared import reading
from models.store.register_guard import is_agreed, needs_two
from models.store.unit import Actor, Unit

_APPROVALS, _CHANGES = table_of(Approval), table_of(RegisterChange)
_OFFICER, _SUPERVISOR, _ENGINE = {Role.OFFICER}, {Role.SUPERVISOR}, {Role.ENGINE}

# Moves that are a person's decision. What is not named here is bookkeeping that anybody's act or
# the engine may entail.
DECISIONS: Mapping[tuple[Noun, str], set[Role]] = {
    (Noun.RECOVERY, "accepted"): _OFFICER,
    (Noun.RECOVERY, "rejected"): _OFFICER,
    (Noun.RECOVERY, "joined"): _OFFICER,
    (Noun.RECOVERY, "closed_returned"): _SUPERVISOR,
    (Noun.RECOVERY, "closed_partial"): _SUPERVISOR,
    (Noun.RECOVERY, "closed_no_recovery"): _SUPERVISOR,
    (Noun.RECOVERY, "rule_asked"): _OFFICER,
    (Noun.RECOVERY, "rule_changed"): _SUPERVISOR,
    (Noun.RECOVERY, "rule_denied"): _SUPERVISOR,
    (Noun.CLAIM, "verified"): _OFFICER,
    (Noun.CLAIM, "payee_asked"): _OFFICER,
    (Noun.CLAIM, "payee_changed"): _SUPERVISOR,
    (Noun.CLAIM, "payee_denied"): _SUPERVISOR,
    (Noun.ASSET, "split"): _OFFICER,
    (Noun.CLAIM, "rejected"): _OFFICER,
    (Noun.HOLD, "ordered_first"): _OFFICER,
    (Noun.HOLD, "submitted"): _OFFICER,
    (Noun.HOLD, "amended"): _OFFICER,
    (Noun.HOLD, "approved"): _SUPERVISOR,
    (Noun.HOLD, "denied"): _SUPERVISOR,
    (Noun.HOLD, "ordered_by_request"): _SUPERVISOR,
    (Noun.HOLD, "confirmed"): _SUPERVISOR,
    (Noun.HOLD, "volunteered"): _OFFICER,
    (Noun.HOLD, "court_order_entered"): _OFFICER,
    (Noun.HOLD, "lapse_seen"): _OFFICER,
    (Noun.HOLD, "refusal_seen"): _OFFICER,
    (Noun.HOLD, "renewal_submitted"): _OFFICER,
    (Noun.HOLD, "renewal_ordered"): _SUPERVISOR,
    (Noun.HOLD, "renewal_denied"): _SUPERVISOR,
    (Noun.HOLD, "found_unrelated"): _OFFICER,
    (Noun.HOLD, "unrelated_denied"): _SUPERVISOR,
    (Noun.HOLD, "part_asked"): _OFFICER,
    (Noun.HOLD, "part_ordered"): _SUPERVISOR,
    (Noun.HOLD, "complained"): _OFFICER,
    (Noun.HOLD, "complaint_rejected"): _SUPERVISOR,
    (Noun.REQUEST, "amended"): _OFFICER,
    (Noun.REQUEST, "submitted"): _OFFICER,
    (Noun.REQUEST, "approved"): _SUPERVISOR,
    (Noun.REQUEST, "denied"): _SUPERVISOR,
    (Noun.ALLOCATION, "notice_published"): _OFFICER,
    (Noun.ALLOCATION, "submitted"): _OFFICER,
    (Noun.ALLOCATION, "approved"): _SUPERVISOR,
    (Noun.ALLOCATION, "denied"): _SUPERVISOR,
    (Noun.PAYOUT, "instructed"): _SUPERVISOR,
    (Noun.APPROVAL, "asked"): _OFFICER,
    (Noun.APPROVAL, "approved"): _SUPERVISOR,
    (Noun.APPROVAL, "denied"): _SUPERVISOR,
    (Noun.NOTE, "written"): _OFFICER | _SUPERVISOR,
    (Noun.CALL, "printed"): _OFFICER,
    (Noun.CALL, "received"): _OFFICER,
    (Noun.CALL, "dropped"): _OFFICER,
    (Noun.CALL, "answer_entered"): _OFFICER,
    (Noun.CALL, "answer_returned"): _SUPERVISOR,
    (Noun.LINKAGE, "started"): _OFFICER,
    (Noun.LINKAGE, "confirmed"): _SUPERVISOR,
    (Noun.LINKAGE, "denied"): _SUPERVISOR,
    (Noun.TASK, "ordered"): _OFFICER,
    (Noun.TASK, "renewal_ordered"): _OFFICER,
    (Noun.TASK, "expiry_seen"): _OFFICER,
    (Noun.DISCREPANCY, "resolved"): _OFFICER | _SUPERVISOR,
    (Noun.REGISTER_CHANGE, "asked"): _SUPERVISOR,
    (Noun.REGISTER_CHANGE, "approved"): _OFFICER | _SUPERVISOR,
    (Noun.REGISTER_CHANGE, "denied"): _OFFICER | _SUPERVISOR,
    (Noun.PARTNER, "agreed"): _OFFICER,
    (Noun.PARTNER, "contacts_set"): _OFFICER,
    (Noun.PARTNER, "contacts_shown"): _OFFICER | _SUPERVISOR,
}


class NotPermittedError(Exception):
    """This identity may not do this; nothing was written."""


def require(unit: Unit, actor: Actor, move: Move) -> None:
    """Raise NotPermittedError unless `actor` may make `move`: its role, and four eyes."""
    allowed = DECISIONS.get((move.noun, move.event))
    if allowed is not None and actor.role not in allowed:
        who = " or ".join(sorted(allowed))
        raise NotPermittedError(
            f"{move.noun} {move.event} takes the role {who}; {actor.id} acts as {actor.role}"
        )
    if move.noun in _ASKED and move.event in ("approved", "denied"):
        _four_eyes(unit, actor, move)
    if needs_two(unit, move) and not is_agreed(unit, actor, move):
        raise NotPermittedError(
            f"{move.noun} {move.event} of {move.id} takes two people: a supervisor asks for it and "
            "another person confirms it"
        )


_ASKED = {Noun.APPROVAL: _APPROVALS, Noun.REGISTER_CHANGE: _CHANGES}


def _four_eyes(unit: Unit, actor: Actor, move: Move) -> None:
    table = _ASKED[move.noun]
    query = reading(table.c.id, table.c.asked_by)
    if unit.session.execute(query, {"of": move.id}).scalar() == actor.id:
        raise NotPermittedError(
            f"{actor.id} asked for {move.noun.replace('_', ' ')} {move.id} and cannot decide it: "
            "a second person has to"
        )
