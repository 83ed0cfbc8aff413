"""`make bench`: each measure against its floor in one run; results go to bench/results.json."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.timing import best_seconds
from models.engine import make_engine, open_database
from models.entities.event import EntityKind
from models.facts import LineKind
from models.ids import canonical, derive_id
from models.migrate import upgrade
from models.outcome import Outcome, Transition
from models.sealing.vault import Vault
from models.store.people import appoint_engine
from models.store.record import record
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.tracing.methods.rules import fifo, lifo
from recovery_flows.tracing.methods.types import Coverage, Source, Transfer

START = datetime(2026, 3, 2, tzinfo=UTC)
RESULTS = Path(__file__).with_name("results.json")


def record_against_bare_inserts(events: int = 2_000) -> dict[str, float]:
    """Recording notes with chained, keyed events against inserting the same rows bare."""
    moves = [
        Transition(
            EntityKind.PARTNER, derive_id("bench", number), "registered", None,
            {"name": "bench", "regime": "CN", "currency": "CNY", "home": True},
        )
        for number in range(events)
    ]  # fmt: skip

    def recorded() -> None:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/bench.sqlite3"
            engine = make_engine(url)
            upgrade(engine)
            engine.dispose()
            Vault.create(Path(folder) / "keys")
            database = open_database(url, Path(folder) / "keys")
            with unit_of_work(database) as unit:
                appoint_engine(unit, START)
            begun = time.perf_counter()
            with unit_of_work(database) as unit:
                record(unit, ENGINE, START, "", Outcome(tuple(moves)))
            spent.append(time.perf_counter() - begun)
            database.dispose()

    def bare() -> None:
        with tempfile.TemporaryDirectory() as folder:
            db = sqlite3.connect(f"{folder}/bare.sqlite3", isolation_level=None)
            db.execute("CREATE TABLE a (id TEXT PRIMARY KEY, b TEXT)")
            db.execute("CREATE TABLE e (seq INTEGER PRIMARY KEY, b TEXT)")
            begun = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            for number, move in enumerate(moves):
                body = canonical(dict(move.values)).decode()
                db.execute("INSERT INTO a VALUES (?, ?)", (move.id, body))
                db.execute("INSERT INTO e VALUES (?, ?)", (number, body))
            db.execute("COMMIT")
            floor.append(time.perf_counter() - begun)
            db.close()

    spent: list[float] = []
    floor: list[float] = []
    for _ in range(3):
        recorded()
        bare()
    return {
        "events_per_second": events / min(spent),
        "bare_rows_per_second": events / min(floor),
        "ratio_to_bare_inserts": min(floor) / min(spent),
    }


def traces_against_balances(rows: int = 100_000, victims: int = 1_000) -> dict[str, float]:
    """FIFO and LIFO with paths (pure Python) against a bare loop that only moves balances."""
    dice = random.Random(42)  # noqa: S311 - a workload, not a secret
    names = [f"a{number}" for number in range(rows // 10)]
    transfers = []
    for number in range(rows):
        payer, payee = dice.sample(names, 2)
        minor, at = int(dice.lognormvariate(8, 1.5)) + 1, START + timedelta(seconds=number)
        transfers.append(
            Transfer(
                f"t{number:07}", at, 0, payer, payee, LineKind.TRANSFER, minor, "CNY", minor, "CNY"
            )
        )
    step = rows // victims
    sources = [
        Source(transfers[step * v].id, f"v{v}", transfers[step * v].debit_minor)
        for v in range(victims)
    ]
    coverage = [Coverage(name, START, START + timedelta(days=30)) for name in names]
    as_of = START + timedelta(days=30)

    def balances() -> None:
        balance = dict.fromkeys(names, 0)
        for transfer in transfers:
            balance[transfer.payer or ""] -= transfer.debit_minor
            balance[transfer.payee or ""] += transfer.credit_minor

    floor = best_seconds(balances)
    result = {"balance_loop_rows_per_second": rows / floor}
    for name, rule in (("fifo", fifo.trace), ("lifo", lifo.trace)):
        spent = best_seconds(lambda rule=rule: rule(transfers, sources, (), coverage, as_of=as_of))  # type: ignore[misc]
        result[f"{name}_rows_per_second"] = rows / spent
        result[f"{name}_ratio_to_balance_loop"] = floor / spent
    return result


def main() -> None:
    """Run all measures and write them down."""
    results = {
        "record": record_against_bare_inserts(),
        "trace_1e5_rows_1000_victims": traces_against_balances(),
    }
    rounded = {k: {n: round(v, 3) for n, v in m.items()} for k, m in results.items()}
    text = json.dumps(rounded, indent=2)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
