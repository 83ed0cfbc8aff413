"""Quarantine: what fails for one recovery is owned by a person and tried again, alone."""

from __future__ import annotations

from models.entities.event import EntityKind
from models.outcome import Outcome
from models.queries.cases.discrepancies import broken_history, discrepancy
from models.queries.cases.work import ref_of
from models.store.calls import put_off
from models.store.derived import point_at
from models.store.record import record
from models.store.unit import ENGINE, Unit, unit_of_work
from recovery_flows.cases import quarantine as quarantining
from recovery_flows.cases.quarantine import Work
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import sentence
from recovery_flows.ledger import discrepancies


def quarantine(engine: Engine, work: Work, error: BaseException) -> None:
    """Record that some work about one recovery failed, in a transaction of its own.

    Nothing of the recovery is read, so that one whose file cannot even be loaded is owned too.
    """
    with unit_of_work(engine.database) as unit:
        note_failure(unit, engine, work, error)


def note_failure(unit: Unit, engine: Engine, work: Work, error: BaseException) -> None:
    """The same within a transaction: the discrepancy, its next attempt, the officer's next step."""
    now, wall_now = engine.now_in(unit.session), engine.wall_now()
    known = discrepancy(unit.session, work.discrepancy_id)
    move, found = quarantining.failure(work, known, sentence(error), now, wall_now)
    record(unit, ENGINE, now, work.recovery_id, Outcome((move,)))
    # A decision that failed is due again as soon as its pause is over, whatever woke it.
    wake_at = now if work.noun is EntityKind.RECOVERY else None
    first = broken_history(unit.session, work.recovery_id) or found
    point_at(unit, work.recovery_id, discrepancies.step_of(first), wake_at)
    if work.noun is EntityKind.CALL:
        put_off(unit, work.subject_id, found.retry_at, sentence(error))
    engine.report(f"{ref_of(unit.session, work.recovery_id)}: {discrepancies.sentence(found)}")
