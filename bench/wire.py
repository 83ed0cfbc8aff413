"""What a stop costs on the wire: `python -m bench.wire [--stops 300] [--banks 20]`.

Stops are accepted and ordered first. Then everything from the saved call to the hold in our
database is timed: preparing, signing, sending to sandbox banks in another process, settling the
answer. Beside it, in the same run, the floor: the same number of posts by bare httpx to the same
banks, over connections kept open. `--profile` prints the costliest functions instead.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import pstats
import resource
import sys
import tempfile
import time
from pathlib import Path

import httpx
import sqlalchemy as sa

from bench.many_banks import ManyBanks, many_banks
from bench.report_to_hold import order_stop
from bench.statements import counted
from models.entities.call import CallKind
from models.entities.catalogue import table_of
from models.entities.hold import Hold, HoldState
from recovery_flows.cli.sending import hands
from recovery_flows.engine.context import Engine
from recovery_flows.engine.outbox.dispatch import send_due

RESULTS = Path(__file__).with_name("wire.json")
_H = table_of(Hold)


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=300)
    parser.add_argument("--banks", type=int, default=20)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        many_banks(Path(folder), given.banks, given.stops + 10) as at,
    ):
        for number in range(given.stops):
            order_stop(at, number)
        profile = cProfile.Profile() if given.profile else None
        found = asyncio.run(_measured(at, given.stops, profile))
        if profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
            pstats.Stats(profile).sort_stats("tottime").print_stats(40)
            return
    given.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


async def _measured(
    at: ManyBanks, stops: int, profile: cProfile.Profile | None
) -> dict[str, object]:
    engine = hands(at.installation, "bench")
    try:
        bare = await _bare(list(at.urls.values()), stops)
        if profile:
            profile.enable()
        begun, cpu = time.perf_counter(), _cpu()
        with counted() as statements:
            while await send_due(engine, [CallKind.HOLD]):
                pass
        seconds, used = time.perf_counter() - begun, _cpu() - cpu
        if profile:
            profile.disable()
    finally:
        await engine.close()
    held = _held(engine)
    return {
        "stops": stops, "held": held,
        "statements_a_stop": round(statements["queries"] / held, 1),
        "stops_a_second": round(held / seconds, 1),
        "stops_a_processor_second": round(held / used, 1),
        "bare_posts_a_second": round(stops / bare[0], 1),
        "bare_posts_a_processor_second": round(stops / bare[1], 1),
        "ratio_of_processor_time": round(held / used / (stops / bare[1]), 3),
    }  # fmt: skip


async def _bare(urls: list[str], count: int) -> tuple[float, float]:
    """Seconds and processor seconds of so many posts that the banks refuse at their door."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for url in urls:
            await client.post(f"{url}/v1/holds", json={})
        begun, cpu = time.perf_counter(), _cpu()
        for at in range(0, count, len(urls)):
            some = urls[: count - at]
            await asyncio.gather(*(client.post(f"{url}/v1/holds", json={}) for url in some))
        return time.perf_counter() - begun, _cpu() - cpu


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _held(engine: Engine) -> int:
    query = sa.select(sa.func.count()).where(_H.c.state == HoldState.STOPPED)
    with engine.database.reading() as session:
        return int(session.execute(query).scalar_one())


if __name__ == "__main__":
    main()
