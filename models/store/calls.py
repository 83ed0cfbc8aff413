"""The outbox: calls are leased, marked sent before they leave, and settled by their answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from models.channels import by_interface
from models.ids import digest_bytes
from models.outcome import Move, Outcome, Values
from models.partner import Call
from models.sealed_place import SealedPlace
from models.states import OPEN_CALLS, CallKind, CallState, Noun
from models.store.record import record
from models.store.unit import ENGINE, Unit
from models.tables import table_of

_CALLS = table_of(Call)


def lease_calls(
    unit: Unit,
    lease: str,
    kinds: Sequence[CallKind],
    now: datetime,
    wall: datetime,
    lease_seconds: int,
    limit: int,
) -> list[str]:
    """Take open calls that are due and leased to nobody else; return their ids, oldest first.

    `lease` is one attempt's own name, so that it can tell whether a call is still its own.
    Letters are left to people.

    `now` is case time (not before), `wall` transport time (retries and leases).
    """
    free = sa.or_(_CALLS.c.lease_until.is_(None), _CALLS.c.lease_until < wall)
    due = sa.and_(
        sa.or_(_CALLS.c.retry_at.is_(None), _CALLS.c.retry_at <= wall),
        sa.or_(_CALLS.c.not_before.is_(None), _CALLS.c.not_before <= now),
    )
    ids = list(
        unit.session.execute(
            sa.select(_CALLS.c.id)
            .where(_CALLS.c.state.in_(OPEN_CALLS), _CALLS.c.kind.in_(kinds), by_interface())
            .where(free, due)
            .order_by(_CALLS.c.planned_at, _CALLS.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    if not ids:
        return []
    until = wall + timedelta(seconds=lease_seconds)
    unit.session.execute(
        _CALLS.update().where(_CALLS.c.id.in_(ids)).values(lease_owner=lease, lease_until=until)
    )
    return ids


def leased_by(unit: Unit, lease: str) -> frozenset[str]:
    """The calls that are still leased under this name."""
    query = sa.select(_CALLS.c.id).where(_CALLS.c.lease_owner == lease)
    return frozenset(unit.session.execute(query).scalars())


def look_again(unit: Unit, recovery_id: str) -> None:
    """What kept payment orders of a recovery back may be over: they are looked at at once."""
    unit.session.execute(
        _CALLS.update()
        .where(
            _CALLS.c.recovery_id == recovery_id,
            _CALLS.c.kind == CallKind.PAYOUT,
            _CALLS.c.state == CallState.PLANNED,
            _CALLS.c.attempts == 0,
            _CALLS.c.retry_at.is_not(None),
        )
        .values(retry_at=None)
    )


def hold_back(unit: Unit, call_ids: Sequence[str], retry_at: datetime, reason: str) -> None:
    """Give leased calls back unsent; they are looked at again at `retry_at` (transport time)."""
    unit.session.execute(
        _CALLS.update()
        .where(_CALLS.c.id.in_(call_ids))
        .values(lease_owner="", lease_until=None, retry_at=retry_at, last_error=reason[:300])
    )


def freeze_body(unit: Unit, call_id: str, path: str, body: bytes) -> None:
    """Fix the path and the bytes of a call; they are the same on every retry."""
    unit.session.execute(
        _CALLS.update()
        .where(_CALLS.c.id == call_id, _CALLS.c.body_digest == "")
        .values(
            path_sealed=unit.vault.seal(path, SealedPlace("call", call_id, "path_sealed")),
            body_sealed=unit.vault.seal(body.decode(), SealedPlace("call", call_id, "body_sealed")),
            body_digest=digest_bytes(body),
        )
    )


def mark_sent(unit: Unit, now: datetime, recovery_id: str, call_id: str, state: CallState) -> None:
    """Note that a call is about to leave. After a crash it is in doubt and asked for by key.

    Sent again, it keeps the instant of its first leaving: from then on its partner is waited for.
    """
    if state is not CallState.PLANNED:
        return
    fixed = unit.session.execute(
        sa.select(_CALLS.c.body_digest, _CALLS.c.sent_at).where(_CALLS.c.id == call_id)
    ).one()
    values: Values = {"sent_at": fixed.sent_at or now, "body_digest": fixed.body_digest}
    move = Move(Noun.CALL, call_id, "sent", state, values)
    record(unit, ENGINE, now, recovery_id, Outcome((move,)))
    unit.session.execute(
        _CALLS.update().where(_CALLS.c.id == call_id).values(attempts=_CALLS.c.attempts + 1)
    )


def settle(
    unit: Unit,
    now: datetime,
    recovery_id: str,
    call_id: str,
    state: CallState,
    event: str,
    *,
    answer_digest: str = "",
    reason: str = "",
    retry_at: datetime | None = None,
) -> None:
    """Record how a call went: answered, refused, unknown, never_seen, postponed or cancelled."""
    ended = event in ("answered", "refused")
    values: Values = {"answered_at": now, "answer_digest": answer_digest} if ended else {}
    move = Move(Noun.CALL, call_id, event, state, values, reason=reason[:300])
    record(unit, ENGINE, now, recovery_id, Outcome((move,)))
    unit.session.execute(
        _CALLS.update()
        .where(_CALLS.c.id == call_id)
        .values(lease_owner="", lease_until=None, retry_at=retry_at, last_error=reason[:300])
    )


def put_off(unit: Unit, call_id: str, retry_at: datetime | None, error: str) -> None:
    """Leave a call that cannot be processed until `retry_at` (transport time), leased to nobody."""
    unit.session.execute(
        _CALLS.update()
        .where(_CALLS.c.id == call_id)
        .values(lease_owner="", lease_until=None, retry_at=retry_at, last_error=error[:300])
    )


def try_at_once(unit: Unit, call_id: str) -> None:
    """Let a call that was put off be due now, unless somebody is at it."""
    free = _CALLS.update().where(_CALLS.c.id == call_id, _CALLS.c.lease_owner == "")
    unit.session.execute(free.values(retry_at=None))
