"""The audit trail: who did what, when, to which recovery, a page at a time, from either end.

A page is a walk along an index from the event that it begins with, so it costs the same however
long the history is. A term of the filter names its events by officer, kind or recovery; each of
these has an index, and the narrowest term leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval
from models.entities.call import Call
from models.entities.catalogue import TRANSITIONS, table_of
from models.entities.event import KIND, EntityKind, Event
from models.entities.officer import Officer, Role
from models.entities.outside.disclosure import Disclosure
from models.entities.recovery import Recovery
from models.money import Money
from models.queries.installation.officers import OfficerView
from models.queries.looks.changes import about_of
from models.rights.decisions import READERS

_E, _R = table_of(Event), table_of(Recovery)
_DISCLOSURES, _OFFICERS = table_of(Disclosure), table_of(Officer)
_APPROVALS, _CALLS = table_of(Approval), table_of(Call)
Kind = tuple[EntityKind, str]
KINDS: tuple[Kind, ...] = tuple(
    sorted({(noun, event) for noun, moves in TRANSITIONS.items() for _, event in moves})
)
"""Every kind of event that there can be: of which row, and which move."""
_KIND = sa.literal_column(KIND, sa.String())
_MOST_ARMS = 80
"""Where a term names more officers and kinds than these, the history itself is walked."""
_AT_ONCE = 400
_SHOWN = {
    EntityKind.DISCLOSURE: (_DISCLOSURES.c.id, _DISCLOSURES.c.what),
    EntityKind.APPROVAL: (_APPROVALS.c.id, _APPROVALS.c.action),
    EntityKind.CALL: (_CALLS.c.id, _CALLS.c.kind),
}
"""What a row is about, told beside its events."""


@dataclass(frozen=True, slots=True)
class TrailTerm:
    """What one term is met by: an event of any of these officers, kinds or recoveries (ids)."""

    officers: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    recoveries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TrailLook:
    """Which events, by number from `first` to `last` (None: the newest), in which order.

    `begin` is the event that is read from, in that order; `skip` leaves out so many after it.
    """

    terms: tuple[TrailTerm, ...] = ()
    first: int = 0
    last: int | None = None
    oldest_first: bool = False
    begin: int | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event; `recovery_id` and `ref` are empty for one of the unit.

    `partner_id` and `amount` are of a hold, account or payout; `shown` names the fields or the
    document of a look at personal data or of a file, never a value, and is the code of what an
    approval or a call is for.
    """

    seq: int
    at: datetime
    actor_id: str
    role: Role
    recovery_id: str
    ref: str
    noun: EntityKind
    subject_id: str
    event: str
    old_state: str | None
    new_state: str
    reason: str
    legal_basis: str
    digest: str
    partner_id: str = ""
    amount: Money | None = None
    shown: str = ""


def actors(session: Session) -> tuple[str, ...]:
    """The ids of all who can have acted: officers, dismissed ones too, and the engine."""
    return tuple(session.execute(sa.select(_OFFICERS.c.id).order_by(_OFFICERS.c.id)).scalars())


def trail(
    session: Session, look: TrailLook, limit: int, viewer: OfficerView | None
) -> tuple[TrailLine, ...]:
    """At most `limit` events; of log-ins of others only what `viewer`'s roles read."""
    numbers = _numbers(look, limit, viewer)
    if numbers is None:
        return ()
    found = session.execute(_ordered(sa.select(_E).where(_E.c.seq.in_(numbers)), look)).all()
    return _lines(session, found)


def count_of(session: Session, look: TrailLook, most: int, viewer: OfficerView | None) -> int:
    """How many events a look has, counted up to `most`."""
    numbers = _numbers(look, most, viewer)
    if numbers is None:
        return 0
    counted = sa.select(sa.func.count()).select_from(numbers.subquery())
    return int(session.execute(counted).scalar_one())


def _numbers(look: TrailLook, limit: int, viewer: OfficerView | None) -> sa.Select[Any] | None:
    """The numbers of the events of a page; None where no event can meet a term."""
    if not all(map(_arms, look.terms)):
        return None
    lead = min(look.terms, key=_breadth, default=None)
    arms = [sa.true()] if lead is None or len(_arms(lead)) > _MOST_ARMS else _arms(lead)
    also = [sa.or_(*_sets(term)) for term in look.terms]
    span = [*_span(look), *_read_by(viewer)]
    # Each arm walks its own index to the end of the page; what two of them find is one event.
    wanted = look.skip + limit
    walks = [
        _ordered(sa.select(_E.c.seq).where(arm, *also, *span), look).limit(wanted).subquery()
        for arm in arms
    ]
    whole = sa.union(*(sa.select(walk.c.seq) for walk in walks)).subquery()
    order = whole.c.seq if look.oldest_first else whole.c.seq.desc()
    return sa.select(whole.c.seq).order_by(order).limit(limit).offset(look.skip)


def _arms(term: TrailTerm) -> list[sa.ColumnElement[bool]]:
    """The conditions of a term, each of which an index answers in the order of the history."""
    return [
        *(_E.c.recovery_id == one for one in sorted(term.recoveries)),
        *(_E.c.actor_id == one for one in sorted(term.officers)),
        *(_KIND.in_([_code(kind)]) for kind in sorted(term.kinds)),
    ]


def _breadth(term: TrailTerm) -> tuple[bool, bool, int]:
    """How much a term leaves, by guess: a recovery least, an officer less than a kind."""
    return bool(term.kinds), bool(term.officers), len(_arms(term))


def _sets(term: TrailTerm) -> Iterable[sa.ColumnElement[bool]]:
    if term.recoveries:
        yield _E.c.recovery_id.in_(sorted(term.recoveries))
    if term.officers:
        yield _E.c.actor_id.in_(sorted(term.officers))
    if term.kinds:
        yield _KIND.in_([_code(kind) for kind in sorted(term.kinds)])


def _code(kind: Kind) -> str:
    return f"{kind[0].value}.{kind[1]}"


def _span(look: TrailLook) -> Iterable[sa.ColumnElement[bool]]:
    yield _E.c.seq >= look.first
    if look.last is not None:
        yield _E.c.seq <= look.last
    if look.begin is not None:
        yield _E.c.seq >= look.begin if look.oldest_first else _E.c.seq <= look.begin


def _read_by(viewer: OfficerView | None) -> Iterable[sa.ColumnElement[bool]]:
    own, roles = (viewer.id, viewer.roles) if viewer else ("", frozenset[Role]())
    for noun, readers in READERS.items():
        if not roles & readers:
            yield sa.or_(_E.c.noun != noun, _E.c.actor_id == own, _E.c.subject_id == own)


def _ordered(query: sa.Select[Any], look: TrailLook) -> sa.Select[Any]:
    return query.order_by(_E.c.seq if look.oldest_first else _E.c.seq.desc())


def _lines(session: Session, found: Sequence[Any]) -> tuple[TrailLine, ...]:
    about = about_of(session, [row.subject_id for row in found])
    refs = _by_id(session, _R.c.id, _R.c.ref, (row.recovery_id for row in found))
    shown: dict[str, str] = {}
    for noun, (key, value) in _SHOWN.items():
        shown |= _by_id(session, key, value, (row.subject_id for row in found if row.noun is noun))
    return tuple(
        TrailLine(
            row.seq, row.at, row.actor_id, row.role, row.recovery_id,
            refs.get(row.recovery_id, ""), row.noun, row.subject_id, row.event, row.old_state,
            row.new_state, row.reason, row.legal_basis, row.digest,
            *about.get(row.subject_id, ("", None)), shown.get(row.subject_id, ""),
        )
        for row in found
    )  # fmt: skip


def _by_id(
    session: Session, key: sa.ColumnElement[Any], value: sa.ColumnElement[Any], ids: Iterable[str]
) -> dict[str, str]:
    wanted = sorted(set(filter(None, ids)))
    parts = (wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE))
    rows = (session.execute(sa.select(key, value).where(key.in_(some))) for some in parts)
    return {row[0]: row[1] for found in rows for row in found}
