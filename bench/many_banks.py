"""Invented banks in a process of their own, and a unit that has stops to place at them."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.settings import load_settings
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from recovery_flows.cli.composition import FirstOfficer, Installation, make_installation
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.sandbox.server import serve
from recovery_flows.sandbox.worlds.world import Bank, World, WorldAccount, WorldTransfer, install

HOME = "CN"
OFFICER, SUPERVISOR = "synthetic-officer", "synthetic-supervisor"
_MINOR = 1_000_000


@dataclass(frozen=True, slots=True)
class ManyBanks:
    """A unit's installation whose partners are so many sandbox banks; `book` is their own file."""

    installation: Installation
    book: Path
    urls: dict[str, str]


def report(number: int, banks: int, now: datetime) -> ReportFact:
    """The `number`-th victim's report; victim and mule are at different banks in turn."""
    victim, mule = _bank_id(number, banks), _bank_id(number + 1, banks)
    holder, payee = f"Synthetic Victim {number}", f"Synthetic Mule {number}"
    return ReportFact(
        row=1,
        external_ref=f"SYN-B{number:06d}",
        victim_name=holder,
        victim_contact=f"v{number}@synthetic.example",
        victim_account=AccountRef(victim, _number("1", number), holder),
        payee_account=AccountRef(mule, _number("2", number), payee),
        amount=Money(_MINOR, "CNY"),
        paid_at=now - timedelta(hours=1),
        reported_at=now,
        end_to_end_id=f"SYN-{number:06d}",
    )


@contextmanager
def many_banks(folder: Path, banks: int, victims: int) -> Iterator[ManyBanks]:
    """Install and serve the banks, make the unit, register them; all ends with the block."""
    now = datetime.now(UTC)
    book = folder / "sandbox.sqlite3"
    install(book, _world(banks, victims, now))
    people = (
        FirstOfficer(OFFICER, frozenset({Role.OFFICER}), os_user=OFFICER),
        FirstOfficer(SUPERVISOR, frozenset({Role.SUPERVISOR}), os_user=SUPERVISOR),
    )
    installation = make_installation(load_settings(folder / "data"), people)
    ready = folder / "ready.json"
    with _served(book, ready, installation.signer.public_jwks()) as told:
        register_banks(installation.database, told, HOME)
        yield ManyBanks(installation, book, {bank["id"]: bank["url"] for bank in told})
    installation.database.dispose()


@contextmanager
def _served(book: Path, ready: Path, keys: dict[str, object]) -> Iterator[list[dict[str, str]]]:
    import json

    child = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(book, ready, keys), daemon=True
    )
    child.start()
    try:
        while not ready.exists():
            if not child.is_alive():
                raise RuntimeError("the sandbox ended before it listened")
            time.sleep(0.02)
        yield json.loads(ready.read_text("utf-8"))
    finally:
        child.terminate()
        child.join()


def _serve(book: Path, ready: Path, keys: dict[str, object]) -> None:
    serve(book, lambda: datetime.now(UTC), ready, keys=keys)


def _world(banks: int, victims: int, now: datetime) -> World:
    accounts, transfers = [], []
    for number in range(victims):
        told = report(number, banks, now)
        for ref, opening in ((told.victim_account, _MINOR + 10_000), (told.payee_account, 0)):
            accounts.append(WorldAccount(ref.bank, ref.number, ref.holder, "CNY", opening))
        payer = (told.victim_account.bank, told.victim_account.number)
        payee = (told.payee_account.bank, told.payee_account.number)
        end_to_end = told.end_to_end_id
        transfers.append(
            WorldTransfer(number, told.paid_at, payer, payee, _MINOR, "CNY", "TRANSFER", end_to_end)
        )
    rows = tuple(
        Bank(_bank_id(n, banks), f"Sandbox Bank {n}", HOME, "CNY", 0, 0) for n in range(banks)
    )
    starts = now - timedelta(hours=2)
    return World(rows, tuple(accounts), tuple(transfers), (), (), starts, ())


def _bank_id(number: int, banks: int) -> str:
    return f"sandbox-{number % banks:02d}"


def _number(kind: str, number: int) -> str:
    return f"9999{kind}{number:011d}"
