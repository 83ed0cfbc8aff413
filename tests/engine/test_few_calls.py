"""What a flow run asks of Prefect's server, and what the server knows of it afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from recovery_flows.engine.runtime.server import PrefectServer
from tests.patience import PATIENCE_SECONDS

_RUNS = """
import asyncio, json, sys
from pathlib import Path
from recovery_flows.engine.runtime.environment import prepare_environment
prepare_environment(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
from prefect import flow, get_client
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import AsyncClientContext, FlowRunContext
from recovery_flows.engine.runtime.kept_clients import kept_clients
from recovery_flows.engine.runtime.no_stored_results import refuse_stored_results
refuse_stored_results()
seen, goes_on = [], asyncio.Event()

@flow(name="counted", persist_result=False, validate_parameters=False)
async def counted(fails):
    goes_on.clear()
    run = FlowRunContext.get().flow_run
    how = "badly" if fails else "well"
    seen.append(f"work {run.state_name} {run.run_count} {how}")
    if fails:
        raise ValueError("on purpose")
    return 1

async def note(request):
    asked = [word for word in request.url.path.split("/") if word][1:]
    if asked[-1] == "set_state" and seen[-1] == "work Running 1 well":
        await goes_on.wait()  # for ever, if the engine waited for this answer
    if asked != ["csrf-token"]:
        seen.append(f"{request.method} {asked[0]} {asked[-1] if len(asked) > 2 else ''}".strip())

async def work():
    async with kept_clients():
        AsyncClientContext.get().client._client.event_hooks["request"].append(note)
        for fails in (False, False, True, False):
            try:
                await counted(fails)
            except ValueError:
                seen.append("failed")
            goes_on.set()
    async with get_client() as client:
        runs = await client.read_flow_runs(sort=FlowRunSort.START_TIME_ASC)
    return [(run.state_name, run.run_count) for run in runs]

found = asyncio.run(work())
sys.stdout.write(json.dumps([seen, found]))
"""
_MADE, _TOLD = "POST flow_runs", "POST flow_runs set_state"
_GOOD = [_MADE, _TOLD, "work Running 1 well", _TOLD]
_BAD = [_MADE, _TOLD, "work Running 1 badly", _TOLD, "failed"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What four runs of a process asked, the third of which fails, and what is known of them."""
    home, server = tmp_path_factory.mktemp("prefect"), PrefectServer()
    server.begin(home)
    try:
        url = server.start(home, PATIENCE_SECONDS)
        command = [sys.executable, "-c", _RUNS, str(home), url, server.credential]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE_SECONDS
        )
        return json.loads(done.stdout)
    finally:
        server.stop()


@pytest.mark.engine
def test_a_flow_run_asks_three_times_and_nobody_waits_for_a_good_end_to_be_heard(
    told: Any,
) -> None:
    assert told[0] == ["POST flows", *_GOOD, *_GOOD, *_BAD, *_GOOD]


@pytest.mark.engine
def test_the_server_knows_how_each_run_ended(told: Any) -> None:
    assert told[1] == [["Completed", 1], ["Completed", 1], ["Failed", 1], ["Completed", 1]]
