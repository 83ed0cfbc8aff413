"""The service: one socket, one process for each command, nobody who is no officer.

It forks and has no thread of its own: everything that a command needs is imported before, so that
a command begins at once; no database is opened before the fork.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from recovery_flows.caller import name_of
from recovery_flows.errors import MisuseError, unwritable
from recovery_flows.service.door import Door
from recovery_flows.service.session import Run, serve_caller
from recovery_flows.service.wire import (
    new_socket,
    user_at_the_other_end,
    why_not_to_be_trusted,
)

COMMANDS_MAX = 256
"""Commands at a time, of all callers."""
COMMANDS_OF_ONE_MAX = 32
"""Commands at a time of one system user."""

_SOCKET_MODE = 0o666  # who connects is known by the kernel, and refused by the table of officers


def serve(
    path: Path, run: Run, say: Callable[[str], None], door: Door, parent_alive: int | None = None
) -> None:
    """Serve commands on a socket until the process is told to end; the socket is removed then.

    So it is too when `parent_alive`, the end of a pipe, says that the parent has ended.
    """
    if threading.active_count() != 1:
        raise RuntimeError("a process with threads must not fork")
    listening = _listening(path)
    service = _Service(listening, run, say, door, parent_alive)
    try:
        say(f"serving the unit at {path}")
        service.work()
    finally:
        listening.close()
        with suppress(OSError):
            path.unlink()
        service.end_all()


def _listening(path: Path) -> socket.socket:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            path.parent.chmod(0o755)  # this process makes everything for itself alone
        if wrong := why_not_to_be_trusted(path):
            raise MisuseError(wrong)
        if path.is_socket():
            _remove_dead(path)
        listening = new_socket()
        listening.bind(str(path))
        path.chmod(_SOCKET_MODE)
        listening.listen(64)
    except OSError as error:
        raise unwritable(path, error) from error
    return listening


def _remove_dead(path: Path) -> None:
    """Remove the socket that a killed service left; MisuseError where one answers there."""
    with new_socket() as line:
        try:
            line.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise MisuseError(f"a service answers at {path} already")


class _Service:
    def __init__(
        self,
        listening: socket.socket,
        run: Run,
        say: Callable[[str], None],
        door: Door,
        parent_alive: int | None,
    ) -> None:
        self._listening, self._run, self._say = listening, run, say
        self._door = door
        self._parent = [] if parent_alive is None else [parent_alive]
        self._users: dict[int, int] = {}
        """The system user behind each process that runs a command."""
        self._turned_away: set[int] = set()
        self._is_ending = False

    def work(self) -> None:
        """Accept callers until SIGTERM or SIGINT."""
        # A signal writes into this pipe, so that the wait below ends at once.
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while not self._is_ending:
            ready, _, _ = select.select([self._listening.fileno(), woken, *self._parent], [], [])
            if woken in ready:
                os.read(woken, 512)
            self._is_ending = self._is_ending or any(one in ready for one in self._parent)
            self._reap()
            if self._listening.fileno() in ready and not self._is_ending:
                self._accept((woken, wake))
        signal.set_wakeup_fd(-1)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._is_ending = True

    def _reap(self) -> None:
        for pid in list(self._users):
            with suppress(ChildProcessError):
                ended, _ = os.waitpid(pid, os.WNOHANG)
                if ended:
                    del self._users[pid]

    def _accept(self, own: tuple[int, ...]) -> None:
        try:
            line, _ = self._listening.accept()
        except OSError:  # he is gone, or no descriptor is free: others are served as before
            return
        with line:
            uid = user_at_the_other_end(line)
            if len(self._users) >= COMMANDS_MAX or (
                Counter(self._users.values())[uid] >= self._most_of(uid)
            ):
                self._turn_away(uid, "too many commands at a time")
                return
            try:
                pid = os.fork()
            except OSError as error:
                self._turn_away(uid, f"no process for a command ({error.strerror})")
                return
            self._turned_away.discard(uid)
            if pid == 0:
                self._serve(line, uid, own)
            self._users[pid] = uid

    def _most_of(self, uid: int) -> int:
        """Behind the user of `recovery web` there are many people."""
        return COMMANDS_OF_ONE_MAX + (self._door.most if self._door.is_open_to(uid) else 0)

    def _turn_away(self, uid: int, why: str) -> None:
        """Say it once for each user in a row: whoever tries again and again fills no log."""
        if uid not in self._turned_away:
            self._turned_away.add(uid)
            self._say(f"{why}: {name_of(uid)} was turned away")

    def _serve(self, line: socket.socket, uid: int, own: tuple[int, ...]) -> None:
        """The forked process, which never returns."""
        try:
            signal.set_wakeup_fd(-1)
            # Under nohup SIGHUP is ignored, and a command would outlive its caller.
            for name in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGQUIT):
                signal.signal(name, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)
            self._listening.close()
            for one in own:
                os.close(one)
            os.setsid()
            serve_caller(line, uid, self._run, self._door)
        finally:
            os._exit(0)

    def end_all(self) -> None:
        """End what still runs, as a terminal does that is closed."""
        for pid in self._users:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGHUP)
        for pid in self._users:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
