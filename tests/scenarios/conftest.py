"""A demo world played to its end without Prefect; its banks stay open for witnesses."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from models.case_file import CaseFile
from models.engine import Database
from models.entities.catalogue import table_of
from models.entities.recovery import Recovery, RecoveryState
from models.queries.cases.case_files import load_files
from models.queries.cases.work import account_ref
from recovery_flows.cases.stages import STAGES
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.drive import Drive
from recovery_flows.cli.demo.folder import HOME, open_folder
from recovery_flows.cli.sandbox_process import BOOK, READY, case_clock, register_banks
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import CALLS, decide, due_by_stage
from recovery_flows.engine.outbox import dispatch
from recovery_flows.sandbox.server import running

Account = tuple[str, str]
"""Bank and number."""
_PACE = Pace(poll_seconds=300, poll_ceiling_seconds=6 * 3600, watch_seconds=5 * 86_400)
_ROUNDS_MAX = 200
_HELD_OVER_TIME = """
SELECT a.at_us, a.held_minor + COALESCE(
    (SELECT sum(p.debited_minor) FROM payout p
     WHERE p.bank = h.bank AND p.hold_id = h.id AND p.booked_us <= a.at_us), 0)
FROM hold_amount a JOIN hold h ON h.id = a.hold_id
WHERE h.bank = :bank AND h.id = :hold ORDER BY a.at_us, a.place
"""


async def sweep(engine: Engine) -> int:
    """What the engine's sweep does, by the same functions, without Prefect around them."""
    done = 0
    for _ in range(_ROUNDS_MAX):
        step = await _round(engine)
        done += step
        if not step:
            return done
    raise AssertionError(f"recoveries that never come to rest: {due_by_stage(engine)}")


async def _round(engine: Engine) -> int:
    done = 0
    for partner in event_feed.due_polls(engine):
        await event_feed.poll(engine, partner)
        done += 1
    for stage in STAGES:
        due = due_by_stage(engine).get(stage, [])
        done += decide(engine, due) if due else 0
        while sent := await dispatch.send_due(engine, CALLS[stage]):
            done += sent
    return done


@dataclass
class Played:
    """A world after its last instant: our records, and the banks' own books over HTTP."""

    installation: Installation
    banks: dict[str, dict[str, str]]
    client: httpx.Client
    _books: dict[Account, Any] = field(default_factory=dict)
    _refs: dict[str, Account] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.installation.database

    def engine(self) -> Engine:
        return Engine(
            self.database, self.installation.laws, _PACE, "witness", signer=self.installation.signer
        )

    @cached_property
    def files(self) -> list[CaseFile]:
        """All recoveries, the joined ones too."""
        with self.database.reading() as session:
            ids = session.execute(sa.select(table_of(Recovery).c.id)).scalars()
            return load_files(session, list(ids))

    @property
    def own_files(self) -> list[CaseFile]:
        """Recoveries that were not merged into another."""
        return [f for f in self.files if f.recovery.state is not RecoveryState.JOINED]

    def account(self, account_id: str) -> Account:
        """Which account at which bank an id of ours stands for."""
        if account_id not in self._refs:
            with self.database.reading() as session:
                ref = account_ref(session, self.database.vault, account_id)
            self._refs[account_id] = (ref.bank, ref.number)
        return self._refs[account_id]

    def adopted(self, file: CaseFile) -> tuple[Counter[Any], Counter[Any]]:
        """Where a file's adopted trace finds each claim's loss, and how it left, by account."""
        assert file.trace is not None
        found, gone = Counter[Any](), Counter[Any]()
        for place in file.trace.positions:
            found[self.account(place.account_id), place.claim_id] += place.claim_minor
        for part in file.trace.gone:
            gone[part.kind.upper(), self.account(part.account_id), part.claim_id] += (
                part.claim_minor
            )
        return +found, +gone

    def book(self, account: Account) -> Any:
        """What its bank itself says of an account: opening, bookings, holds."""
        if account not in self._books:
            bank, number = account
            whole = self.page(bank, account=number)
            self._books[account] = {
                "opening": next(a["opening"] for a in whole["accounts"] if a["number"] == number),
                "bookings": whole["bookings"],
                "holds": [h for h in whole["holds"] if h["account"]["number"] == number],
            }
        return self._books[account]

    def held_over_time(self, bank: str, hold_id: str) -> list[tuple[str, int]]:
        """What a bank kept of a hold, and since when; what it paid out of it counts as kept."""
        file = self.installation.settings.data_dir / BOOK
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            rows = db.execute(_HELD_OVER_TIME, {"bank": bank, "hold": hold_id}).fetchall()
        times = (datetime.fromtimestamp(us // 1_000_000, UTC) for us, _ in rows)
        return [(f"{at:%Y-%m-%dT%H:%M:%SZ}", row[1]) for at, row in zip(times, rows, strict=True)]

    def page(self, bank: str, **query: str) -> Any:
        """A bank's open book over HTTP."""
        url = f"{self.banks[bank]['url']}/sandbox/book"
        return self.client.get(url, params=query).raise_for_status().json()


@contextmanager
def play(folder: Path, data: Path | None = None, limit: int | None = None) -> Iterator[Played]:
    """Play a demo world in a new folder to its end."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("RECOVERY_", "PREFECT_")):
                patch.delenv(name)
        installation = open_folder(folder / "demo", data, limit, fresh=True)
    home = installation.data_dir
    clock = case_clock(installation.database)
    keys = installation.signer.public_jwks()
    serving = running(home / BOOK, clock, home / READY, keys)
    with serving as banks, httpx.Client(timeout=60) as client:
        register_banks(installation.database, banks, HOME)
        asyncio.run(_drive(installation))
        yield Played(installation, {bank["id"]: bank for bank in banks}, client)
    installation.database.dispose()


async def _drive(installation: Installation) -> None:
    engine = Engine(
        installation.database, installation.laws, _PACE, "scenario", signer=installation.signer
    )
    try:
        await Drive(installation, engine, lambda _at, _text: None).run(sweep)
    finally:
        await engine.close()


@pytest.fixture(scope="session", name="play")
def _play() -> Callable[..., AbstractContextManager[Played]]:
    return play
