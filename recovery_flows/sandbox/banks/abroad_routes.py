"""The calls about requests abroad: read strictly, shown with every answer and its document."""

from __future__ import annotations

import base64
import json
from functools import partial

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from recovery_flows.sandbox.arithmetic import minor_of
from recovery_flows.sandbox.banks import (
    abroad as requests,
    abroad_behaviour as behaviour,
    abroad_messages,
    wire,
)
from recovery_flows.sandbox.banks.abroad import Planted, Request, RequestOrder, request_json
from recovery_flows.sandbox.banks.holds import resource_id
from recovery_flows.sandbox.banks.service import BankContext
from recovery_flows.sandbox.banks.wire import Json, ProblemError, bad_request
from recovery_flows.sandbox.faults.catalogue import ABROAD_FAULTS
from recovery_flows.sandbox.faults.plan import Fault
from recovery_flows.sandbox.journal import Journal

_Object = dict[str, object]
_CHANNELS = {
    "police": frozenset({"igrip", "us_kill_chain", "police_liaison", "carin"}),
    "central_authority": frozenset({"mla", "eu_freeze", "eu_confiscate", "eio"}),
    "fiu": frozenset({"egmont"}),
}
_FIELDS = frozenset(
    {
        "requestRef", "channel", "wanted", "version", "replaces", "amount", "authority",
        "language", "legalBasis", "fields", "letter",
    }
)  # fmt: skip


_OF_MESSAGE = frozenset({"messageRef", "requestRef", "kind", "language", "letter"})


def is_abroad(context: BankContext) -> bool:
    """Whether this partner takes requests of other States."""
    return context.kind in behaviour.KINDS


def request_order(body: Json, kind: str) -> RequestOrder:
    """A request as it came; 400 for what is malformed, not asked for, or not this body's."""
    if set(body) != _FIELDS:
        wrong = min(set(body) ^ _FIELDS)
        raise bad_request(f"{wrong} is missing, or no field of a request")
    channel = wire.text(body, "channel")
    if channel not in _CHANNELS[kind]:
        raise bad_request(f"channel {channel!r} is none of a {kind}")
    fields = body["fields"]
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        raise bad_request("fields is not an object of texts")
    for name in ("authority", "language", "legalBasis", "letter"):
        wire.text(body, name)
    if type(body["version"]) is not int or body["version"] < 1:
        raise bad_request("version is a whole number from 1 on")
    minor, currency = wire.money(body, "amount")
    wanted = wire.text(body, "wanted")
    return RequestOrder(wire.text(body, "requestRef"), channel, wanted, minor, currency)


def place(
    context: BankContext,
    journal: Journal,
    _request: HttpRequest,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    """Answer `POST /v1/requests`."""
    order = request_order(body, context.kind)
    request_id = resource_id(context.bank, "request", order.order_ref)
    if requests.find_request(context.db, context.bank, request_id) is not None:
        raise ProblemError(409, "OperationInvalid", "this requestRef came already")
    answering = (context.bank, context.answer_minutes)
    request = requests.place(journal, answering, order, _planted(fault, order.currency), now_us)
    return f"/v1/requests/{request.id}", request_json(context.db, request)


def take_message(
    context: BankContext,
    journal: Journal,
    request: HttpRequest,
    body: Json,
    now_us: int,
    _fault: Fault | None,
) -> tuple[str, _Object]:
    """Answer `POST /v1/requests/{id}/messages`: the request with the message among its own."""
    found = requests.find_request(context.db, context.bank, request.path_params["id"])
    if found is None:
        raise ProblemError(404, "NotFound", "no such request here")
    if set(body) != _OF_MESSAGE:
        wrong = min(set(body) ^ _OF_MESSAGE)
        raise bad_request(f"{wrong} is missing, or no field of a message")
    told = {name: wire.text(body, name) for name in _OF_MESSAGE}
    if told["requestRef"] != found.order_ref:
        raise bad_request("requestRef is another request's")
    if told["kind"] not in abroad_messages.KINDS:
        raise bad_request(f"kind {told['kind']!r} is no message")
    if not abroad_messages.take(journal, found.id, told["messageRef"], told["kind"], now_us):
        raise ProblemError(409, "OperationInvalid", "this messageRef came already")
    now_there = requests.find_request(context.db, context.bank, found.id) or found
    return f"/v1/requests/{found.id}", request_json(context.db, now_there)


def _planted(fault: Fault | None, currency: str) -> Planted:
    if fault is None or fault.kind not in ABROAD_FAULTS:
        return Planted()
    part = None if fault.amount is None else minor_of(fault.amount, currency)
    return Planted(fault.kind, fault.code, fault.seconds, part)


def show(context: BankContext, request: HttpRequest, _now_us: int) -> _Object:
    """Answer `GET /v1/requests/{id}`."""
    found = requests.find_request(context.db, context.bank, request.path_params["id"])
    if found is None:
        raise ProblemError(404, "NotFound", "no such request here")
    return request_json(context.db, found)


def book(context: BankContext) -> list[_Object]:
    """Every request of this body as it stands, for witnesses."""
    rows = context.db.execute(
        "SELECT * FROM request WHERE bank = ? ORDER BY received_us, id", [context.bank]
    ).fetchall()
    return [request_json(context.db, Request(*row)) for row in rows]


def inspection(context: BankContext) -> list[Route]:
    """What a body abroad shows to witnesses: each order that it got, byte for byte."""
    return [Route("/sandbox/received", partial(_received, context))] if is_abroad(context) else []


async def _received(context: BankContext, _request: HttpRequest) -> Response:
    rows = context.db.execute(
        "SELECT target, headers, body FROM received WHERE bank = ? ORDER BY place", [context.bank]
    )
    return JSONResponse(
        [
            {
                "target": row["target"],
                "headers": json.loads(row["headers"]),
                "body": base64.b64encode(row["body"]).decode(),
            }
            for row in rows
        ]
    )
