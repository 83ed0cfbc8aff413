"""Ends of flow runs that are told while the engine goes on: of several at once, lost, or never."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Completed

from recovery_flows.engine.runtime import few_calls
from recovery_flows.engine.runtime.few_calls import FewCalls


class _Server:
    """What it was asked and has heard, in order; an end is heard when `listens` is set."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.listens = asyncio.Event()
        self.error: Exception | None = None

    async def create_flow_run(self, _: PrefectClient) -> FlowRun:
        self.told.append("new")
        return FlowRun(id=uuid4(), flow_id=uuid4())

    async def set_flow_run_state(self, _: PrefectClient, *given: Any) -> None:
        await self.listens.wait()
        if self.error is not None:
            raise self.error
        self.told.append(str(given[1].message))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> _Server:
    made = _Server()
    for name in ("create_flow_run", "set_flow_run_state"):
        asked = getattr(made, name)
        monkeypatch.setattr(PrefectClient, name, lambda *given, to=asked: to(*given))
    return made


def _ended(name: str) -> tuple[UUID, State[Any]]:
    return uuid4(), Completed(message=name)


async def test_of_two_runs_that_end_together_one_is_waited_for_and_both_are_heard(
    server: _Server,
) -> None:
    client = FewCalls("http://127.0.0.1:9/api")
    await client.set_flow_run_state(*_ended("sweep"))
    beside = asyncio.create_task(client.set_flow_run_state(*_ended("stops")))
    following = asyncio.create_task(client.create_flow_run())
    await asyncio.sleep(0.01)
    assert server.told == []
    assert not beside.done()
    server.listens.set()
    await asyncio.gather(beside, following)
    assert sorted(server.told[:2]) == ["stops", "sweep"]
    assert server.told[2:] == ["new"]


async def test_an_end_that_was_not_heard_fails_one_run_and_what_was_known_of_flows_is_forgotten(
    server: _Server,
) -> None:
    client = FewCalls("http://127.0.0.1:9/api")
    client._flows["stage"] = Response(200)
    server.error = RuntimeError("another server")
    server.listens.set()
    await client.set_flow_run_state(*_ended("sweep"))
    with pytest.raises(RuntimeError, match="another server"):
        await client.create_flow_run()
    assert not client._flows
    await client.create_flow_run()
    assert server.told == ["new"]


async def test_a_server_that_never_hears_an_end_holds_up_no_end_of_the_engine(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(few_calls, "_END_SECONDS", 0.01)
    client = FewCalls("http://127.0.0.1:9/api")
    await client.set_flow_run_state(*_ended("sweep"))
    await client.drain()
    server.listens.set()
    await client.create_flow_run()
    assert server.told == ["new"]
