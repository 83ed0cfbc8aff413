"""Who reaches the engine's Prefect server: nobody but its own user, and no page in a browser."""

from __future__ import annotations

import base64
import http.client
import json
import os
import pickle
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from recovery_flows.engine.runtime import server_child
from recovery_flows.engine.runtime.server import PrefectServer
from tests.patience import PATIENCE_SECONDS

NOBODY = 65534
ASKED = (
    ("POST", "/api/flows/", {"name": "a stranger's"}),
    ("POST", "/api/flow_runs/filter", {}),
    ("POST", "/api/flow_runs/{run}/set_state", {"state": {"type": "SCHEDULED"}, "force": True}),
    ("GET", "/api/admin/settings", None),
    ("GET", "/api/health", None),
    ("GET", "/docs", None),
    ("GET", "/openapi.json", None),
    ("GET", "/", None),
)
# As another user would: plain sockets, and a look at where the credential is kept. Python itself
# may be another user's to read, so it becomes that user when all of it is loaded.
STRANGER = """
import encodings.idna, http.client, json, os, sys
port, run, home, asked = json.loads(sys.argv[1])
os.setgroups([]); os.setgid(65534); os.setuid(65534)
told = {"uid": os.getuid(), "status": [], "read": []}
for method, path, body in asked:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    raw = None if body is None else json.dumps(body)
    line.request(method, path.format(run=run), raw, {"Content-Type": "application/json"})
    told["status"].append(line.getresponse().status)
for name in ("server.json", "prefect.db", "server.log", "."):
    try:
        open(home + "/" + name).read()
        told["read"].append(name)
    except OSError:
        pass
print(json.dumps(told))
"""


class Served(NamedTuple):
    server: PrefectServer
    home: Path
    port: int


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server as the engine starts it."""
    home = tmp_path_factory.mktemp("unit") / "prefect"
    server = PrefectServer()
    url = server.start(home, PATIENCE_SECONDS)
    yield Served(server, home, int(url.split(":")[2].split("/")[0]))
    server.stop()


def ask(
    served: Served, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, bytes]:
    """One request with the credential, and whatever other headers."""
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    token = base64.b64encode(served.server.credential.encode()).decode()
    known = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
    line.request(method, path, None if body is None else json.dumps(body), known | headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def own_run(served: Served) -> str:
    """A flow run that its owner made."""
    _, flow = ask(served, "POST", "/api/flows/", {"name": "ours"})
    state = {"type": "PENDING"}
    made, run = ask(
        served, "POST", "/api/flow_runs/", {"flow_id": json.loads(flow)["id"], "state": state}
    )
    assert made == 201
    return str(json.loads(run)["id"])


@pytest.mark.engine
def test_another_user_of_the_machine_is_refused_whatever_he_asks(served: Served) -> None:
    if os.getuid() != 0:
        pytest.skip("NOT SHOWN: only root can act as another user; run this test as root once")
    run = own_run(served)
    words = json.dumps([served.port, run, str(served.home), ASKED])
    told = subprocess.run(
        [sys.executable, "-I", "-c", STRANGER, words],
        cwd="/", check=True, capture_output=True, text=True,
    )  # fmt: skip
    seen = json.loads(told.stdout)
    assert seen["uid"] == NOBODY
    assert set(seen["status"]) == {401}
    assert seen["read"] == []
    _, now = ask(served, "GET", f"/api/flow_runs/{run}")
    assert json.loads(now)["state"]["type"] == "PENDING"


@pytest.mark.engine
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_page_in_a_browser_is_refused_even_with_the_credential(
    served: Served, headers: dict[str, str]
) -> None:
    assert ask(served, "POST", "/api/flow_runs/filter", {}, **headers)[0] == 403


@pytest.mark.engine
def test_with_the_credential_the_api_answers_and_prefects_pages_are_off(served: Served) -> None:
    assert ask(served, "POST", "/api/flow_runs/filter", {})[0] == 200
    assert ask(served, "GET", "/api/health", Authorization="Basic d3Jvbmc=")[0] == 401
    assert b"<html" not in ask(served, "GET", "/")[1].lower()


@pytest.mark.engine
@pytest.mark.parametrize("path", ["/api/events/in", "/api/events/out", "/api/logs/out"])
def test_a_socket_without_the_credential_gets_and_gives_nothing(served: Served, path: str) -> None:
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    def told(origin: str | None) -> str:
        address = f"ws://127.0.0.1:{served.port}{path}"
        with connect(address, origin=origin, subprotocols=["prefect"]) as line:
            line.send(json.dumps({"type": "auth", "token": "wrong"}))
            return str(line.recv(10))

    for origin in (None, "http://evil.example"):
        with pytest.raises(WebSocketException):
            told(origin)


@pytest.mark.engine
def test_the_credential_is_in_no_command_line_and_in_files_of_the_user_alone(
    served: Served,
) -> None:
    secret = served.server.credential.partition(":")[2]
    record = server_child.read_record(served.home)
    assert record is not None
    assert len(secret) >= 32
    assert secret not in server_child.command_line(record.pid)
    assert secret not in repr(record)
    paths = [served.home, *served.home.rglob("*")]
    assert len(paths) > 3
    assert [p for p in paths if stat.S_IMODE(p.stat().st_mode) & 0o077] == []
    holding = [p.name for p in paths if p.is_file() and secret.encode() in p.read_bytes()]
    assert holding == ["server.json"]


class Planted:
    """Unpickling it makes a file: code of whoever wrote the pickle has run."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (os.mkdir, (str(self.mark),))


READER = """
import asyncio, sys, uuid
from prefect._internal.result_records import ResultRecordMetadata
from prefect.client.schemas.objects import State
if sys.argv[2] == "ours":
    import recovery_flows.engine.flows
told = ResultRecordMetadata(storage_key=sys.argv[1], serializer={"type": "pickle"}, expiration=None)
try:
    asyncio.run(State(type="COMPLETED", data=told).aresult())
except Exception as error:
    print(type(error).__name__)
"""


@pytest.mark.engine
@pytest.mark.parametrize("whose", ["prefect", "ours"])
def test_a_state_that_names_a_pickle_has_it_read_by_prefect_and_not_by_us(
    tmp_path: Path, whose: str
) -> None:
    mark, stored = tmp_path / "mark", tmp_path / "result"
    inner = base64.b64encode(pickle.dumps(Planted(mark))).decode()
    stored.write_text(
        json.dumps(
            {
                "metadata": {"storage_key": str(stored), "serializer": {"type": "pickle"}},
                "result": inner,
            }
        )
    )
    home = {"PREFECT_HOME": str(tmp_path / "home"), "DO_NOT_TRACK": "1"}
    told = subprocess.run(
        [sys.executable, "-c", READER, str(stored), whose],
        env={**os.environ, **home}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert mark.exists() is (whose == "prefect")
    assert ("StoredResultError" in told.stdout) is (whose == "ours")
