"""A unit behind `recovery serve`, and the programs of its callers, each with a system user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from recovery_flows.caller import name_of
from recovery_flows.service.client import run_there
from tests.patience import PATIENCE_SECONDS, comes


@dataclass(frozen=True)
class Said:
    """What one command answered, as its caller saw it."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Served:
    """A unit in `folder` with its service."""

    folder: Path
    socket: Path
    process: subprocess.Popen[bytes]

    def call(
        self, *args: str, uid: int | None = None, cwd: Path | None = None, stdin: str = ""
    ) -> Said:
        """Run a command as the program of a system user does; this test's own by default."""
        with tempfile.TemporaryFile() as given, captured() as out, captured() as err:
            given.write(stdin.encode())
            given.seek(0)
            pid = os.fork()
            if pid == 0:
                _as_user(uid, cwd, (given.fileno(), out.fileno(), err.fileno()), self.socket, args)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            return Said(code, _all_of(out), _all_of(err))

    def starts(self, *args: str, streams: tuple[int, int, int], uid: int | None = None) -> int:
        """Begin a command on these streams; the number of the caller's process."""
        pid = os.fork()
        if pid == 0:
            _as_user(uid, None, streams, self.socket, args)
        return pid

    def children(self) -> set[int]:
        """The processes in which the service runs commands."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(one) for one in found.split()}


captured = tempfile.TemporaryFile


def _all_of(file: tempfile._TemporaryFileWrapper[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def _as_user(
    uid: int | None,
    cwd: Path | None,
    streams: tuple[int, int, int],
    socket: Path,
    args: tuple[str, ...],
) -> None:
    """The forked process of the caller; never returns."""
    code = 99
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        os.umask(0o022)
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        os.chdir(cwd or "/")
        os.environ["TERM"] = "xterm-256color"
        code = run_there(socket, args)
        sys.stderr.flush()
    finally:
        os._exit(code)


@contextmanager
def served(officer: str, supervisor: str) -> Iterator[Served]:
    """A new unit whose two people are these system users, served until the end."""
    # The name of a socket is short by its nature: a test's own folder may be too deep.
    with tempfile.TemporaryDirectory(prefix="unit-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        environment = {
            name: text for name, text in os.environ.items() if not name.startswith("RECOVERY_")
        }
        environment["RECOVERY_DATA_DIR"] = str(folder / "data")
        command = [sys.executable, "-m", "recovery_flows.cli.main"]
        subprocess.run(
            [
                *command, "init", "--officer", "ada", "--officer-os-user", officer,
                "--supervisor", "ben", "--supervisor-os-user", supervisor,
            ],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip
        socket = folder / "run" / "unit.sock"
        # As an operator may leave it: beyond his own log-out, and with what he acts by himself.
        of_operator = {"RECOVERY_SECURITY__OFFICER": "ben", "RECOVERY_SECURITY__SECRET": "x" * 20}
        with subprocess.Popen(
            ["nohup", *command, "serve", "--socket", str(socket)],
            env={**environment, **of_operator}, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert b"serving the unit" in process.stdout.readline()
            try:
                yield Served(folder, socket, process)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE_SECONDS)
                assert not socket.exists()


def user(uid: int) -> str:
    """The name under which the unit knows a system user."""
    return name_of(uid)


def come(there: Callable[[], bool]) -> None:
    """Wait until something is there."""
    assert comes(there), "it did not come"
