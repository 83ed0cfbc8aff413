"""Banks on real sockets: a scripted one, a raw one that breaks off, and the sandbox."""

from __future__ import annotations

import asyncio
import copy
import json
import socket
import threading
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.facts import AccountRef
from models.ids import OfficerId, PartnerId, RecoveryId, canonical
from recovery_flows.partners.rbp1.client import PartnerBank, open_partner_bank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority
from recovery_flows.partners.rbp1.signing import Signer
from recovery_flows.sandbox import server
from recovery_flows.sandbox.worlds.world import Bank, World, WorldAccount, WorldTransfer, install
from tests.patience import PATIENCE_SECONDS

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
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="off", date_header=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield bank
    server.should_exit = True
    thread.join(PATIENCE_SECONDS)


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


@pytest.fixture
def changed() -> Callable[[Any, str, Any], bytes]:
    """A copy of a JSON value, as bytes, in which what stands at a dotted path is another."""

    def _changed(value: Any, path: str, new: Any) -> bytes:
        whole = copy.deepcopy(value)
        *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        inner = whole
        for key in way:
            inner = inner[key]
        inner[last] = new
        return canonical(whole)

    return _changed


A = PartnerId("bank-a")
SLOW = PartnerId("bank-b")
START = datetime(2026, 3, 1, tzinfo=UTC)
MULE = AccountRef(A, "6222", "Synthetic Mule")
BUSY = AccountRef(A, "6444", "Synthetic Shop")
VICTIM = AccountRef(SLOW, "6333", "Synthetic Victim")
LINES = 1_200


class CaseClock:
    now = START + timedelta(days=1)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Sandbox:
    rows: dict[str, dict[str, str]]
    clock: CaseClock
    signer: Signer

    def plant(self, kind: str, call: str, **more: object) -> None:
        faults = [{"call": call, "kind": kind, **more}]
        httpx.post(f"{self.rows[A]['url']}/sandbox/faults", json=faults, trust_env=False)


def world() -> World:
    def account(ref: AccountRef, minor: int) -> WorldAccount:
        return WorldAccount(ref.bank, ref.number, ref.holder, "CNY", minor)

    def pay(at: int, payer: AccountRef, payee: AccountRef | None, minor: int) -> WorldTransfer:
        return WorldTransfer(
            order=at,
            at=START + timedelta(seconds=at),
            payer=(payer.bank, payer.number),
            payee=None if payee is None else (payee.bank, payee.number),
            amount_minor=minor,
            currency="CNY",
            kind="TRANSFER" if payee else "CASH",
            end_to_end_id=f"E-{at}",
        )

    return World(
        banks=(Bank(A, "Synthetic A", "CN", "CNY", 0, 0), Bank(SLOW, "B", "CN", "CNY", 10, 10)),
        accounts=(account(MULE, 0), account(BUSY, 1_000_000), account(VICTIM, 500_000)),
        transfers=(
            pay(1, VICTIM, MULE, 100_000),
            pay(2, MULE, None, 20_000),
            *(pay(10 + at, BUSY, VICTIM, 7) for at in range(LINES)),
        ),
        reports=(),
        rates=(),
        starts_at=START,
        notes=(),
    )


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    """The unit's key, which every sandbox of the tests trusts."""
    return Signer(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def sandbox(tmp_path: Path, signer: Signer) -> Iterator[Sandbox]:
    install(tmp_path / "sandbox.db", world())
    clock, stop, ready = CaseClock(), threading.Event(), tmp_path / "ready.json"
    thread = threading.Thread(
        target=server.serve,
        args=(tmp_path / "sandbox.db", clock, ready),
        kwargs={"stop": stop, "keys": signer.public_jwks()},
        daemon=True,
    )
    thread.start()
    while not ready.exists() and thread.is_alive():
        stop.wait(0.01)
    yield Sandbox({row["id"]: row for row in json.loads(ready.read_text())}, clock, signer)
    stop.set()
    thread.join(PATIENCE_SECONDS)


@pytest.fixture
def reach(open_bank: Callable[..., PartnerBank]) -> Callable[..., PartnerBank]:
    def _reach(sandbox: Sandbox, bank: PartnerId, **times: float) -> PartnerBank:
        row = sandbox.rows[bank]
        return open_bank(
            Line(
                bank, row["url"], client_id=row["client_id"], signer=sandbox.signer,
                case_now=sandbox.clock, **times,
            ),  # type: ignore[arg-type]
            Gate(bank),
        )  # fmt: skip

    return _reach
