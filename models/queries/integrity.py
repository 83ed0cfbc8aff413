"""Whether single recoveries and partners are as their own events left them; asked before sending.

The keyed digests of the events of one recovery are recomputed, its rows are replayed from them and
compared, and its accounts are opened. That costs the rows of this recovery, whatever else is in
the database; what lies outside of it is for `audit verify`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.account import Account
from models.engine import Database
from models.ledger import Event, PostingRow
from models.partner import Call, Partner
from models.queries.evidence import account_is_right
from models.queries.replay import Replay
from models.raw import instant, raw_select
from models.recovery import Asset, Claim, Recovery
from models.restitution import Payout
from models.seals import fits
from models.states import Noun
from models.store.clock import CASE
from models.store.record import digest_of, posting_body
from models.store.sealing import SealingSession
from models.tables import BY_NOUN, table_of
from models.vault import Vault

_EVENTS, _POSTINGS = table_of(Event), table_of(PostingRow)
_RECOVERIES, _PARTNERS, _ACCOUNTS = table_of(Recovery), table_of(Partner), table_of(Account)
_ASSETS, _CLAIMS, _PAYOUTS = table_of(Asset), table_of(Claim), table_of(Payout)
_CALLS = table_of(Call)
_EVENT_COLUMNS = tuple(_EVENTS.c.keys())


def broken_recovery(session: Session, database: Database, recovery_id: str) -> list[str]:
    """Sentences for a recovery whose rows do not follow from its events; empty: they do."""
    return list(_of_recovery(session, database, recovery_id))


def broken_partner(session: Session, database: Database, partner_id: str) -> list[str]:
    """Sentences for a partner whose row does not follow from its events."""
    sentences = broken_subject(session, database, Noun.PARTNER, partner_id)
    return [*sentences, *_unsealed(session, database, _PARTNERS, _PARTNERS.c.id == partner_id)]


def broken_subject(session: Session, database: Database, noun: Noun, subject_id: str) -> list[str]:
    """Sentences for a row outside all recoveries (a partner, an officer) that its events deny."""
    return broken_subjects(session, database.vault, noun, [subject_id])


def broken_subjects(
    session: Session, vault: Vault, noun: Noun, subject_ids: Sequence[str]
) -> list[str]:
    """Sentences for rows of one kind (statements, a partner) that their events deny."""
    where = sa.and_(_EVENTS.c.subject_id.in_(subject_ids), _EVENTS.c.noun == noun)
    replay = Replay()
    events = _stored(session, _EVENTS, where, _EVENTS.c.seq)
    sentences = list(_fed(vault, replay, events, {}))
    within = {noun: BY_NOUN[noun].c.id.in_(subject_ids)}
    return sentences + [d.sentence for d in replay.differences(session, within)]


def broken_clock(session: Session, database: Database) -> list[str]:
    """Sentences where case time does not stand where its last event put it."""
    where = sa.and_(_EVENTS.c.subject_id == CASE, _EVENTS.c.noun == Noun.CLOCK)
    events = _stored(session, _EVENTS, where, _EVENTS.c.seq.desc(), limit=1)
    replay = Replay()
    sentences = [s for s in _fed(database.vault, replay, events, {}) if "found the" not in s]
    return sentences + [d.sentence for d in replay.differences(session, {Noun.CLOCK: sa.true()})]


def _of_recovery(session: Session, database: Database, recovery_id: str) -> Iterator[str]:
    family = _family(session, recovery_id)
    events = _stored(session, _EVENTS, _EVENTS.c.recovery_id.in_(family), _EVENTS.c.seq)
    legs: dict[int, list[Any]] = defaultdict(list)
    where = _POSTINGS.c.recovery_id.in_(family)
    query = raw_select(_POSTINGS).where(where)
    for leg in session.execute(query.order_by(_POSTINGS.c.event_seq, _POSTINGS.c.leg)):
        legs[leg.event_seq].append(leg)
    yield from _numbered(database, family, events)
    replay = Replay()
    yield from _fed(database.vault, replay, events, legs)
    yield from (f"a posting names event {seq}, which is not there" for seq in legs)
    within = dict(_rows_of(replay, family))
    yield from (difference.sentence for difference in replay.differences(session, within))
    # Of these no event carries all: whether a call was tried before, when it is tried, its bytes.
    yield from _unsealed(session, database, _RECOVERIES, _RECOVERIES.c.id.in_(family))
    yield from _unsealed(session, database, _CALLS, _CALLS.c.recovery_id.in_(family))
    yield from _accounts(session, database, family)


def _unsealed(
    session: Session, database: Database, table: sa.Table, where: sa.ColumnElement[bool]
) -> Iterator[str]:
    """A sentence for each row that is not as the program left it, as far as no event carries it."""
    for row in _stored(session, table, where):
        if not is_as_left(session, database.vault, table, row):
            name = row[next(iter(table.primary_key.columns)).name]
            yield f"the row {name} of {table.name} does not fit its seal"


def is_as_left(session: Session, vault: Vault, table: sa.Table, row: Mapping[Any, Any]) -> bool:
    """Whether a stored row is as the program left it, also in the middle of a unit of work."""
    if isinstance(session, SealingSession):
        return session.is_as_left(table, row)
    return fits(vault, table, row)


def _family(session: Session, recovery_id: str) -> list[str]:
    """The recovery, those that were joined into it, and the one that it was joined into."""
    known: dict[str, None] = {}
    ahead = [recovery_id]
    while ahead:
        name = ahead.pop()
        if name in known:
            continue
        known[name] = None
        query = sa.select(_RECOVERIES.c.id, _RECOVERIES.c.joined_into).where(
            sa.or_(_RECOVERIES.c.id == name, _RECOVERIES.c.joined_into == name)
        )
        for row in session.execute(query):
            ahead += [row.id, *([row.joined_into] if row.joined_into else [])]
    return list(known)


def _stored(
    session: Session,
    table: sa.Table,
    where: sa.ColumnElement[bool],
    *order: sa.ColumnElement[int],
    limit: int | None = None,
) -> list[dict[str, Any]]:
    query = raw_select(table).where(where)
    query = query.order_by(*order).limit(limit)
    return [dict(row) for row in session.execute(query).mappings()]


def _numbered(
    database: Database, family: Sequence[str], events: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """A recovery's events are numbered without a gap, and no fewer than were signed."""
    counts: Counter[str] = Counter()
    for event in events:
        counts[event["recovery_id"]] += 1
        if event["recovery_seq"] != counts[event["recovery_id"]]:
            yield f"event {event['seq']} is number {event['recovery_seq']} of the recovery"
            return
    for name in family:
        signed = database.heads.events_signed(database.vault, name)
        if counts[name] < signed:
            yield f"{signed} events of the recovery were signed and {counts[name]} are there"


def _fed(
    vault: Vault,
    replay: Replay,
    events: Iterable[dict[str, Any]],
    legs: dict[int, list[Any]],
) -> Iterator[str]:
    """Feed the events; a sentence for each that does not fit its digest or found a forged state."""
    for event in events:
        event["at"] = instant(event["at"])
        postings = legs.pop(event["seq"], [])
        digest = digest_of(vault, event, [posting_body(p) for p in postings])
        about = f"event {event['seq']} ({event['noun']} {event['subject_id']} {event['event']})"
        if digest != event["digest"] or any(
            p.recovery_id != event["recovery_id"] for p in postings
        ):
            yield f"{about} does not fit its digest"
            continue
        broken = replay.feed(event)
        if broken:
            yield f"event {event['seq']} {broken}"


def _rows_of(
    replay: Replay, family: Sequence[str]
) -> Iterator[tuple[Noun, sa.ColumnElement[bool]]]:
    """Which rows there should be: all of the recovery, and of other tables those told of."""
    names: dict[Noun, list[str]] = defaultdict(list)
    for noun, name in replay.rows:
        names[noun].append(name)
    for noun, table in BY_NOUN.items():
        if "recovery_id" in table.c:
            yield noun, table.c.recovery_id.in_(family)
        elif noun is Noun.RECOVERY:
            yield noun, table.c.id.in_(family)
        elif names[noun]:
            yield noun, table.c.id.in_(names[noun])


def _accounts(session: Session, database: Database, family: Sequence[str]) -> Iterator[str]:
    """The accounts that money goes to or is held on are those that their ids were made of."""
    of = {t.name: t.c.recovery_id.in_(family) for t in (_CLAIMS, _ASSETS, _PAYOUTS)}
    named = sa.union(
        sa.select(_CLAIMS.c.payout_account_id).where(of[_CLAIMS.name]),
        sa.select(_CLAIMS.c.payee_account_id).where(of[_CLAIMS.name]),
        sa.select(_ASSETS.c.account_id).where(of[_ASSETS.name]),
        sa.select(_PAYOUTS.c.payee_account_id).where(of[_PAYOUTS.name]),
    )
    for row in _stored(session, _ACCOUNTS, _ACCOUNTS.c.id.in_(named)):
        is_ours = is_as_left(session, database.vault, _ACCOUNTS, row)
        if not is_ours or not account_is_right(database.vault, row):
            yield f"the account {row['id']} is another one than it was"
