"""A Prefect API that sends every run away for a day: the stop leaves, and the engine says so."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.kill_engine import EngineProcess, seconds_to_bank, until
from bench.many_banks import many_banks
from bench.report_to_hold import order_stop
from models.queries.installation.clock import engine_view
from recovery_flows.clock import wall_clock
from recovery_flows.engine import watchdog
from recovery_flows.engine.runtime.server import PrefectServer
from recovery_flows.engine.watchdog import AtHand, StalledError, watched
from tests.patience import PATIENCE_SECONDS


class SendsAway(BaseHTTPRequestHandler):
    """Hands requests on to Prefect; a run that was made is at once scheduled for tomorrow."""

    protocol_version = "HTTP/1.1"
    port = 0
    sent_away: int = 0

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, raw = self._ask(self.command, self.path, body)
        if (self.command, self.path, status) == ("POST", "/api/flow_runs/", 201):
            tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
            state = {"type": "SCHEDULED", "state_details": {"scheduled_time": tomorrow}}
            told = json.dumps({"state": state, "force": True}).encode()
            self._ask("POST", f"/api/flow_runs/{json.loads(raw)['id']}/set_state", told)
            type(self).sent_away += 1
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        names = ("Authorization", "Content-Type", "X-PREFECT-API-VERSION")
        known = {name: self.headers[name] for name in names if self.headers[name]}
        line.request(method, path, body or None, known)
        answer = line.getresponse()
        return answer.status, answer.read()

    do_GET = do_POST = do_PATCH = do_DELETE = _forward  # noqa: N815 - names of the base class

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def contrary(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address and credential of a Prefect API that no flow is run by."""
    server = PrefectServer()
    url = server.start(tmp_path / "prefect", PATIENCE_SECONDS)
    handler = type("Handler", (SendsAway,), {"port": int(url.split(":")[2].split("/")[0])})
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{proxy.server_port}/api", server.credential
    proxy.shutdown()
    proxy.server_close()
    thread.join()
    server.stop()
    assert handler.sent_away


@pytest.mark.engine
def test_stops_leave_and_the_header_says_so_where_prefect_runs_no_flow(
    tmp_path: Path, contrary: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_ENGINE__STALL_SECONDS", "3")
    with many_banks(tmp_path, 2, 12) as at:
        engine = EngineProcess(at, *contrary)

        def told() -> str:
            with at.installation.database.reading() as session:
                return engine_view(session, wall_clock()).message

        try:
            engine.start()
            # More of them than may be sent beside each other.
            for number in range(5):
                seconds_to_bank(at, order_stop(at, number), 0.0)
            until(lambda: "Prefect runs none of the flows" in told(), "nothing was said")
            assert engine.is_alive()
        finally:
            engine.end()


async def test_a_sweep_that_only_waits_is_ended_and_one_that_works_is_not() -> None:
    at_hand = AtHand()

    async def waits() -> int:
        await asyncio.Event().wait()
        return 1

    async def works() -> int:
        with at_hand.work():
            await asyncio.sleep(0.4)
        return 2

    with pytest.raises(StalledError, match="runs none of the flows"):
        await watched(at_hand, waits(), 0.1)
    assert await watched(at_hand, works(), 0.1) == 2


async def test_a_process_that_stood_still_itself_does_not_blame_the_flows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_hand, begun = AtHand(), asyncio.get_running_loop().time()
    monkeypatch.setattr(watchdog, "_OVERSLEPT_SECONDS", 0.2)

    async def stopped_for_a_while() -> int:
        # As a machine that was suspended, or a process that was stopped.
        time.sleep(1.2)  # noqa: ASYNC251
        await asyncio.sleep(0.1)
        return 3

    assert await watched(at_hand, stopped_for_a_while(), 0.8) == 3
    assert asyncio.get_running_loop().time() - begun > 1.2
