"""A unit set up by its own commands; every command runs as `recovery` does, in this process."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import load_settings
from models.entities.officer import Role
from models.store.clock import set_case_time
from models.store.unit import unit_of_work
from recovery_flows.caller import system_user
from recovery_flows.cases.stages import STAGES
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cli import main
from recovery_flows.cli.composition import (
    FirstOfficer,
    Installation,
    make_installation,
    open_installation,
)
from recovery_flows.cli.intake.complaints import import_reports
from recovery_flows.cli.options import find
from recovery_flows.cli.output import plain
from recovery_flows.cli.sandbox_process import case_clock, register_banks
from recovery_flows.cli.sending import hands
from recovery_flows.clock import wall_clock
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine
from recovery_flows.engine.decisions import CALLS, decide, due_by_stage
from recovery_flows.engine.outbox import dispatch
from recovery_flows.sandbox.server import running
from recovery_flows.sandbox.worlds.world import Bank, World, WorldAccount, WorldTransfer, install
from tests.by_hand import change

START = datetime(2026, 3, 2, tzinfo=UTC)
HOME, ALSO_HOME, ABROAD = "bank-home", "bank-slow", "bank-abroad"
BANKS = ((HOME, "CN", "CNY"), (ALSO_HOME, "CN", "CNY"), (ABROAD, "GB", "GBP"))
VICTIM, MULE = (ALSO_HOME, "9999000000000002"), (HOME, "9999000000000001")
OTHER = (ALSO_HOME, "9999000000000006")
SECRET = "an invented secret of tests"
MINE, SUPERVISOR, BOTH = "lin", "chen", "both"
NOBODY_LISTENS = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Said:
    """What one command answered."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    def sentence(self) -> str:
        """The one sentence of an error."""
        assert self.out == ""
        assert "Traceback" not in self.err
        assert self.err.startswith("recovery: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("recovery: ").rstrip("\n")


def run(*words: str, stdin: str = "") -> Said:
    """Run `recovery` with these words, from its entry point."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    before = sys.argv, sys.stdin
    sys.argv, sys.stdin = ["recovery", *words], io.StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv, sys.stdin = before
    return Said(code, out.getvalue(), err.getvalue())


def report_row(number: int = 1, **changes: str) -> dict[str, str]:
    """An invented report of 1,000.00 paid to the mule."""
    row = {
        "external_ref": f"SYN-{number}",
        "victim_name": "Synthetic Victim",
        "victim_contact": f"invented-{number}@example.org",
        "victim_bank": VICTIM[0],
        "victim_account": VICTIM[1],
        "payee_bank": MULE[0],
        "payee_account": MULE[1],
        "payee_name": "Synthetic Mule",
        "amount": "1000.00",
        "currency": "CNY",
        "paid_at": (START + timedelta(hours=1, minutes=number)).isoformat(),
        "reported_at": (START + timedelta(hours=2, minutes=number)).isoformat(),
        "end_to_end_id": f"E{number}",
        "method": "investment",
    }
    return row | changes


@dataclass
class Unit:
    """A unit's folder and the usual acts, each by its command."""

    folder: Path
    now: datetime = START + timedelta(hours=3)
    _opened: Installation | None = field(default=None)

    def installation(self) -> Installation:
        self._opened = self._opened or open_installation()
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.database.dispose()

    def later(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        with unit_of_work(self.installation().database) as unit:
            set_case_time(unit, self.now)

    @staticmethod
    def row(number: int = 1, **changes: str) -> dict[str, str]:
        return report_row(number, **changes)

    def file_of(self, *rows: dict[str, str]) -> Path:
        path = self.folder / "reports.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    def reported(self, count: int = 1) -> list[str]:
        """References of recoveries that were just taken in."""
        path = self.file_of(*(report_row(n) for n in range(1, count + 1)))
        filed = import_reports(self.installation(), path, "", "CN").filed
        return [str(self.page(recovery_id)["ref"]) for recovery_id in filed]

    def _advance(self, ref: str, case_number: str = "") -> None:
        installation = self.installation()
        installation.case_officer().advance(find(installation, ref), case_number=case_number)

    def accepted(self) -> str:
        (ref,) = self.reported()
        self._advance(ref, "SYN-CASE-1")
        return ref

    def ordered(self) -> str:
        """A recovery whose stop was sent first and waits for its confirmation."""
        ref = self.accepted()
        self._advance(ref)
        return ref

    def page(self, ref: str) -> Any:
        """What `show REF --json` shows."""
        opened = self.installation()
        return plain(recovery_page(opened.database, opened.laws, find(opened, ref), wall_clock()))

    def approval(self, ref: str) -> str:
        (approval,) = self.page(ref)["approvals"]
        return str(approval["approval_id"])

    def approve(self, ref: str) -> None:
        self.installation().case_officer(SUPERVISOR).approve(self.approval(ref))

    def sweep(self) -> None:
        """What the engine does, by the same functions, without Prefect around them."""
        asyncio.run(_sweep(hands(self.installation())))

    def tamper(self, *statements: str) -> None:
        change(self.folder / "data" / "recovery.sqlite3", *statements)

    def one(self, query: str) -> Any:
        with closing(sqlite3.connect(self.folder / "data" / "recovery.sqlite3")) as raw:
            return raw.execute(query).fetchone()[0]


async def _sweep(engine: Engine) -> None:
    done = True
    while done:
        done = False
        for partner in event_feed.due_polls(engine):
            await event_feed.poll(engine, partner)
            done = True
        for stage in STAGES:
            due = due_by_stage(engine).get(stage, [])
            done = bool(decide(engine, due) if due else 0) or done
            done = bool(await dispatch.send_due(engine, CALLS[stage])) or done
    await engine.close()


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of whoever runs the tests; the data folder is the test's own."""
    mask = os.umask(0o077)  # as every command sets it, for its process; here it is put back
    for name in list(os.environ):
        if name.startswith(("RECOVERY_", "PREFECT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(tmp_path / "unit" / "data"))
    monkeypatch.setenv("RECOVERY_SECURITY__SECRET", SECRET)
    yield
    os.umask(mask)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a unit with officers and partners, copied for each test."""
    folder, mask = tmp_path_factory.mktemp("made"), os.umask(0o077)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_DATA_DIR", str(folder / "data"))
        first = (
            FirstOfficer(MINE, frozenset({Role.OFFICER}), os_user=system_user()),
            FirstOfficer(SUPERVISOR, frozenset({Role.SUPERVISOR}), secret=SECRET),
            FirstOfficer(BOTH, frozenset({Role.OFFICER, Role.SUPERVISOR}), secret=SECRET),
        )
        now = START + timedelta(hours=3)
        made = make_installation(load_settings(), first, stands_at=now)
        banks = [
            {"id": name, "name": f"Synthetic {name}", "jurisdiction": law, "currency": currency,
             "url": NOBODY_LISTENS, "token": "", "client_id": "synthetic-unit", "kind": "bank"}
            for name, law, currency in BANKS
        ]  # fmt: skip
        register_banks(made.database, banks, "CN")
        made.database.dispose()
    os.umask(mask)
    return folder


@pytest.fixture(name="run")
def _run() -> Callable[..., Said]:
    return run


@pytest.fixture
def by_two() -> Callable[..., Said]:
    """What the supervisor asks for, the officer confirms; what the second `recovery` said."""

    def _by_two(*words: str, stdin: str = "") -> Said:
        asked = run(*words, "--as", SUPERVISOR, "--json", stdin=stdin)
        assert asked.code == 0, asked.err
        return run("approve", str(asked.json()["change"]))

    return _by_two


@pytest.fixture
def unit(tmp_path: Path, made: Path) -> Iterator[Unit]:
    shutil.copytree(made, tmp_path / "unit")
    opened = Unit(tmp_path / "unit")
    yield opened
    opened.close()


@pytest.fixture
def banks(unit: Unit) -> Iterator[None]:
    """The sandbox banks over HTTP, registered; 1,000.00 reached the mule, 100.00 left in cash."""
    refs = (
        (VICTIM, "Synthetic Victim", 500_000),
        (MULE, "Synthetic Mule", 0),
        (OTHER, "Synthetic Victim", 0),
    )
    pays = ((1, VICTIM, MULE, 100_000, "TRANSFER"), (2, MULE, None, 10_000, "CASH"))
    world = World(
        banks=tuple(Bank(name, f"Synthetic {name}", law, cur, 0, 0) for name, law, cur in BANKS),
        accounts=tuple(WorldAccount(*ref, holder, "CNY", minor) for ref, holder, minor in refs),
        transfers=tuple(
            WorldTransfer(n, START + timedelta(hours=n, minutes=1), a, b, m, "CNY", kind, f"E{n}")
            for n, a, b, m, kind in pays
        ),
        reports=(),
        rates=(),
        starts_at=START,
        notes=(),
    )
    book = unit.folder / "sandbox.sqlite3"
    install(book, world)
    clock = case_clock(unit.installation().database)
    keys = unit.installation().signer.public_jwks()
    with running(book, clock, unit.folder / "ready.json", keys) as served:
        register_banks(unit.installation().database, list(served), "CN")
        yield
