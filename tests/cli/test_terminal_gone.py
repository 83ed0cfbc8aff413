"""A terminal that goes away, as with the tab of a browser: what its officer looked at is kept."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from typing import Any

import pytest

from recovery_flows.cases.kept.last_seen import last_seen
from recovery_flows.cases.kept.presence import Presence
from tests.cli.conftest import MINE
from tests.patience import PATIENCE_SECONDS

_PROGRAM = [sys.executable, "-m", "recovery_flows.cli.main", "tui"]


def shown_until(terminal: int, wanted: bytes) -> None:
    """Read what is drawn until it holds this."""
    drawn, until = b"", time.monotonic() + PATIENCE_SECONDS
    while wanted not in drawn:
        assert time.monotonic() < until, drawn[-2000:]
        if select.select([terminal], [], [], 0.2)[0]:
            drawn += os.read(terminal, 65536)


@pytest.mark.parametrize("name", [signal.SIGHUP, signal.SIGTERM])
def test_a_look_ends_and_nobody_seems_to_look_where_the_terminal_goes_away(
    unit: Any, name: signal.Signals
) -> None:
    ref = unit.accepted()
    folder, vault = unit.folder / "data", unit.installation().whole.vault
    assert last_seen(folder, vault, MINE) is None
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, _PROGRAM)  # noqa: S606
    try:
        shown_until(terminal, ref.encode())
        os.kill(pid, name)
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)
    assert os.WTERMSIG(status) == name
    seen = last_seen(folder, vault, MINE)
    assert seen is not None
    assert seen.seq == unit.one("SELECT max(seq) FROM event")
    assert Presence(folder, vault).others("chen", unit.page(ref)["recovery_id"]) == ()
