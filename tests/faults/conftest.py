"""A small sandbox over real HTTP, with a clock that the test sets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from recovery_flows.sandbox.arithmetic import Rate
from recovery_flows.sandbox.server import running
from recovery_flows.sandbox.worlds.world import Bank, World, WorldAccount, WorldTransfer, install

START = datetime(2026, 3, 2, tzinfo=UTC)
HOME, SLOW, ABROAD = "bank-home", "bank-slow", "bank-abroad"
MULE, VICTIM, FOREIGN, BUSY = "9999000000000001", "9999000000000002", "9999000000000003", "9999004"


def small_world() -> World:
    """Three banks; the mule has 1,000.00 after hour 1 and tries to pay 900.00 on in hour 10."""
    banks = (
        Bank(HOME, "Sandbox Test Bank", "CN", "CNY", 0, 0),
        Bank(SLOW, "Sandbox Slow Bank", "CN", "CNY", 10, 30),
        Bank(ABROAD, "Sandbox Bank Abroad", "GB", "GBP", 0, 0),
    )
    accounts = (
        WorldAccount(HOME, MULE, "Synthetic Mule", "CNY", 20_000),
        WorldAccount(SLOW, VICTIM, "Synthetic Victim", "CNY", 180_000),
        WorldAccount(ABROAD, FOREIGN, "Synthetic Mule Abroad", "GBP", 0),
        WorldAccount(SLOW, BUSY, "Synthetic Shop", "CNY", 1_300),
    )
    mule, victim, foreign = (HOME, MULE), (SLOW, VICTIM), (ABROAD, FOREIGN)
    moves = [
        (1.0, victim, mule, 80_000),
        (1.5, victim, foreign, 92_000),
        (10.0, mule, victim, 90_000),
        *((20.0 + place / 60, (SLOW, BUSY), None, 1) for place in range(1200)),
        (60.0, mule, None, 10_000),
    ]
    transfers = tuple(
        WorldTransfer(
            *(order, START + timedelta(hours=hour), payer, payee, amount, "CNY"),
            *("CASH" if payee is None else "TRANSFER", f"E{order}"),
        )
        for order, (hour, payer, payee, amount) in enumerate(moves, start=1)
    )
    rates = (Rate("GBP", "CNY", 920, 100),)
    return World(banks, accounts, transfers, (), rates, START, ())


class Sandbox:
    """The served sandbox; `at` sets its clock, `get` and `post` call a bank as the wire says."""

    HOME, SLOW, ABROAD = HOME, SLOW, ABROAD
    MULE, VICTIM, FOREIGN, BUSY = MULE, VICTIM, FOREIGN, BUSY
    START = START

    def __init__(self, path: Path, client: httpx.Client) -> None:
        self.path, self.now = path, START
        self.banks: dict[str, dict[str, str]] = {}
        self._serving = ExitStack()
        self._client = client

    def start(self) -> None:
        ready = self.path.with_suffix(".json")
        rows = self._serving.enter_context(running(self.path, lambda: self.now, ready))
        self.banks = {row["id"]: row for row in rows}

    def end(self) -> None:
        self._serving.close()

    def at(self, hours: float) -> Sandbox:
        self.now = START + timedelta(hours=hours)
        return self

    def get(self, path: str, bank: str = HOME, **headers: str) -> httpx.Response:
        return self._client.get(
            self.banks[bank]["url"] + path, headers=self._headers(bank, headers)
        )

    def post(self, path: str, body: Any, key: str, bank: str = HOME, **more: Any) -> httpx.Response:
        headers = self._headers(bank, {"Idempotency-Key": key})
        return self._client.post(self.banks[bank]["url"] + path, json=body, headers=headers, **more)

    def hold(self, ref: str, amount: str, bank: str = HOME, **changes: Any) -> Any:
        return self.post(
            "/v1/holds", self.hold_body(ref, amount, **changes), f"key-{ref}", bank
        ).json()

    def book(self, bank: str = HOME, account: str = MULE) -> Any:
        return self.get(f"/sandbox/book?account={account}", bank).json()

    def late(self, key: str, fault: dict[str, Any]) -> None:
        """A stop of 300.00 under this key, given up before its answer comes; the bank has it."""
        self.plant(fault)
        body, patience = self.hold_body("h1", "300.00"), httpx.Timeout(60, read=0.1)
        with pytest.raises(httpx.ReadTimeout):
            self.post("/v1/holds", body, key, timeout=patience)
        while self.get(f"/v1/calls/{key}").status_code == 404:
            threading.Event().wait(0.01)

    def balance(self, bank: str = HOME, account: str = MULE) -> tuple[str, str]:
        balance = self.get(f"/v1/accounts/{account}", bank).json()["balance"]
        return balance["booked"]["amount"], balance["held"]["amount"]

    def planted(self, bank: str = HOME) -> Any:
        """Faults that no call has met yet."""
        return self.get("/sandbox/faults", bank).json()

    def plant(self, *faults: dict[str, Any], bank: str = HOME) -> None:
        url = self.banks[bank]["url"] + "/sandbox/faults"
        assert self._client.post(url, json=list(faults)).status_code == 200

    @staticmethod
    def hold_body(ref: str, amount: str, **changes: Any) -> dict[str, Any]:
        """A stop on the mule's account, with what a test changes in it."""
        return {
            "orderRef": ref,
            "kind": "stop",
            "account": {"number": MULE, "holderName": "Synthetic Mule"},
            "amount": {"currency": "CNY", "amount": amount},
            "expiresAt": None,
            "supersedes": None,
            "mandate": "synthetic mandate",
            "requestRef": None,
        } | changes

    @staticmethod
    def freeze_until(hours: float) -> dict[str, Any]:
        """What makes an order a freeze that ends at this hour."""
        return {"kind": "freeze", "expiresAt": (START + timedelta(hours=hours)).isoformat()}

    @staticmethod
    def payout_body(ref: str, hold_id: str, amount: str, **changes: Any) -> dict[str, Any]:
        """A payout to the victim, with what a test changes in it."""
        return {
            "orderRef": ref,
            "holdId": hold_id,
            "amount": {"currency": "CNY", "amount": amount},
            "payee": {"bank": SLOW, "number": VICTIM, "name": "Synthetic Victim"},
            "decisionRef": "decision-1",
            "remittance": "return",
        } | changes

    def _headers(self, bank: str, more: dict[str, str]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.banks[bank]['token']}",
            "X-Request-ID": "11111111-1111-4111-8111-111111111111",
            "AccountInfoRequestID": "recovery-1",
            "RequesterID": "officer-1",
            "Legal-Mandate": "synthetic%20mandate",
            **more,
        }


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    # A bank on loopback answers, however busy the machine is; tests of lateness say so themselves.
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def sandbox_at(client: httpx.Client) -> Callable[..., Sandbox]:
    """The sandbox of a file, not served yet; if it is not there the small world is installed.

    `change` is what a test with other needs makes of that world.
    """

    def _at(path: Path, change: Callable[[World], World] = lambda world: world) -> Sandbox:
        if not path.exists():
            install(path, change(small_world()))
        return Sandbox(path, client)

    return _at


@pytest.fixture
def world() -> World:
    """What is served; a test with other needs gives another."""
    return small_world()


@pytest.fixture
def sandbox(
    tmp_path: Path, sandbox_at: Callable[[Path], Sandbox], world: World
) -> Iterator[Sandbox]:
    path = tmp_path / "sandbox.sqlite3"
    install(path, world)
    served = sandbox_at(path)
    served.start()
    yield served
    served.end()
