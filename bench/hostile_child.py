"""One hostile answer met by the real client or engine, in a process whose cost is counted."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bench.hostile_server import TELL
from bench.hostile_words import NUMBER, SINCE, UNTIL
from models.entities.hold import HoldKind
from models.ids import CallId, HoldId, OfficerId, PartnerId, RecoveryId
from models.money import Money
from recovery_flows.errors import RecoveryFlowsError
from recovery_flows.partners.rbp1 import wire
from recovery_flows.partners.rbp1.client import PartnerBank, open_partner_bank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority, Limits
from recovery_flows.partners.rbp1.signing import Signer

BANK = PartnerId("bank-a")
STANDING = Authority(RecoveryId("rec-1"), OfficerId("engine"), "standing order")
_MEMORY_MAX = 6 << 30
_BEAT_SECONDS = 0.05  # more often it would cost more than what is measured
_MEBI = 1 << 10  # getrusage counts KiB
_PIECE_SECONDS = 0.014  # CPU of one piece of work, below, where nothing else ran
Ask = Callable[[PartnerBank], Awaitable[str]]


@dataclass(slots=True)
class Cost:
    """What one reading took, and how it ended.

    A second of CPU does half as much where others fill the caches and share the core: it is told
    as it would be at rest, by a piece of work of known cost that is done before and after.
    """

    cpu_seconds: float
    memory_mebibytes: float
    pause_seconds: float
    seconds: float
    ended: str
    is_read: bool
    disk_megabytes: float = 0.0


async def _feed(bank: PartnerBank) -> str:
    page, _ = await bank.events(SINCE)
    return f"read {len(page.items)} items, {len(page.unread)} of the unreadable named"


async def _statement(bank: PartnerBank) -> str:
    fact, _ = await bank.statement(NUMBER, SINCE, UNTIL)
    return f"read {len(fact.lines)} bookings"


async def _hold(bank: PartnerBank) -> str:
    wire.parse_hold((await bank.hold("H-1")).body, BANK)
    return "read a hold"


async def _order(bank: PartnerBank) -> str:
    from models.facts import AccountRef

    amount, account = Money(10_000, "CNY"), AccountRef(BANK, NUMBER, "Synthetic Mule")
    body = wire.hold_body(HoldId("hold-1"), HoldKind.STOP, account, amount, "synthetic mandate")
    answer = await bank.send(
        wire.HOLDS_PATH, body, CallId("call-1"), STANDING, Limits(NUMBER, amount)
    )
    return f"answered with {len(answer.body)} bytes"


async def _learn(bank: PartnerBank) -> str:
    await bank.learn()
    return "read"


_ASKS: dict[str, Ask] = {
    "feed": _feed, "statement": _statement, "hold": _hold, "order": _order,
    "capabilities": _learn, "token": _hold,
}  # fmt: skip


async def _of_client(ask: str, url: str, folder: Path) -> Cost:
    if ask == "token":
        signer = Signer(folder)
        signer.public_jwks()
        line = Line(BANK, url, client_id="our-unit", signer=signer)
    else:
        line = Line(BANK, url, "secret-token")
    async with open_partner_bank(line, STANDING, Gate(BANK), uuid.uuid4) as bank:
        return await counted(lambda: _ASKS[ask](bank))


async def _of_engine(url: str, folder: Path) -> Cost:
    from bench.hostile_unit import make_unit
    from recovery_flows.engine.event_feed import poll

    async with make_unit(folder, url) as (engine, partner_id, hold_id):
        await poll(engine, partner_id)  # what is imported and opened once is not its cost
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.get(f"{url}{TELL}{hold_id}")

        async def ask() -> str:
            changed = await poll(engine, partner_id)
            return f"{changed} recoveries changed; {engine_error(engine, partner_id) or 'no error'}"

        before = _size(folder)
        cost = await counted(ask)
        return replace(cost, disk_megabytes=round((_size(folder) - before) / 1_000_000, 2))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def engine_error(engine: object, partner_id: str) -> str:
    """What the register says of the last reading of a partner."""
    from models.queries.cases.work import partner
    from recovery_flows.engine.context import Engine

    assert isinstance(engine, Engine)
    with engine.database.reading() as session:
        return partner(session, None, partner_id).last_error


async def counted(ask: Callable[[], Awaitable[str]]) -> Cost:
    """Ask, while a beat tells how long the loop stood still."""
    pauses = [0.0]
    beat = asyncio.create_task(_beat(pauses))
    await asyncio.sleep(0)
    slowness = _slowness()
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    try:
        ended, is_read = await ask(), True
    except RecoveryFlowsError as error:
        ended, is_read = f"{type(error).__name__}: {error}", False
    spent, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    beat.cancel()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cpu /= max(1.0, (slowness + _slowness()) / 2)
    return Cost(
        round(cpu, 3),
        round((after.ru_maxrss - before.ru_maxrss) / _MEBI, 1),
        round(max(pauses), 3),
        round(spent, 2),
        ended[:200],
        is_read,
    )


def _slowness() -> float:
    """How many times as much CPU a piece of work takes as where nothing else runs."""
    begun, pieces, kept = time.process_time(), 10, dict[int, str]()
    for number in range(100_000 * pieces):
        kept[number % 997] = str(number)
    return (time.process_time() - begun) / pieces / _PIECE_SECONDS


async def _beat(pauses: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(_BEAT_SECONDS)
        pauses.append(time.perf_counter() - begun - _BEAT_SECONDS)


def main(ask: str, url: str) -> None:
    """Meet the answer and print the cost as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX, _MEMORY_MAX))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        cost = asyncio.run(_of_engine(url, place) if ask == "poll" else _of_client(ask, url, place))
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    assert datetime.now(UTC) > SINCE
    main(sys.argv[1], sys.argv[2])
