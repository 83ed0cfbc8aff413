"""Runs one Prefect server for as long as the process that started it lives.

`python -m recovery_flows.engine.runtime.server_child HOME PORT`: standard input is a pipe from
that process, so its end, even by kill -9, is an end of file here. The lock says that a home is in
use; the record names the server, so that one left behind by a killed supervisor is found and
stopped.
"""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

IN_USE = 75  # EX_TEMPFAIL of sysexits.h: another supervisor holds the home
STOP_SECONDS = 3
_POLL_SECONDS = 0.2
_LOG_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """The process that serves a home, its loopback port, and the credential that it requires."""

    pid: int
    port: int
    credential: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Address of the server's API."""
        return f"http://127.0.0.1:{self.port}/api"


def log_path(home: Path) -> Path:
    """Where the output of the server of `home` and of its supervisor goes."""
    return home / "server.log"


def open_log(home: Path) -> BinaryIO:
    """The log to write at its end; nobody but this user reads it."""
    return os.fdopen(os.open(log_path(home), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _keep_log_small(home: Path) -> None:
    """Begin a new log when it is too long; the output of a crash is kept."""
    if log_path(home).stat().st_size > _LOG_BYTES:
        os.truncate(log_path(home), 0)


def read_record(home: Path) -> ServerRecord | None:
    """The server that serves `home`, or None; a half-written record counts as none."""
    try:
        return ServerRecord(**json.loads(_record_path(home).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _record_path(home: Path) -> Path:
    return home / "server.json"


def _write_record(home: Path, record: ServerRecord) -> None:
    """Only this user may read it: the credential is in it."""
    draft = home / "server.json.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(record), file)
    draft.replace(_record_path(home))


@contextmanager
def _sole_use(home: Path) -> Iterator[bool]:
    """Hold the lock of `home`; False if another process holds it. A dead holder's lock is free."""
    with (home / "server.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def command_line(pid: int) -> str:
    """The command of a running process, or an empty text."""
    entry = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        with suppress(FileNotFoundError, ProcessLookupError):
            return entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    listing = subprocess.run(  # noqa: S603 (no shell, and the number is ours)
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return listing.stdout


def _stop_stale(home: Path) -> None:
    """Kill a server whose supervisor is gone, but no other process that reuses its number."""
    stale = read_record(home)
    if stale is not None:
        command = command_line(stale.pid)
        if "prefect" in command and f"--port {stale.port}" in command:
            with suppress(ProcessLookupError):
                os.kill(stale.pid, signal.SIGKILL)
    _record_path(home).unlink(missing_ok=True)


def _start_server(home: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server in `home`, where no settings file of the user's working folder is read."""
    command = [
        sys.executable,
        "-m",
        "recovery_flows.engine.runtime.guarded_prefect",
        "--port",
        str(port),
    ]
    return subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL)  # noqa: S603 (no shell)


def _wait_for_end(server: subprocess.Popen[bytes]) -> None:
    """Return when the parent has gone (end of file) or the server has."""
    while server.poll() is None:
        readable, _, _ = select.select([0], [], [], _POLL_SECONDS)
        if readable and not os.read(0, 1024):
            return


def _stop_server(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def supervise(home: Path, port: int) -> int:
    """Serve `home` on `port` until the parent ends; `IN_USE` if another supervisor does already."""
    with _sole_use(home) as ours:
        if not ours:
            return IN_USE
        _stop_stale(home)
        _keep_log_small(home)
        server = _start_server(home, port)
        credential = os.environ["PREFECT_SERVER_API_AUTH_STRING"]
        _write_record(home, ServerRecord(server.pid, port, credential))
        try:
            _wait_for_end(server)
        finally:
            # First the record: nobody may join a server that is going away.
            _record_path(home).unlink(missing_ok=True)
            _stop_server(server)
        return server.returncode


if __name__ == "__main__":
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(supervise(Path(sys.argv[1]), int(sys.argv[2])))
