"""The outbox: calls are leased, marked sent before they leave, and settled by their answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from models.channels import by_interface
from models.entities.call import OPEN_CALLS, Call, CallKind, CallState
from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.ids import digest_bytes
from models.outcome import Outcome, Transition, Values
from models.prepared import KEY, looked_through, reading
from models.sealing.sealed_place import SealedPlace
from models.store.record import record
from models.store.unit import ENGINE, Unit

_CALLS = table_of(Call)


def lease_calls(
    unit: Unit,
    lease: str,
    kinds: Sequence[CallKind],
    now: datetime,
    wall_now: datetime,
    lease_seconds: int,
    limit: int,
) -> list[str]:
    """Take open calls that are due and leased to nobody else; return their ids, oldest first.

    `lease` is one attempt's own name, so that it can tell whether a call is still its own.
    Letters are left to people.

    `now` is case time (not before), `wall` transport time (retries and leases).
    """
    given = {"kinds": list(kinds), "now": now, "wall": wall_now, "most": limit}
    ids = list(unit.session.execute(_FREE, given).scalars())
    until = wall_now + timedelta(seconds=lease_seconds)
    if ids:
        unit.session.execute(_LEASE, {"ids": ids, "lease": lease, "until": until})
    return ids


def _free() -> sa.Select[tuple[str]]:
    c = _CALLS.c
    wall_now: sa.BindParameter[Any] = sa.bindparam("wall", type_=c.retry_at.type)
    now: sa.BindParameter[Any] = sa.bindparam("now", type_=c.not_before.type)
    kinds: sa.BindParameter[Any] = sa.bindparam("kinds", expanding=True, type_=c.kind.type)
    free = sa.or_(c.lease_until.is_(None), c.lease_until < wall_now)
    due = sa.and_(
        sa.or_(c.retry_at.is_(None), c.retry_at <= wall_now),
        sa.or_(c.not_before.is_(None), c.not_before <= now),
    )
    return (
        sa.select(c.id)
        .where(c.state.in_(OPEN_CALLS), c.kind.in_(kinds), by_interface())
        .where(free, due)
        .order_by(c.planned_at, c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(skip_locked=True)
    )


_FREE = _free()
_LEASE = (
    _CALLS.update()
    .where(_CALLS.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(
        lease_owner=sa.bindparam("lease"),
        lease_until=sa.bindparam("until", type_=_CALLS.c.lease_until.type),
    )
)


def leased_by(unit: Unit, lease: str) -> frozenset[str]:
    """The calls that are still leased under this name."""
    query = reading(_CALLS.c.lease_owner, _CALLS.c.id)
    return frozenset(unit.session.execute(query, {"of": lease}).scalars())


def recheck_orders(unit: Unit, recovery_ids: Sequence[str]) -> None:
    """What kept payment orders of these recoveries back may be over: they are looked at at once."""
    kept_back = list(unit.session.execute(_KEPT_BACK, {"of": list(recovery_ids)}).scalars())
    if kept_back:
        unit.session.execute(_LOOK_AGAIN, [{KEY: call_id} for call_id in kept_back])


_KEPT_BACK = sa.select(_CALLS.c.id).where(
    _CALLS.c.recovery_id.in_(sa.bindparam("of", expanding=True)),
    _CALLS.c.kind == CallKind.PAYOUT,
    looked_through(_CALLS.c.state) == CallState.PLANNED,
    _CALLS.c.attempts == 0,
    _CALLS.c.retry_at.is_not(None),
)
_LOOK_AGAIN = _CALLS.update().where(_CALLS.c.id == sa.bindparam(KEY)).values(retry_at=None)


def hold_back(unit: Unit, call_ids: Sequence[str], retry_at: datetime, reason: str) -> None:
    """Give leased calls back unsent; they are looked at again at `retry_at` (transport time).

    They wait for their recovery then and not for a bank that has put them off: their attempts are
    counted anew, and whatever moves the recovery lets them be looked at at once.
    """
    given = {"lease_owner": "", "lease_until": None, "retry_at": retry_at, "attempts": 0}
    unit.session.execute(
        _CALLS.update().where(_CALLS.c.id.in_(call_ids)).values(**given, last_error=reason[:300])
    )


def freeze_body(unit: Unit, call_id: str, path: str, body: bytes) -> str:
    """Fix the path and the bytes of a call, the same on every retry; return the bytes' digest."""
    given = {
        "path": unit.vault.seal(path, SealedPlace("call", call_id, "path_sealed")),
        "body": unit.vault.seal(body.decode(), SealedPlace("call", call_id, "body_sealed")),
        "digest": digest_bytes(body),
    }
    unit.session.waiting.last(_FREEZE, {KEY: call_id, **given})
    return given["digest"]


_FREEZE = (
    _CALLS.update()
    .where(_CALLS.c.id == sa.bindparam(KEY), _CALLS.c.body_sealed == "")
    .values(
        path_sealed=sa.bindparam("path"),
        body_sealed=sa.bindparam("body"),
        body_digest=sa.bindparam("digest"),
    )
)


def mark_sent(
    unit: Unit,
    now: datetime,
    recovery_id: str,
    call_id: str,
    state: CallState,
    known: tuple[str, datetime | None] | None = None,
) -> None:
    """Note that a call is about to leave. After a crash it is in doubt and asked for by key.

    Sent again, it keeps the instant of its first leaving: from then on its partner is waited for.
    `known` are the digest of its bytes and that instant, where they were read before.
    """
    if state is not CallState.PLANNED:
        return
    query = reading(_CALLS.c.id, _CALLS.c.body_digest, _CALLS.c.sent_at)
    digest, sent_at = known or unit.session.execute(query, {"of": call_id}).one()
    values: Values = {"sent_at": sent_at or now, "body_digest": digest}
    move = Transition(EntityKind.CALL, call_id, "sent", state, values)
    record(unit, ENGINE, now, recovery_id, Outcome((move,)))
    unit.session.waiting.last(_ONE_MORE_ATTEMPT, {KEY: call_id})


_ONE_MORE_ATTEMPT = (
    _CALLS.update().where(_CALLS.c.id == sa.bindparam(KEY)).values(attempts=_CALLS.c.attempts + 1)
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
    if event == "unknown":
        values = {"may_have_arrived": True}
    move = Transition(EntityKind.CALL, call_id, event, state, values, reason=reason[:300])
    record(unit, ENGINE, now, recovery_id, Outcome((move,)))
    put_off(unit, call_id, retry_at, reason)


def put_off(unit: Unit, call_id: str, retry_at: datetime | None, error: str) -> None:
    """Leave a call that cannot be processed until `retry_at` (transport time), leased to nobody."""
    values = {"lease_owner": "", "lease_until": None, "retry_at": retry_at}
    unit.session.waiting.set(_CALLS, call_id, {**values, "last_error": error[:300]})


def try_at_once(unit: Unit, call_id: str) -> None:
    """Let a call that was put off be due now, unless somebody is at it."""
    free = _CALLS.update().where(_CALLS.c.id == call_id, _CALLS.c.lease_owner == "")
    unit.session.execute(free.values(retry_at=None))
