"""From the officer's key to the bank's hold: `python -m bench.report_to_hold [--reports 100]`.

A real engine process with a Prefect server of its own, sandbox banks in another process that act
at once, case time running. For each report, one after the other: taken in, accepted, its stop
ordered (`desk`, seconds until that is committed); `bank`, seconds from that commit until the bank
had the order; `held`, seconds from the commit until the hold stood in our database. Then the same
while another bank keeps the engine waiting for an answer. Results go to report_to_hold.json.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import sqlalchemy as sa

from bench.many_banks import HOME, OFFICER, ManyBanks, many_banks, report
from models.entities.call import Call, CallState
from models.entities.catalogue import table_of
from models.entities.hold import Hold, HoldState
from models.entities.officer import Role
from models.queries.installation.clock import engine_view
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.clock import wall_clock
from recovery_flows.sandbox.worlds.world import open_book

RESULTS = Path(__file__).with_name("report_to_hold.json")
_H, _C = table_of(Hold), table_of(Call)
_WAIT_SECONDS = 600
_PAUSE_SECONDS = 0.4
_REPORTS_A_ROUND = 5
FIRST = "sandbox-00"
_pause = threading.Event().wait


@contextmanager
def running_engine(at: ManyBanks, **more: str) -> Iterator[None]:
    """`recovery engine` as a user starts it, once its first sign of life is there.

    `more`: variables of its environment.
    """
    settings = at.installation.settings
    environment = os.environ | {"RECOVERY_DATA_DIR": str(settings.data_dir)} | more
    command = [sys.executable, "-m", "recovery_flows.cli.main", "engine"]
    with (settings.data_dir / "engine.log").open("wb") as log:
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
        try:
            _until(lambda: _is_idle(at), "the engine did not start")
            yield
        finally:
            child.terminate()
            child.wait(_WAIT_SECONDS)


def _is_idle(at: ManyBanks) -> bool:
    with at.installation.database.reading() as session:
        view = engine_view(session, wall_clock())
    return view.alive and view.state == "idle"


def _until(holds: object, why: str) -> None:
    assert callable(holds)
    deadline = time.perf_counter() + _WAIT_SECONDS
    while not holds():
        if time.perf_counter() > deadline:
            raise TimeoutError(why)
        _pause(0.002)


def one_report(at: ManyBanks, number: int) -> tuple[float, float, float]:
    """One victim's report to the hold: seconds at the desk, to the bank, to our database."""
    begun = time.perf_counter()
    hold_id = order_stop(at, number)
    committed = time.perf_counter()
    until_at_bank(at, hold_id)
    ordered = time.perf_counter()
    _until(lambda: _state(at, hold_id) is HoldState.STOPPED, "the hold did not come")
    return committed - begun, ordered - committed, time.perf_counter() - committed


def until_at_bank(at: ManyBanks, hold_id: str) -> None:
    """Wait until a bank has the order."""
    with closing(open_book(at.book)) as book:
        query = "SELECT 1 FROM hold WHERE order_ref = ?"
        _until(lambda: book.execute(query, [hold_id]).fetchone(), "the bank got no order")


def order_stop(at: ManyBanks, number: int) -> str:
    """What an officer does with a report; the id of the hold that was ordered."""
    database, laws = at.installation.database, at.installation.laws
    with unit_of_work(database) as unit:
        now = datetime.now(UTC)
        fact = report(number, len(at.urls), now)
        actor = Actor(OFFICER, Role.OFFICER)
        recovery_id = file_reports(unit, actor, now, HOME, [fact]).filed[0]
    acting = CaseOfficer(database, laws, by_system_user(database, OFFICER))
    acting.advance(recovery_id, case_number=f"SYN-{number}")
    acting.advance(recovery_id)
    with database.reading() as session:
        query = sa.select(_H.c.id).where(_H.c.recovery_id == recovery_id)
        return str(session.execute(query).scalar_one())


def _is_unanswered(at: ManyBanks, hold_id: str) -> bool:
    query = sa.select(_C.c.state).where(_C.c.subject_id == hold_id)
    with at.installation.database.reading() as session:
        return CallState(session.execute(query).scalar_one()) is CallState.SENT


def _state(at: ManyBanks, hold_id: str) -> HoldState:
    with at.installation.database.reading() as session:
        return HoldState(
            session.execute(sa.select(_H.c.state).where(_H.c.id == hold_id)).scalar_one()
        )


def percentile(seconds: list[float], percent: int) -> float:
    """The nearest-rank percentile."""
    return sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1]


def measure(at: ManyBanks, numbers: Iterator[int], reports: int) -> list[tuple[float, ...]]:
    """The figures of so many reports whose payee is not at the first bank."""
    found: list[tuple[float, ...]] = []
    for number in numbers:
        if not _is_at_first(at, number):
            found.append(one_report(at, number))
            _pause(_PAUSE_SECONDS)
        if len(found) == reports:
            break
    return found


def measure_beside(
    at: ManyBanks,
    numbers: Iterator[int],
    rounds: int,
    reports: int = _REPORTS_A_ROUND,
    hangs_seconds: int = 30,
) -> list[tuple[float, ...]]:
    """The same while the first bank keeps the engine waiting for its answer to another stop."""
    found: list[tuple[float, ...]] = []
    stuck = (n for n in range(len(at.urls) * rounds) if _is_at_first(at, n))
    # One call a round: were its feed slow too, the breaker would open and no round after wait.
    rows = [{"call": "POST /v1/holds", "kind": "slow", "times": 1, "seconds": hangs_seconds}]
    for _ in range(rounds):
        _until(lambda: _is_idle(at), "the engine did not come to rest")
        url = f"{at.urls[FIRST]}/sandbox/faults"
        httpx.post(url, json=rows, trust_env=False).raise_for_status()
        hanging = order_stop(at, next(stuck))
        _until(partial(_is_unanswered, at, hanging), "the stop that is to hang never left")
        for _ in range(reports):
            found += measure(at, numbers, 1)
            # Else the round would show nothing.
            assert _is_unanswered(at, hanging), "the bank that was to hang has answered"
    return found


def _is_at_first(at: ManyBanks, number: int) -> bool:
    return report(number, len(at.urls), datetime.now(UTC)).payee_account.bank == FIRST


def _percentiles(found: list[tuple[float, ...]]) -> dict[str, float]:
    names = ("desk", "bank", "held")
    return {
        f"{name}_p{percent}_seconds": round(percentile([row[i] for row in found], percent), 3)
        for i, name in enumerate(names)
        for percent in (50, 99)
    } | {"reports": len(found)}


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument("--banks", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    victims = 2 * (given.reports + _REPORTS_A_ROUND * given.rounds) + 50
    with (
        tempfile.TemporaryDirectory() as folder,
        many_banks(Path(folder), given.banks, victims) as at,
        running_engine(at),
    ):
        # The first ones belong to the bank that hangs later on.
        numbers = iter(range(given.banks * given.rounds, victims))
        rows = {
            "all banks well": _percentiles(measure(at, numbers, given.reports)),
            "one bank hangs": _percentiles(measure_beside(at, numbers, given.rounds)),
        }
    text = json.dumps(rows, indent=1) + "\n"
    sys.stdout.write(text)
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
