"""The way into a simulated bank without a socket: real requests in, real bytes out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx

from tests.simulation.bank import Bank
from tests.simulation.books import Json
from tests.simulation.counter import ProblemError
from tests.simulation.telling import Telling

_HTML = b"<html><body>Bad Gateway</body></html>"
_GARBAGE = b'{"type": "hold", "id": 7'
_AFTER_STATUS = {
    "408_after": 408, "409_after": 409, "413_after": 413, "499_after": 499, "500_after": 500,
    "html_after": 502,
}  # fmt: skip


def carried_out(
    calls: dict[str, tuple[bytes, int, Json]],
    act: Callable[[str, Json], Json],
    request: httpx.Request,
    body: bytes,
) -> tuple[int, Json]:
    """Carry an order out once a key; the same key for another order is a problem of the profile."""
    key = request.headers["idempotency-key"]
    target = request.method.encode() + request.url.raw_path + body
    if key in calls:
        before, status, answer = calls[key]
        return (status, answer) if before == target else (422, _named("IdempotencyKeyReused"))
    try:
        status, answer = 201, act(request.url.path, json.loads(body))
    except ProblemError as problem:
        status, answer = problem.status, _named(problem.name)
    calls[key] = (target, status, answer)
    return status, answer


@dataclass(slots=True)
class Door(Telling, httpx.AsyncBaseTransport):
    """What stands in the place of the network before one bank.

    `between` is awaited before (False) and after (True) the bank has acted on a request: other
    things can happen there, or the process can die.
    """

    bank: Bank
    between: Callable[[bool], Awaitable[None]]
    requests: int = field(default=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        body = await request.aread()
        self.requests += 1
        await self.between(False)  # noqa: FBT003
        self.bank.advance()
        is_order = request.method == "POST"
        response = self._order(request, body) if is_order else self._read(request)
        await self.between(True)  # noqa: FBT003
        return response

    # Orders

    def _order(self, request: httpx.Request, body: bytes) -> httpx.Response:
        if self._is_kept(request, body):
            return _problem(503, "ServiceUnavailable", {"retry-after": "30"})
        fault = self.bank.rude("order")
        kind = fault.kind if fault else ""
        if kind in ("down", "lost_before"):
            error = httpx.ConnectError if kind == "down" else httpx.ReadTimeout
            raise error("simulated", request=request)
        if kind == "html_before":
            return _answer(502, _HTML, {"content-type": "text/html"})
        if kind == "500_before":
            return _problem(500, "InternalServerError")
        if kind in ("busy", "many"):
            status, name = (503, "ServiceUnavailable") if kind == "busy" else (429, "RateLimited")
            return _problem(status, name, {"retry-after": "30"})
        status, answer = carried_out(self.bank.calls, self._act, request, body)
        return self._bent(request, kind, status, answer)

    def _is_kept(self, request: httpx.Request, body: bytes) -> bool:
        """Whether an order to pay is declined as if unread, and carried out at another time."""
        if request.url.path.rpartition("/")[2] != "payouts":
            return False
        fault = self.bank.rude("kept order")
        if fault is not None:
            self.bank.do_later(fault.hours, lambda: self._carry_out_kept(request, body))
        return fault is not None

    def _carry_out_kept(self, request: httpx.Request, body: bytes) -> None:
        """Pay what was kept and not ordered again, from the bank's own money if need be."""
        if request.headers["idempotency-key"] not in self.bank.calls:
            self.bank.on_its_own.add(json.loads(body)["orderRef"])
            carried_out(self.bank.calls, self._act, request, body)

    def _act(self, path: str, body: Json) -> Json:
        parts = unquote(path).split("/")[2:]
        match parts:
            case ["holds"]:
                return self.bank.place(body).json()
            case ["holds", name, "release"]:
                return self.bank.release(name, body).json()
            case ["holds", name, "extend"]:
                return self.bank.extend(name, body).json()
            case ["payouts"]:
                return self.bank.pay_out(body).json()
        raise ProblemError(404, "NotFound")

    def _bent(self, request: httpx.Request, kind: str, status: int, answer: Json) -> httpx.Response:
        if kind == "lost_after":
            raise httpx.ReadTimeout("simulated", request=request)
        if kind in _AFTER_STATUS:
            return _answer(_AFTER_STATUS[kind], _HTML)
        if kind == "garbage_after":
            return _answer(200, _GARBAGE)
        if kind == "yen_answer" and status < 300:
            answer = json.loads(json.dumps(answer))
            for kept in (self.bank.holds, self.bank.payouts):
                if answer["id"] in kept:
                    kept[answer["id"]].is_misquoted = True
            for name in ("amountHeld", "amountRequested", "debited"):
                if answer.get(name):
                    answer[name] = {"currency": "JPY", "amount": answer[name]["amount"][:-3]}
        return _json(status, answer)

    # Reads

    def _read(self, request: httpx.Request) -> httpx.Response:
        fault = self.bank.rude("read")
        kind = fault.kind if fault else ""
        if kind in ("down", "lost"):
            error = httpx.ConnectError if kind == "down" else httpx.ReadTimeout
            raise error("simulated", request=request)
        if kind == "html":
            return _answer(502, _HTML)
        if kind == "busy":
            return _problem(503, "ServiceUnavailable", {"retry-after": "30"})
        try:
            answer = self._told(request)
        except ProblemError as problem:
            return _problem(problem.status, problem.name)
        return _answer(200, _GARBAGE) if kind == "garbage" else _json(200, answer)


def _answer(status: int, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    # As a stream: one that was given as a whole counts as read already.
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def _named(name: str) -> Json:
    return {"type": f"https://rbp.example/problems/{name}", "title": name, "detail": "simulated"}


def _problem(status: int, name: str, headers: dict[str, str] | None = None) -> httpx.Response:
    content = json.dumps(_named(name) | {"status": status}).encode()
    more = {"content-type": "application/problem+json"} | (headers or {})
    return _answer(status, content, more)


def _json(status: int, answer: Json) -> httpx.Response:
    if status >= 400:
        return _problem(status, str(answer["title"]))
    content = json.dumps(answer).encode()
    return _answer(status, content, {"content-type": "application/json"})
