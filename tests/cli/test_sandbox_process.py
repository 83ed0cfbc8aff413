"""The sandbox's banks as a child process: it ends also where the machine does not let it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from recovery_flows.cli.sandbox_process import await_end

_ENDS_WITH_INPUT = "import sys; sys.stdout.write('up'); sys.stdout.flush(); sys.stdin.read()"


def child() -> subprocess.Popen[bytes]:
    started = subprocess.Popen(
        [sys.executable, "-c", _ENDS_WITH_INPUT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert started.stdout is not None
    assert started.stdout.read(2) == b"up"
    return started


def told_to_end(started: subprocess.Popen[bytes]) -> None:
    assert started.stdin is not None
    started.stdin.close()


def test_a_child_that_ends_by_itself_is_waited_for() -> None:
    started = child()
    told_to_end(started)
    await_end(started, 30)
    assert started.returncode == 0


def test_a_child_that_gets_no_time_to_end_is_killed() -> None:
    started = child()
    os.kill(started.pid, signal.SIGSTOP)
    told_to_end(started)
    await_end(started, 0.2)
    assert started.returncode == -signal.SIGKILL
