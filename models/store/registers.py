"""Changes of the registers: a supervisor asks, a second person confirms, only then they count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models.entities.approval import ApprovalState
from models.entities.catalogue import BY_NOUN, table_of
from models.entities.event import EntityKind
from models.entities.register_change import RESTRICTION_ACTS, RegisterAct, RegisterChange
from models.ids import canonical, derive_id
from models.language.phrase import phrase
from models.outcome import Outcome, Scalar, Transition, Values, spelled
from models.raw import plain
from models.sealing.sealed_place import SealedPlace
from models.sealing.seals import UNCOVERED
from models.store.record import record
from models.store.register_guard import OPEN_OF_PARTNER
from models.store.restrictions import restrict, restriction_basis
from models.store.unit import Actor, Unit

CHANGE = "change"
_CHANGES = table_of(RegisterChange)
_NOUN = {
    RegisterAct.APPOINT_OFFICER: EntityKind.OFFICER,
    RegisterAct.DISMISS_OFFICER: EntityKind.OFFICER,
    RegisterAct.REGISTER_PARTNER: EntityKind.PARTNER,
    RegisterAct.CHANGE_PARTNER: EntityKind.PARTNER,
    RegisterAct.ENTER_AUTHORITY: EntityKind.AUTHORITY,
    RegisterAct.CHANGE_AUTHORITY: EntityKind.AUTHORITY,
    RegisterAct.RESET_LOG_IN: EntityKind.LOG_IN,
}
_EVENT = {
    RegisterAct.APPOINT_OFFICER: "appointed",
    RegisterAct.DISMISS_OFFICER: "dismissed",
    RegisterAct.REGISTER_PARTNER: "registered",
    RegisterAct.CHANGE_PARTNER: "updated",
    RegisterAct.ENTER_AUTHORITY: "entered",
    RegisterAct.CHANGE_AUTHORITY: "updated",
    RegisterAct.RESET_LOG_IN: "reset",
}

_OF_NEW_ROWS = frozenset({"appointed", "registered", "entered"})


class ChangeVoidError(Exception):
    """A change that cannot be confirmed: decided before, or made for a row that is another now."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A change that was confirmed or denied."""

    act: RegisterAct
    subject_id: str
    asked_by: str


def place_of(change_id: str) -> SealedPlace:
    """Where the values of a change are kept."""
    return SealedPlace("register_change", change_id, "values_sealed")


def ask_change(
    unit: Unit, actor: Actor, now: datetime, act: RegisterAct, subject_id: str, values: Values
) -> str:
    """Ask a second person to confirm a new row, or new values of one; return the change's id."""
    text = canonical({name: spelled(value) for name, value in values.items()}).decode()
    change_id = derive_id(CHANGE, act, subject_id, unit.seq + 1)
    move = Transition(
        EntityKind.REGISTER_CHANGE, change_id, "asked", None,
        {
            "act": act,
            "subject_id": subject_id,
            "values_sealed": unit.vault.seal(text, place_of(change_id)),
            "values_digest": unit.vault.fingerprint(text),
            "basis_digest": _basis(unit, act, subject_id),
            "asked_by": actor.id,
            "asked_at": now,
        },
    )  # fmt: skip
    record(unit, actor, now, "", Outcome((move,)))
    return change_id


def confirm_change(unit: Unit, actor: Actor, now: datetime, change_id: str) -> Decided:
    """Let a change count; ChangeVoidError where its row is another than when it was asked for."""
    row = _pending(unit, change_id)
    text = unit.vault.open(row.values_sealed, place_of(change_id))
    if unit.vault.fingerprint(text) != row.values_digest:
        raise ChangeVoidError(
            phrase(
                "{change_id} is not what was asked: `recovery audit verify`", change_id=change_id
            )
        )
    if _basis(unit, row.act, row.subject_id) != row.basis_digest:
        raise ChangeVoidError(
            phrase(
                "{subject_id} has changed since {change_id} was asked for: deny it and ask again",
                subject_id=row.subject_id,
                change_id=change_id,
            )
        )
    _decide(unit, actor, now, change_id, "approved")
    values: dict[str, Scalar] = json.loads(text)
    if row.act in RESTRICTION_ACTS:
        restrict(unit, actor, now, row, values)
        return Decided(row.act, row.subject_id, row.asked_by)
    noun, event = _NOUN[row.act], _EVENT[row.act]
    state = None if event in _OF_NEW_ROWS else "active"
    unit.confirmed = Transition(noun, row.subject_id, event, state, values)
    record(unit, actor, now, "", Outcome((unit.confirmed,)))
    unit.confirmed = None
    return Decided(row.act, row.subject_id, row.asked_by)


def deny_change(unit: Unit, actor: Actor, now: datetime, change_id: str, reason: str) -> Decided:
    """Say no to a change, for a reason that is kept sealed; nothing of it counts."""
    row = _pending(unit, change_id)
    place = SealedPlace("register_change", change_id, "reason_sealed")
    _decide(unit, actor, now, change_id, "denied", unit.vault.seal(reason, place))
    return Decided(row.act, row.subject_id, row.asked_by)


def _pending(unit: Unit, change_id: str) -> sa.Row[tuple[object, ...]]:
    query = sa.select(_CHANGES).where(_CHANGES.c.id == change_id)
    row: sa.Row[tuple[object, ...]] | None = unit.session.execute(query).first()
    if row is None:
        raise ChangeVoidError(
            phrase(
                "there is no change {change_id}: `recovery approve` lists them", change_id=change_id
            )
        )
    if row.state is not ApprovalState.PENDING:
        raise ChangeVoidError(
            phrase("{change_id} is {row_state} already", change_id=change_id, row_state=row.state)
        )
    return row


def _decide(
    unit: Unit, actor: Actor, now: datetime, change_id: str, event: str, reason_sealed: str = ""
) -> None:
    values: Values = {
        "decided_by": actor.id, "decided_at": now, "reason_sealed": reason_sealed,
    }  # fmt: skip
    move = Transition(EntityKind.REGISTER_CHANGE, change_id, event, ApprovalState.PENDING, values)
    record(unit, actor, now, "", Outcome((move,)))


def _basis(unit: Unit, act: RegisterAct, subject_id: str) -> str:
    """Keyed digest of what the register holds of the subject now; "" for nothing."""
    if act in RESTRICTION_ACTS:
        return restriction_basis(unit, subject_id)
    table = BY_NOUN[_NOUN[act]]
    row = unit.session.execute(sa.select(table).where(table.c.id == subject_id)).mappings().first()
    if row is None:
        return ""
    if act is RegisterAct.RESET_LOG_IN:  # it may be used, and tried, until it is confirmed
        return unit.vault.fingerprint(canonical({"state": row["state"]}).decode())
    return unit.vault.fingerprint(canonical(guarded(row)).decode())


def guarded(row: Mapping[Any, Any]) -> dict[str, Scalar]:
    """Those columns of a partner or an officer that two people have to agree on."""
    left_out = OPEN_OF_PARTNER | UNCOVERED[EntityKind.PARTNER]
    return {name: plain(value) for name, value in row.items() if name not in left_out}
