"""Who sees a recovery: what two people agreed on becomes a restriction, its members, its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.recovery import Restriction, RestrictionMember, RestrictionState
from models.entities.register_change import RegisterAct
from models.ids import canonical, derive_id
from models.language.phrase import phrase
from models.outcome import Outcome, Transition, Values
from models.rights.hidden import hidden_from
from models.sealing.sealed_place import SealedPlace
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import Actor, Unit


class Confirmed(Protocol):
    """A change of who sees a recovery to which a second person has said yes."""

    @property
    def id(self) -> str:
        """The id of the change."""

    @property
    def act(self) -> RegisterAct:
        """What was asked for."""

    @property
    def subject_id(self) -> str:
        """The id of the recovery."""

    @property
    def asked_by(self) -> str:
        """Who asked for it."""


_R, _M = table_of(Restriction), table_of(RestrictionMember)
_ACTIVE = RestrictionState.ACTIVE
_OF: sa.BindParameter[str] = sa.bindparam("of", type_=sa.String())
_NOW = sa.select(_R).where(_R.c.recovery_id == _OF, _R.c.state == _ACTIVE)
_MEMBERS = (
    sa.select(_M.c.id, _M.c.officer_id)
    .where(_M.c.restriction_id == _OF, _M.c.state == _ACTIVE)
    .order_by(_M.c.officer_id)
)


def reason_place(restriction_id: str) -> SealedPlace:
    """Where the reason of a restriction is kept."""
    return SealedPlace("restriction", restriction_id, "reason_sealed")


def restriction_of(session: Session, recovery_id: str) -> Any:  # noqa: ANN401 - a row or None
    """The restriction that a recovery is under; None where everybody sees it."""
    return session.execute(_NOW, {"of": recovery_id}).first()


def members_of(session: Session, restriction_id: str) -> dict[str, str]:
    """The officers who are named in a restriction, each with the id of the member's row."""
    found = session.execute(_MEMBERS, {"of": restriction_id})
    return {row.officer_id: row.id for row in found}


def restriction_basis(unit: Unit, recovery_id: str) -> str:
    """Keyed digest of who sees a recovery now; "" where everybody does."""
    row = restriction_of(unit.session, recovery_id)
    if row is None:
        return ""
    body = [row.id, *members_of(unit.session, row.id)]
    return unit.vault.fingerprint(canonical(body).decode())


def restrict(
    unit: Unit,
    actor: Actor,
    now: datetime,
    change: Confirmed,
    values: Mapping[str, Any],
) -> None:
    """Carry out a confirmed `change` of who sees a recovery; each row is an event in its chain."""
    if change.subject_id in hidden_from(unit.session, actor.id):
        raise NotPermittedError(
            phrase(
                "{actor_id} does not see that recovery: who sees it confirms this",
                actor_id=actor.id,
            )
        )
    unit.session.write_waiting()  # the database asks for the yes that was just recorded
    for move in _moves(unit, actor, now, change, values):
        unit.confirmed = move
        record(unit, actor, now, change.subject_id, Outcome((move,)))
        unit.confirmed = None


def _moves(
    unit: Unit,
    actor: Actor,
    now: datetime,
    change: Confirmed,
    values: Mapping[str, Any],
) -> Iterator[Transition]:
    named = [name for name in str(values.get("members", "")).split(",") if name]
    if change.act is RegisterAct.RESTRICT:
        restriction_id = derive_id("restriction", change.subject_id, change.id)
        sealed = unit.vault.seal(str(values["reason"]), reason_place(restriction_id))
        yield Transition(
            EntityKind.RESTRICTION, restriction_id, "begun", None,
            {
                "reason_sealed": sealed, "asked_by": change.asked_by, "confirmed_by": actor.id,
                "since": now, "begun_by": change.id,
            },
        )  # fmt: skip
        unit.session.write_waiting()
        yield from _added(restriction_id, change.id, named)
        return
    there = restriction_of(unit.session, change.subject_id)
    if change.act is RegisterAct.ADD_MEMBER:
        yield from _added(there.id, change.id, named)
    elif change.act is RegisterAct.REMOVE_MEMBER:
        rows, removed = members_of(unit.session, there.id), {"removed_by": change.id}
        for name in named:
            yield Transition(EntityKind.RESTRICTION_MEMBER, rows[name], "removed", _ACTIVE, removed)
    else:
        ended: Values = {"ended_by": change.id, "ended_at": now}
        yield Transition(EntityKind.RESTRICTION, there.id, "lifted", _ACTIVE, ended)


def _added(restriction_id: str, change_id: str, named: list[str]) -> Iterator[Transition]:
    for name in named:
        member_id = derive_id("member", restriction_id, name, change_id)
        values = {"restriction_id": restriction_id, "officer_id": name, "added_by": change_id}
        yield Transition(EntityKind.RESTRICTION_MEMBER, member_id, "added", None, values)
