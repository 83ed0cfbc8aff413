"""Restricted recoveries: who sees them, on whose word; how many somebody does not see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.officer import Officer, Role
from models.entities.recovery import Recovery, Restriction, RestrictionMember, RestrictionState
from models.rights.sessions import hidden_now, of_all, who_to_ask
from models.sealing.vault import Vault
from models.store.restrictions import members_of, reason_place, restriction_of

_R, _M, _RECOVERIES = table_of(Restriction), table_of(RestrictionMember), table_of(Recovery)
_OFFICERS, _ACTIVE = table_of(Officer), RestrictionState.ACTIVE


@dataclass(frozen=True, slots=True)
class RestrictionView:
    """Who sees a restricted recovery: members, case officer, who asked and who confirmed."""

    recovery_id: str
    ref: str
    members: tuple[str, ...]
    owner: str
    asked_by: str
    confirmed_by: str
    since: datetime
    reason: str = field(default="", repr=False)

    @property
    def people(self) -> frozenset[str]:
        """All who see it."""
        return frozenset({*self.members, self.owner, self.asked_by, self.confirmed_by} - {""})


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many restricted recoveries somebody does not see, and whom to ask about them."""

    count: int = 0
    ask: tuple[str, ...] = ()


def restrictions(
    session: Session, vault: Vault, hidden: frozenset[str] = frozenset()
) -> tuple[RestrictionView, ...]:
    """The restrictions in force, the oldest first, but those of what is `hidden`."""
    query = (
        sa.select(_R, _RECOVERIES.c.ref, _RECOVERIES.c.owner_id)
        .join(_RECOVERIES, _RECOVERIES.c.id == _R.c.recovery_id)
        .where(_R.c.state == _ACTIVE)
        .order_by(_R.c.since, _R.c.id)
    )
    rows = [row for row in session.execute(query) if row.recovery_id not in hidden]
    return tuple(
        RestrictionView(
            row.recovery_id, row.ref, tuple(members_of(session, row.id)), row.owner_id,
            row.asked_by, row.confirmed_by, row.since,
            vault.open(row.reason_sealed, reason_place(row.id)),
        )
        for row in rows
    )  # fmt: skip


def view_of(session: Session, vault: Vault, recovery_id: str) -> RestrictionView | None:
    """Who sees one recovery; None where everybody does."""
    if restriction_of(session, recovery_id) is None:
        return None
    return next(r for r in restrictions(session, vault) if r.recovery_id == recovery_id)


def saw_it(session: Session, recovery_id: str) -> frozenset[str]:
    """Who saw a recovery when its last restriction was lifted; nobody of one that had none.

    Its case officer was one of them: it was assigned to nobody else.
    """
    row = session.execute(_LAST, {"of": recovery_id}).first()
    if row is None:
        return frozenset()
    return frozenset({*members_of(session, row.id), row.asked_by, row.confirmed_by})


def unseen(session: Session) -> Unseen:
    """What of the unit is left out of what this session shows."""
    ask = who_to_ask(session, hidden_now(session))
    rows = of_all(session, _RESTRICTED, {"ids": sorted(ask)}).all() if ask else []
    return Unseen(len(rows), tuple(sorted(set(ask.values()))))


_LAST = (
    sa.select(_R.c.id, _R.c.asked_by, _R.c.confirmed_by)
    .where(_R.c.recovery_id == sa.bindparam("of", type_=_R.c.recovery_id.type))
    .order_by(_R.c.since.desc(), _R.c.ended_at.desc())
    .limit(1)
)
# What was merged into a restricted one is no recovery of its own any more.
_RESTRICTED = sa.select(_R.c.recovery_id).where(
    _R.c.state == _ACTIVE, _R.c.recovery_id.in_(sa.bindparam("ids", expanding=True))
)


def too_few(session: Session, people: frozenset[str]) -> bool:
    """Whether fewer than two of these are still here, or no supervisor: nobody could lift it."""
    query = sa.select(_OFFICERS.c.roles).where(
        _OFFICERS.c.id.in_(sorted(people)), _OFFICERS.c.state == "active"
    )
    roles = list(session.execute(query).scalars())
    return len(roles) < _PEOPLE_MIN or not any(Role.SUPERVISOR in r.split(",") for r in roles)


_PEOPLE_MIN = 2
