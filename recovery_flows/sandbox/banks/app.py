"""The RBP/1 calls of one bank, as a Starlette application."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from recovery_flows.sandbox import rows
from recovery_flows.sandbox.arithmetic import minor_of
from recovery_flows.sandbox.banks import (
    abroad_routes,
    daily,
    fault_routes,
    feed,
    holds,
    inspection,
    payouts,
    resources,
    statements,
    task_routes,
    wire,
)
from recovery_flows.sandbox.banks.authorization import TOKEN_PATH
from recovery_flows.sandbox.banks.service import BankContext, answer_order, answer_read, find_call
from recovery_flows.sandbox.banks.wire import Json, ProblemError, bad_request
from recovery_flows.sandbox.faults import effects as fault_effects
from recovery_flows.sandbox.faults.plan import Fault
from recovery_flows.sandbox.journal import Journal
from recovery_flows.sandbox.schema import BANK
from recovery_flows.sandbox.states import FaultKind

_Object = dict[str, object]
_PAGE_ITEMS = 200
_LIMITED = ("events", "accountDetails", "transactions", "holds", "payouts", "tasks", "requests")


def create_app(context: BankContext) -> Starlette:
    """The bank's application; whoever serves it sets `state.hang_up(client address)`."""
    routes = [
        _get("/v1/capabilities", context, _capabilities),
        _post("/v1/tasks", context, task_routes.place),
        _get("/v1/tasks/{id}", context, task_routes.show),
        _post("/v1/tasks/{id}/extend", context, task_routes.extend),
        _post("/v1/tasks/{id}/cancel", context, task_routes.cancel),
        _get("/v1/events", context, _events),
        _get("/v1/calls/{key}", context, _call),
        *(_money_routes(context) if context.kind == BANK else ()),
        *(_abroad_routes(context) if abroad_routes.is_abroad(context) else ()),
        *inspection.routes(context),
        *abroad_routes.inspection(context),
        *fault_routes.routes(context),
    ]
    if context.access is not None:
        routes.append(Route(TOKEN_PATH, context.access.give_token, methods=["POST"]))
    return Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})


def _money_routes(context: BankContext) -> list[Route]:
    """Routes that only a bank has: a telecom or a platform holds no money."""
    return [
        _get("/v1/accounts/{number}", context, _account),
        _get("/v1/accounts/{number}/transactions", context, _statement),
        _post("/v1/holds", context, _place_hold),
        _get("/v1/holds/{id}", context, _hold),
        _post("/v1/holds/{id}/release", context, _release),
        _post("/v1/holds/{id}/extend", context, _extend),
        _post("/v1/payouts", context, _place_payout),
        _get("/v1/payouts/{id}", context, _payout),
        _get("/v1/daily", context, _daily),
    ]


def _abroad_routes(context: BankContext) -> list[Route]:
    """Routes that only a body of another State has."""
    return [
        _post("/v1/requests", context, abroad_routes.place),
        _get("/v1/requests/{id}", context, abroad_routes.show),
        _post("/v1/requests/{id}/messages", context, abroad_routes.take_message),
    ]


def _get(
    path: str, context: BankContext, read: Callable[[BankContext, Request, int], _Object]
) -> Route:
    return Route(path, partial(_endpoint, answer=partial(answer_read, context, read=read)))


def _post(
    path: str,
    context: BankContext,
    order: Callable[[BankContext, Journal, Request, Json, int, Fault | None], tuple[str, _Object]],
) -> Route:
    answer = partial(answer_order, context, order=order)
    return Route(path, partial(_endpoint, answer=answer), methods=["POST"])


async def _endpoint(request: Request, answer: Callable[..., Awaitable[Response]]) -> Response:
    return await answer(request=request)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return ProblemError(404, "NotFound", "there is no such call here").response()


def _capabilities(context: BankContext, _request: Request, _now_us: int) -> _Object:
    return {
        "profile": "RBP/1",
        "bankId": context.bank,
        "name": context.name,
        "jurisdiction": context.jurisdiction,
        "currency": context.currency,
        "kind": context.kind,
        "minPollSeconds": 60,
        "limits": {flag: {"perMinute": 6_000, "burst": 200} for flag in _LIMITED},
    }


def _account(context: BankContext, request: Request, now_us: int) -> _Object:
    account = resources.find_account(context.db, context.bank, request.path_params["number"])
    return resources.account_json(account, now_us)


def _statement(context: BankContext, request: Request, now_us: int) -> _Object:
    account = resources.find_account(context.db, context.bank, request.path_params["number"])
    query = request.query_params
    if "fromDate" not in query:
        raise bad_request("fromDate is missing")
    from_us = wire.instant(query["fromDate"], "fromDate")
    to_us = min(now_us, wire.instant(query["toDate"], "toDate")) if "toDate" in query else now_us
    if from_us > to_us:
        raise ProblemError(422, "PeriodExpired", "the period ends before it begins")
    return statements.statement_json(context.db, account, (from_us, to_us), query.get("cursor"))


def _place_hold(
    context: BankContext,
    journal: Journal,
    _request: Request,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    order = wire.hold_order(body, context.jurisdiction, now_us)
    hold_id = holds.resource_id(context.bank, "hold", order.order_ref)
    if holds.find_hold(context.db, context.bank, hold_id) is not None:
        raise ProblemError(409, "OperationInvalid", "this orderRef has been ordered already")
    if order.supersedes is not None:
        before = holds.find_hold(context.db, context.bank, order.supersedes)
        if before is None or before.number != order.number:
            raise ProblemError(409, "OperationInvalid", "no such hold on this account to supersede")
    cap_minor = _cap(fault, order)
    fault_effects.foretell(journal.db, hold_id, fault, order.currency)
    answering = (context.bank, context.answer_minutes)
    hold = holds.place(journal, answering, order, now_us, cap_minor)
    return f"/v1/holds/{hold.id}", resources.hold_json(hold)


def _cap(fault: Fault | None, order: holds.HoldOrder) -> int | None:
    if fault is None or fault.kind != FaultKind.PARTIAL:
        return None
    if fault.amount is None:
        return order.requested_minor // 2
    return minor_of(fault.amount, order.currency)


def _release(
    context: BankContext,
    journal: Journal,
    request: Request,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    hold = _find_hold(context, request.path_params["id"])
    wire.text(body, "reason")
    amount_minor = None
    if body.get("amount") is not None:
        amount_minor, currency = wire.money(body, "amount", zero=True)
        if currency != hold.currency:
            raise bad_request(f"the hold is in {hold.currency}")
    if fault is not None and fault.kind == FaultKind.LET_GO:
        amount_minor = None
    if not holds.release(journal, hold, amount_minor, now_us):
        raise ProblemError(
            409, "OperationInvalid", f"a hold that is {hold.status} gives no such part"
        )
    return f"/v1/holds/{hold.id}", resources.hold_json(hold)


def _extend(
    context: BankContext,
    journal: Journal,
    request: Request,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    hold = _find_hold(context, request.path_params["id"])
    fault_effects.foretell(journal.db, hold.id, fault, hold.currency)
    expires_us = wire.instant(wire.text(body, "expiresAt"), "expiresAt")
    if expires_us <= now_us:
        raise ProblemError(422, "PeriodExpired", "the new end is over already (expiresAt)")
    if not holds.extend(journal, hold, expires_us, now_us):
        raise ProblemError(
            409, "OperationInvalid", f"a hold that is {hold.status} is not prolonged to that end"
        )
    return f"/v1/holds/{hold.id}", resources.hold_json(hold)


def _place_payout(
    context: BankContext,
    journal: Journal,
    _request: Request,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    order = wire.payout_order(body)
    payout_id = holds.resource_id(context.bank, "payout", order.order_ref)
    if payouts.find_payout(context.db, context.bank, payout_id) is not None:
        raise ProblemError(409, "OperationInvalid", "this orderRef has been ordered already")
    if holds.find_hold(context.db, context.bank, order.hold_id) is None:
        raise ProblemError(409, "OperationInvalid", "this bank has no hold with that holdId")
    fault_effects.foretell(journal.db, payout_id, fault, order.currency)
    settling = (context.bank, context.settle_minutes)
    payout = payouts.place(journal, context.rates, settling, order, now_us)
    return f"/v1/payouts/{payout.id}", resources.payout_json(payout, context.currency)


def _find_hold(context: BankContext, hold_id: str) -> rows.Hold:
    hold = holds.find_hold(context.db, context.bank, hold_id)
    if hold is None:
        raise ProblemError(404, "NotFound", "no such hold at this bank")
    return hold


def _hold(context: BankContext, request: Request, _now_us: int) -> _Object:
    return resources.hold_json(_find_hold(context, request.path_params["id"]))


def _payout(context: BankContext, request: Request, _now_us: int) -> _Object:
    payout = payouts.find_payout(context.db, context.bank, request.path_params["id"])
    if payout is None:
        raise ProblemError(404, "NotFound", "no such payout at this bank")
    return resources.payout_json(payout, context.currency)


def _events(context: BankContext, request: Request, _now_us: int) -> _Object:
    query = request.query_params
    # An id never begins with a tilde: nothing of that very instant comes after it.
    after = (0, "~")
    if "cursor" in query:
        after = wire.read_cursor(query["cursor"])
    elif "modifiedAfter" in query:
        after = (wire.instant(query["modifiedAfter"], "modifiedAfter"), "~")
    limit = query.get("limit", str(_PAGE_ITEMS))
    if not limit.isdecimal() or not 1 <= int(limit) <= _PAGE_ITEMS:
        raise bad_request(f"limit is a whole number from 1 to {_PAGE_ITEMS}")
    return feed.feed_json(context.db, (context.bank, context.currency), after, int(limit))


def _daily(context: BankContext, request: Request, now_us: int) -> _Object:
    bank = (context.bank, context.jurisdiction, context.currency)
    return daily.daily_json(context.db, bank, request.query_params, now_us)


def _call(context: BankContext, request: Request, _now_us: int) -> _Object:
    key = request.path_params["key"]
    if key in context.in_progress:
        nothing = {"responseStatus": None, "response": None}
        return {"idempotencyKey": key, "status": "IN_PROGRESS", **nothing}
    call = find_call(context, key)
    if call is None:
        raise ProblemError(404, "NotFound", "this bank has never seen that key")
    response = json.loads(call.answer)
    answered = {"responseStatus": call.status, "response": response}
    return {"idempotencyKey": key, "status": "DONE", **answered}
