"""The way into a simulated bank without a socket: real requests in, real bytes out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx

from tests.simulation.bank import Bank, ProblemError
from tests.simulation.books import Json, Line, money, stamp
from tests.simulation.faults import Fault

_HTML = b"<html><body>Bad Gateway</body></html>"
_SHANGHAI = timedelta(hours=8)
_GARBAGE = b'{"type": "hold", "id": 7'
_AFTER_STATUS = {
    "408_after": 408, "409_after": 409, "413_after": 413, "499_after": 499, "500_after": 500,
    "html_after": 502,
}  # fmt: skip


@dataclass(slots=True)
class Door(httpx.AsyncBaseTransport):
    """What stands in the place of the network before one bank.

    `between` is awaited before (False) and after (True) the bank has acted on a request: other
    things can happen there, or the process can die.
    """

    bank: Bank
    between: Callable[[str, bool], Awaitable[None]]
    requests: int = field(default=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        body = await request.aread()
        self.requests += 1
        await self.between(self.bank.id, False)  # noqa: FBT003
        self.bank.advance()
        is_order = request.method == "POST"
        response = self._order(request, body) if is_order else self._read(request)
        await self.between(self.bank.id, True)  # noqa: FBT003
        return response

    # Orders

    def _order(self, request: httpx.Request, body: bytes) -> httpx.Response:
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
        status, answer = self._carried_out(request, body)
        return self._bent(request, kind, status, answer)

    def _carried_out(self, request: httpx.Request, body: bytes) -> tuple[int, Json]:
        key = request.headers["idempotency-key"]
        target = request.method.encode() + request.url.raw_path + body
        if key in self.bank.calls:
            before, status, answer = self.bank.calls[key]
            return (status, answer) if before == target else (422, _named("IdempotencyKeyReused"))
        try:
            status, answer = 201, self._act(request.url.path, json.loads(body))
        except ProblemError as problem:
            status, answer = problem.status, _named(problem.name)
        self.bank.calls[key] = (target, status, answer)
        return status, answer

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

    def _told(self, request: httpx.Request) -> Json:
        parts = unquote(request.url.path).split("/")[2:]
        match parts:
            case ["capabilities"]:
                return self._capabilities()
            case ["events"]:
                return self._feed(request.url.params["modifiedAfter"])
            case ["calls", key]:
                return self._call(key)
            case ["holds", name] if name in self.bank.holds:
                return self.bank.holds[name].json()
            case ["payouts", name] if name in self.bank.payouts:
                return self.bank.payouts[name].json()
            case ["accounts", number] if number in self.bank.accounts:
                return self._account(number)
            case ["accounts", number, "transactions"] if number in self.bank.accounts:
                return self._statement(number, request.url.params)
        raise ProblemError(404, "NotFound")

    def _capabilities(self) -> Json:
        bank = self.bank
        return {
            "profile": "RBP/1", "bankId": bank.id, "name": bank.id, "minPollSeconds": 0,
            "jurisdiction": bank.jurisdiction, "currency": bank.currency, "limits": {},
        }  # fmt: skip

    def _call(self, key: str) -> Json:
        if key not in self.bank.calls:
            raise ProblemError(404, "NotFound")
        _, status, answer = self.bank.calls[key]
        return {
            "idempotencyKey": key, "status": "DONE", "responseStatus": status, "response": answer,
        }  # fmt: skip

    def _feed(self, after: str) -> Json:
        since = datetime.fromisoformat(after)
        news = [(r.modified, r.json()) for r in self.bank.resources() if r.modified > since]
        fault = self.bank.rude("feed")
        news.sort(key=lambda entry: entry[0])
        if fault is not None:
            news = self._rude_feed(news, fault, since)
        return {"items": [item for _, item in news], "hasMoreElements": False, "links": []}

    def _rude_feed(
        self, news: list[tuple[datetime, Json]], fault: Fault, since: datetime
    ) -> list[tuple[datetime, Json]]:
        old = [p for r in self.bank.resources() for p in r.past if p[0] > since]
        if fault.kind == "twice":
            return [*news, *old, *news]
        if fault.kind == "backwards":
            return [*reversed(news), *reversed(old)]
        return [*news, *((at, _as_stranger(item)) for at, item in news)]

    def _account(self, number: str) -> Json:
        account = self.bank.accounts[number]
        held = sum(h.held for h in self.bank.holds.values() if h.number == number)
        return {
            "responseDetails": {"status": "complete", "message": ""},
            "account": {"number": number, "currency": account.currency},
            "balance": {
                "booked": money(account.balance, account.currency),
                "held": money(held, account.currency),
                "asOf": stamp(self.bank.now()),
            },
        }

    def _statement(self, number: str, query: httpx.QueryParams) -> Json:
        fault = self.bank.rude("statement")
        if fault is not None and fault.kind == "forbidden":
            raise ProblemError(403, "Forbidden")
        begin, end = (datetime.fromisoformat(query[n]) for n in ("fromDate", "toDate"))
        told = self._bookings(number, begin, end)
        if fault is not None and fault.kind == "partial":
            told["responseDetails"]["status"] = "partial"
        return told

    def statement_file(self, number: str, until: datetime, *, dated: bool) -> Json:
        """What the bank gives as a file (Berlin Group): all until an instant, in days or times."""
        account = self.bank.accounts[number]
        lines = [x for x in account.lines if x.at <= until]
        closing = account.opening + sum(x.signed for x in lines)
        begun = datetime(2026, 1, 1, tzinfo=UTC)
        return {
            "account": {"bban": number, "currency": account.currency, "name": account.holder},
            "balances": [
                _balance("openingBooked", account.opening, account.currency, begun, dated=dated),
                _balance("closingBooked", closing, account.currency, until, dated=dated),
            ],
            "transactions": {"booked": [_filed(x, account.currency, dated=dated) for x in lines]},
        }

    def _bookings(self, number: str, begin: datetime, end: datetime) -> Json:
        account = self.bank.accounts[number]
        before = sum(x.signed for x in account.lines if x.at < begin)
        lines = [x for x in account.lines if begin <= x.at <= end]
        opening = account.opening + before
        closing = opening + sum(x.signed for x in lines)
        return {
            "responseDetails": {"status": "complete", "message": ""},
            "account": {"number": number, "currency": account.currency},
            "fromDate": stamp(begin),
            "toDate": stamp(end),
            "opening": money(opening, account.currency),
            "closing": money(closing, account.currency),
            "transactions": [
                {
                    "seq": x.seq,
                    "bookedAt": stamp(x.at),
                    "creditDebit": "CRDT" if x.signed > 0 else "DBIT",
                    "amount": money(abs(x.signed), account.currency),
                    "kind": x.kind,
                    "counterparty": None if x.other is None else _party(x.other),
                    "counterAmount": None if x.other_money is None else money(*x.other_money),
                    "endToEndId": x.ref,
                }
                for x in lines
            ],
            "links": [],
        }


def _day(at: datetime, *, dated: bool) -> str:
    return (at + _SHANGHAI).date().isoformat() if dated else str(stamp(at))


def _balance(kind: str, minor: int, currency: str, at: datetime, *, dated: bool) -> Json:
    amount = money(minor, currency)
    day = _day(at, dated=dated)
    return {"balanceType": kind, "balanceAmount": amount, "referenceDate": day}


def _filed(line: Line, currency: str, *, dated: bool) -> Json:
    """One booking as the Berlin Group spells it: the sign of the amount tells the direction."""
    row: Json = {
        "transactionAmount": money(line.signed, currency),
        "bookingDate": _day(line.at, dated=dated),
        "endToEndId": line.ref,
        "bankTransactionCode": "PMNT-CCRD-CWDL" if line.kind == "CASH" else "",
    }
    if line.other is not None:
        side = "debtor" if line.signed > 0 else "creditor"
        bank, number, holder = line.other
        row |= {f"{side}Account": {"bban": number}, f"{side}Agent": bank, f"{side}Name": holder}
    return row


def _party(other: tuple[str, str, str]) -> Json:
    bank, number, holder = other
    return {"bank": bank, "number": number, "holderName": holder}


def _as_stranger(item: Json) -> Json:
    """A resource of the other type that bears our reference of this one."""
    stranger = {
        "id": "stranger-1", "revision": 9, "orderRef": item["orderRef"], "rejectionReason": None,
        "lastModified": item["lastModified"],
    }  # fmt: skip
    if item["type"] == "payout":
        more = {"type": "hold", "status": "RELEASED", "actedAt": None, "expiresAt": None}
        sums = {"amountRequested": item["amount"], "amountHeld": item["amount"]}
    else:
        more = {"type": "payout", "status": "SETTLED", "bookedAt": item["lastModified"]}
        sums = {"amount": item["amountHeld"], "debited": item["amountHeld"], "bookingRef": "S"}
    return stranger | more | sums


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
