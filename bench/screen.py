"""What looking costs on the screen: `python -m bench.screen WORLD`, made by `bench.stored_world`.

First what each screen reads: milliseconds of CPU, statements and steps of SQLite's machine, in this
process; steps are the same however busy the machine is. Then the terminal itself
on a pseudo-terminal of 120 by 40, beside an empty Textual app with a list: seconds from the start
of the process to the first line, from a key to the first byte painted, bytes that a key paints.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from bench.statements import counted
from models.entities.officer import Role
from recovery_flows.access.log_in import by_system_user
from recovery_flows.access.registers import ask_officer, decide
from recovery_flows.caller import system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cli.composition import open_installation
from tests.patience import comes
from tui.screen_queries import Source
from tui.widgets.paged_table import PAGE_LINES

RESULTS = Path(__file__).with_name("screen.json")
COLUMNS, LINES, KEYS = 120, 40, 40
_STEPS_AT_ONCE = 100
_EMPTY = """
from textual.app import App
from textual.widgets import OptionList
class Empty(App):
    def compose(self):
        yield OptionList(*(f"R-2026-{n:04d}" for n in range(200)))
Empty().run()
"""


def reads(world: Path) -> dict[str, dict[str, object]]:
    """Per screen: the best of three readings in milliseconds of CPU, its statements and steps."""
    made = open_installation(world / "data")
    database, steps = made.database, [0]

    def stepped() -> int:
        steps[0] += _STEPS_AT_ONCE
        return 0

    database.engine.dispose()  # the connections that are open already are not watched
    sa.event.listen(
        database.engine, "connect", lambda raw, _: raw.set_progress_handler(stepped, _STEPS_AT_ONCE)
    )
    source = Source(database, made.laws, patience=made.patience())
    end = source.queue(QueueQuery(offset=10**9), PAGE_LINES)
    last = end.lines[-1].recovery_id
    asked: dict[str, Callable[[], object]] = {
        "header": source.status,
        "queue, first page": lambda: source.queue(QueueQuery(), PAGE_LINES),
        "queue, the middle": lambda: source.queue(QueueQuery(offset=end.total // 2), PAGE_LINES),
        "queue, the end": lambda: source.queue(QueueQuery(offset=end.total), PAGE_LINES),
        "queue, around a line": lambda: source.queue(QueueQuery(at_id=last), PAGE_LINES),
        "queue, filtered": lambda: source.queue(QueueQuery(text="slow title"), PAGE_LINES),
        "queue, by loss": lambda: source.queue(QueueQuery(order_by="loss"), PAGE_LINES),
        "one recovery": lambda: source.page(last),
        "approvals": lambda: source.approvals(QueueQuery(), PAGE_LINES),
        "approvals, the end": lambda: source.approvals(QueueQuery(offset=10**9), PAGE_LINES),
        "deadlines": source.deadlines, "summary": source.summary, "partners": source.partners,
    }  # fmt: skip
    found = {name: _counted(read, steps) for name, read in asked.items()}
    database.dispose()
    return found


def _counted(read: Callable[[], object], steps: list[int]) -> dict[str, object]:
    best = []
    for _ in range(3):
        with counted() as statements:
            steps[0], begun = 0, time.process_time()
            read()
            best.append(time.process_time() - begun)
    return {
        "ms": round(min(best) * 1000, 1),
        "statements": statements["queries"],
        "steps": steps[0],
    }


class Terminal:
    """A program on a pseudo-terminal, and what it has painted."""

    def __init__(self, command: list[str], settings: dict[str, str]) -> None:
        self.begun = time.perf_counter()
        self.process, self.file = pty.fork()
        if not self.process:
            os.execve(  # noqa: S606 - our own program
                command[0], command, {**os.environ, "TERM": "xterm-256color", **settings}
            )
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def until(self, text: bytes, seconds: float = 60) -> float:
        """Seconds from the start until a text was painted."""
        seen = b""
        while time.perf_counter() - self.begun < seconds:
            seen += self._painted(0.05)
            if text in seen:
                return time.perf_counter() - self.begun
        raise TimeoutError(f"{text!r} was not painted")

    def press(self, key: bytes) -> tuple[float, int]:
        """Milliseconds from a key to the first byte, and the bytes until nothing more comes."""
        begun = time.perf_counter()
        os.write(self.file, key)
        painted = self._painted(2)
        took = time.perf_counter() - begun
        size = len(painted)
        while more := self._painted(0.08):
            size += len(more)
        return took * 1000, size

    def _painted(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.file], [], [], seconds)
        return os.read(self.file, 1 << 20) if ready else b""

    def quiet(self) -> None:
        """Wait until nothing is painted for a while."""
        while self._painted(1.0):
            pass

    def end(self) -> None:
        """End it; nothing of it is needed any more."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)


def keys(command: list[str], settings: dict[str, str], text: bytes) -> dict[str, object]:
    """How a program on a terminal starts and answers to keys."""
    terminal = Terminal(command, settings)
    started = terminal.until(text)
    terminal.quiet()
    pressed = [terminal.press(b"\x1b[B") for _ in range(KEYS)]
    terminal.end()
    times = sorted(ms for ms, _ in pressed)
    return {
        "start": round(started, 2),
        "key p50 ms": round(statistics.median(times), 1),
        "key p95 ms": round(times[int(len(times) * 0.95)], 1),
        "bytes a key": int(statistics.median(size for _, size in pressed)),
    }


def appoint(world: Path) -> None:
    """Make whoever measures an officer of the world, by two of its people: a service asks who."""
    made = open_installation(world / "data")
    database = made.database
    if by_system_user(database, system_user()) is None:
        asks, confirms = (
            CaseOfficer(database, made.laws, by_system_user(database, f"synthetic-{role}"))
            for role in (Role.SUPERVISOR, Role.OFFICER)
        )
        roles = frozenset({Role.OFFICER})
        change = ask_officer(asks, "measuring", roles, os_user=system_user())
        decide(confirms, change, is_yes=True)
    database.dispose()


def over_socket(program: str) -> dict[str, object]:
    """The same where the unit is held by its service, which hands the screens a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "unit.sock"
        service = subprocess.Popen(  # noqa: S603 - our own program
            [program, "serve", "--socket", str(socket)], stdout=subprocess.DEVNULL
        )
        try:
            is_there = comes(lambda: socket.exists() or service.poll() is not None)
            if not is_there or service.poll() is not None:
                raise RuntimeError("the service of the unit did not start")
            return keys([program, "tui"], {"RECOVERY_SERVICE_SOCKET": str(socket)}, b"R-2026-")
        finally:
            service.terminate()
            service.wait()


def main() -> int:
    """Measure, print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    settings = {"RECOVERY_DATA_DIR": str(given.world / "data"),
                "RECOVERY_KEY_DIR": str(given.world / "data-keys")}  # fmt: skip
    os.environ |= settings
    found = reads(given.world)
    program = str(Path(sys.executable).with_name("recovery"))
    found["empty app"] = keys([sys.executable, "-c", _EMPTY], {}, b"R-2026-0010")
    found["terminal"] = keys([program, "tui"], settings, b"R-2026-")
    appoint(given.world)
    found["terminal over the socket"] = over_socket(program)
    for name, one in found.items():
        sys.stdout.write(f"{name:24} {one}\n")
    if given.record:
        kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
        kept[given.world.name] = found
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
