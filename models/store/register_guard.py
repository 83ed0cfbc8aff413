"""Changes of officers and partners take the agreement of two people.

While an installation is set up, before anybody has acted in it, the program itself enters the first
officers and, in demos and tests, the partners.
"""

from __future__ import annotations

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.installation import Installation, InstallationKind
from models.entities.officer import Role
from models.entities.partner import Partner, PartnerChannel
from models.outcome import Transition
from models.store.unit import EVENTS, Actor, Unit

_INSTALLATIONS, _PARTNERS = table_of(Installation), table_of(Partner)
# Of a partner an officer enters alone what changes neither where an order goes nor under which law.
OPEN_OF_PARTNER = frozenset(
    {"codes", "agreement", "agreed_minutes", "contacts_sealed", "reveal_sealed", "disagreement"}
)
_WHOLLY = frozenset({
    EntityKind.OFFICER, EntityKind.AUTHORITY, EntityKind.RESTRICTION,
    EntityKind.RESTRICTION_MEMBER,
})  # fmt: skip
"""Of these every change takes two people."""


def needs_two(unit: Unit, move: Transition) -> bool:
    """Whether this change of a register needs a second person's confirmation.

    So do the contacts of a partner that is reached by letter: they are the address of its letters.
    """
    if move.noun in _WHOLLY:
        return True
    if move.noun is EntityKind.LOG_IN:
        return move.event == "reset"
    if move.noun is not EntityKind.PARTNER:
        return False
    is_guarded = bool(set(move.values) - OPEN_OF_PARTNER)
    return is_guarded or ("contacts_sealed" in move.values and is_by_letter(unit, move.id))


def is_by_letter(unit: Unit, partner_id: str) -> bool:
    """Whether a partner is reached by letter, so that its contacts are its address."""
    query = sa.select(_PARTNERS.c.channel).where(_PARTNERS.c.id == partner_id)
    return unit.session.execute(query).scalar() is PartnerChannel.LETTER


def is_agreed(unit: Unit, actor: Actor, move: Transition) -> bool:
    """Whether the change was confirmed in this transaction, or the installation is being set up."""
    return unit.confirmed is move or (actor.role is Role.ENGINE and _is_being_made(unit))


def _is_being_made(unit: Unit) -> bool:
    person = sa.select(EVENTS.c.seq).where(EVENTS.c.role != Role.ENGINE).limit(1)
    if unit.session.execute(person).first() is None:
        return True
    kind = unit.session.execute(sa.select(_INSTALLATIONS.c.state)).scalar()
    return kind is InstallationKind.DEMO
