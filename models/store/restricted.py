"""A restricted recovery is decided about by those who see it, and given to one of them."""

from __future__ import annotations

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.language.phrase import phrase
from models.outcome import Transition
from models.rights.hidden import hidden_from
from models.store.unit import Actor, Unit


def not_seen(unit: Unit, actor: Actor, move: Transition, recovery_id: str) -> str:
    """Why a decision about a recovery is refused to whoever does not see it; "" where it is not.

    Whoever becomes its case officer sees it from then on, so that takes a member.
    """
    if unit.confirmed is move or actor.role is Role.ENGINE or not recovery_id:
        return ""
    if recovery_id in _hidden(unit, actor.id):
        return phrase(
            "{id} does not see this recovery, which is restricted: nothing was done", id=actor.id
        )
    new = str(move.values.get("owner_id") or "")
    if move.noun is EntityKind.RECOVERY and new and recovery_id in _hidden(unit, new):
        return phrase(
            "this recovery is restricted, and {new} does not see it: a supervisor asks first for "
            "`recovery restrict REF --add`",
            new=new,
        )
    return ""


def _hidden(unit: Unit, officer_id: str) -> frozenset[str]:
    """What is hidden from somebody, asked once in a transaction."""
    if officer_id not in unit.hidden:
        unit.hidden[officer_id] = hidden_from(unit.session, officer_id)
    return unit.hidden[officer_id]
