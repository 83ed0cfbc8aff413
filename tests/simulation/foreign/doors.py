"""The way to bodies and offices without a socket: real requests in, real bytes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

import httpx

from tests.simulation.books import Json
from tests.simulation.counter import ProblemError
from tests.simulation.door import _json, _problem, carried_out
from tests.simulation.foreign.bodies import Body
from tests.simulation.foreign.deaths import Deaths
from tests.simulation.foreign.offices import Office


@dataclass(slots=True)
class Turns:
    """Counts orders to all of them; some lose their answer, a few never arrive."""

    lost: tuple[int, ...]
    orders: int = 0

    def next(self) -> str:
        """What happens to this order: nothing, or its answer is lost, or itself."""
        self.orders += 1
        if self.orders not in self.lost:
            return ""
        return "before" if self.orders % 3 == 0 else "after"


@dataclass(slots=True)
class ForeignDoor(httpx.AsyncBaseTransport):
    """What stands in the place of the network before one of them."""

    there: Body | Office
    regime: str
    turns: Turns
    between: Callable[[bool], Awaitable[None]]
    deaths: Deaths = field(default_factory=Deaths)
    requests: int = field(default=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        body = await request.aread()
        self.requests += 1
        await self.between(False)  # noqa: FBT003
        if isinstance(self.there, Office):
            self.there.advance()
        is_order = request.method == "POST"
        if is_order and isinstance(self.there, Body):
            self.deaths.order(answered=False)
        response = self._order(request, body) if is_order else self._read(request)
        await self.between(True)  # noqa: FBT003
        return response

    def _order(self, request: httpx.Request, body: bytes) -> httpx.Response:
        lost = "" if self.there.polite else self.turns.next()
        if lost == "before":
            raise httpx.ConnectError("simulated", request=request)
        key = request.headers["idempotency-key"]
        if isinstance(self.there, Body) and key in self.there.calls:
            self.there.again.append(key)
        status, answer = carried_out(self.there.calls, self._act, request, body)
        if isinstance(self.there, Body):
            self.deaths.order(answered=True)
        if lost:
            raise httpx.ReadTimeout("simulated", request=request)
        return _json(status, answer)

    def _act(self, path: str, body: Json) -> Json:
        parts, there = unquote(path).split("/")[2:], self.there
        if isinstance(there, Body) and parts == ["requests"]:
            there.posts.append(body["requestRef"])
            return there.json(there.take(body))
        if isinstance(there, Body) and parts[0] == "requests" and parts[2:] == ["messages"]:
            asked = there.hear(parts[1], body)
            if asked is None:
                raise ProblemError(404, "NotFound")
            return there.json(asked)
        if isinstance(there, Office) and parts[0] == "tasks":
            match parts[1:]:
                case []:
                    there.posts.append(body["taskRef"])
                    return there.take(body).json()
                case [name, "extend"]:
                    return there.extend(name, body).json()
                case [name, "cancel"]:
                    return there.cancel(name).json()
        raise ProblemError(404, "NotFound")

    def _read(self, request: httpx.Request) -> httpx.Response:
        try:
            return _json(200, self._told(request))
        except ProblemError as problem:
            return _problem(problem.status, problem.name)

    def _told(self, request: httpx.Request) -> Json:
        parts = unquote(request.url.path).split("/")[2:]
        match parts:
            case ["capabilities"]:
                return {
                    "profile": "RBP/1", "bankId": self.there.id, "name": self.there.id,
                    "minPollSeconds": 0, "jurisdiction": self.regime,
                    "currency": "GBP" if self.regime == "GB" else "CNY", "limits": {},
                }  # fmt: skip
            case ["events"]:
                since = datetime.fromisoformat(request.url.params["modifiedAfter"])
                news = sorted(self._news(), key=lambda entry: entry[0])
                items = [item for at, item in news if at > since]
                if items and isinstance(self.there, Body):
                    self.deaths.news()
                return {"items": items, "hasMoreElements": False, "links": []}
            case ["calls", key] if key in self.there.calls:
                _, status, answer = self.there.calls[key]
                return {"idempotencyKey": key, "status": "DONE", "responseStatus": status,
                        "response": answer}  # fmt: skip
            case ["daily"]:
                raise ProblemError(404, "NotFound")
        raise ProblemError(404, "NotFound")

    def _news(self) -> Iterator[tuple[datetime, Json]]:
        there = self.there
        if isinstance(there, Body):
            apart = there.clock.apart
            yield from ((there.modified(a) + apart, there.json(a)) for a in there.asked.values())
            yield from there.of_others()
        else:
            yield from ((job.modified, job.json()) for job in there.jobs.values())
