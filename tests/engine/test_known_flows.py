"""A flow is named to Prefect's API once; what fails makes the engine name it again."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from recovery_flows.engine.runtime.known_flows import KnownFlows


class _Server(httpx.AsyncBaseTransport):
    """Answers like Prefect's API, counts what it is asked, and can fail."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.failure = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        what = f"{request.method} {request.url.path}"
        self.asked[what] += 1
        if self.failure == "away":
            raise httpx.ConnectError("nobody answers")
        if self.failure:
            return httpx.Response(404)
        return httpx.Response(201, json={"id": f"{what} {self.asked[what]}"})


def _play(*steps: str) -> tuple[_Server, list[str]]:
    """What was answered to each step; a step is a flow's name, `a run` or a failure."""
    server, told = _Server(), []

    async def play() -> None:
        transport = KnownFlows(server)
        async with httpx.AsyncClient(transport=transport, base_url="http://prefect/api") as client:
            for step in steps:
                server.failure = step if step in ("away", "lost") else ""
                if step == "a run" or server.failure:
                    try:
                        await client.post("/flow_runs/", json={})
                    except httpx.ConnectError:
                        continue
                else:
                    answer = await client.post("/flows/", json={"name": step})
                    told.append(answer.json()["id"])

    asyncio.run(play())
    return server, told


def test_a_flow_is_named_once_and_each_run_is_told() -> None:
    server, told = _play("poll", "a run", "poll", "a run", "tracing", "a run")
    assert server.asked == {"POST /api/flows/": 2, "POST /api/flow_runs/": 3}
    assert told == ["POST /api/flows/ 1", "POST /api/flows/ 1", "POST /api/flows/ 2"]


@pytest.mark.parametrize("failure", ["away", "lost"])
def test_what_fails_makes_the_flow_be_named_again(failure: str) -> None:
    server, told = _play("poll", failure, "poll")
    assert server.asked["POST /api/flows/"] == 2
    assert told == ["POST /api/flows/ 1", "POST /api/flows/ 2"]
