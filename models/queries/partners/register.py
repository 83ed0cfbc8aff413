"""Reads the partner register: partners, times of orders, open calls, who saw contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import OPEN_CALLS, Call, CallKind, CallState
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import Hold, HoldKind, HoldState
from models.entities.multi_agency import Task, TaskState
from models.entities.partner import Partner, PartnerChannel, PartnerKind
from models.entities.payout import Payout, PayoutState
from models.entities.recovery import Recovery
from models.rights.sessions import is_picture
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_PARTNERS, _C, _E = table_of(Partner), table_of(Call).c, table_of(Event).c
_H, _Y, _R = table_of(Hold).c, table_of(Payout).c, table_of(Recovery).c
_T = table_of(Task).c


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as it is registered, without its contacts and credentials.

    `last_answer_at` and `breaker_until` are transport time, the other instants case time.
    """

    id: str
    name: str
    kind: PartnerKind
    regime: str
    currency: str
    channel: PartnerChannel
    home: bool
    base_url: str
    client_id: str
    agreement: str
    agreed_minutes: int
    disagreement: str
    reconciled_to: datetime | None
    feed_reached_at: datetime | None
    feed_due_at: datetime | None
    feed_interval_seconds: int
    last_answer_at: datetime | None
    last_error: str
    last_trouble: str
    breaker_failures: int
    breaker_until: datetime | None


@dataclass(frozen=True, slots=True)
class SentHold:
    """A hold that was sent to a partner, with the instants that give its answer time."""

    partner_id: str
    ref: str
    kind: HoldKind
    is_request: bool
    state: HoldState
    sent_at: datetime
    acted_at: datetime | None
    bank_said_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentPayout:
    """A payout that was sent to a partner, with the instants that give its answer time."""

    partner_id: str
    ref: str
    state: PayoutState
    sent_at: datetime
    settled_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentTask:
    """A task of a multi-agency request that was sent to a partner."""

    partner_id: str
    ref: str
    state: TaskState
    sent_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenCalls:
    """The number of open calls to a partner; of the oldest its kind and recovery."""

    partner_id: str
    count: int
    oldest_at: datetime
    oldest_kind: CallKind
    oldest_ref: str


@dataclass(frozen=True, slots=True)
class Showing:
    """How often a partner's contacts were revealed, when last and to whom."""

    partner_id: str
    count: int
    last_by: str
    last_at: datetime


def partner_rows(session: Session) -> list[PartnerRow]:
    """Every partner, by id; a sum of all recoveries that differs only to who sees them all."""
    names = tuple(f.name for f in fields(PartnerRow))
    query = sa.select(*(_PARTNERS.c[name] for name in names)).order_by(_PARTNERS.c.id)
    rows = [PartnerRow(*row) for row in session.execute(query)]
    if not is_picture(session):
        return rows
    return [replace(row, disagreement=_OF_ALL if row.disagreement else "") for row in rows]


_OF_ALL = "the sums are of all recoveries, and some are restricted: `recovery restrict`"


def opened_contacts(session: Session, vault: Vault) -> dict[str, str]:
    """Every partner's contacts as decrypted JSON, to be masked unless they are revealed."""
    query = sa.select(_PARTNERS.c.id, _PARTNERS.c.contacts_sealed)
    return {
        row.id: vault.open(row.contacts_sealed, SealedPlace("partner", row.id, "contacts_sealed"))
        for row in session.execute(query)
    }


def _sent_holds() -> sa.Select[Any]:
    refused = sa.case((_C.state == CallState.REFUSED, _C.answered_at))
    return (
        sa.select(
            _C.partner_id, _R.ref, _H.kind, _H.request_id != "", _H.state,
            sa.func.min(_C.sent_at), _H.acted_at, _H.bank_said_at, sa.func.max(refused),
        )
        .join(table_of(Hold), _H.id == _C.subject_id)
        .join(table_of(Recovery), _R.id == _H.recovery_id)
        .where(
            _C.kind.in_((CallKind.HOLD, CallKind.REQUEST)), _C.sent_at.is_not(None),
            _H.kind != HoldKind.QUEUE,
        )
        .group_by(_C.partner_id, _H.id, _R.id)
    )  # fmt: skip


def _sent_payouts() -> sa.Select[Any]:
    refusal = _E.noun == EntityKind.PAYOUT, _E.event == "refused", _E.subject_id == _Y.id
    return (
        sa.select(
            _C.partner_id, _R.ref, _Y.state, sa.func.min(_C.sent_at), _Y.settled_at,
            sa.func.max(_E.at),
        )
        .join(table_of(Payout), _Y.id == _C.subject_id)
        .join(table_of(Recovery), _R.id == _Y.recovery_id)
        # By the recovery, whose events are found through an index.
        .outerjoin(table_of(Event), sa.and_(_E.recovery_id == _Y.recovery_id,
                                            _Y.state == PayoutState.REFUSED, *refusal))
        .where(_C.kind == CallKind.PAYOUT, _C.sent_at.is_not(None))
        .group_by(_C.partner_id, _Y.id, _R.id)
    )  # fmt: skip


def _sent_tasks() -> sa.Select[Any]:
    return (
        sa.select(_C.partner_id, _R.ref, _T.state, sa.func.min(_C.sent_at), _T.answered_at)
        .join(table_of(Task), _T.id == _C.subject_id)
        .join(table_of(Recovery), _R.id == _T.recovery_id)
        .where(_C.kind == CallKind.TASK, _C.sent_at.is_not(None))
        .group_by(_C.partner_id, _T.id, _R.id)
    )


def _both(query: sa.Select[Any]) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Of all partners and of one: made once, so that SQLite is asked directly (`models.sqlite`)."""
    return query, query.where(_C.partner_id == sa.bindparam("of", type_=sa.String))


_HOLDS, _PAYOUTS, _TASKS = _both(_sent_holds()), _both(_sent_payouts()), _both(_sent_tasks())


def sent_holds(session: Session, partner_id: str = "") -> list[SentHold]:
    """Every hold whose order was sent, to one partner or to all.

    A hold ranked behind another authority's is left out: its wait is not the partner's.
    """
    return [SentHold(*row) for row in _asked(session, _HOLDS, partner_id)]


def sent_payouts(session: Session, partner_id: str = "") -> list[SentPayout]:
    """Every payout whose order was sent, to one partner or to all."""
    return [SentPayout(*row) for row in _asked(session, _PAYOUTS, partner_id)]


def sent_tasks(session: Session, partner_id: str = "") -> list[SentTask]:
    """Every task whose order was sent, to one partner or to all."""
    return [SentTask(*row) for row in _asked(session, _TASKS, partner_id)]


def _asked(
    session: Session, queries: tuple[sa.Select[Any], sa.Select[Any]], partner_id: str
) -> Iterable[Any]:
    if partner_id:
        return session.execute(queries[1], {"of": partner_id})
    return session.execute(queries[0])


def open_calls(session: Session, partner_id: str = "") -> list[OpenCalls]:
    """Open calls by partner."""
    query = (
        sa.select(_C.partner_id, _C.planned_at, _C.kind, _R.ref)
        .join(table_of(Recovery), _R.id == _C.recovery_id)
        .where(_C.state.in_(OPEN_CALLS), _of(partner_id))
        .order_by(_C.partner_id, _C.planned_at, _C.id)
    )
    found: dict[str, list[sa.Row[tuple[str, datetime, CallKind, str]]]] = {}
    for row in session.execute(query):
        found.setdefault(row.partner_id, []).append(row)
    return [
        OpenCalls(name, len(rows), rows[0].planned_at, rows[0].kind, rows[0].ref)
        for name, rows in found.items()
    ]


def showings(session: Session, partner_id: str = "") -> list[Showing]:
    """Who had contacts revealed, from the history."""
    one = _E.subject_id == partner_id if partner_id else sa.true()
    query = (
        sa.select(_E.subject_id, _E.actor_id, _E.at)
        .where(
            _E.recovery_id == "", _E.noun == EntityKind.PARTNER, _E.event == "contacts_shown", one,
        )
        .order_by(_E.seq)
    )  # fmt: skip
    found: dict[str, Showing] = {}
    for name, actor, at in session.execute(query):
        before = found[name].count if name in found else 0
        found[name] = Showing(name, before + 1, actor, at)
    return list(found.values())


def _of(partner_id: str) -> sa.ColumnElement[bool]:
    return _C.partner_id == partner_id if partner_id else sa.true()
