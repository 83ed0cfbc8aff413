"""Sending once: leased, checked, marked, sent; after doubt the bank is asked by key first."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.facts import RawAnswer, StatementFact
from models.file import RecoveryFile
from models.ids import CallId
from models.queries.files import load_files
from models.queries.work import CallLine, calls_by_id
from models.states import QUESTIONS, CallKind, CallState
from models.store.calls import freeze_body, hold_back, lease_calls, mark_sent, settle
from models.store.unit import ENGINE, Unit, unit_of_work
from recovery_flows.bank import wire
from recovery_flows.bank.answers import check_answer
from recovery_flows.bank.client import PartnerBank
from recovery_flows.bank.orders import Authority, Limits
from recovery_flows.desk import vouching
from recovery_flows.desk.recording import conclude
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
)
from recovery_flows.flows.bodies import authority_of, limits_of, path_and_body
from recovery_flows.flows.context import Engine
from recovery_flows.flows.settling import settle_results
from recovery_flows.rules import sending
from recovery_flows.rules.progress import Progress

_LOOK_BACK = timedelta(days=30)
_LOOK_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that may leave: what, where to, which bytes, and whether it is in doubt."""

    call: CallLine
    path: str = field(repr=False)
    body: bytes = field(repr=False)
    limits: Limits
    authority: Authority
    since: datetime
    now: datetime
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How an exchange went: `event` is the call's move, the rest what came with it."""

    call: CallLine
    event: str
    raw: tuple[RawAnswer, ...] = ()
    statement: StatementFact | None = None
    reason: str = ""
    code: str = ""
    retry_after_seconds: int | None = None


async def send_due(engine: Engine, kinds: Sequence[CallKind]) -> int:
    """Send a batch of due calls of these kinds; return how many were handled.

    What one partner answers is settled as soon as it has: a slow one holds up no other.
    """
    lease = f"{engine.owner}/{secrets.token_hex(6)}"
    with unit_of_work(engine.database) as unit:
        ready, handled = _prepare(unit, engine, kinds, lease)
    by_partner: dict[str, list[Ready]] = {}
    for one in ready:
        by_partner.setdefault(one.call.partner_id, []).append(one)
    groups = by_partner.values()
    await asyncio.gather(*(_send_to_partner(engine, group, lease) for group in groups))
    return handled


async def _send_to_partner(engine: Engine, ready: list[Ready], lease: str) -> None:
    settle_results(engine, await asyncio.gather(*(_exchange(engine, r) for r in ready)), lease)


def _prepare(
    unit: Unit, engine: Engine, kinds: Sequence[CallKind], lease: str
) -> tuple[list[Ready], int]:
    """Lease calls, drop those whose approval is not in force, fix bytes, mark them sent."""
    now, wall = engine.now(), engine.wall()
    pace = engine.pace
    ids = lease_calls(unit, lease, kinds, now, wall, pace.lease_seconds, min(pace.chunk_size, 100))
    if not ids:
        return [], 0
    calls = calls_by_id(unit.session, unit.vault, ids)
    files = {
        f.recovery.id: f for f in load_files(unit.session, list({c.recovery_id for c in calls}))
    }
    held_back = _hold_back_broken(unit, engine, files, calls, now, wall)
    calls = [c for c in calls if c.id not in held_back]
    void = {c.id for c in calls if not _may_leave(files[c.recovery_id], c)}
    for recovery_id in {c.recovery_id for c in calls if c.id in void}:
        files[recovery_id] = _take_back(unit, engine, files[recovery_id], void, now)
    left = [c for c in calls if c.id not in void]
    return [_make_ready(unit, engine, files[c.recovery_id], c, now) for c in left], len(ids)


def _hold_back_broken(
    unit: Unit,
    engine: Engine,
    files: dict[str, RecoveryFile],
    calls: Sequence[CallLine],
    now: datetime,
    wall: datetime,
) -> frozenset[str]:
    """Orders whose records were changed by hand stay; a person finds them as a discrepancy.

    They are looked at again later, for the records may be put right from a copy.
    """
    orders = [c for c in calls if c.state is CallState.PLANNED and c.kind not in QUESTIONS]
    found = vouching.broken(
        unit, engine.database, list(dict.fromkeys((c.recovery_id, c.partner_id) for c in orders))
    )
    held = [c for c in orders if (c.recovery_id, c.partner_id) in found]
    if not held:
        return frozenset()
    hold_back(unit, [c.id for c in held], wall + _LOOK_AGAIN, vouching.BROKEN)
    for recovery_id in dict.fromkeys(c.recovery_id for c in held):
        detail = next(text for (of, _), text in found.items() if of == recovery_id)
        file = files[recovery_id]
        files[recovery_id] = vouching.note_broken(unit, file, detail, now, engine.laws)
    return frozenset(c.id for c in held)


def _may_leave(file: RecoveryFile, call: CallLine) -> bool:
    """A question may be asked under its stop; an order needs its approval, for these figures.

    What may have left already is followed to its end.
    """
    return call.state is not CallState.PLANNED or sending.may_leave(
        file, call.kind, call.approval_id
    )


def _take_back(
    unit: Unit, engine: Engine, file: RecoveryFile, void: set[str], now: datetime
) -> RecoveryFile:
    """Cancel those calls of a file; what each was to order is open again, and the file goes on."""
    progress = Progress(file)
    for call in file.calls:
        if call.id in void:
            sending.take_back(progress, call)
    conclude(unit, ENGINE, now, engine.laws, progress)
    return progress.file


def _make_ready(
    unit: Unit, engine: Engine, file: RecoveryFile, call: CallLine, now: datetime
) -> Ready:
    path, body = call.path, call.body
    since = min(c.paid_at for c in file.claims) - _LOOK_BACK
    if not body and call.kind not in QUESTIONS:
        path, body = path_and_body(unit, file, call, engine.laws)
        freeze_body(unit, call.id, path, body)
    in_doubt = call.state in (CallState.SENT, CallState.UNKNOWN)
    if call.state is CallState.SENT:
        reason = "the lease ended without an answer"
        settle(unit, now, call.recovery_id, call.id, call.state, "unknown", reason=reason)
    mark_sent(unit, now, call.recovery_id, call.id, call.state)
    limits, authority = limits_of(unit, file, call), authority_of(file, call, engine.laws)
    return Ready(call, path, body, limits, authority, since, now, in_doubt)


async def _exchange(engine: Engine, ready: Ready) -> Result:
    call = ready.call
    try:
        bank = await engine.bank(call.partner_id)
        engine.count_call(call.kind)
        authority, account = ready.authority, ready.limits.number
        if call.kind is CallKind.STATEMENT:
            statement, pages = await bank.statement(account, ready.since, ready.now, authority)
            return Result(call, "answered", pages, statement)
        if call.kind is CallKind.BALANCE:
            return Result(call, "answered", (await bank.balance(account, authority),))
        if ready.in_doubt:
            return await _ask_by_key(bank, ready, authority)
        answer = await bank.send(ready.path, ready.body, CallId(call.id), authority, ready.limits)
        return Result(call, "answered", (answer,))
    except PartnerUnavailableError as error:
        event = "postponed"
        return Result(
            call, event, error.raw, reason=str(error),
            retry_after_seconds=error.retry_after_seconds,
        )  # fmt: skip
    except OutcomeUnknownError as error:
        event = "postponed" if ready.in_doubt else "unknown"
        return Result(call, event, error.raw, reason=str(error))
    except PartnerRefusedError as error:
        return Result(call, "refused", error.raw, reason=str(error), code=error.problem)
    except AnswerUnreadableError as error:
        event = "postponed" if ready.in_doubt else "unknown"
        return Result(call, event, error.raw, reason=str(error))


async def _ask_by_key(bank: PartnerBank, ready: Ready, authority: Authority) -> Result:
    """What became of a call whose answer was lost; never seen: it may be sent again, same bytes."""
    call = ready.call
    past = await bank.outcome(CallId(call.id), authority)
    if past is None:
        return Result(call, "never_seen", reason="the bank never saw it: it is sent again")
    try:
        answer = wire.parse_call(past.body, bank.partner, CallId(call.id))
    except AnswerUnreadableError as error:
        bank.forget()
        error.raw = (past,)
        raise
    if answer is None:
        return Result(call, "postponed", (past,), reason="the bank is still working on it")
    checked = check_answer(bank.partner, answer, CallId(call.id))
    return Result(call, "answered", (checked,))
