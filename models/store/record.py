"""Recording an outcome: rows, events, postings and calls, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from models.entities.catalogue import BY_NOUN, STATE_COLUMN, STATELESS, next_state, table_of
from models.entities.event import EntityKind
from models.entities.ledger import PostingRow
from models.ids import canonical
from models.outcome import CallIntent, Outcome, Posting, Transition, spelled, unbalanced
from models.prepared import KEY, reading, to
from models.sealing.vault import Vault
from models.store.permissions import require
from models.store.unit import EVENTS, Actor, Unit

_POSTINGS = table_of(PostingRow)
_INSERT_EVENT, _INSERT_POSTINGS = EVENTS.insert(), _POSTINGS.insert()


class StaleFileError(Exception):
    """Somebody else changed what this decision was made on; it was not recorded."""

    def __init__(self, noun: EntityKind, subject_id: str, expected: str | None, found: str) -> None:
        super().__init__(
            f"the {noun} {subject_id} is {found} now and was {expected} when you looked: "
            "look again and decide anew"
        )


class UnbalancedEntryError(AssertionError):
    """A rule made postings that do not sum to zero: a broken invariant, nothing is recorded."""


def record(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, outcome: Outcome
) -> tuple[int, ...]:
    """Write one outcome about one recovery; return the sequence numbers of its events.

    Raises StaleFileError when a row's state is no longer the one the rule saw, IllegalMoveError
    for a move that is not in the tables, UnbalancedEntryError for postings that do not sum up.
    """
    written = tuple(_record_move(unit, actor, now, recovery_id, move) for move in outcome.moves)
    for intent in outcome.calls:
        plan_call(unit, actor, now, recovery_id, intent)
    return written


def _record_move(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, move: Transition
) -> int:
    require(unit, actor, move)
    new = _new_state(move)
    _write_row(unit, recovery_id, move, new)
    return _append_event(unit, actor, now, recovery_id, move, new)


def _new_state(move: Transition) -> str:
    return next_state(move.noun, move.state, move.event)


def _write_row(unit: Unit, recovery_id: str, move: Transition, new: str) -> None:
    table, column = BY_NOUN[move.noun], STATE_COLUMN[move.noun]
    values: dict[str, Any] = dict(move.values)
    if move.noun not in STATELESS:
        values[column] = new
    if move.state is None:
        if "recovery_id" in table.c:
            values.setdefault("recovery_id", recovery_id)
        unit.session.execute(_insert_into(move.noun), {"id": move.id, **values})
        return
    given = to(values)
    changed = unit.session.execute(
        _update_of(move.noun, tuple(values)), {KEY: move.id, "at_state": move.state, **given}
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        found = unit.session.execute(sa.select(table.c[column]).where(table.c.id == move.id))
        raise StaleFileError(move.noun, move.id, move.state, str(found.scalar_one_or_none()))


@lru_cache(maxsize=64)
def _insert_into(noun: EntityKind) -> sa.Insert:
    return BY_NOUN[noun].insert()


@lru_cache(maxsize=512)
def _update_of(noun: EntityKind, columns: tuple[str, ...]) -> sa.Update:
    """The statement that changes these columns where the state is still the one that was seen."""
    table, column = BY_NOUN[noun], STATE_COLUMN[noun]
    seen = sa.bindparam("at_state", type_=table.c[column].type)
    changes = {c: sa.bindparam(f"to_{c}", type_=table.c[c].type) for c in columns}
    where = (table.c.id == sa.bindparam(KEY), table.c[column] == seen)
    return table.update().where(*where).values(changes)


def _append_event(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, move: Transition, new: str
) -> int:
    wrong = unbalanced(move.postings)
    if wrong:
        raise UnbalancedEntryError(f"entry of {move.noun} {move.id} does not sum to zero: {wrong}")
    unit.seq += 1
    number = _recovery_seq(unit, recovery_id)
    row = {
        "seq": unit.seq,
        "recovery_id": recovery_id,
        "recovery_seq": number,
        "at": now,
        "actor_id": actor.id,
        "role": actor.role,
        "noun": move.noun,
        "subject_id": move.id,
        "event": move.event,
        "old_state": move.state,
        "new_state": new,
        "values_json": canonical({k: spelled(v) for k, v in move.values.items()}).decode(),
        "reason": move.reason,
        "legal_basis": move.legal_basis,
        "previous_digest": unit.digest,
    }
    row["digest"] = unit.digest = digest_of(
        unit.vault, row, [posting_body(p) for p in move.postings]
    )
    unit.at = now
    unit.session.execute(_INSERT_EVENT, row)
    _insert_postings(unit, recovery_id, move.postings)
    return unit.seq


def digest_of(vault: Vault, row: Mapping[str, Any], postings: Iterable[Sequence[object]]) -> str:
    """The digest of an event row (without its own digest) and of the postings it carries.

    It is keyed: who can write to the database but has no key cannot make a chain that fits.
    """
    body = {k: spelled(v) for k, v in row.items() if k != "digest"}
    return vault.signature(canonical({"event": body, "postings": [list(p) for p in postings]}))


def posting_body(posting: Any) -> Sequence[object]:  # noqa: ANN401 - a Posting or a row like it
    """What of a posting the digest covers, in one order."""
    return (
        str(posting.account), posting.asset_id, posting.hold_id, posting.claim_id, posting.detail,
        posting.claim_minor, posting.claim_currency, posting.asset_minor, posting.asset_currency,
    )  # fmt: skip


_LAST_OF_RECOVERY = (
    sa.select(EVENTS.c.recovery_seq)
    .where(EVENTS.c.recovery_id == sa.bindparam("of"))
    .order_by(EVENTS.c.seq.desc())
    .limit(1)
)


def _recovery_seq(unit: Unit, recovery_id: str) -> int:
    if recovery_id not in unit.recovery_seq:
        found = unit.session.execute(_LAST_OF_RECOVERY, {"of": recovery_id}).scalar()
        unit.recovery_seq[recovery_id] = found or 0
    unit.recovery_seq[recovery_id] += 1
    return unit.recovery_seq[recovery_id]


def _insert_postings(unit: Unit, recovery_id: str, postings: Sequence[Posting]) -> None:
    if not postings:
        return
    rows = [
        {
            "event_seq": unit.seq,
            "leg": leg,
            "recovery_id": recovery_id,
            "account": p.account,
            "asset_id": p.asset_id,
            "hold_id": p.hold_id,
            "claim_id": p.claim_id,
            "detail": p.detail,
            "claim_minor": p.claim_minor,
            "claim_currency": p.claim_currency,
            "asset_minor": p.asset_minor,
            "asset_currency": p.asset_currency,
        }
        for leg, p in enumerate(postings, start=1)
    ]
    unit.session.execute(_INSERT_POSTINGS, rows)


def plan_call(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, intent: CallIntent
) -> None:
    """Save a call before anything is sent; a call that is already there stays as it is."""
    calls = BY_NOUN[EntityKind.CALL]
    if unit.session.execute(reading(calls.c.id, calls.c.id), {"of": intent.id}).first():
        return
    move = Transition(
        EntityKind.CALL,
        intent.id,
        "planned",
        None,
        {
            "partner_id": intent.partner_id,
            "kind": intent.kind,
            "noun": intent.noun,
            "subject_id": intent.subject_id,
            "asset_id": intent.asset_id,
            "approval_id": intent.approval_id,
            "requester": actor.id,
            "planned_at": now,
            "not_before": intent.not_before,
        },
    )
    _record_move(unit, actor, now, recovery_id, move)
