"""What `recovery web` refuses, by programs that speak as browsers do and as none does."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable
from itertools import count
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.patience import PATIENCE_SECONDS, comes
from tests.web.conftest import ADA, BEN, NAVIGATES, NEW, PASSWORD, SECRET, Web

STYLES = re.compile(r"\x1b\[[0-9;]*m")


def come(there: Callable[[], bool]) -> None:
    assert comes(there), "it did not come"


def terminal(
    web: Web, client: httpx.Client, *, origin: str | None = None, host: str = ""
) -> ClientConnection:
    """The WebSocket of the terminal, with the cookies of a client."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    split = urlsplit(web.address)
    return connect(
        f"ws://{host or web.host}/terminal/line?size=100,30",
        sock=socket.create_connection((split.hostname, split.port)),
        origin=origin or web.address,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookies},
        open_timeout=PATIENCE_SECONDS,
        max_size=None,
    )


def shown(line: ClientConnection, word: str) -> str:
    """What a terminal has shown when the word comes."""
    text, raw, end = "", b"", time.monotonic() + PATIENCE_SECONDS
    while word not in text:
        assert time.monotonic() < end, text
        piece = line.recv(PATIENCE_SECONDS)
        raw += piece if isinstance(piece, bytes) else piece.encode()
        text = STYLES.sub("", raw.decode(errors="replace"))
    return text


def closed(line: ClientConnection) -> int:
    """With which code the server closes a line."""
    with pytest.raises(ConnectionClosed) as end:
        all(line.recv(PATIENCE_SECONDS) is not None for _ in count())
    assert end.value.rcvd is not None
    return end.value.rcvd.code


def test_an_officer_logs_in_works_on_a_terminal_as_himself_and_logs_out(web: Web) -> None:
    with web.client() as client:
        assert web.log_in(client).headers["location"] == "/terminal"
        assert ">ben<" in client.get("/terminal").text
        with terminal(web, client) as line:
            assert "ben supervisor" in shown(line, "ben supervisor")
            assert len(web.children()) == 1
            assert "another tab" in client.get("/terminal", follow_redirects=True).text
            left = client.post("/log-out", headers={"Origin": web.address}, follow_redirects=True)
            assert "You have logged out." in left.text
            assert closed(line) == 4000
        come(lambda: not web.children())
        assert client.get("/terminal").headers["location"] == "/"


def test_when_the_tab_is_gone_so_is_its_process(web: Web) -> None:
    with web.client() as client:
        web.log_in(client)
        line = terminal(web, client)
        shown(line, "ben supervisor")
        line.socket.shutdown(socket.SHUT_RDWR)  # no word of good-bye
        come(lambda: not web.children())


def test_a_cookie_opens_one_terminal_and_no_second(web: Web) -> None:
    with web.client() as client:
        web.log_in(client)
        with terminal(web, client) as line, terminal(web, client) as second:
            assert closed(second) == 4409
            assert shown(line, "ben supervisor")


@pytest.mark.parametrize("cookies", ["both", "launch", "none"])
def test_a_terminal_without_a_log_in_is_refused(web: Web, cookies: str) -> None:
    with web.client(launched=cookies != "none") as client:
        if cookies == "none":
            with pytest.raises(InvalidStatus) as refused:
                terminal(web, client)
            assert refused.value.response.status_code == 403
            return
        if cookies == "both":
            client.cookies.set("recovery_session", "x" * 43)
        with terminal(web, client) as line:
            assert closed(line) == 4000
    assert not web.children()


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://{host}", ""]
)
def test_no_page_of_another_origin_logs_in_or_opens_a_terminal(web: Web, origin: str) -> None:
    foreign = origin.format(host=web.host)
    with web.client() as client:
        headers = {"Origin": foreign} if origin else {}
        typed = {"officer": BEN, "password": PASSWORD}
        assert client.post("/log-in", data=typed, headers=headers).status_code == 403
        web.log_in(client)
        with pytest.raises(InvalidStatus):
            terminal(web, client, origin=foreign or "http://evil.example")
        assert client.get("/terminal", headers={"Origin": "http://evil.example"}).status_code == 403
        client.post("/log-out", headers={"Origin": web.address})
    come(lambda: not web.children())


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]:{port}"]
)
def test_under_another_name_nothing_is_answered(web: Web, host: str) -> None:
    name = host.format(port=web.host.rpartition(":")[2])
    with web.client() as client:
        for path in ("/", "/terminal", f"/enter?token={web.token}", "/static/terminal.js"):
            assert client.get(path, headers={"Host": name}).status_code == 403
        with pytest.raises(InvalidStatus):
            terminal(web, client, host=name, origin=web.address)


def test_whoever_was_not_given_the_address_sees_nothing(web: Web) -> None:
    with web.client(launched=False) as client:
        for path in ("/", "/terminal", "/static/terminal.js", "/enter", "/enter?token=wrong"):
            assert client.get(path).status_code == 403
        assert web.log_in(client).status_code == 403
        client.cookies.set("recovery_launch", "wrong")
        assert web.log_in(client).status_code == 403


def test_nothing_is_kept_framed_or_loaded_from_elsewhere(web: Web) -> None:
    with web.client() as client:
        first = httpx.get(f"{web.address}/enter?token={web.token}")
        assert {"httponly", "samesite=strict"} <= set(
            first.headers["set-cookie"].lower().replace(" ", "").split(";")
        )
        web.log_in(client)
        names = ["xterm.mjs", "addon-fit.mjs", "xterm.css", "pages.css", "terminal.js"]
        for path in ("/", "/terminal", *(f"/static/{name}" for name in names), "/nowhere"):
            answer = client.get(path)
            assert answer.headers["cache-control"] == "no-store"
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'; script-src 'self';" in policy
            assert "frame-ancestors 'none'" in policy
            if "xterm" not in path and "addon" not in path:  # whose notes name their authors' pages
                assert not re.search(r"https?://|url\(|@import", answer.text)
        client.post("/log-out", headers={"Origin": web.address})


@pytest.mark.parametrize(
    "password",
    ["", "x" * 200, "\0", "\x1b[2J", "密碼" * 40, "\U0001f511" * 30, "' OR 1=1 --", PASSWORD + " "],
)
def test_a_wrong_password_is_refused_whatever_it_holds(web: Web, password: str) -> None:
    with web.client() as client:
        answer = web.log_in(client, password=password)
        assert (answer.status_code, "officer, password or code is not right" in answer.text) == (
            401, True,
        )  # fmt: skip
        assert "recovery_session" not in client.cookies
    come(lambda: not web.children())


def test_a_form_that_is_none_or_too_large_is_refused_before_it_is_read(web: Web) -> None:
    with web.client() as client:
        assert web.log_in(client, password="x" * 1_000_000).status_code == 413
        own = {"Origin": web.address}
        answers = [
            client.post("/log-in", content=b"\xff\xfe", headers=own | NAVIGATES),
            client.post("/log-in", content=b"&".join([b"a=b"] * 99), headers=own | NAVIGATES),
            client.post("/log-in", json={"officer": BEN, "password": PASSWORD}, headers=own),
            client.post("/log-in", files={"officer": b"ben"}, headers=own),
            client.put("/log-in", headers=own),
            client.get("/log-in"),
        ]
    assert [one.status_code for one in answers] == [400, 400, 415, 415, 405, 405]


def test_wrong_passwords_make_the_next_one_wait_and_a_restart_does_not_help(web: Web) -> None:
    with web.client() as client:
        for _ in range(5):
            assert web.log_in(client, ADA, password="a wrong one").status_code == 401
        answer = web.log_in(client, ADA, code=web.code())
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 30
        assert "too many wrong tries: the next one is taken at" in answer.text
        assert web.log_in(client, BEN).status_code == 303
        client.post("/log-out", headers={"Origin": web.address})


def test_many_who_guess_at_once_are_counted_one_by_one(web: Web) -> None:
    async def guess() -> list[int]:
        async with httpx.AsyncClient(base_url=web.address, timeout=PATIENCE_SECONDS) as client:
            await client.get(f"/enter?token={web.token}")
            typed = {"officer": ADA, "password": "a wrong one"}
            asked = [
                client.post("/log-in", data=typed, headers={"Origin": web.address})
                for _ in range(12)
            ]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = asyncio.run(guess())
    assert (statuses.count(401), statuses.count(429)) == (5, 7)


def test_a_one_time_password_enters_once(web: Web) -> None:
    with web.client() as client, web.client() as thief:
        code = web.code()
        assert web.log_in(client, ADA, code="").status_code == 401
        assert web.log_in(client, ADA, code=code).status_code == 303
        assert web.log_in(thief, ADA, code=code).status_code == 401
        client.post("/log-out", headers={"Origin": web.address})


def test_who_has_no_password_yet_sets_one_by_what_he_was_appointed_with(web: Web) -> None:
    with web.client() as client:
        for typed, told in (("short", "has at least 12 characters"), (PASSWORD, "is set")):
            assert web.log_in(client, NEW, password=SECRET).status_code == 303
            with terminal(web, client) as line:
                shown(line, "new password")
                line.send(f"i{typed}\r")
                shown(line, "once more: ")
                line.send(f"i{typed}\r")
                assert told in shown(line, "Press Enter")
                line.send("i\r")
                assert closed(line) == 4000
        assert web.log_in(client, NEW, password=SECRET).status_code == 401
        assert web.log_in(client, NEW).status_code == 303
        client.post("/log-out", headers={"Origin": web.address})


def test_an_officer_has_so_many_sessions_and_no_more(web: Web) -> None:
    clients = [web.client() for _ in range(4)]
    statuses = [web.log_in(client).status_code for client in clients]
    assert statuses == [303, 303, 303, 401]
    for client in clients:
        client.post("/log-out", headers={"Origin": web.address})
        client.close()
    come(lambda: not web.children())


@pytest.mark.parametrize(
    "message", ["x", "r1,2,3", "r-1,5", "r99999,5", b"\0\xff", "i" + "x" * 300_000]
)
def test_a_message_that_no_page_sends_ends_the_session(web: Web, message: str | bytes) -> None:
    with web.client() as client:
        web.log_in(client)
        with terminal(web, client) as line:
            shown(line, "ben supervisor")
            line.send(message)
            assert closed(line) in (1009, 4000)
    come(lambda: not web.children())


def test_a_browser_has_no_files_on_the_machine_of_the_unit(web: Web) -> None:
    with web.client() as client:
        web.log_in(client)
        with terminal(web, client) as line:
            shown(line, "ben supervisor")
            line.send("ix")
            shown(line, "Export")
            line.send("i\r")
            assert "cannot be written: a browser has" in shown(line, "a browser has no files here")
        client.post("/log-out", headers={"Origin": web.address})
    come(lambda: not web.children())
