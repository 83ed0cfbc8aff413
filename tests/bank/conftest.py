"""A scripted bank on a real socket, and a raw one for what no server library would do."""

from __future__ import annotations

import asyncio
import socket
import threading
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.ids import OfficerId, PartnerId, RecoveryId, canonical
from recovery_flows.bank.client import PartnerBank, open_partner_bank
from recovery_flows.bank.limiter import Gate
from recovery_flows.bank.line import Authority, Line

BANK = PartnerId("bank-a")
STANDING = Authority(RecoveryId("rec-standing"), OfficerId("engine"), "standing order")


@dataclass(frozen=True)
class Scripted:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class ScriptedBank:
    """Gives the next scripted answer to whatever comes, and remembers what came."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.answers: deque[Scripted] = deque()
        self.seen: list[Seen] = []

    def will(self, body: object = None, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else canonical(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Scripted(status, raw, named))

    def will_refuse(self, name: str, status: int, detail: str = "", **headers: str) -> None:
        problem = {"type": f"https://rbp.example/problems/{name}", "detail": detail}
        self.will(problem, status, content_type="application/problem+json", **headers)

    async def answer(self, request: Request) -> Response:
        target = request.scope["raw_path"].decode() + (
            f"?{request.url.query}" if request.url.query else ""
        )
        self.seen.append(Seen(request.method, target, dict(request.headers), await request.body()))
        scripted = self.answers.popleft()
        await asyncio.sleep(scripted.delay_seconds)
        return Response(scripted.body, scripted.status, scripted.headers)


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


@pytest.fixture(scope="session")
def _running_bank() -> Iterator[ScriptedBank]:
    listener = _listen()
    bank = ScriptedBank(listener.getsockname()[1])
    app = Starlette(routes=[Route("/{path:path}", bank.answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield bank
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def scripted(_running_bank: ScriptedBank) -> ScriptedBank:
    _running_bank.answers.clear()
    _running_bank.seen.clear()
    return _running_bank


Opener = Callable[..., PartnerBank]


@pytest.fixture
async def open_bank() -> AsyncIterator[Opener]:
    """Clients that are closed after the test."""
    opened: list[PartnerBank] = []

    def _open(line: Line, gate: Gate | None = None) -> PartnerBank:
        bank = open_partner_bank(line, STANDING, gate or Gate(line.partner), uuid.uuid4)
        opened.append(bank)
        return bank

    yield _open
    for bank in opened:
        await bank.aclose()


@pytest.fixture
def bank(scripted: ScriptedBank, open_bank: Opener) -> PartnerBank:
    return open_bank(Line(BANK, scripted.url, "secret-token"))


Talk = Callable[[asyncio.StreamWriter, int], Awaitable[None]]


@pytest.fixture
def raw_server() -> Callable[[Talk], object]:
    """A TCP server whose every connection (counted from 1) is handled by the test's own talk."""

    @asynccontextmanager
    async def _serve(talk: Talk) -> AsyncIterator[str]:
        count = 0

        async def _accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal count
            count += 1
            await reader.readuntil(b"\r\n\r\n")
            try:
                await talk(writer, count)
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(_accept, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()

    return _serve


@pytest.fixture
def closed_port() -> int:
    listener = _listen()
    port: int = listener.getsockname()[1]
    listener.close()
    return port
