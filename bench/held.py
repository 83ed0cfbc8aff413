"""From the report to the bank's hold: `python -m bench.held [--recoveries 2000]`.

Reports are taken in a hundred at a time, each is accepted and its stop-payment ordered by an
officer in transactions of their own, and the engine prepares the orders, sends them and books what
the banks answer, until each hold stands. All of it is done by the functions that the terminal and
the engine's flows call, in one process; the banks answer in it too, without sockets. `together`:
the reports are accepted as by `recovery accept`. `over HTTP`: the same orders to 20 sandbox banks
in another process, as fast as this one sends and books. `floor` are the rows that were written,
written bare by SQLAlchemy Core, one executemany a table and transaction. Results go to held.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from bench.many_banks import HOME, OFFICER, many_banks, report
from bench.statements import counted
from bench.sweep import cpu_seconds, floor, last_event
from bench.waiting_unit import BANKS, make_unit
from models.entities.call import CallKind
from models.entities.catalogue import table_of
from models.entities.hold import Hold, HoldState
from models.entities.officer import Role
from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.together.acts import accept_each
from recovery_flows.cli.composition import Installation
from recovery_flows.collecting import collect_seldom
from recovery_flows.engine.context import Engine
from recovery_flows.engine.outbox.dispatch import send_due
from recovery_flows.partners.rbp1.breaker import Breaker
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.orders import Authority, Limits

RESULTS = Path(__file__).with_name("held.json")
_TOGETHER, _HTTP_BANKS = 100, 20


class NearBank:
    """A bank in this process: it stops what it is told to stop, and says so."""

    def __init__(self, partner_id: str) -> None:
        self.breaker = Breaker(PartnerId(partner_id), lambda: datetime.now(UTC))

    async def send(
        self, path: str, body: bytes, key: CallId, authority: Authority, limits: Limits
    ) -> RawAnswer:
        """The hold that this order has made."""
        del path, authority
        order, now = json.loads(body), datetime.now(UTC).isoformat().replace("+00:00", "Z")
        answer = {
            "type": "hold",
            "id": f"B-{key}",
            "revision": 1,
            "orderRef": order["orderRef"],
            "kind": order["kind"],
            "status": "HELD",
            "account": {"number": limits.number},
            "amountRequested": order["amount"],
            "amountHeld": order["amount"],
            "actedAt": now,
            "expiresAt": None,
            "rejectionReason": None,
            "lastModified": now,
        }
        return RawAnswer(200, json.dumps(answer).encode(), "application/json")

    async def aclose(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class NearEngine(Engine):
    """An engine whose banks are in its own process."""

    near: dict[str, NearBank] = field(default_factory=dict)

    async def bank(self, partner_id: str) -> PartnerBank:
        """The bank itself."""
        return cast("PartnerBank", self.near.setdefault(partner_id, NearBank(partner_id)))

    def breaker_of(self, partner_id: str) -> Breaker | None:
        """The breaker before a bank, if it was asked."""
        return self.near[partner_id].breaker if partner_id in self.near else None


def at_the_desk(
    made: Installation, numbers: range, *, banks: int = BANKS, together: bool = False
) -> None:
    """Take reports in together, then accept each, or all of them, and order each one's stop."""
    now, actor = datetime.now(UTC), Actor(OFFICER, Role.OFFICER)
    with unit_of_work(made.database) as unit:
        facts = [report(number, banks, now) for number in numbers]
        filed = file_reports(unit, actor, now, HOME, facts).filed
    acting = CaseOfficer(made.database, made.laws, by_system_user(made.database, OFFICER))
    if together and not all(r.done for r in accept_each(acting, filed, f"SYN-{numbers[0]}")):
        raise AssertionError("a report was not accepted")
    for recovery_id in filed:
        if not together:
            acting.advance(recovery_id, case_number=f"SYN-{recovery_id}")
        acting.advance(recovery_id)


def held(made: Installation) -> int:
    """How many holds stand."""
    holds = table_of(Hold)
    query = sa.select(sa.func.count()).where(holds.c.state == HoldState.STOPPED)
    with made.database.reading() as session:
        return int(session.execute(query).scalar_one())


async def send_all(engine: Engine) -> None:
    """Send stops until none is due."""
    while await send_due(engine, [CallKind.HOLD]):
        pass


def measure(folder: Path, recoveries: int, *, together: bool) -> dict[str, Any]:
    """Seconds of CPU a recovery at the desk and in the engine, and against the floor."""
    made = make_unit(folder, 0)
    engine = NearEngine(made.database, made.laws, made.pace(), "bench", signer=made.signer)
    collect_seldom()  # as the engine and the terminal do
    asyncio.run(
        _both(made, engine, range(_TOGETHER), together)
    )  # what is compiled once is not counted
    since = last_event(made.database.engine)
    desk = bank = 0.0
    for start in range(_TOGETHER, _TOGETHER + recoveries, _TOGETHER):
        more = asyncio.run(_both(made, engine, range(start, start + _TOGETHER), together))
        desk, bank = desk + more[0], bank + more[1]
    if held(made) != _TOGETHER + recoveries:
        raise AssertionError(f"{held(made)} of {_TOGETHER + recoveries} holds stand")
    bare = floor(made.database.engine, since, folder)
    made.database.dispose()
    return {
        "recoveries": recoveries,
        "desk_cpu_ms": round(1000 * desk / recoveries, 3),
        "engine_cpu_ms": round(1000 * bank / recoveries, 3),
        "held_a_cpu_second": round(recoveries / (desk + bank), 1),
        "floor_cpu_ms": round(1000 * bare / recoveries, 3),
        "of_floor": round(bare / (desk + bank), 3),
    }


def over_http(folder: Path, recoveries: int) -> dict[str, Any]:
    """What the engine's process takes for a stop that goes to a bank over HTTP, and how fast."""
    with many_banks(folder, _HTTP_BANKS, _TOGETHER + recoveries) as at:
        made = at.installation
        engine = Engine(made.database, made.laws, made.pace(), "bench", signer=made.signer)
        taken = asyncio.run(_in_one_loop(made, engine, recoveries))
        if held(made) != _TOGETHER + recoveries:
            raise AssertionError(f"{held(made)} of {_TOGETHER + recoveries} holds stand")
    return {
        "recoveries": recoveries,
        "engine_cpu_ms": round(1000 * taken[0] / recoveries, 3),
        "stops_a_second": round(recoveries / taken[1], 1),
        "statements_a_stop": round(taken[2] / recoveries, 1),
    }


async def _in_one_loop(
    made: Installation, engine: Engine, recoveries: int
) -> tuple[float, float, int]:
    """Seconds of CPU, seconds, and statements for so many stops, after some that are not counted.

    Connections to banks belong to the loop in which they were opened.
    """
    at_the_desk(made, range(_TOGETHER), banks=_HTTP_BANKS)
    await send_all(engine)
    at_the_desk(made, range(_TOGETHER, _TOGETHER + recoveries), banks=_HTTP_BANKS)
    begun, cpu = time.perf_counter(), cpu_seconds()
    with counted() as statements:
        await send_all(engine)
    taken = cpu_seconds() - cpu, time.perf_counter() - begun, statements["queries"]
    await engine.close()
    return taken


async def _both(
    made: Installation,
    engine: Engine,
    numbers: range,
    together: bool,  # noqa: FBT001
) -> tuple[float, float]:
    begun = cpu_seconds()
    at_the_desk(made, numbers, together=together)
    desk = cpu_seconds() - begun
    await send_all(engine)
    return desk, cpu_seconds() - begun - desk


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recoveries", type=int, default=2_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    found = {}
    for name, work in (
        ("one by one", partial(measure, together=False)),
        ("together", partial(measure, together=True)),
        (f"over HTTP to {_HTTP_BANKS} banks", over_http),
    ):
        with tempfile.TemporaryDirectory() as folder:
            found[name] = work(Path(folder), given.recoveries)
    text = json.dumps(found, indent=1) + "\n"
    sys.stdout.write(text)
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
