"""The Prefect server of our own: it comes up, is shared, and never outlives its parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from recovery_flows.engine.runtime import server_child
from recovery_flows.engine.runtime.environment import (
    EnvironmentTooLateError,
    client_settings,
    prepare_environment,
    server_settings,
    without_prefect,
)
from recovery_flows.engine.runtime.server import PrefectServer, ServerStartError
from recovery_flows.engine.runtime.server_schema import (
    DATABASE,
    SCHEMA,
    make_database,
    schema_of,
)

START_SECONDS = 90
WAKES_MAX = 8
"""In a second of which nothing is asked; Prefect's own server wakes some fifty times."""
PARENT = """
import sys
from pathlib import Path
from recovery_flows.engine.runtime.server import PrefectServer
server = PrefectServer()
sys.stdout.write(server.start(Path(sys.argv[1]), int(sys.argv[2])) + chr(10))
sys.stdout.flush()
assert "prefect" not in sys.modules
sys.stdin.read()
"""


def within(seconds: int, claim: Callable[[], bool]) -> bool:
    """Whether `claim` came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        threading.Event().wait(0.05)
    return False


@pytest.fixture
def stand_in() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts real processes that only carry the command line given."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()", *words]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.engine
def test_a_new_home_gets_the_database_that_prefects_own_migrations_make(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from recovery_flows.engine.runtime.server_schema import migrated, schema_of\n"
        "sys.stdout.write(schema_of(migrated(Path(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180)
    assert _lines(made.stdout) == _lines(SCHEMA.read_text(encoding="utf-8"))
    (tmp_path / "new").mkdir()
    make_database(tmp_path / "new")
    assert _lines(schema_of(tmp_path / "new" / DATABASE)) == _lines(made.stdout)


def _lines(statements: str) -> list[str]:
    """The lines of a schema; in which order constraints stand, Prefect leaves to chance."""
    return sorted(line.strip(" ,\t") for line in statements.splitlines())


@pytest.mark.engine
def test_a_server_is_shared_dies_with_a_killed_parent_starts_again_and_rests(
    tmp_path: Path,
) -> None:
    home = tmp_path / "prefect"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(home), str(START_SECONDS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    record = server_child.read_record(home)
    assert record is not None
    assert record.url == url

    other = PrefectServer()
    assert other.start(home, START_SECONDS) == url
    assert other.alive()
    other.stop()
    assert "prefect" in server_child.command_line(record.pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert within(5, lambda: server_child.command_line(record.pid) == "")
    assert within(1, lambda: server_child.read_record(home) is None)

    own = PrefectServer()
    own.start(home, START_SECONDS)
    again = server_child.read_record(home)
    assert again is not None
    assert own.alive()
    if Path("/proc/self/status").exists():
        assert within(30, lambda: _wakes_in_a_second(again.pid) <= WAKES_MAX)
    own.stop()
    assert server_child.command_line(again.pid) == ""
    assert not own.alive()


def _wakes_in_a_second(pid: int) -> int:
    """How often the server's main thread woke up by itself."""
    before = _wakes(pid)
    threading.Event().wait(1)
    return _wakes(pid) - before


def _wakes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("voluntary_ctxt")))


def test_a_server_that_a_killed_supervisor_left_behind_is_stopped(
    tmp_path: Path, stand_in: Callable[..., subprocess.Popen[bytes]]
) -> None:
    left = stand_in("prefect", "server", "start", "--port", "45678")
    assert within(5, lambda: "45678" in server_child.command_line(left.pid))
    server_child._write_record(tmp_path, server_child.ServerRecord(left.pid, 45678))
    server_child._stop_stale(tmp_path)
    assert left.wait(5) == -signal.SIGKILL
    assert server_child.read_record(tmp_path) is None


def test_a_process_that_took_the_number_of_a_dead_server_is_spared(
    tmp_path: Path, stand_in: Callable[..., subprocess.Popen[bytes]]
) -> None:
    innocent = stand_in("something", "else")
    server_child._write_record(tmp_path, server_child.ServerRecord(innocent.pid, 45678))
    server_child._stop_stale(tmp_path)
    assert innocent.poll() is None
    assert server_child.read_record(tmp_path) is None


def test_a_half_written_record_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"pid": 1')
    assert server_child.read_record(tmp_path) is None


def test_a_server_that_cannot_start_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "server.lock").mkdir()
    with pytest.raises(ServerStartError, match=r"server\.log"):
        PrefectServer().start(tmp_path, 20)
    assert "IsADirectoryError" in server_child.log_path(tmp_path).read_text()


def test_nothing_of_another_prefect_set_up_reaches_ours(tmp_path: Path) -> None:
    theirs = {"PREFECT_API_KEY": "k", "PREFECT_SERVER_DATABASE_CONNECTION_URL": "x", "PATH": "/"}
    ours = without_prefect(theirs) | server_settings(tmp_path, 4321, "name:word")
    assert "PREFECT_API_KEY" not in ours
    assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in ours
    assert ours["PREFECT_HOME"] == str(tmp_path)
    assert ours["PATH"] == "/"
    assert ours["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_settings_that_would_come_too_late_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prefect", ModuleType("prefect"))
    address = "http://127.0.0.1:9/api"
    with pytest.raises(EnvironmentTooLateError):
        prepare_environment(tmp_path, address)
    for name in set(os.environ) - set(without_prefect(os.environ)):
        monkeypatch.delenv(name)
    for name, value in client_settings(tmp_path, address).items():
        monkeypatch.setenv(name, value)
    prepare_environment(tmp_path, address)
