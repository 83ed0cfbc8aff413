"""One bank of the sandbox: its row, the shared file, the clock, and how a call is answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from recovery_flows.sandbox.arithmetic import Rates, micros
from recovery_flows.sandbox.banks import abroad
from recovery_flows.sandbox.banks.abroad_behaviour import KINDS
from recovery_flows.sandbox.banks.authorization import AccessRules, check_order, check_scope
from recovery_flows.sandbox.banks.clearing import catch_up
from recovery_flows.sandbox.banks.faulty_responses import bends, bent
from recovery_flows.sandbox.banks.scope import scope_of
from recovery_flows.sandbox.banks.wire import Json, ProblemError, bad_request, json_object
from recovery_flows.sandbox.faults import plan as faults
from recovery_flows.sandbox.faults.plan import Fault
from recovery_flows.sandbox.journal import Journal, transaction
from recovery_flows.sandbox.states import FaultKind

_ALWAYS = ("X-Request-ID", "RequesterID")
_ABOUT_A_RECOVERY = ("AccountInfoRequestID", "Legal-Mandate")
_GATEWAY = (408, 409, 413, 499)
_WITH_ETAG = (
    "/v1/capabilities", "/v1/holds/", "/v1/payouts/", "/v1/tasks/", "/v1/requests/", "/v1/events",
)  # fmt: skip
_DELAY_SECONDS = 5
_NIGHT_SECONDS = 2


@dataclass(slots=True)
class Hours:
    """When the bank's computers answer; transport time, as Retry-After is.

    Case time may jump over a night in an instant: whoever was told to wait would wait in vain.
    """

    _opens_at: float = 0

    def close_for(self, seconds: int) -> None:
        """Answer nobody for so long."""
        self._opens_at = time.monotonic() + seconds

    def seconds_left(self) -> int:
        """Whole seconds until it opens, rounded up; 0: it is open."""
        return max(0, math.ceil(self._opens_at - time.monotonic()))


@dataclass(frozen=True, slots=True)
class BankContext:
    """What one bank needs to answer; `in_progress` holds the keys it is busy with right now."""

    db: sqlite3.Connection
    rates: Rates
    now: Callable[[], datetime]
    bank: str
    name: str
    jurisdiction: str
    currency: str
    answer_minutes: int
    settle_minutes: int
    token: str
    kind: str = "bank"
    access: AccessRules | None = field(default=None, kw_only=True)
    in_progress: set[str] = field(default_factory=set, kw_only=True)
    hours: Hours = field(default_factory=Hours, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One order that was answered: its path, the digest of its body, and the answer as sent."""

    target: str
    digest: str
    status: int
    location: str
    answer: str


Read = Callable[[BankContext, Request, int], dict[str, object]]
Answer = tuple[str, dict[str, object]]
Order = Callable[[BankContext, Journal, Request, Json, int, Fault | None], Answer]


def open_bank(
    db: sqlite3.Connection,
    bank: str,
    now: Callable[[], datetime],
    access: AccessRules | None = None,
) -> BankContext:
    """The desk of a bank of an installed sandbox; KeyError for an unknown bank.

    With `access` whoever calls proves its key and shows an order; without, a fixed token is enough.
    """
    row = db.execute(
        "SELECT id, name, jurisdiction, currency, answer_minutes, settle_minutes, token, kind"
        " FROM bank WHERE id = ?",
        [bank],
    ).fetchone()
    if row is None:
        raise KeyError(bank)
    return BankContext(db, Rates.load(db), now, *row, access=access)


class HangUp(Response):
    """No answer at all: the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        scope["app"].state.hang_up(scope["client"])
        while (await receive())["type"] != "http.disconnect":
            pass


async def answer_read(context: BankContext, request: Request, read: Read) -> Response:
    """Answer a GET: faults first, then time catches up, then the book is read."""
    return await _answer(context, request, b"", lambda fault: _read(context, request, read, fault))


async def answer_order(context: BankContext, request: Request, order: Order) -> Response:
    """Answer a POST once per idempotency key; a replay gives the first answer again."""
    raw = await request.body()
    return await _answer(
        context, request, raw, lambda fault: _order(context, request, raw, order, fault)
    )


async def _answer(
    context: BankContext, request: Request, raw: bytes, act: Callable[[Fault | None], Response]
) -> Response:
    left = context.hours.seconds_left()
    if left:
        return _closed(left).response()
    call = f"{request.method} {request.url.path}"
    fault = faults.due_fault(context.db, context.bank, call, micros(context.now()))
    kind = None if fault is None else fault.kind
    if kind == FaultKind.DOWN:
        return HangUp()
    try:
        _check_caller(context, request, raw)
        _fail_as_planted(context, fault)
        if fault is not None and kind == FaultKind.SLOW:
            await _wait_as_busy(
                context, request, _DELAY_SECONDS if fault.seconds is None else fault.seconds
            )
        response = act(fault)
    except ProblemError as problem:
        return problem.response()
    if fault is not None and kind == FaultKind.TIMEOUT_AFTER_ACTING:
        await asyncio.sleep(fault.seconds or 0)
        return HangUp()
    if fault is not None and kind == FaultKind.GATEWAY:
        status = _GATEWAY[fault.times % len(_GATEWAY)]
        return Response(f"<html><body>{status}</body></html>", status, media_type="text/html")
    if fault is not None and bends(fault):
        return bent(context.db, context.currency, fault, request, response)
    return response


def _check_caller(context: BankContext, request: Request, raw: bytes) -> None:
    given = request.headers.get("Authorization", "")
    if not _is_known(context, given):
        raise ProblemError(401, "TokenInvalid", "the bearer token is not this bank's, or has ended")
    about = request.method == "POST" or request.url.path.startswith("/v1/accounts/")
    for name in _ALWAYS + (_ABOUT_A_RECOVERY if about else ()):
        if not request.headers.get(name):
            raise bad_request(f"the header {name} is missing")
    if context.access is not None:
        claims = check_order(context.access, request, raw, micros(context.now()))
        check_scope(context.access, claims, scope_of(context.db, context.bank, request, raw))


def _is_known(context: BankContext, given: str) -> bool:
    if context.access is not None:
        return context.access.knows(given.removeprefix("Bearer "))
    return secrets.compare_digest(given.encode(), f"Bearer {context.token}".encode())


def _fail_as_planted(context: BankContext, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind == FaultKind.ERROR_500:
        raise ProblemError(500, "InternalServerError", "planted: this call fails")
    if fault.kind == FaultKind.TOO_LARGE:
        raise ProblemError(413, "ResponseTooLarge", "planted: ask for less at once")
    if fault.kind == FaultKind.NOT_ALLOWED:
        raise ProblemError(403, "Forbidden", "planted: this unit may not ask for that")
    if fault.kind == FaultKind.RATE_LIMITED:
        after_seconds = 1 if fault.seconds is None else fault.seconds
        raise ProblemError(429, "RateLimited", "planted: too many calls", after_seconds)
    if fault.kind == FaultKind.CLOSED:
        closed_seconds = _NIGHT_SECONDS if fault.seconds is None else fault.seconds
        context.hours.close_for(closed_seconds)
        raise _closed(closed_seconds)


def _closed(seconds: int) -> ProblemError:
    return ProblemError(503, "ServiceUnavailable", "planted: closed for the night", seconds)


async def _wait_as_busy(context: BankContext, request: Request, seconds: int) -> None:
    key = request.headers.get("Idempotency-Key", "")
    _refuse_while_busy(context, key)
    context.in_progress.add(key)
    try:
        await asyncio.sleep(seconds)
    finally:
        context.in_progress.discard(key)


def _refuse_while_busy(context: BankContext, key: str) -> None:
    if key and key in context.in_progress:
        raise ProblemError(409, "RequestInProgress", "this bank is busy with that key")


def _read(context: BankContext, request: Request, read: Read, fault: Fault | None) -> Response:
    now_us = catch_up(context.db, context.now())
    response = JSONResponse(read(context, request, now_us))
    if request.url.path.startswith(_WITH_ETAG):
        etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == etag and not bends(fault):
            return Response(status_code=304, headers={"ETag": etag})
        response.headers["ETag"] = etag
    return response


def _order(
    context: BankContext, request: Request, raw: bytes, order: Order, fault: Fault | None
) -> Response:
    if context.kind in KINDS:
        target = request.url.path
        abroad.keep_received(context.db, context.bank, target, request.headers.raw, raw)
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise ProblemError(400, "IdempotencyKeyMissing", "an order needs an Idempotency-Key")
    _refuse_while_busy(context, key)
    now_us = catch_up(context.db, context.now())
    target, digest = request.url.path, hashlib.sha256(raw).hexdigest()
    before = find_call(context, key)
    if before is not None:
        if (before.target, before.digest) != (target, digest):
            raise ProblemError(422, "IdempotencyKeyReused", "this key came with another order")
        return _reply(before)
    body = json_object(raw)
    with transaction(context.db) as journal:
        location, resource = order(context, journal, request, body, now_us, fault)
        # RECEIVED is a promise to come back; anything else has been acted on.
        status = 202 if resource["status"] == "RECEIVED" else 201
        answer = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
        call = Call(target, digest, status, location, answer)
        row = (context.bank, key, *astuple(call))
        journal.db.execute("INSERT INTO call VALUES (?,?,?,?,?,?,?)", row)
    return _reply(call)


def find_call(context: BankContext, key: str) -> Call | None:
    """What became of the call with this key at this bank, or None."""
    row = context.db.execute(
        "SELECT target, digest, status, location, answer FROM call WHERE bank = ? AND key = ?",
        [context.bank, key],
    ).fetchone()
    return None if row is None else Call(*row)


def _reply(call: Call) -> Response:
    return Response(call.answer, call.status, {"Location": call.location}, "application/json")
