"""`recovery serve`: commands and screens of callers who hold neither database nor keys."""

from __future__ import annotations

import os
import pty
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery_flows.service.client import _answered, _Signals, is_for_service
from recovery_flows.service.wire import new_socket, send, why_not_to_be_trusted
from tests.cli.served import Served, come, served, user

NOT_AVAILABLE = 4


@pytest.fixture(scope="module")
def unit() -> Iterator[Served]:
    """Served to this test's own system user as officer; the supervisor is somebody else."""
    with served(user(os.geteuid()), "somebody-else") as made:
        yield made


def test_a_command_answers_its_caller_with_its_own_exit_code(unit: Served) -> None:
    assert unit.call("list").out.startswith("0 open recoveries")
    refused = unit.call("show", "R-1999-0001")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("recovery: ")


def test_standard_input_is_the_callers(unit: Served) -> None:
    said = unit.call("stop", "-", stdin="nothing that could be a report")
    assert said.code == 2
    assert "Traceback" not in said.err


def test_a_file_is_found_where_the_caller_stands(unit: Served, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    said = unit.call("intake", "reports", "odd.csv", "--regime", "CN", cwd=tmp_path)
    assert said.code == 2
    assert "odd.csv" in said.err
    missing = unit.call("intake", "reports", "none.csv", "--regime", "CN", cwd=tmp_path)
    assert "none.csv does not exist" in missing.err


def test_an_interrupt_ends_the_command_and_not_the_service(unit: Served) -> None:
    reading, writing = os.pipe()
    with Path(os.devnull).open("wb") as nowhere:
        streams = (reading, nowhere.fileno(), nowhere.fileno())
        caller = unit.starts("stop", "-", streams=streams)
        come(lambda: len(unit.children()) == 1)
        child = unit.children().pop()
        # It waits for standard input once it sleeps in a pipe.
        come(lambda: "pipe" in Path(f"/proc/{child}/wchan").read_text() or _is_asleep(child))
        os.kill(caller, signal.SIGINT)
        assert os.waitstatus_to_exitcode(os.waitpid(caller, 0)[1]) == 130
    os.close(reading)
    os.close(writing)
    assert unit.call("list").code == 0


def _is_asleep(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def test_the_screens_run_on_the_callers_terminal_and_leave_it_as_it_was(unit: Served) -> None:
    mine, theirs = pty.openpty()
    caller = unit.starts("tui", streams=(theirs, theirs, theirs))
    shown = _read_until(mine, b"No open recovery")
    assert b"\x1b[?1049h" in shown
    os.write(mine, b"q")
    _read_until(mine, b"\x1b[?1049l")
    assert os.waitstatus_to_exitcode(os.waitpid(caller, 0)[1]) == 0


def test_a_terminal_is_restored_where_the_process_behind_it_was_killed(unit: Served) -> None:
    mine, theirs = pty.openpty()
    caller = unit.starts("tui", streams=(theirs, theirs, theirs))
    _read_until(mine, b"No open recovery")
    for child in unit.children():
        os.kill(child, signal.SIGKILL)
    _read_until(mine, b"\x1b[?1049l")
    assert os.waitstatus_to_exitcode(os.waitpid(caller, 0)[1]) == NOT_AVAILABLE
    assert unit.call("list").code == 0


def test_a_caller_who_is_killed_leaves_no_process_behind(unit: Served) -> None:
    mine, theirs = pty.openpty()
    caller = unit.starts("tui", streams=(theirs, theirs, theirs))
    _read_until(mine, b"No open recovery")
    os.kill(caller, signal.SIGKILL)
    os.waitpid(caller, 0)
    come(lambda: not unit.children())


def test_screens_without_a_terminal_are_refused(unit: Served) -> None:
    said = unit.call("tui")
    assert said.code == 2
    assert "the screens need a terminal" in said.err


def test_what_nobody_writes_to_is_waited_for_until_it_is_given_up(
    unit: Served, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    caller = _begins(unit, "intake", "reports", str(tmp_path / "pipe"), "--regime", "CN")
    come(lambda: "fifo" in Path(f"/proc/{caller}/wchan").read_text() or _is_asleep(caller))
    come(lambda: len(unit.children()) == 1 and _is_asleep(unit.children().pop()))
    os.kill(caller, signal.SIGINT)
    come(lambda: os.waitid(os.P_PID, caller, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
    assert os.waitstatus_to_exitcode(os.waitpid(caller, 0)[1]) == 130
    come(lambda: not unit.children())


@pytest.mark.parametrize("is_unread", [False, True])
def test_a_command_that_ended_before_it_had_its_answer_is_told_with_its_own_code(
    is_unread: bool,  # noqa: FBT001
) -> None:
    """As an interrupted one does: it waits for no file any more, and may leave a signal unread."""
    mine, services = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with mine:
        with services:
            send(services, "file", do="is_there", path="/", flags=0)
            send(services, "ended", code=130)
            if is_unread:
                send(mine, "signal", number=signal.SIGINT)
        assert _answered(mine, _Signals(mine)) == 130


def test_an_interrupt_that_came_before_a_file_is_opened_is_not_lost(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    mine, services = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with mine, services:
        signals = _Signals(mine)
        with signals.passed():
            os.kill(os.getpid(), signal.SIGINT)
            send(services, "file", do="open", path=str(tmp_path / "pipe"), flags=os.O_RDONLY)
            send(services, "ended", code=130)
            assert _answered(mine, signals) == 130


def test_a_device_without_an_end_is_no_file(unit: Served) -> None:
    said = unit.call("intake", "statement", "/dev/zero", "--bank", "bank-a")
    assert said.code != 0
    assert "it is a device and no file" in said.out + said.err


def test_what_is_named_writes_no_commands_to_a_terminal(unit: Served) -> None:
    said = unit.call("intake", "reports", "odd\x1b[31m.csv", "--regime", "CN")
    assert said.code == 2
    assert "\x1b" not in said.err
    assert "odd" in said.err


def test_nobody_trusts_a_socket_in_a_folder_that_others_write_to(tmp_path: Path) -> None:
    for mode in (0o1777, 0o777, 0o770):
        tmp_path.chmod(mode)
        assert "may be anybody's" in why_not_to_be_trusted(tmp_path / "unit.sock")
    tmp_path.chmod(0o755)
    assert why_not_to_be_trusted(tmp_path / "unit.sock") == ""


def _begins(unit: Served, *args: str) -> int:
    """A command with nothing to read and nobody who reads it."""
    with Path(os.devnull).open("r+b") as nowhere:
        return unit.starts(*args, streams=(nowhere.fileno(),) * 3)


@pytest.mark.parametrize("raw", [b"", b"x", b"[]", b'{"kind":"run"}', b'{"kind":"run","args":7}'])
def test_what_is_no_message_of_ours_ends_itself_alone(unit: Served, raw: bytes) -> None:
    with new_socket() as line:
        line.connect(str(unit.socket))
        if raw:
            line.send(raw)
            line.settimeout(60)
            assert line.recv(10) == b""
    assert unit.call("list").code == 0


def test_a_second_service_does_not_take_the_socket_of_a_living_one(unit: Served) -> None:
    import subprocess
    import sys

    environment = {**os.environ, "RECOVERY_DATA_DIR": str(unit.folder / "data")}
    said = subprocess.run(
        [sys.executable, "-m", "recovery_flows.cli.main", "serve", "--socket", str(unit.socket)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "answers at" in said.stderr
    assert unit.call("list").code == 0


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("list", True), ("show R-1", True), ("intake reports r.csv", True), ("tui", True),
        ("trace R-1", True), ("bundle make R-1 --out x.zip", True),
        ("", False), ("list --help", False), ("init --officer a", False), ("engine", False),
        ("demo", False), ("trace --transfers t.csv --sources s.csv", False),
        ("bundle verify x.zip", False), ("intake statement --dry-run s.xml", False),
        ("allocate --claims c.csv", False), ("trace --transfers=t.csv --sources=s.csv", False),
        ("-- bundle verify x.zip", False), ("-- list", False),
    ],
)  # fmt: skip
def test_what_needs_the_unit_goes_to_the_service(line: str, there: bool) -> None:  # noqa: FBT001
    assert is_for_service(line.split()) is there


def _read_until(terminal: int, mark: bytes) -> bytes:
    """What a program has written to its terminal, up to a mark in it."""
    seen = b""
    while mark not in seen:
        seen += os.read(terminal, 65_536)
    return seen
