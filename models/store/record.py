"""Recording an outcome: rows, events, postings and calls, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models.entities.catalogue import BY_NOUN, STATE_COLUMN, STATELESS, next_state, table_of
from models.entities.event import EntityKind
from models.entities.ledger import PostingRow
from models.ids import canonical
from models.outcome import CallIntent, Outcome, Posting, Transition, spelled, unbalanced
from models.prepared import reading_any
from models.sealing.vault import Vault
from models.store.permissions import require
from models.store.unit import EVENTS, Actor, Unit

_POSTINGS = table_of(PostingRow)
# Columns under a constraint: what waits is written before them, in its own order.
_UNIQUE = {"recovery_id", "account_id", "ref", "external_ref", "handle"}
_CHECKED_AT_BIRTH = {
    EntityKind.PAYOUT, EntityKind.COMPENSATION, EntityKind.RECALL, EntityKind.RECALL_CREDIT,
    EntityKind.UNCLAIMED_SHARE,
}  # fmt: skip
"""Of these the database takes a new row in its first state only: it is written before it changes,
as where a decision drafts a distribution and then finds another basis for it."""


class UnbalancedEntryError(AssertionError):
    """A rule made postings that do not sum to zero: a broken invariant, nothing is recorded."""


def record(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, outcome: Outcome
) -> tuple[int, ...]:
    """Write one outcome about one recovery; return the sequence numbers of its events.

    The rows wait for others of the unit and are written with them: where a row's state is no longer
    the one that the rule saw, StaleFileError comes at the latest when the unit ends. Raises
    IllegalTransitionError for one that is not in the tables, UnbalancedEntryError for postings that
    do not sum up.
    """
    if outcome:
        unit.deadlines.pop(recovery_id, None)
    written = tuple(_record_move(unit, actor, now, recovery_id, move) for move in outcome.moves)
    if outcome.calls:
        _prefetch_calls(unit, [c.id for c in outcome.calls if c.id not in unit.calls])
    for intent in outcome.calls:
        plan_call(unit, actor, now, recovery_id, intent)
    return written


def _record_move(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, move: Transition
) -> int:
    require(unit, actor, move, recovery_id)
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
    if move.noun is EntityKind.PARTNER and "channel" in values:
        unit.rerouted.add(move.id)
    if move.state is None:
        if move.noun is EntityKind.PAYOUT and unit.session.waiting.is_changed(move.noun):
            # The database counts what others of its claim have: one that has ended has nothing.
            unit.session.write_waiting()
        if "recovery_id" in table.c:
            values.setdefault("recovery_id", recovery_id)
        unit.session.waiting.add(table, move.id, {"id": move.id, **values})
        return
    is_in_order = bool(_UNIQUE & values.keys())
    is_born_here = move.noun in _CHECKED_AT_BIRTH and unit.session.waiting.is_new(table, move.id)
    if is_in_order or is_born_here:
        unit.session.write_waiting()
    unit.session.waiting.change(move.noun, move.id, move.state, values)
    if is_in_order:
        unit.session.write_waiting()


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
    unit.session.waiting.add(EVENTS, unit.seq, row)
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
        found = unit.last_seq.get(recovery_id)
        if found is None:
            found = unit.session.execute(_LAST_OF_RECOVERY, {"of": recovery_id}).scalar() or 0
        unit.recovery_seq[recovery_id] = found
    unit.recovery_seq[recovery_id] += 1
    return unit.recovery_seq[recovery_id]


def prefetch(unit: Unit, outcomes: Mapping[str, Outcome]) -> None:
    """Ask at once what recording these outcomes, by recovery, would ask one by one."""
    prefetch_events(unit, list(outcomes))
    _prefetch_calls(unit, [call.id for outcome in outcomes.values() for call in outcome.calls])


def prefetch_events(unit: Unit, recovery_ids: Sequence[str]) -> None:
    """Ask at once how many events each of these recoveries has."""
    for row in unit.session.execute(_LAST_OF_MANY, {"of": list(recovery_ids)}):
        unit.last_seq[row.recovery_id] = row.recovery_seq


_LAST_SEQS = (
    sa.select(sa.func.max(EVENTS.c.seq))
    .where(EVENTS.c.recovery_id.in_(sa.bindparam("of", expanding=True)))
    .group_by(EVENTS.c.recovery_id)
)
_LAST_OF_MANY = sa.select(EVENTS.c.recovery_id, EVENTS.c.recovery_seq).where(
    EVENTS.c.seq.in_(_LAST_SEQS)
)


def _prefetch_calls(unit: Unit, ids: Sequence[str]) -> None:
    if ids:
        known = set(unit.session.stored(_KNOWN_CALLS, {"of": list(ids)}).scalars())
        unit.calls |= {call_id: call_id in known for call_id in ids}


_KNOWN_CALLS = reading_any(BY_NOUN[EntityKind.CALL].c.id, BY_NOUN[EntityKind.CALL].c.id)


def _insert_postings(unit: Unit, recovery_id: str, postings: Sequence[Posting]) -> None:
    for leg, p in enumerate(postings, start=1):
        row = {
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
        unit.session.waiting.add(_POSTINGS, (unit.seq, leg), row)


def plan_call(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, intent: CallIntent
) -> None:
    """Save a call before anything is sent; a call that is already there stays as it is."""
    if intent.id not in unit.calls:
        _prefetch_calls(unit, [intent.id])
    if unit.calls[intent.id]:
        return
    unit.calls[intent.id] = True
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
