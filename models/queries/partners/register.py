"""Reads the partner register: partners, counted answers, open calls, who saw contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import IS_OPEN, Call, CallKind
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.partner import Partner, PartnerChannel, PartnerKind
from models.entities.recovery import Recovery
from models.language.phrase import phrase
from models.measures.order_times import AnswerCount
from models.rights.sessions import is_picture
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.rollups.names import count_of_open_calls, series_of
from models.store.rollups.orders_sent import answer_count, series_of_answers
from models.store.rollups.tallies import tally, tally_of_series

_PARTNERS, _C, _E = table_of(Partner), table_of(Call).c, table_of(Event).c
_R = table_of(Recovery).c


class ChangedCountError(LookupError):
    """A count of answers has a name that no write gives."""

    def __init__(self, name: str) -> None:
        super().__init__(
            phrase("the count {name!r} was changed by hand: `recovery ledger check`", name=name)
        )


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


def answer_counts(
    session: Session, partner_ids: Iterable[str], days: Iterable[date]
) -> Mapping[str, list[AnswerCount]]:
    """By partner, how many answers took how long: of all days together, and of each of these.

    ChangedCountError names a count that is not one of these.
    """
    asked: list[date | None] = [None, *days]
    whose = {series_of_answers(name, day): name for name in partner_ids for day in asked}
    found = defaultdict[str, list[AnswerCount]](list)
    for name, value in tally_of_series(session, list(whose)).items():
        try:
            found[whose[series_of(name)]].append(answer_count(name, value))
        except (LookupError, ValueError) as error:
            raise ChangedCountError(name) from error
    return found


def _oldest_calls() -> sa.Select[Any]:
    """By partner, the oldest open call, the least id among equals."""
    # Only literally the same condition finds its index.
    each = sa.select(table_of(Call)).where(sa.text(IS_OPEN)).subquery().c
    oldest = (
        sa.select(each.id)
        .where(each.partner_id == _PARTNERS.c.id)
        .order_by(each.planned_at, each.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(_PARTNERS.c.id, _C.planned_at, _C.kind, _R.ref)
        .join_from(_PARTNERS, table_of(Call), _C.id == oldest)
        .join(table_of(Recovery), _R.id == _C.recovery_id)
        .order_by(_PARTNERS.c.id)
    )


_OLDEST_CALLS = _oldest_calls()


def open_calls(session: Session) -> list[OpenCalls]:
    """Open calls by partner: how many is kept, the oldest stands first in an index."""
    kept = tally(session)
    return [
        OpenCalls(partner_id, kept.get(count_of_open_calls(partner_id), 0), *oldest)
        for partner_id, *oldest in session.execute(_OLDEST_CALLS)
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
