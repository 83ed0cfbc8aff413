"""Whether single recoveries and partners are as their own events left them; asked before sending.

The keyed digests of the events of one recovery are recomputed, its rows are replayed from them and
compared, and its accounts are opened. That costs the rows of this recovery, whatever else is in
the database; what lies outside of it is for `audit verify`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.engine import Database
from models.entities.account import Account
from models.entities.asset import Asset
from models.entities.call import Call
from models.entities.catalogue import BY_NOUN, table_of
from models.entities.claim import Claim
from models.entities.event import LOG_IN_SET, LOG_IN_STEP, OF_OFFICERS, EntityKind, Event
from models.entities.ledger import PostingRow
from models.entities.partner import Partner
from models.entities.payout import Payout
from models.entities.recovery import Recovery
from models.queries.audit.evidence import account_is_right
from models.queries.audit.replay import ALL, Replay, Within
from models.raw import instant, raw_select
from models.sealing.seals import fits
from models.sealing.vault import Vault
from models.store.clock import CASE
from models.store.record import digest_of, posting_body
from models.store.sealing import SealingSession

_EVENTS, _POSTINGS = table_of(Event), table_of(PostingRow)
_RECOVERIES, _PARTNERS, _ACCOUNTS = table_of(Recovery), table_of(Partner), table_of(Account)
_ASSETS, _CLAIMS, _PAYOUTS = table_of(Asset), table_of(Claim), table_of(Payout)
_CALLS = table_of(Call)
_OF_A_RECOVERY = frozenset(noun for noun, table in BY_NOUN.items() if "recovery_id" in table.c)
# The digest of stored bytes, by a hash of all of them: orders to one recovery leave one after the
# other, and its events are the same each time. What differs in one bit is another key.
_KNOWN: dict[tuple[Vault, bytes], str] = {}
_KNOWN_MAX = 50_000
_SEVERAL: sa.BindParameter[Any] = sa.bindparam("of", expanding=True)
_ONE: sa.BindParameter[Any] = sa.bindparam("of")


def _named() -> sa.Select[Any]:
    """The accounts that a family of recoveries names, as they are stored."""
    columns = (
        _CLAIMS.c.payout_account_id, _CLAIMS.c.payee_account_id, _ASSETS.c.account_id,
        _PAYOUTS.c.payee_account_id,
    )  # fmt: skip
    each = [sa.select(c).where(c.table.c.recovery_id.in_(_SEVERAL)) for c in columns]
    return raw_select(_ACCOUNTS).where(_ACCOUNTS.c.id.in_(sa.union(*each)))


_NAMED = _named()
_OF_PARTNERS = raw_select(_PARTNERS).where(_PARTNERS.c.id.in_(_SEVERAL))
_OF_RECOVERIES = raw_select(_RECOVERIES).where(_RECOVERIES.c.id.in_(_SEVERAL))
_OF_CALLS = raw_select(_CALLS).where(_CALLS.c.recovery_id.in_(_SEVERAL))
_EVENT = raw_select(_EVENTS)
_OF_FAMILY = _EVENT.where(_EVENTS.c.recovery_id.in_(_SEVERAL)).order_by(_EVENTS.c.seq)
_OF_NOUN = _EVENT.where(_EVENTS.c.noun == sa.bindparam("noun", type_=_EVENTS.c.noun.type))
_OF_SUBJECTS = _OF_NOUN.where(_EVENTS.c.subject_id.in_(_SEVERAL)).order_by(_EVENTS.c.seq)
_LAST_OF_SUBJECT = (
    _OF_NOUN.where(_EVENTS.c.subject_id == _ONE).order_by(_EVENTS.c.seq.desc()).limit(1)
)
# Only literally the conditions of their indexes find them.
_OF_SEVERAL = _EVENT.where(_EVENTS.c.subject_id.in_(_SEVERAL)).order_by(_EVENTS.c.seq)
_OF_OFFICERS = _OF_SEVERAL.where(sa.text(OF_OFFICERS))
_OF_LOG_IN = _EVENT.where(_EVENTS.c.subject_id == _ONE)
_LOG_IN_SET = _OF_LOG_IN.where(sa.text(LOG_IN_SET)).order_by(_EVENTS.c.seq)
_LOG_IN_STEP = _OF_LOG_IN.where(sa.text(LOG_IN_STEP)).order_by(_EVENTS.c.seq.desc()).limit(1)
_LEGS = (
    raw_select(_POSTINGS)
    .where(_POSTINGS.c.recovery_id.in_(_SEVERAL))
    .order_by(_POSTINGS.c.event_seq, _POSTINGS.c.leg)
)
_JOINED = sa.select(_RECOVERIES.c.id, _RECOVERIES.c.joined_into).where(
    sa.or_(_RECOVERIES.c.id.in_(_SEVERAL), _RECOVERIES.c.joined_into.in_(_SEVERAL))
)


def broken_recovery(session: Session, database: Database, recovery_id: str) -> list[str]:
    """Sentences for a recovery whose rows do not follow from its events; empty: they do."""
    return list(_of_recoveries(session, database, [recovery_id]))


def broken_recoveries(
    session: Session, database: Database, recovery_ids: Sequence[str]
) -> dict[str, list[str]]:
    """The same of several, read at once; one by one only where something is wrong."""
    if not any(True for _ in _of_recoveries(session, database, recovery_ids)):
        return {name: [] for name in recovery_ids}
    return {name: broken_recovery(session, database, name) for name in recovery_ids}


def broken_partner(session: Session, database: Database, partner_id: str) -> list[str]:
    """Sentences for a partner whose row does not follow from its events."""
    return _of_partners(session, database, [partner_id])


def broken_partners(
    session: Session, database: Database, partner_ids: Sequence[str]
) -> dict[str, list[str]]:
    """The same of several, read at once; one by one only where something is wrong."""
    if not partner_ids or not _of_partners(session, database, partner_ids):
        return {name: [] for name in partner_ids}
    return {name: broken_partner(session, database, name) for name in partner_ids}


def _of_partners(session: Session, database: Database, ids: Sequence[str]) -> list[str]:
    sentences = broken_subjects(session, database.vault, EntityKind.PARTNER, ids)
    return [*sentences, *_unsealed(session, database, _PARTNERS, _OF_PARTNERS, ids)]


def broken_subject(
    session: Session, database: Database, noun: EntityKind, subject_id: str
) -> list[str]:
    """Sentences for a row outside all recoveries (a partner, an officer) that its events deny."""
    return broken_subjects(session, database.vault, noun, [subject_id])


def broken_subjects(
    session: Session, vault: Vault, noun: EntityKind, subject_ids: Sequence[str]
) -> list[str]:
    """Sentences for rows of one kind (statements, a partner) that their events deny."""
    replay = Replay()
    if noun is EntityKind.OFFICER:
        events = _stored(session, _OF_OFFICERS, subject_ids)
    else:
        events = _stored(session, _OF_SUBJECTS, subject_ids, noun=noun)
    sentences = list(_fed(vault, replay, events, {}))
    within = {noun: Within("id", subject_ids)}
    return sentences + [d.sentence for d in replay.differences(session, within)]


def broken_log_in(session: Session, vault: Vault, officer_id: str) -> list[str]:
    """Sentences where a log-in is not as its events left it.

    Read are those that set something and the last that took a one-time password: tries, right or
    wrong, change nothing else, so that it costs the same however many there were.
    """
    events = _stored(session, _LOG_IN_SET, officer_id) + _stored(session, _LOG_IN_STEP, officer_id)
    replay = Replay()
    sentences = list(_fed(vault, replay, sorted(events, key=lambda event: event["seq"]), {}))
    within = {EntityKind.LOG_IN: Within("id", [officer_id])}
    return sentences + [d.sentence for d in replay.differences(session, within)]


def broken_clock(session: Session, database: Database) -> list[str]:
    """Sentences where case time does not stand where its last event put it."""
    events = _stored(session, _LAST_OF_SUBJECT, CASE, noun=EntityKind.CLOCK)
    replay = Replay()
    sentences = [s for s in _fed(database.vault, replay, events, {}) if "found the" not in s]
    return sentences + [d.sentence for d in replay.differences(session, {EntityKind.CLOCK: ALL})]


def _of_recoveries(
    session: Session, database: Database, recovery_ids: Sequence[str]
) -> Iterator[str]:
    family = _family(session, recovery_ids)
    events = _stored(session, _OF_FAMILY, family)
    legs: dict[int, list[Any]] = defaultdict(list)
    for leg in session.execute(_LEGS, {"of": family}):
        legs[leg.event_seq].append(leg)
    yield from _numbered(database, family, events)
    replay = Replay()
    yield from _fed(database.vault, replay, events, legs)
    yield from (f"a posting names event {seq}, which is not there" for seq in legs)
    within = dict(_rows_of(replay, family))
    yield from (difference.sentence for difference in replay.differences(session, within))
    # Of these no event carries all: whether a call was tried before, when it is tried, its bytes.
    yield from _unsealed(session, database, _RECOVERIES, _OF_RECOVERIES, family)
    yield from _unsealed(session, database, _CALLS, _OF_CALLS, family)
    yield from _accounts(session, database, family)


def _unsealed(
    session: Session,
    database: Database,
    table: sa.Table,
    query: sa.Select[Any],
    of: str | Sequence[str],
) -> Iterator[str]:
    """A sentence for each row that is not as the program left it, as far as no event carries it."""
    for row in _stored(session, query, of):
        if not is_as_left(session, database.vault, table, row):
            name = row[next(iter(table.primary_key.columns)).name]
            yield f"the row {name} of {table.name} does not fit its seal"


def is_as_left(session: Session, vault: Vault, table: sa.Table, row: Mapping[Any, Any]) -> bool:
    """Whether a stored row is as the program left it, also in the middle of a unit of work."""
    if isinstance(session, SealingSession):
        return session.is_as_left(table, row)
    return fits(vault, table, row)


def _family(session: Session, recovery_ids: Sequence[str]) -> list[str]:
    """The recoveries, those that were joined into them, and those that they were joined into."""
    known: dict[str, None] = {}
    ahead = set(recovery_ids)
    while ahead:
        known |= dict.fromkeys(sorted(ahead))
        rows = session.execute(_JOINED, {"of": sorted(ahead)})
        ahead = {name for row in rows for name in row if name} - known.keys()
    return list(known)


def _stored(
    session: Session, query: sa.Select[Any], of: str | Sequence[str], **more: object
) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(query, {"of": of, **more}).mappings()]


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
        postings = legs.pop(event["seq"], [])
        digest = _digest(vault, event, postings)
        about = f"event {event['seq']} ({event['noun']} {event['subject_id']} {event['event']})"
        if digest != event["digest"] or any(
            p.recovery_id != event["recovery_id"] for p in postings
        ):
            yield f"{about} does not fit its digest"
            continue
        broken = replay.feed(event)
        if broken:
            yield f"event {event['seq']} {broken}"


def _digest(vault: Vault, event: Mapping[str, Any], postings: Sequence[Any]) -> str:
    """The digest of a stored event and its postings; of the same bytes it is computed once."""
    bodies = [posting_body(p) for p in postings]
    content = blake2b(repr((*event.values(), bodies)).encode()).digest()
    known = _KNOWN.get((vault, content))
    if known is None:
        if len(_KNOWN) >= _KNOWN_MAX:
            _KNOWN.clear()
        known = digest_of(vault, {**event, "at": instant(event["at"])}, bodies)
        _KNOWN[vault, content] = known
    return known


def _rows_of(replay: Replay, family: Sequence[str]) -> Iterator[tuple[EntityKind, Within]]:
    """Which rows there should be: all of the recovery, and of other tables those told of."""
    names: dict[EntityKind, list[str]] = defaultdict(list)
    for noun, name in replay.rows:
        names[noun].append(name)
    for noun in BY_NOUN:
        if noun in _OF_A_RECOVERY:
            yield noun, Within("recovery_id", family)
        elif noun is EntityKind.RECOVERY:
            yield noun, Within("id", family)
        elif names[noun]:
            yield noun, Within("id", names[noun])


def _accounts(session: Session, database: Database, family: Sequence[str]) -> Iterator[str]:
    """The accounts that money goes to or is held on are those that their ids were made of."""
    for row in _stored(session, _NAMED, family):
        is_ours = is_as_left(session, database.vault, _ACCOUNTS, row)
        if not is_ours or not account_is_right(database.vault, row):
            yield f"the account {row['id']} is another one than it was"
