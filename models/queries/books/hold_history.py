"""What banks said over time of every hold on an account, and what was paid out of it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import Hold
from models.entities.payout import Payout
from models.measures.held_over_time import HeldFigure, HoldHistory, PaidFrom
from models.queries.books.daily_books import happened

_E, _H, _A, _P = (table_of(t).c for t in (Event, Hold, Asset, Payout))
_BEFORE = table_of(Event).alias("before")


def hold_histories(session: Session, account_ids: Iterable[str]) -> tuple[HoldHistory, ...]:
    """The history of every hold on these accounts, those of other recoveries included."""
    accounts = list(account_ids)
    figures = _figures(session, accounts)
    paid = _paid(session, accounts)
    return tuple(
        HoldHistory(
            account_id=row.account_id,
            recovery_id=row.recovery_id,
            figures=tuple(figures.get(row.id, ())),
            paid=tuple(paid.get(row.id, ())),
        )
        for row in session.execute(_HOLDS, {"of": accounts})
        if row.id in figures
    )


_ON_THEM = _A.account_id.in_(sa.bindparam("of", expanding=True))
_HOLDS = (
    sa.select(_H.id, _A.account_id, _A.recovery_id)
    .join(table_of(Asset), _A.id == _H.asset_id)
    .where(_ON_THEM)
    .order_by(_H.id)
)
_FIGURES = (
    sa.select(
        _H.id.label("hold_id"), _H.expires_at, _E.at, _E.noun, _E.subject_id, _E.event,
        _E.values_json, _BEFORE.c.values_json.label("before"),
    )
    .join(table_of(Event), sa.and_(_E.noun == EntityKind.HOLD, _E.subject_id == _H.id))
    .join(table_of(Asset), _A.id == _H.asset_id)
    .outerjoin(_BEFORE, _BEFORE.c.seq == _E.seq - 1)
    .where(_ON_THEM)
    .order_by(_E.seq)
)  # fmt: skip
_PAID = (
    sa.select(_P.id, _P.hold_id, _P.debited_minor, _P.settled_at)
    .join(table_of(Asset), _A.id == _P.asset_id)
    .where(_ON_THEM, _P.settled_at.is_not(None))
    .order_by(_P.settled_at, _P.id)
)


def _figures(session: Session, accounts: list[str]) -> dict[str, list[HeldFigure]]:
    """Per hold each figure of what is held, in the order of booking, at the bank's own times."""
    found: dict[str, list[HeldFigure]] = {}
    for row in session.execute(_FIGURES, {"of": accounts}):
        held = json.loads(row.values_json).get("held_minor")
        if held is not None:
            figure = HeldFigure(int(held), happened(row), is_disposal=row.event == "disposed")
            found.setdefault(row.hold_id, []).append(figure)
    return found


def _paid(session: Session, accounts: list[str]) -> dict[str, list[PaidFrom]]:
    found: dict[str, list[PaidFrom]] = {}
    for row in session.execute(_PAID, {"of": accounts}):
        found.setdefault(row.hold_id, []).append(
            PaidFrom(row.id, row.debited_minor, row.settled_at)
        )
    return found
