"""A migrated database with invented people in it, and the acts that tests start from."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from config.regimes import read_regime, regime_codes
from models.case_file import CaseFile
from models.engine import Database, make_engine, open_database
from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.entities.partner import Partner
from models.facts import (
    AccountRef,
    BankHoldState,
    HoldFact,
    ReportFact,
    StatementFact,
)
from models.migrate import upgrade
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.installation.officers import OfficerView
from models.sealing.vault import Vault
from models.store.accounts import account_id_of
from models.store.clock import set_case_time
from models.store.documents import keep
from models.store.partners import register
from models.store.people import appoint, appoint_engine
from models.store.reports.filing import file_reports
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.access import log_in
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.freezing import stage as freezing
from recovery_flows.freezing.lapse import FEED_LAG
from recovery_flows.law.regime import Regimes, load_regime
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests
from recovery_flows.tracing.case_trace import trace_file
from tests.by_hand import change
from tests.records.begun import Begun, Stand, played, takes_part
from tests.records.invented import (
    ABROAD,
    HOME,
    MULE,
    SECOND,
    SLOW,
    START,
    VICTIM,
    line,
    report,
    statement,
)

OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)
BANKS = ((HOME, "CN", "CNY"), (SLOW, "CN", "CNY"), (ABROAD, "GB", "GBP"))


@dataclass
class Unit:
    """A unit at work: its database, its laws, its case time, and the usual acts."""

    database: Database
    laws: Regimes
    folder: Path
    now: datetime = START + timedelta(hours=3)
    held_minor: int = 0
    """What there is to hold on the mule's account, for the banks of `tests/records/money`."""
    begun: Begun | None = None
    stand: Stand = field(init=False)
    start: ClassVar[datetime] = START
    banks: ClassVar[tuple[tuple[str, str, str], ...]] = BANKS
    accounts: ClassVar[tuple[AccountRef, ...]] = (VICTIM, MULE, SECOND)

    def case_officer(self, actor: Actor = OFFICER) -> CaseOfficer:
        who = by_system_user(self.database, actor.id)
        if who is None or actor.role not in who.roles:
            # Somebody who has both roles, as a log-in would find them.
            view = OfficerView(actor.id, actor.id, frozenset({actor.role}))
            proof = log_in._proof(view, self.database.vault)
            who = log_in.Identity(view.id, view.handle, view.roles, proof)
        return CaseOfficer(self.database, self.laws, who, lambda: self.now)

    def later(self, hours: float, *, reached: bool = True) -> None:
        """Let case time pass; where banks can be reached, their feeds are read and tell nothing."""
        self.now += timedelta(hours=hours)
        with unit_of_work(self.database) as unit:
            set_case_time(unit, self.now)
            if reached:
                read = {"feed_read_at": self.now + FEED_LAG}
                unit.session.execute(table_of(Partner).update().values(**read))

    def file(self, recovery_id: str) -> CaseFile:
        with self.database.reading() as session:
            return load_file(session, recovery_id)

    def report(self, *reports: ReportFact) -> list[str]:
        with unit_of_work(self.database) as unit:
            return file_reports(unit, OFFICER, self.now, "CN", reports).filed

    def accept(self, recovery_id: str) -> None:
        self.case_officer().advance(recovery_id, case_number="SYN-CASE-1")

    def order(self, recovery_id: str) -> str:
        """Send the drafted stop first; return the hold's id."""
        hold = next(h for h in self.file(recovery_id).holds if h.state is HoldState.DRAFT)
        assert hold.kind is HoldKind.STOP
        self.case_officer().advance(recovery_id)
        return hold.id

    def approve(self, recovery_id: str) -> None:
        for approval in self.file(recovery_id).approvals:
            if approval.state == "pending":
                self.case_officer(SUPERVISOR).approve(approval.id)

    def bank_says(self, recovery_id: str, hold_id: str, held_minor: int, revision: int = 3) -> None:
        """The bank holds this much now."""
        with unit_of_work(self.database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            hold = changes.file.hold(hold_id)
            fact = HoldFact(
                bank_ref=f"H-{hold_id[-6:]}",
                revision=revision,
                order_ref=hold_id,
                state=BankHoldState.HELD,
                requested=Money(hold.requested_minor, hold.currency),
                held=Money(held_minor, hold.currency),
                acted_at=self.now,
                expires_at=None,
                modified_at=self.now,
            )
            answers.apply_hold_fact(changes, hold_id, fact, self.laws, self.now)
            commit_changes(unit, ENGINE, self.now, self.laws, changes)

    def trace(self, recovery_id: str, fact: StatementFact) -> None:
        """A statement comes in and the recovery is traced by it."""
        with unit_of_work(self.database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            name = keep(unit, repr(fact).encode(), "statement answer", "text/plain", self.now)
            account, _ = record_statement(unit, ENGINE, self.now, recovery_id, fact, name)
            asset = next(a for a in changes.file.assets if a.account_id == account)
            trace_requests.request_trace_to(changes, EntityKind.ASSET, asset.id, fact.covers_to)
            trace_file(unit.session, unit.vault, changes, self.now, self.laws)
            commit_changes(unit, ENGINE, self.now, self.laws, changes)

    line, statement = staticmethod(line), staticmethod(statement)

    def advance_engine(self, recovery_id: str) -> None:
        """Let freezing look at a recovery once."""
        with unit_of_work(self.database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            freezing.advance(changes, self.now, self.laws)
            commit_changes(unit, ENGINE, self.now, self.laws, changes)

    @staticmethod
    def reports(count: int) -> list[ReportFact]:
        """Reports of invented victims, each of 1,000.00 paid to the mule."""
        return [report(number) for number in range(1, count + 1)]

    def traced(self, held_minor: int = 70_000, *, left_minor: int = 10_000) -> str:
        """A recovery that is stopped in part, traced, with 100.00 gone in cash."""
        key = ("traced", held_minor, left_minor)
        return played(self, key, lambda: self._traced(held_minor, left_minor))

    def _traced(self, held_minor: int, left_minor: int) -> str:
        (recovery_id,) = self.report(*self.reports(1))
        self.accept(recovery_id)
        hold_id = self.order(recovery_id)
        self.approve(recovery_id)
        self.bank_says(recovery_id, hold_id, held_minor)
        came = line(1, 100_000, at_hours=1, ref="E1")
        left = line(2, -left_minor, counter=None, at_hours=2)
        self.trace(recovery_id, statement([came, left]))
        return recovery_id

    def account_id(self, ref: AccountRef) -> str:
        with unit_of_work(self.database) as unit:
            return account_id_of(unit, ref)

    @property
    def path(self) -> Path:
        return self.folder / "cases.sqlite3"

    def tamper(self, *statements: str) -> None:
        """What somebody with the file and no key does: triggers away, then raw SQL."""
        change(self.path, *statements)

    def one(self, query: str) -> object:
        with closing(sqlite3.connect(self.path)) as raw:
            return raw.execute(query).fetchone()[0]


def open_unit(folder: Path, laws: Regimes, url: str = "") -> Unit:
    url = url or f"sqlite:///{folder / 'cases.sqlite3'}"
    return Unit(open_database(url, folder / "keys"), laws, folder)


def install(folder: Path, laws: Regimes, url: str = "") -> None:
    Vault.create(folder / "keys")
    engine = make_engine(url or f"sqlite:///{folder / 'cases.sqlite3'}")
    upgrade(engine)
    engine.dispose()
    unit = open_unit(folder, laws, url)
    with unit_of_work(unit.database) as work:
        appoint_engine(work, START)
        set_case_time(work, unit.now)
        for actor in (OFFICER, SUPERVISOR):
            appoint(work, START, actor.id, [actor.role], os_user=actor.id)
        for name, regime, currency in BANKS:
            register(
                work, START, name, name=f"Synthetic {name}", regime=regime,
                currency=currency, home=regime == "CN", base_url="", token="synthetic-token",
            )  # fmt: skip
    unit.database.dispose()


@pytest.fixture(scope="session")
def laws() -> Regimes:
    return {code: load_regime(read_regime(code)) for code in regime_codes()}


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, laws: Regimes) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    install(folder, laws)
    return folder


@pytest.fixture(scope="session")
def copied(laws: Regimes) -> Callable[[Path, Path], Unit]:
    """Copy a unit that is not open to a new folder, and open it."""

    def _copied(source: Path, target: Path) -> Unit:
        shutil.copytree(source, target)
        return open_unit(target, laws)

    return _copied


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    return Begun(tmp_path_factory.mktemp("begun"))


@pytest.fixture
def unit(
    request: pytest.FixtureRequest, tmp_path: Path, installed: Path, begun: Begun,
    copied: Callable[[Path, Path], Unit],
) -> Iterator[Unit]:  # fmt: skip
    """A new unit; a test that replaces anything plays its history itself."""
    opened = copied(installed, tmp_path / "unit")
    if "monkeypatch" not in request.fixturenames:
        takes_part(opened, begun)
    yield opened
    opened.database.dispose()


@pytest.fixture(scope="session")
def second_report() -> ReportFact:
    """Another victim's report, of a payment to another account."""
    return report(2, 50_000, payee_account=SECOND)
