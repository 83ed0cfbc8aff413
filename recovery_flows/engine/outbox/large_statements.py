"""A bank's answer with many bookings: stored in short transactions before it is settled."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from models.facts import StatementFact
from models.store.accounts import AccountPlan
from models.store.statements.plan import PlannedStatement, plan_statement
from models.store.statements.statements import statement_of_fact
from recovery_flows.cases.statement_files.large_files import (
    ChangedMeanwhileError,
    HiddenImport,
    ImportBusyError,
)
from recovery_flows.cases.statement_files.storing import SMALL
from recovery_flows.engine.context import Engine
from recovery_flows.engine.outbox.results import StoredStatement

if TYPE_CHECKING:
    from recovery_flows.engine.outbox.results import Result


def is_large(result: Result) -> bool:
    """Whether a result brings so many bookings that they are stored in short transactions."""
    return result.statement is not None and len(result.statement.lines) > SMALL


def stored_before(engine: Engine, result: Result, until_settled: ExitStack) -> Result:
    """The same result; where there are many bookings, they are stored before it is settled.

    They are deleted again unless they were settled when `until_settled` ends. While another import
    runs, the bank is asked again later.
    """
    fact = result.statement
    if fact is None or not is_large(result):
        return result
    hidden = HiddenImport(engine.database)
    try:
        until_settled.enter_context(hidden.running())
        accounts, planned = _planned(engine, hidden, fact)
        hidden.store(accounts, [planned])
    except (ImportBusyError, ChangedMeanwhileError) as error:
        return replace(result, event="unknown", raw=(), statement=None, reason=str(error))
    return replace(result, stored=StoredStatement(hidden, planned))


def _planned(
    engine: Engine, hidden: HiddenImport, fact: StatementFact
) -> tuple[AccountPlan, PlannedStatement]:
    zones = {code: law.time_zone for code, law in engine.laws.items()}
    with engine.database.reading() as session:
        accounts = AccountPlan(session, engine.database.vault)
        told, time_zone = statement_of_fact(accounts, fact, zones)
        planned = plan_statement(session, told, time_zone)
        hidden.remember_stored(session, frozenset({told.account_id}))
    return accounts, planned
