"""Our books as a bank's days need them: each change of what is held, each payout, with both times.

Amounts are the ledger's postings. `booked_at` is the case time at which we heard and booked;
`at` is the bank's own time of the change, which the event of the posting carries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models import channels
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import Hold, HoldKind
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.partner import Partner, PartnerChannel, PartnerKind
from models.entities.payout import Payout

_P, _E, _H = table_of(PostingRow).c, table_of(Event).c, table_of(Hold).c
_A, _Y, _PARTNERS = table_of(Asset).c, table_of(Payout).c, table_of(Partner).c
_BEFORE = table_of(Event).alias("before")
_OF_THE_EVENT_BEFORE = frozenset({"paid_out", "superseded"})
_Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldChange:
    """So much more (or less) is held under one hold, in the account's currency."""

    partner_id: str
    hold_id: str
    currency: str
    minor: int
    at: datetime
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A settled payout: what left the hold, in the account's currency."""

    partner_id: str
    hold_id: str
    currency: str
    minor: int
    at: datetime
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class BookedPartner:
    """A partner bank whose days can be compared; `reconciled_to` ends the last one that was."""

    id: str
    regime: str
    by_letter: bool
    reconciled_to: datetime | None
    feed_reached_at: datetime | None


def booked_partners(session: Session) -> list[BookedPartner]:
    """Every partner that is a bank."""
    return [
        BookedPartner(
            row.id, row.regime, row.channel is PartnerChannel.LETTER, row.reconciled_to,
            row.feed_reached_at,
        )
        for row in session.execute(_BANKS)
    ]  # fmt: skip


_BANKS = (
    sa.select(
        _PARTNERS.id, _PARTNERS.regime, _PARTNERS.channel, _PARTNERS.reconciled_to,
        _PARTNERS.feed_reached_at,
    )
    .where(_PARTNERS.kind == PartnerKind.BANK)
    .order_by(_PARTNERS.id)
)  # fmt: skip

_NOT_OURS = (HoldKind.VOLUNTARY, HoldKind.CUSTODY)
"""What a bank holds by itself, and what the unit does: neither is in the banks' figures."""


def partners_with_books(session: Session) -> frozenset[str]:
    """Partners that ever took in a hold by order of ours."""
    return frozenset(session.execute(_WITH_BOOKS).scalars())


_WITH_BOOKS = (
    sa.select(_A.partner_id)
    .join(table_of(Hold), _H.asset_id == _A.id)
    .where(_H.bank_ref != "", _H.kind.not_in(_NOT_OURS))
    .distinct()
)


def letter_partners(session: Session) -> frozenset[str]:
    """Partners that are reached by letter: no program can ask them."""
    return frozenset(session.execute(channels.letter_partners()).scalars())


def known_revisions(session: Session, refs: Sequence[str]) -> dict[str, int]:
    """Our holds and payouts among these ids, and the bank's revision of each that is booked."""
    found: dict[str, int] = {}
    for table in (table_of(Hold), table_of(Payout)):
        query = sa.select(table.c.id, table.c.bank_revision).where(table.c.id.in_(refs))
        found |= {row.id: row.bank_revision for row in session.execute(query)}
    return found


_PARTNER = sa.bindparam("of", type_=_A.partner_id.type)
_HERE = sa.or_(_PARTNER == "", _A.partner_id == _PARTNER)


def held_changes(session: Session, partner_id: str = "") -> list[HeldChange]:
    """Every change of what banks hold by our orders, excess included, in the order of booking.

    With `partner_id` only what that bank holds.

    What a bank holds of its own accord is not in its figures and left out.
    """
    return [
        HeldChange(row.partner_id, row.hold_id, row.currency, int(row.minor), happened(row), row.at)
        for row in session.execute(_HELD_CHANGES, {"of": partner_id})
    ]


def _held_changes() -> sa.Select[Any]:
    minor = sa.func.sum(_P.asset_minor)
    net = (
        sa.select(_P.event_seq, _P.hold_id, minor.label("minor"))
        .join(table_of(Hold), sa.and_(_H.id == _P.hold_id, _H.currency == _P.asset_currency))
        .where(
            _P.account.in_((LedgerAccount.HELD, LedgerAccount.MEMO_EXCESS))
        )
        .group_by(_P.event_seq, _P.hold_id)
        .having(minor != 0)
        .subquery()
    )  # fmt: skip
    return (
        sa.select(
            _A.partner_id, net.c.hold_id, _H.currency, net.c.minor, _E.at, _E.noun,
            _E.subject_id, _E.event, _E.values_json, _BEFORE.c.values_json.label("before"),
            _H.expires_at,
        )
        .select_from(net)
        .join(table_of(Event), _E.seq == net.c.event_seq)
        .join(table_of(Hold), _H.id == net.c.hold_id)
        .join(table_of(Asset), _A.id == _H.asset_id)
        .outerjoin(_BEFORE, _BEFORE.c.seq == _E.seq - 1)
        .where(_H.bank_ref != "", _H.kind.not_in(_NOT_OURS), _HERE)
        .order_by(net.c.event_seq)
    )  # fmt: skip


_HELD_CHANGES = _held_changes()


def paid_out(session: Session, partner_id: str = "") -> list[PaidOut]:
    """Every payout that a bank settled, in the order of booking; what came back later counts too.

    It left the hold on that day, whatever became of it. With `partner_id` only that bank's.
    """
    found = []
    for row in session.execute(_PAID_OUT, {"of": partner_id}):
        told: _Told = json.loads(row.values_json)
        at = _instant(told, "settled_at") or row.at
        minor, currency = int(told["debited_minor"]), str(told["debited_currency"])
        found.append(PaidOut(row.partner_id, row.hold_id, currency, minor, at, row.at))
    return found


_PAID_OUT = (
    sa.select(_A.partner_id, _Y.hold_id, _E.values_json, _E.at)
    .select_from(table_of(Event))
    .join(table_of(Payout), _Y.id == _E.subject_id)
    .join(table_of(Asset), _A.id == _Y.asset_id)
    .where(_E.noun == EntityKind.PAYOUT, _E.event == "settled", _HERE)
    .order_by(_E.seq)
)


def happened(row: Any) -> datetime:  # noqa: ANN401 - a row of the query above
    """The bank's time of a change: the event's own, or that of the event which entailed it.

    Where neither tells one, a lapse by our clock is at the end of the term, and anything else (an
    account's move to another file) at its booking.
    """
    booked_at: datetime = row.at
    if row.noun is not EntityKind.HOLD or row.subject_id != row.hold_id:
        return booked_at
    spellings = [row.values_json]
    if row.event in _OF_THE_EVENT_BEFORE and row.before is not None:
        spellings.append(row.before)
    for spelling in spellings:
        told: _Told = json.loads(spelling)
        for name in ("acted_at", "settled_at", "bank_said_at"):
            at = _instant(told, name)
            if at is not None:
                return at
    expires_at: datetime | None = row.expires_at
    return expires_at if row.event == "lapsed" and expires_at is not None else booked_at


def _instant(told: _Told, name: str) -> datetime | None:
    text = told.get(name)
    return None if text is None else datetime.fromisoformat(text)
