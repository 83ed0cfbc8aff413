"""Books stay whole: after kill -9 in the middle of booking, and over the whole demo world."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from recovery_flows.sandbox.banks.clearing import catch_up
from recovery_flows.sandbox.worlds.amlsim import amlsim_world
from recovery_flows.sandbox.worlds.synthetic import synthetic_world
from recovery_flows.sandbox.worlds.world import World, install, open_book

AMLSIM = Path(__file__).parents[3] / "shared/samples/transfers/amlsim_20K_cycle200"
SERVE = """
import sys, time
from datetime import datetime, timedelta
from pathlib import Path
from recovery_flows.sandbox.server import serve
begun, start, speed = time.monotonic(), datetime.fromisoformat(sys.argv[3]), float(sys.argv[4])
def now():
    return start + timedelta(hours=(time.monotonic() - begun) * speed)
serve(Path(sys.argv[1]), now, Path(sys.argv[2]), parent_alive=0)
"""


@pytest.fixture(scope="module")
def amlsim() -> World:
    if not AMLSIM.exists():
        pytest.skip(f"NOT RUN: the AMLSim sample is not at {AMLSIM}")
    return amlsim_world(AMLSIM)


def assert_books_are_whole(db: sqlite3.Connection) -> None:
    """No coin made or lost: openings, bookings, balances and holds say the same."""
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    off = db.execute(
        "SELECT COUNT(*) FROM account a JOIN balance b ON b.account_id = a.id"
        " LEFT JOIN (SELECT account_id, SUM(signed_minor) AS sum, COUNT(*) AS n, MAX(seq) AS last"
        "            FROM booking GROUP BY 1) k ON k.account_id = a.id"
        " LEFT JOIN (SELECT account_id, SUM(held_minor) AS held FROM hold GROUP BY 1) h"
        "   ON h.account_id = a.id"
        " WHERE b.booked_minor <> a.opening_minor + COALESCE(k.sum, 0)"
        " OR b.seq <> COALESCE(k.n, 0) OR b.seq <> COALESCE(k.last, 0)"
        " OR b.held_minor <> COALESCE(h.held, 0) OR b.held_minor > b.booked_minor"
    ).fetchone()[0]
    assert off == 0, f"{off} accounts do not add up"
    assert _between_accounts(db) == {}
    for currency, opening, booked in _totals(db):
        left, exchanged = _left_and_exchanged(db, currency)
        assert booked == opening + left + exchanged, f"{currency} was made or lost"


def _between_accounts(db: sqlite3.Connection) -> dict[Any, int]:
    """What does not pair up: each side of a payment has to stand in the other's book."""
    open_sides: dict[Any, int] = {}
    for row in db.execute(
        "SELECT account_id, counter_id, end_to_end_id, at_us, signed_minor,"
        " COALESCE(counter_minor, ABS(signed_minor)) FROM booking WHERE counter_id IS NOT NULL"
    ):
        here, there, reference, at_us, signed, other = row
        pair = (here, there, -signed, other) if signed < 0 else (there, here, other, signed)
        key = (*pair, reference, at_us)
        open_sides[key] = open_sides.get(key, 0) + (1 if signed > 0 else -1)
    return {key: count for key, count in open_sides.items() if count}


def _totals(db: sqlite3.Connection) -> list[Any]:
    return db.execute(
        "SELECT a.currency, SUM(opening_minor), SUM(booked_minor) FROM account a"
        " JOIN balance ON account_id = a.id GROUP BY 1"
    ).fetchall()


def _left_and_exchanged(db: sqlite3.Connection, currency: str) -> tuple[int, int]:
    row = db.execute(
        "SELECT COALESCE(SUM(signed_minor) FILTER (WHERE counter_id IS NULL), 0),"
        " COALESCE(SUM(signed_minor) FILTER (WHERE counter_minor IS NOT NULL), 0)"
        " FROM booking JOIN account a ON a.id = account_id WHERE a.currency = ?",
        [currency],
    ).fetchone()
    return row[0], row[1]


@contextmanager
def bank_process(path: Path, world: World, speed: float) -> Iterator[Any]:
    ready = path.with_suffix(".json")
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-c", SERVE, str(path), str(ready)]
    process = subprocess.Popen(
        [*command, world.starts_at.isoformat(), str(speed)], stdin=subprocess.PIPE
    )
    try:
        while not ready.exists():
            assert process.poll() is None, "the sandbox ended before it listened"
            threading.Event().wait(0.02)
        yield process, json.loads(ready.read_text())
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


class Storm:
    """Orders holds and payouts on the accounts of a world until its bank goes away."""

    def __init__(self, world: World, banks: list[dict[str, str]], round_name: str) -> None:
        self.world, self.banks, self.round = world, {b["id"]: b for b in banks}, round_name
        self.sent: list[tuple[str, str, Any, str]] = []
        self.answers: dict[str, Any] = {}

    def run(self, kill: Any, after: int) -> None:
        with httpx.Client(timeout=60) as client:
            for place, report in enumerate(self.world.reports * 50):
                if place == after:
                    threading.Timer(0.02, kill).start()
                try:
                    self._order(client, place, report)
                except httpx.TransportError:
                    return
        raise AssertionError("the bank was never killed")

    def _order(self, client: httpx.Client, place: int, report: Any) -> None:
        bank = report.payee_bank
        hold = self.call(client, bank, f"{self.round}h{place}", "/v1/holds", _hold(report, place))
        if hold["status"] in ("HELD", "PARTIALLY_HELD"):
            payout = _payout(report, hold)
            self.call(client, bank, f"{self.round}p{place}", "/v1/payouts", payout)

    def call(self, client: httpx.Client, bank: str, key: str, path: str, body: Any) -> Any:
        body = {"orderRef": key} | body
        self.sent.append((bank, path, body, key))
        headers = {
            "Authorization": f"Bearer {self.banks[bank]['token']}",
            "Idempotency-Key": key,
            **dict.fromkeys(("X-Request-ID", "AccountInfoRequestID"), "1"),
            **dict.fromkeys(("RequesterID", "Legal-Mandate"), "1"),
        }
        answer = client.post(self.banks[bank]["url"] + path, json=body, headers=headers)
        assert answer.status_code in (201, 202), answer.text
        self.answers[key] = answer.json()
        return self.answers[key]


def _hold(report: Any, place: int) -> Any:
    currency = "GBP" if report.payee_bank == "sandbox-abroad" else "CNY"
    return {
        "kind": "freeze",
        "account": {"number": report.payee_account, "holderName": report.payee_name},
        "amount": {"currency": currency, "amount": f"{1 + place % 40}.37"},
        "expiresAt": "2027-01-01T00:00:00Z",
        "supersedes": None,
        "mandate": "synthetic",
        "requestRef": "R1",
    }


def _payout(report: Any, hold: Any) -> Any:
    currency = "GBP" if report.victim_bank == "sandbox-abroad" else "CNY"
    payee = {"bank": report.victim_bank, "number": report.victim_account, "name": "x"}
    amount = {"currency": currency, "amount": "0.15"}
    return {
        "holdId": hold["id"],
        "amount": amount,
        "payee": payee,
        "decisionRef": "d",
        "remittance": "r",
    }


def _at_once(world: World) -> World:
    """The same world with banks that need no time, so that each call has its whole effect."""
    banks = tuple(replace(bank, answer_minutes=0, settle_minutes=0) for bank in world.banks)
    return replace(world, banks=banks)


def _survives_two_kills(path: Path, world: World, speed: float, after: int) -> None:
    install(path, _at_once(world))
    lost: list[Any] = []
    kept: dict[str, Any] = {}
    for round_name in ("a", "b"):
        with bank_process(path, world, speed) as (process, banks):
            storm = Storm(world, banks, round_name)
            with httpx.Client(timeout=60) as client:
                for call in lost:
                    again = storm.call(client, call[0], call[3], call[1], _without_ref(call[2]))
                    assert kept.get(call[3], again) == again
            storm.run(lambda p=process: p.send_signal(signal.SIGKILL), after)
            process.wait()
        kept, lost = storm.answers, storm.sent[-3:]
        with closing(open_book(path)) as db:
            keys = {row[0] for row in db.execute("SELECT key FROM call")}
            assert keys >= set(storm.answers), "an answer was given that the book does not know"
            # An effect without its record, or a record without its effect, would differ here.
            orders = "SELECT order_ref FROM hold UNION SELECT order_ref FROM payout"
            assert keys == {row[0] for row in db.execute(orders)}
    with closing(open_book(path)) as db:
        assert_books_are_whole(db)
        catch_up(db, world.transfers[-1].at + timedelta(hours=1))
        assert_books_are_whole(db)
        sides = 2 * sum(transfer.payee is not None for transfer in world.transfers)
        sides += sum(transfer.payee is None for transfer in world.transfers)
        sides += 2 * _count(db, "payout WHERE status = 'SETTLED'") - 2 * _count(db, _REFUSED_PAID)
        assert _count(db, "booking") == sides - _count(db, _REFUSED_CASH)


_REFUSED_PAID = "refusal r JOIN transfer t USING (place) WHERE t.payee_id IS NOT NULL"
_REFUSED_CASH = "refusal r JOIN transfer t USING (place) WHERE t.payee_id IS NULL"


def _count(db: sqlite3.Connection, rows: str) -> int:
    return int(db.execute(f"SELECT COUNT(*) FROM {rows}").fetchone()[0])


def _without_ref(body: Any) -> Any:
    return {name: value for name, value in body.items() if name != "orderRef"}


def test_a_bank_killed_in_the_middle_of_orders_has_a_whole_book(tmp_path: Path) -> None:
    _survives_two_kills(tmp_path / "sandbox.sqlite3", synthetic_world(), speed=40, after=150)


@pytest.mark.samples
def test_a_bank_killed_while_it_books_the_amlsim_world_has_a_whole_book(
    tmp_path: Path, amlsim: World
) -> None:
    _survives_two_kills(tmp_path / "sandbox.sqlite3", amlsim, speed=40, after=150)


def test_the_banks_end_when_their_parent_lets_go_of_the_pipe(tmp_path: Path) -> None:
    world = synthetic_world()
    install(tmp_path / "sandbox.sqlite3", world)
    with bank_process(tmp_path / "sandbox.sqlite3", world, speed=1) as (process, banks):
        assert (tmp_path / "sandbox.json").stat().st_mode & 0o777 == 0o600
        assert len(banks) == len(world.banks) == 10
        process.stdin.close()
        assert process.wait() == 0


def test_nobody_in_the_demo_world_ever_pays_what_he_does_not_have(tmp_path: Path) -> None:
    for seed in (7, 8, 9):
        world = synthetic_world(seed, datetime(2026, 5, 4, tzinfo=UTC))
        install(tmp_path / f"{seed}.sqlite3", world)
        with closing(open_book(tmp_path / f"{seed}.sqlite3")) as db:
            catch_up(db, world.starts_at + timedelta(days=5))
            assert db.execute("SELECT COUNT(*) FROM refusal").fetchone()[0] == 0
            assert_books_are_whole(db)
