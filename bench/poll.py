"""What polling costs with many open holds: `python -m bench.poll [--holds 1000 10000]`.

Counted: HTTP requests of one poll cycle, quiet and after news. Timed in one run, in turns: all
feeds read whole by our client (signed orders, strict parsing) against the best bare httpx reading
of the same pages (one client a bank, pages in order, banks at once, nothing signed or parsed: the
tokens and orders are copied from ours). Results go to poll.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import httpx

from bench.many_banks import HOME, OFFICER, ManyBanks, many_banks, report
from models.entities.call import CallKind
from models.entities.officer import Role
from models.queries.books.money import places
from models.queries.cases.case_files import load_files
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases import lifecycle
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cli.sending import hands
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine
from recovery_flows.engine.outbox import dispatch
from recovery_flows.freezing import submissions
from recovery_flows.ledger.changeset import Changeset

RESULTS = Path(__file__).with_name("poll.json")
_AT_ONCE = 200
_Headers = dict[str, str]


class Wire:
    """Counts every HTTP request of this process and remembers what one to each feed carried."""

    def __init__(self) -> None:
        self.requests = 0
        self.feeds: dict[str, _Headers] = {}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count while the block runs."""
        send: Callable[..., Awaitable[httpx.Response]] = httpx.AsyncClient.send

        async def counting(
            client: httpx.AsyncClient, request: httpx.Request, **more: object
        ) -> httpx.Response:
            self.requests += 1
            if request.url.path == "/v1/events":
                origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
                self.feeds[origin] = dict(request.headers)
            return await send(client, request, **more)

        with patch.object(httpx.AsyncClient, "send", counting):
            yield


async def place_stops(at: ManyBanks, engine: Engine, holds: int) -> float:
    """So many reports taken in, accepted, their stops ordered and sent; seconds it took."""
    begun = time.perf_counter()
    for start in range(0, holds, _AT_ONCE):
        _order(at, engine, range(start, min(start + _AT_ONCE, holds)))
        while await dispatch.send_due(engine, [CallKind.HOLD]):
            pass
    return time.perf_counter() - begun


def _order(at: ManyBanks, engine: Engine, numbers: range) -> None:
    actor, now = Actor(OFFICER, Role.OFFICER), datetime.now(UTC)
    with unit_of_work(at.installation.database) as unit:
        facts = [report(n, len(at.urls), now) for n in numbers]
        filed = file_reports(unit, actor, now, HOME, facts).filed
        for file in load_files(unit.session, filed):
            changes = Changeset(file)
            where = places(unit.session, [c.payee_account_id for c in file.claims])
            lifecycle.accept(changes, actor.id, f"SYN-{file.recovery.ref}", engine.laws, where)
            submissions.order_stop(changes, changes.file.holds[0].id, actor.id, now, engine.laws)
            commit_changes(unit, actor, now, engine.laws, changes)


async def cycle(at: ManyBanks, engine: Engine) -> float:
    """One poll of every bank, booked; its seconds."""
    begun = time.perf_counter()
    await asyncio.gather(*(event_feed.poll(engine, bank) for bank in at.urls))
    return time.perf_counter() - begun


async def ours(at: ManyBanks, engine: Engine) -> int:
    """Every feed read from its beginning; how many items."""

    async def one(bank_id: str) -> int:
        page, _ = await (await engine.bank(bank_id)).events(None)
        return len(page.items)

    return sum(await asyncio.gather(*(one(bank) for bank in at.urls)))


def open_clients(feeds: dict[str, _Headers]) -> dict[str, httpx.AsyncClient]:
    """One bare client a bank, open before the clock runs; what identifies us is copied."""
    return {
        origin: httpx.AsyncClient(
            base_url=origin,
            headers={k: v for k, v in sent.items() if k not in ("if-none-match", "host")},
            trust_env=False,
            timeout=30,
            limits=httpx.Limits(max_connections=10),
        )
        for origin, sent in feeds.items()
    }


async def bare(clients: dict[str, httpx.AsyncClient]) -> int:
    """The same pages by httpx alone; how many items."""

    async def one(client: httpx.AsyncClient) -> int:
        path, items = "/v1/events?modifiedAfter=1970-01-01T00:00:00%2B00:00&limit=200", 0
        while path:
            page = json.loads((await client.get(path)).raise_for_status().content)
            items += len(page["items"])
            path = next((link["href"] for link in page["links"]), "")
        return items

    return sum(await asyncio.gather(*(one(client) for client in clients.values())))


async def in_turns(
    works: Mapping[str, Callable[[], Awaitable[int]]], times: int
) -> tuple[dict[str, float], int]:
    """The best seconds of each, run in turns; what all of them counted has to be the same."""
    best = dict.fromkeys(works, float("inf"))
    counted = set()
    for _ in range(times):
        for name, work in works.items():
            begun = time.perf_counter()
            counted.add(await work())
            best[name] = min(best[name], time.perf_counter() - begun)
    assert len(counted) == 1, counted
    return best, counted.pop()


async def measure(folder: Path, holds: int, banks: int, times: int) -> dict[str, float]:
    """All figures for so many open holds."""
    wire = Wire()
    with many_banks(folder, banks, holds) as at, wire.watched():
        engine = hands(at.installation, "bench")
        placed = await place_stops(at, engine, holds)
        placing, wire.requests = wire.requests, 0
        first = await cycle(at, engine)
        after_news, wire.requests = wire.requests, 0
        quiet = await cycle(at, engine)
        quiet_requests = wire.requests
        for _ in range(2):  # a cursor moves once more by its overlap, then nothing changes
            wire.requests = 0
            quiet = min(quiet, await cycle(at, engine))
            quiet_requests = wire.requests
        clients = open_clients(wire.feeds)
        works = {"ours": lambda: ours(at, engine), "bare": lambda: bare(clients)}
        best, items = await in_turns(works, times)
        await asyncio.gather(engine.close(), *(c.aclose() for c in clients.values()))
    return {
        "open_holds": holds, "banks": banks, "items": items,
        "placed_per_second": holds / placed, "requests_to_place": placing,
        "requests_first_cycle": after_news, "first_cycle_seconds": first,
        "requests_quiet_cycle": quiet_requests, "quiet_cycle_seconds": quiet,
        "ours_items_per_second": items / best["ours"],
        "bare_items_per_second": items / best["bare"],
        "ratio_to_bare": best["bare"] / best["ours"],
    }  # fmt: skip


def main() -> None:
    """Measure each size, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--holds", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--banks", type=int, default=20)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    rows = []
    for holds in given.holds:
        with tempfile.TemporaryDirectory() as folder:
            row = asyncio.run(measure(Path(folder), holds, given.banks, given.times))
        rows.append({name: round(value, 3) for name, value in row.items()})
        sys.stdout.write(json.dumps(rows[-1], indent=1) + "\n")
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
