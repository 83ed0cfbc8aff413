"""How long a session lasts, where the server may listen, and where a try came from."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request

from recovery_flows.errors import MisuseError
from recovery_flows.web.guard import cookies_of, place_at
from recovery_flows.web.serving import Listening, bound, serve
from recovery_flows.web.sessions import Bounds, Sessions, TooManySessionsError
from recovery_flows.web.source import source_of
from recovery_flows.web.terminal import size_of
from recovery_flows.web.unit_line import LogInFailedError, NoServiceError, UnitLine, check_door

LOCAL = Listening("127.0.0.1", 0, None, None, behind_proxy=False, address=None)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(Bounds(3, 2, idle_seconds=1800, session_seconds=43_200), clock)


@pytest.fixture
def lines() -> Iterator[list[socket.socket]]:
    """The service's ends of lines that were made."""
    made: list[socket.socket] = []
    yield made
    for one in made:
        one.close()


def line(lines: list[socket.socket], officer: str = "ada") -> UnitLine:
    own, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    other.settimeout(5)
    lines.append(other)
    return UnitLine(officer, ("tui",), own)


@pytest.mark.parametrize(
    ("terminal", "seconds", "why"),
    [("none", 25, "no page was opened"), ("open", 1800, "idle"), ("open", 43_200, "idle")],
)
def test_a_session_at_which_nobody_types_ends(
    sessions: Sessions, clock: Clock, lines: list[socket.socket], terminal: str, seconds: float,
    why: str,
) -> None:  # fmt: skip
    cookie = sessions.open(line(lines))
    found = sessions.found(cookie)
    assert found is not None
    found.has_terminal = terminal == "open"
    clock.now = min(seconds, 1800) - 1
    assert sessions.found(cookie) is found
    clock.now = seconds
    sessions.sweep()
    assert found.why == why
    if terminal == "none":
        assert lines[0].recv(1) == b""  # hung up: its process ends
        assert sessions.found(cookie) is None


def test_typing_keeps_a_session_until_its_longest_time(
    sessions: Sessions, clock: Clock, lines: list[socket.socket]
) -> None:
    found = sessions.found(sessions.open(line(lines)))
    assert found is not None
    found.has_terminal = True
    for clock.now in range(0, 43_200, 1000):
        sessions.typed(found)
        sessions.sweep()
    assert not found.ended.is_set()
    clock.now = 43_200
    sessions.sweep()
    assert found.why == "time"


def test_there_are_so_many_sessions_of_one_and_of_all(
    sessions: Sessions, lines: list[socket.socket]
) -> None:
    for officer in ("ada", "ada", "ben"):
        sessions.open(line(lines, officer))
    for officer, said in (("ada", "sessions of ada"), ("cleo", "too many sessions are open")):
        with pytest.raises(TooManySessionsError, match=said):
            sessions.open(line(lines, officer))
        assert lines[-1].recv(1) == b""
    sessions.end_all()
    assert [one.recv(1) for one in lines] == [b""] * 5


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "unit.example"])  # noqa: S104
def test_no_password_crosses_a_network_in_clear(host: str, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="is reached from other machines"):
        Listening(host, 0, None, None, behind_proxy=False, address=None).check()
    with pytest.raises(MisuseError, match="https://"):
        Listening(host, 0, None, None, behind_proxy=True, address="http://x").check()
    with pytest.raises(MisuseError, match="belong together"):
        Listening(host, 0, tmp_path, None, behind_proxy=False, address=None).check()
    with pytest.raises(MisuseError, match="is no file"):
        Listening(host, 0, tmp_path, tmp_path, behind_proxy=False, address=None).check()
    Listening(host, 0, None, None, behind_proxy=True, address="https://x").check()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_on_loopback_nothing_has_to_be_set(host: str) -> None:
    Listening(host, 0, None, None, behind_proxy=False, address=None).check()


def test_a_port_that_is_taken_is_named() -> None:
    with bound(LOCAL) as first:
        port = first.getsockname()[1]
        first.listen()
        taken = Listening("127.0.0.1", port, None, None, behind_proxy=False, address=None)
        with pytest.raises(MisuseError, match=f"port {port} is not to be had .* --port 0"):
            bound(taken)


def test_where_no_service_answers_that_is_said_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(NoServiceError, match="`recovery serve` starts it"):
        check_door(tmp_path / "unit.sock")
    tmp_path.chmod(0o777)
    with pytest.raises(NoServiceError, match="others may write"):
        check_door(tmp_path / "unit.sock")
    assert not issubclass(NoServiceError, LogInFailedError)


def request(client: tuple[str, int], server: tuple[str, int], *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return Request({"type": "http", "client": client, "server": server, "headers": headers})


def test_a_try_is_counted_under_the_user_or_the_address_that_it_came_from() -> None:
    with bound(LOCAL) as own, socket.socket() as mine:
        own.listen()
        mine.connect(own.getsockname())
        here = request(mine.getsockname(), own.getsockname())
        assert source_of(here, behind_proxy=False) == f"user {os.geteuid()}"
    far = request(("10.0.0.7", 5), ("10.0.0.1", 443), "1.1.1.1")
    assert source_of(far, behind_proxy=False) == "address 10.0.0.7"
    passed = request(("127.0.0.1", 5), ("127.0.0.1", 8765), "8.8.8.8, 6.6.6.6", "9.9.9.9")
    assert source_of(passed, behind_proxy=True) == "address 9.9.9.9"


def test_of_the_names_a_server_answers_to_none_is_a_part_of_another() -> None:
    place = place_at("https://recovery.example", (), "token")
    assert place.hosts == {"recovery.example"}
    assert place.origins == {"https://recovery.example"}
    assert place.is_secure
    near = place_at("http://127.0.0.1:8765", ("localhost:8765",), "token")
    assert near.origins == {"http://127.0.0.1:8765", "http://localhost:8765"}


@pytest.mark.parametrize(
    ("text", "size"),
    [("80,24", (80, 24)), ("", None), ("80", None), ("-1,5", None), ("99999,5", None),
     ("٣,٤", None), ("8,9,1", None)],
)  # fmt: skip
def test_a_size_is_two_numbers(text: str, size: tuple[int, int] | None) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize(
    "lines", [['theme={"dark":true}; a="b; flag; own=1'], ["=; \x00=\xff;;", "own=1; x[]=y z"]]
)
def test_a_cookie_of_somebody_else_hides_not_ours(lines: list[str]) -> None:
    raw = [(b"cookie", one.encode("latin-1")) for one in lines]
    assert cookies_of(Headers(raw=raw))["own"] == "1"


def test_the_address_is_told_when_it_can_be_opened() -> None:
    class ToldError(Exception):
        pass

    with bound(LOCAL) as own:

        def ready() -> None:
            socket.create_connection(own.getsockname()).close()
            raise ToldError

        with pytest.raises(ToldError):
            serve(Starlette(), own, LOCAL, ready)
