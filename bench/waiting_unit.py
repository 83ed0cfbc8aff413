"""A unit with many recoveries that are all due: accepted, with a statement, not traced yet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.many_banks import HOME, OFFICER, report
from config.settings import load_settings
from models.case_file import Place
from models.engine import Database
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.facts import Direction, LineFact, LineKind, ReportFact, StatementFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.partners.bank_names import bank_names
from models.store.partners import register
from models.store.reports.filing import file_reports
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, Actor, Unit, unit_of_work
from recovery_flows.cases import emergency_stop
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cli.composition import FirstOfficer, Installation, make_installation
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests

BANKS = 4


def make_unit(folder: Path, recoveries: int, *, with_statements: bool = True) -> Installation:
    """A unit whose so many recoveries are accepted and have a statement that is not traced yet.

    Without statements nothing is due, until each stop-payment has to be confirmed: that of every
    hundredth recovery half an hour before the others.
    """
    people = (FirstOfficer(OFFICER, frozenset({Role.OFFICER}), os_user=OFFICER),)
    now = datetime.now(UTC)
    made = make_installation(load_settings(folder / "data"), people, stands_at=now)
    database, laws = made.database, made.laws
    actor = Actor(OFFICER, Role.OFFICER)
    with unit_of_work(database) as unit:
        for number in range(BANKS):
            register(
                unit, now, f"sandbox-{number:02d}", name=f"Sandbox Bank {number}",
                regime=HOME, currency="CNY", home=True, base_url="http://127.0.0.1:9",
            )  # fmt: skip
    places = _places(database)
    for start in range(0, recoveries, 200):
        with unit_of_work(database) as unit:
            for number in range(start, min(start + 200, recoveries)):
                fact = report(number, BANKS, now)
                (recovery_id,) = file_reports(unit, actor, now, HOME, [fact]).filed
                early = timedelta(minutes=0 if with_statements or number % 100 else 30)
                _accept(unit, laws, recovery_id, places, now - early, number)
                if with_statements:
                    _take_statement(unit, laws, recovery_id, fact, now, number)
        if start % 2_000 == 0:
            sys.stderr.write(f"{start} recoveries made\n")
    return made


def _places(database: Database) -> dict[str, Place]:
    with database.reading() as session:
        return {bank.id: bank.place for bank in bank_names(session)}


def _accept(
    unit: Unit,
    laws: Regimes,
    recovery_id: str,
    places: dict[str, Place],
    now: datetime,
    number: int,
) -> None:
    changes = Changeset(load_file(unit.session, recovery_id))
    (claim,) = changes.file.claims
    place = {claim.payee_account_id: places[report(number, BANKS, now).payee_account.bank]}
    emergency_stop.stop_first(changes, OFFICER, f"SYN-{number}", now, laws, place)
    commit_changes(unit, Actor(OFFICER, Role.OFFICER), now, laws, changes)


def _take_statement(
    unit: Unit, laws: Regimes, recovery_id: str, fact: ReportFact, now: datetime, number: int
) -> None:
    changes = Changeset(load_file(unit.session, recovery_id))
    record_statement(unit, ENGINE, now, recovery_id, _statement(fact, now), f"bench-{number}")
    (asset,) = changes.file.assets
    trace_requests.request_trace_to(changes, EntityKind.ASSET, asset.id, now)
    commit_changes(unit, ENGINE, now, laws, changes)


def _statement(fact: ReportFact, now: datetime) -> StatementFact:
    """The mule's account: the victim's payment came in, a part went on in cash."""
    at = fact.paid_at
    lines = [
        LineFact(
            at + timedelta(minutes=n), n, Direction.CREDIT if n == 1 else Direction.DEBIT,
            fact.amount if n == 1 else Money(1_000, "CNY"),
            LineKind.TRANSFER if n == 1 else LineKind.CASH,
            fact.victim_account if n == 1 else None,
            end_to_end_id=fact.end_to_end_id if n == 1 else f"C{n}",
        )
        for n in range(1, 11)
    ]  # fmt: skip
    closing = fact.amount.minor - 9_000
    return StatementFact(
        fact.payee_account, at - timedelta(days=30), now, Money(0, "CNY"), Money(closing, "CNY"),
        tuple(lines),
    )  # fmt: skip
