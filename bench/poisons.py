"""A recovery that cannot be processed, of each kind that is known; the engine runs meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bench.many_banks import OFFICER, SUPERVISOR, ManyBanks
from bench.report_to_hold import order_stop
from models.case_file import CaseFile
from models.entities.approval import ApprovalState
from models.entities.catalogue import table_of
from models.entities.hold import Hold
from models.facts import Direction, LineFact, LineKind, StatementFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.work import account_ref
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.commit import commit_changes
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests


def poison_all(at: ManyBanks, numbers: Iterator[int]) -> list[str]:
    """Make one poisoned recovery of each kind; their names."""
    for poison in _POISONS.values():
        hold_id = order_stop(at, next(numbers))
        poison(at, _recovery_of(at, hold_id))
    return list(_POISONS)


def _recovery_of(at: ManyBanks, hold_id: str) -> str:
    holds = table_of(Hold)
    with at.installation.database.reading() as session:
        query = sa.select(holds.c.recovery_id).where(holds.c.id == hold_id)
        return str(session.execute(query).scalar_one())


def _file(at: ManyBanks, recovery_id: str) -> CaseFile:
    with at.installation.database.reading() as session:
        return load_file(session, recovery_id)


def _raw(at: ManyBanks, text: str, *values: str) -> None:
    path = str(at.installation.database.engine.url.database)
    with closing(sqlite3.connect(path, timeout=30)) as raw:
        raw.execute(text, values)
        raw.commit()


def _garbage(at: ManyBanks, recovery_id: str) -> None:
    """A row that no rule can read."""
    _raw(at, "UPDATE asset SET stage = 'nowhere' WHERE recovery_id = ?", recovery_id)
    _wake(at, recovery_id)


def _unreadable(at: ManyBanks, recovery_id: str) -> None:
    """An account number that does not open any more, on an order that was not sent yet."""
    file = _file(at, recovery_id)
    account = file.assets[0].account_id
    sealed = "UPDATE account SET number_sealed = 'QUJD' || number_sealed WHERE id = ?"
    _raw(at, sealed, account)
    unsent = "UPDATE call SET state = 'planned', body_sealed = '', body_digest = ''"
    _raw(at, f"{unsent}, retry_at = NULL WHERE recovery_id = ?", recovery_id)


def _two_currencies(at: ManyBanks, recovery_id: str) -> None:
    """A bank's statement that tells an account in another currency than it told before."""
    database, laws = at.installation.database, at.installation.laws
    now = datetime.now(UTC)
    for currency in ("CNY", "EUR"):
        with unit_of_work(database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            (asset,) = changes.file.assets
            ref = account_ref(unit.session, unit.vault, asset.account_id)
            line = LineFact(
                now - timedelta(minutes=30), 1, Direction.CREDIT, Money(1_000, currency),
                LineKind.CASH, None, end_to_end_id=f"SYN-{currency}",
            )  # fmt: skip
            fact = StatementFact(
                ref, now - timedelta(days=30), now, Money(0, currency), Money(1_000, currency),
                (line,),
            )  # fmt: skip
            record_statement(unit, ENGINE, now, recovery_id, fact, f"{recovery_id}-{currency}")
            trace_requests.request_trace(changes)
            commit_changes(unit, ENGINE, now, laws, changes)


def _voluntary(at: ManyBanks, recovery_id: str) -> None:
    """A voluntary hold is to be released, and nobody knows by which reference."""
    officer, supervisor = _desk(at, OFFICER), _desk(at, SUPERVISOR)
    asset = _file(at, recovery_id).assets[0]
    since = datetime.now(UTC) - timedelta(minutes=5)
    hold_actions.record_voluntary(
        officer, recovery_id, asset.id, "10.00", since, None, "its desk says so"
    )
    (hold,) = (h for h in _file(at, recovery_id).holds if h.kind == "voluntary")
    hold_actions.find_unrelated(officer, recovery_id, hold.id, "a salary")
    for approval in _file(at, recovery_id).approvals:
        if approval.state is ApprovalState.PENDING and approval.action == "release":
            supervisor.approve(approval.id)


def _desk(at: ManyBanks, who: str) -> CaseOfficer:
    database = at.installation.database
    return CaseOfficer(database, at.installation.laws, by_system_user(database, who))


def _bad_trace(at: ManyBanks, recovery_id: str) -> None:
    """A stored trace that is no trace."""
    told = (
        "INSERT INTO trace (id, recovery_id, rule, as_of, state, result_digest, result_json)"
        " VALUES (?, ?, 'fifo', ?, 'adopted', '', '[]')"
    )
    _raw(at, told, f"trace-{recovery_id}", recovery_id, datetime.now(UTC).isoformat())
    _wake(at, recovery_id)


def _wake(at: ManyBanks, recovery_id: str) -> None:
    _raw(at, "UPDATE recovery SET wake_at = reported_at WHERE id = ?", recovery_id)


_POISONS: dict[str, Callable[[ManyBanks, str], None]] = {
    "a row of garbage": _garbage,
    "a sealed value that does not open": _unreadable,
    "an account told in two currencies": _two_currencies,
    "a voluntary hold without a reference": _voluntary,
    "a trace that cannot be read": _bad_trace,
}
