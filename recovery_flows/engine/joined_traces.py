"""Joined recoveries that an older version left with a trace that knows no mixed money.

Traces of one victim each cannot know that their money is mixed. Before that was news by itself
(docs/decisions/0100) the trace of both was not adopted where it named the same places.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.language.phrase import stored_phrase
from models.outcome import Transition
from models.queries.audit.integrity import broken_clock
from models.queries.books.traces_in_force import still_side_by_side
from models.queries.cases.case_files import files_by_id, load_whichever
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.merge import SIDE_BY_SIDE
from recovery_flows.cases.quarantine import deciding_on
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import ClockBrokenError, alone
from recovery_flows.engine.quarantine import quarantine
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.case_trace import mixed_accounts
from recovery_flows.tracing.inputs import gather

_AGAIN = stored_phrase("the trace in force does not say which of its money is mixed")


def trace_anew(engine: Engine) -> None:
    """Want a new trace wherever the one in force does not say what is mixed; once an engine."""
    now = engine.now()
    with engine.database.reading() as session:
        for sentence in broken_clock(session, engine.database):
            raise ClockBrokenError(sentence)
        ids = still_side_by_side(session, SIDE_BY_SIDE)
        files = files_by_id(session, ids) if ids else {}
        found = {name: file for name, file in files.items() if _is_apart(session, file, now)}
    for name, file in found.items():
        with alone() as failure:
            _want(engine, name, file, now)
        if failure.error is not None:
            quarantine(engine, deciding_on(name), failure.error)


def _is_apart(session: Session, file: CaseFile, now: datetime) -> bool:
    """Whether bookings tell other mixed accounts; one that was refused a person looks at already.

    Where that cannot be told for want of a rule it is told when the recovery is traced.
    """
    kinds = {found.kind for found in discrepancies.open_ones(file)}
    if file.trace is None or DiscrepancyKind.TRACE_BELOW_RETURNS in kinds:
        return False
    with alone():
        return mixed_accounts(gather(session, file), now) != file.trace.mixed
    return True


def _want(engine: Engine, name: str, seen: CaseFile, now: datetime) -> None:
    with unit_of_work(engine.database) as unit:
        changes = Changeset(load_whichever(unit.session, name))
        recovery = changes.file.recovery
        if recovery.trace_wanted or changes.file.trace != seen.trace:
            return
        changes.apply(
            Transition(
                EntityKind.RECOVERY, name, "updated", recovery.state, {"trace_wanted": True},
                reason=_AGAIN,
            )
        )  # fmt: skip
        commit_changes(unit, ENGINE, now, engine.laws, changes)
