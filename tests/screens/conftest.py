"""A small unit on a real, migrated database; everything in it is invented."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from textual.pilot import Pilot

from config.regimes import read_regime, regime_codes
from models.engine import Database, make_engine
from models.entities.event import EntityKind
from models.entities.hold import HoldState
from models.entities.officer import Role
from models.facts import (
    AccountRef,
    BankHoldState,
    Direction,
    HoldFact,
    LineFact,
    LineKind,
    ReportFact,
    StatementFact,
)
from models.ids import canonical
from models.migrate import upgrade
from models.money import Money
from models.queries.cases.case_files import load_file
from models.sealing.signed_heads import HeadFile
from models.sealing.vault import KEY_FILE, Vault
from models.store import calls, clock, documents, partners, people
from models.store.reports.filing import file_reports
from models.store.statements import statements
from models.store.unit import ENGINE, Unit, unit_of_work
from recovery_flows.access.log_in import Identity, by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.correspondence import answers
from recovery_flows.cross_border import stage as cross_border
from recovery_flows.freezing import stage as freezing
from recovery_flows.law.regime import load_regime
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import stage as restitution
from recovery_flows.tracing import case_trace, onward_accounts, trace_requests
from tests.patience import PATIENCE_SECONDS
from tui.app import RecoveryApp
from tui.screen_queries import Source

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LAWS = {code: load_regime(read_regime(code)) for code in regime_codes()}
HOME, WEST, ABROAD = "test-east", "test-west", "test-abroad"
VICTIM = AccountRef(WEST, "9999000000001111", "Synthetic Victim")
MULE = AccountRef(HOME, "9999000000002222", "Synthetic Mule")
SECOND = AccountRef(WEST, "9999000000003333", "Synthetic Second")
FOREIGN = AccountRef(ABROAD, "9999000000004444", "Synthetic Foreign")
_Change = Callable[[Unit, Changeset], None]


class Unity:
    """A unit with one database, two officers and three banks, driven without any engine."""

    def __init__(self, folder: Path, url: str = "") -> None:
        is_new = not (folder / KEY_FILE).exists()
        engine = make_engine(url or f"sqlite:///{folder / 'cases.db'}")
        vault = Vault.create(folder) if is_new else Vault.load(folder)
        self.database = Database(engine, vault, HeadFile(folder))
        self.now, self.laws = START, LAWS
        if is_new:
            upgrade(engine)
            self._found()

    def _found(self) -> None:
        with unit_of_work(self.database) as unit:
            people.appoint_engine(unit, START)
            clock.set_case_time(unit, START)
            people.appoint(unit, START, "li", [Role.OFFICER], os_user="li")
            people.appoint(unit, START, "wang", [Role.SUPERVISOR], os_user="wang")
            people.appoint(unit, START, "zhao", list(Role)[:2], os_user="zhao")
            for bank, regime in ((HOME, "CN"), (WEST, "CN"), (ABROAD, "GB")):
                currency = "CNY" if regime == "CN" else "GBP"
                partners.register(
                    unit, START, bank, name=f"Test {bank}", regime=regime,
                    currency=currency, home=regime == "CN", base_url="http://127.0.0.1", token="t",
                )  # fmt: skip

    def officer(self, handle: str) -> Identity:
        found = by_system_user(self.database, handle)
        assert found is not None
        return found

    def case_officer(self, handle: str) -> CaseOfficer:
        return CaseOfficer(self.database, LAWS, self.officer(handle))

    def move_clock(self, **ahead: float) -> None:
        self.now += timedelta(**ahead)
        with unit_of_work(self.database) as unit:
            clock.set_case_time(unit, self.now)

    def beat(self, message: str = "polls") -> None:
        with unit_of_work(self.database) as unit:
            clock.beat(unit, "engine", 1, "working", message, datetime.now(UTC))

    def report(
        self, minor: int, *, victim: AccountRef = VICTIM, payee: AccountRef = MULE,
        name: str = "Synthetic Person", method: str = "investment", ref: str = "",
    ) -> str:  # fmt: skip
        """File one report; the id of the recovery."""
        external = ref or f"X-{self.now.isoformat()}-{minor}-{payee.number}"
        fact = ReportFact(
            row=1, external_ref=external, victim_name=name, victim_contact="nobody@example.test",
            victim_account=victim, payee_account=payee, amount=Money(minor, "CNY"),
            paid_at=self.now - timedelta(hours=1), reported_at=self.now,
            end_to_end_id=f"E{external}", method=method,
        )  # fmt: skip
        with unit_of_work(self.database) as unit:
            return file_reports(unit, ENGINE, self.now, "CN", [fact]).filed[0]

    def change(self, recovery_id: str, *edits: _Change) -> None:
        """Do as the engine does: change the file, run every stage's rules, record."""
        with unit_of_work(self.database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            for apply in edits:
                apply(unit, changes)
            freezing.advance(changes, self.now, LAWS)
            onward_accounts.advance(changes, self.now)
            cross_border.advance(
                changes, self.now, LAWS, lambda f, at: unit.vault.seal(canonical(f).decode(), at)
            )
            restitution.advance(changes, self.now, LAWS)
            commit_changes(unit, ENGINE, self.now, LAWS, changes)

    def answer_calls(self, recovery_id: str) -> None:
        """All open calls were sent and answered."""
        with unit_of_work(self.database) as unit:
            for call in load_file(unit.session, recovery_id).calls:
                calls.mark_sent(unit, self.now, recovery_id, call.id, call.state)
            for call in load_file(unit.session, recovery_id).calls:
                calls.settle(unit, self.now, recovery_id, call.id, call.state, "answered")

    def hold(self, recovery_id: str, share: float = 1.0) -> None:
        """The banks hold what was ordered, or a share of it."""
        self.answer_calls(recovery_id)

        def take(unit: Unit, changes: Changeset) -> None:
            del unit
            for hold in changes.file.holds:
                if hold.state is HoldState.ORDERED:
                    held = int(hold.requested_minor * share)
                    fact = HoldFact(
                        bank_ref=f"B-{hold.id}", revision=1, order_ref=hold.id,
                        state=BankHoldState.HELD, acted_at=self.now, expires_at=None,
                        requested=Money(hold.requested_minor, hold.currency),
                        held=Money(held, hold.currency), modified_at=self.now,
                    )  # fmt: skip
                    answers.apply_hold_fact(changes, hold.id, fact, LAWS, self.now)

        self.change(recovery_id, take)

    def statement(self, recovery_id: str, account: AccountRef, *lines: LineFact) -> None:
        """The account's bank sent its bookings up to now; the money is traced anew."""
        currency = lines[0].amount.currency
        sums = sum(x.amount.minor * (1 if x.direction is Direction.CREDIT else -1) for x in lines)
        fact = StatementFact(
            account, START - timedelta(days=30), self.now, Money(0, currency),
            Money(sums, currency), lines,
        )  # fmt: skip

        def take(unit: Unit, changes: Changeset) -> None:
            pages = documents.keep(unit, repr(fact).encode(), "statement", "text/plain", self.now)
            stored = statements.record_statement(unit, ENGINE, self.now, recovery_id, fact, pages)
            asset = next(a for a in changes.file.assets if a.account_id == stored[0])
            trace_requests.request_trace_to(changes, EntityKind.ASSET, asset.id, self.now)
            case_trace.trace_file(unit.session, unit.vault, changes, self.now, LAWS)

        self.answer_calls(recovery_id)
        self.change(recovery_id, take)

    def app(self, handle: str | None = "li", **more: object) -> RecoveryApp:
        """The terminal as one identity sees it."""
        known = tuple(self.officer(h) for h in ("li", "wang", "zhao"))
        officer = next((o for o in known if o.handle == handle), None)
        options: dict[str, object] = {"unit_name": "Test Unit", "officers": known, **more}
        return RecoveryApp(Source(self.database, LAWS), officer, **options)  # type: ignore[arg-type]


def line(
    seq: int, at: datetime, direction: Direction, minor: int, counter: AccountRef | None = None,
    *, kind: LineKind = LineKind.TRANSFER, currency: str = "CNY", reference: str = "",
    counter_amount: Money | None = None,
) -> LineFact:  # fmt: skip
    """One booking."""
    return LineFact(
        booked_at=at, seq=seq, direction=direction, amount=Money(minor, currency), kind=kind,
        counter=counter, counter_amount=counter_amount, end_to_end_id=reference,
    )  # fmt: skip


def traced_case(unity: Unity, mule: AccountRef = MULE) -> str:
    """A loss of 120,000: a part held, a part paid on and found, a part abroad, a part in cash."""
    recovery = unity.report(12_000_000, ref="traced", payee=mule)
    paid = unity.now - timedelta(hours=1)
    unity.case_officer("li").advance(recovery, case_number="2026-77")
    unity.case_officer("li").advance(recovery)
    unity.move_clock(minutes=40)
    unity.hold(recovery, share=0.3)
    unity.statement(
        recovery, mule,
        line(1, paid, Direction.CREDIT, 12_000_000, VICTIM, reference="Etraced"),
        line(2, paid + timedelta(minutes=9), Direction.DEBIT, 5_000_000, SECOND, reference="P1"),
        line(3, paid + timedelta(minutes=15), Direction.DEBIT, 2_300_000, FOREIGN, reference="P2",
             counter_amount=Money(250_000, "GBP")),
        line(4, paid + timedelta(minutes=20), Direction.DEBIT, 1_000_000, kind=LineKind.CASH),
    )  # fmt: skip
    return recovery


def returnable_case(unity: Unity) -> str:
    """A loss that was held whole, with the return decision waiting for a second person."""
    recovery = unity.report(5_000_000, ref="whole")
    paid = unity.now - timedelta(hours=1)
    li, wang = unity.case_officer("li"), unity.case_officer("wang")
    li.advance(recovery, case_number="2026-78")
    li.advance(recovery)
    unity.move_clock(minutes=20)
    unity.hold(recovery)
    credit = line(1, paid, Direction.CREDIT, 5_000_000, VICTIM, reference="Ewhole")
    unity.statement(recovery, MULE, credit)
    _decide_all(unity, wang)
    li.advance(recovery)
    _decide_all(unity, wang)
    unity.hold(recovery)
    for _ in range(4):
        if any(a.act == "return" for a in pending_approvals(unity.database, unity.laws)):
            break
        li.advance(recovery)
        unity.move_clock(days=40)
        unity.change(recovery)
    return recovery


def _decide_all(unity: Unity, acting: CaseOfficer) -> None:
    for approval in pending_approvals(unity.database, unity.laws):
        acting.approve(approval.approval_id)


def seen(app: RecoveryApp) -> str:
    """The text that stands on the screen now, line by line."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[int], app: RecoveryApp, *texts: str) -> str:
    """Wait, however busy the machine is, until all of these stand there, over two lines too."""
    given_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < given_up_at:
        text = seen(app)
        flat = " ".join(text.split())
        if all(t in text or t in flat for t in texts):
            await pilot.pause()  # what is painted is also ready for keys now
            return text
        await pilot.pause(0.05)
    raise AssertionError(f"{texts} never stood on the screen:\n{seen(app)}")


@pytest.fixture
def traced(unity: Unity) -> str:
    return traced_case(unity)


@pytest.fixture
def returnable(unity: Unity) -> str:
    return returnable_case(unity)


@pytest.fixture
def wait() -> Callable[..., Awaitable[str]]:
    return until


@pytest.fixture
def look() -> Callable[[RecoveryApp], str]:
    return seen


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with its key, made once and copied for each test."""
    Unity(folder := tmp_path_factory.mktemp("founded")).database.dispose()
    return folder


@pytest.fixture
def unity(tmp_path: Path, founded: Path) -> Iterator[Unity]:
    made = Unity(copytree(founded, tmp_path / "unit"))
    yield made
    made.database.dispose()
