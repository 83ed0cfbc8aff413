"""The real store for one history after another: a migrated database, made once, put back by copy.

The file lies on a RAM disk where there is one. The key is fixed, so that ids, and with them every
order of rows, are the same in each process: one seed decides everything.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import models.engine
import models.store.pacing
from config.regimes import read_regime, regime_codes
from models.engine import Database, make_engine, open_database
from models.entities.officer import Role
from models.entities.partner import PartnerChannel
from models.migrate import upgrade
from models.sealing.vault import KEY_FILE
from models.store.partners import register
from models.store.people import appoint, appoint_engine
from models.store.unit import unit_of_work
from recovery_flows.law.regime import Regime, load_regime
from tests.simulation.chest import TREASURY
from tests.simulation.parts import Parts
from tests.simulation.reading import Unchanged
from tests.simulation.session import Transactions

START = datetime(2026, 3, 2, tzinfo=UTC)
OFFICERS, SUPERVISOR = ("ada", "bo"), "cy"
TOKEN = "synthetic-token"
BANKS = (
    ("north", "CN", "CNY", True),
    ("south", "CN", "CNY", True),
    ("east", "CN", "CNY", True),
    ("abroad", "GB", "GBP", False),
)
_ROOT_KEY = base64.b64encode(b"synthetic key of the simulator..") + b"\n"
_RAM_DISK = Path("/dev/shm")  # noqa: S108 - a name that tempfile makes is used in it


@dataclass(frozen=True, slots=True)
class Place:
    """A database that `fresh` puts back to its beginning, and the laws."""

    database: Database
    laws: dict[str, Regime]
    path: Path
    transactions: Transactions
    unchanged: Unchanged
    parts: Parts
    _template: Path

    def fresh(self) -> None:
        """As it was before the first report."""
        self.unchanged.forget()
        self.transactions.forget()
        self.parts.forget()
        heads = self._template.with_suffix(".heads")
        shutil.copyfile(heads, self.database.heads.path)
        self.database.heads._counted.to = self.database.heads._counted.inode = 0
        with (
            closing(sqlite3.connect(self._template)) as from_db,
            closing(sqlite3.connect(self.path)) as to_db,
        ):
            from_db.backup(to_db)

    @contextmanager
    def playing(self, *, is_short: bool) -> Iterator[None]:
        """Sessions are short ones and files are remembered, or all is as usual."""
        if not is_short:
            with self.transactions.usual():
                yield
            return
        with self.transactions.light(), self.parts.kept(), self.unchanged.kept():
            yield


@contextmanager
def place(*, is_short: bool = True) -> Iterator[Place]:
    """A place to play in; its files are gone afterwards.

    Not `is_short`: all goes the way through SQLAlchemy, and nothing is remembered.
    """
    ram = _RAM_DISK if os.access(_RAM_DISK, os.W_OK) else None
    made_in = tempfile.TemporaryDirectory(prefix="recovery-simulation-", dir=ram)
    with made_in as folder, _unhurried():
        made = _make(Path(folder))
        try:
            with made.playing(is_short=is_short), _one_thread():
                yield made
        finally:
            made.database.dispose()


@contextmanager
def _one_thread() -> Iterator[None]:
    """What the engine hands to threads is done at once: which is first must not be left to luck."""

    async def at_once(act: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        return act(*given, **named)

    before, asyncio.to_thread = asyncio.to_thread, at_once
    try:
        yield
    finally:
        asyncio.to_thread = before


@contextmanager
def _unhurried() -> Iterator[None]:
    """How many files go into one transaction must not depend on how fast this machine is.

    Nor is a power cut what is simulated: a crash is an exception at a commit. All is put back,
    for who plays may be one test of many in a process.
    """
    engine, pacing = models.engine, models.store.pacing
    before = engine._PRAGMAS, pacing.HOLD_SECONDS, pacing._REST_SECONDS
    kept = (pragma for pragma in engine._PRAGMAS if "sync" not in pragma)
    engine._PRAGMAS = (*kept, "synchronous=OFF")
    pacing.HOLD_SECONDS = pacing._REST_SECONDS = 0
    try:
        yield
    finally:
        engine._PRAGMAS, pacing.HOLD_SECONDS, pacing._REST_SECONDS = before


def _make(folder: Path) -> Place:
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    (keys / KEY_FILE).write_bytes(_ROOT_KEY)
    (keys / KEY_FILE).chmod(0o600)
    path, template = folder / "case.sqlite3", folder / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    database = open_database(f"sqlite:///{path}", keys)
    _found(database)
    shutil.copyfile(database.heads.path, template.with_suffix(".heads"))
    with closing(sqlite3.connect(path)) as from_db, closing(sqlite3.connect(template)) as to_db:
        from_db.backup(to_db)
    laws = {code: load_regime(read_regime(code)) for code in regime_codes()}
    transactions = Transactions(database.engine)
    unchanged = Unchanged(transactions)
    return Place(database, laws, path, transactions, unchanged, Parts(transactions), template)


def _found(database: Database) -> None:
    """The unit's people and partners, as an installation makes them."""
    with unit_of_work(database) as unit:
        appoint_engine(unit, START)
        for handle in OFFICERS:
            appoint(unit, START, handle, [Role.OFFICER], os_user=handle)
        appoint(unit, START, SUPERVISOR, [Role.SUPERVISOR], os_user=SUPERVISOR)
        for name, regime, currency, home in BANKS:
            register(
                unit, START, name, name=f"Synthetic Bank {name}", regime=regime,
                currency=currency, home=home, base_url=f"https://{name}.bank.example",
                token=TOKEN,
            )  # fmt: skip
        register(
            unit, START, TREASURY, name="Synthetic treasury", regime="CN", currency="CNY",
            home=True, base_url="", token="", channel=PartnerChannel.LETTER,
        )  # fmt: skip
