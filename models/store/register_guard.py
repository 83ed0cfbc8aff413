"""Who may act and whom the unit talks to change only by what two people agreed on.

While an installation is being made, before anybody has acted in it, the program itself enters the
first officers and, in demos and tests, the partners.
"""

from __future__ import annotations

import sqlalchemy as sa

from models.outcome import Move
from models.register_states import InstallationKind
from models.runtime import Installation
from models.states import Noun, Role
from models.store.unit import EVENTS, Actor, Unit
from models.tables import table_of

_INSTALLATIONS = table_of(Installation)
# Of a partner an officer enters alone what changes neither where an order goes nor under which law.
OPEN_OF_PARTNER = frozenset(
    {"codes", "agreement", "agreed_minutes", "contacts_sealed", "reveal_sealed", "disagreement"}
)


def needs_two(move: Move) -> bool:
    """Whether this move of a register counts only after a second person has confirmed it."""
    if move.noun is Noun.OFFICER:
        return True
    return move.noun is Noun.PARTNER and bool(set(move.values) - OPEN_OF_PARTNER)


def is_agreed(unit: Unit, actor: Actor, move: Move) -> bool:
    """Whether the move was confirmed in this transaction, or the installation is being made."""
    return unit.confirmed is move or (actor.role is Role.ENGINE and _is_being_made(unit))


def _is_being_made(unit: Unit) -> bool:
    person = sa.select(EVENTS.c.seq).where(EVENTS.c.role != Role.ENGINE).limit(1)
    if unit.session.execute(person).first() is None:
        return True
    kind = unit.session.execute(sa.select(_INSTALLATIONS.c.state)).scalar()
    return kind is InstallationKind.DEMO
