"""One stage's decisions: read and decided outside the write lock, recorded one by one in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.asset import Stage
from models.entities.call import TASK_CALLS, CallKind
from models.entities.event import EntityKind
from models.ids import canonical
from models.queries.audit.integrity import broken_clock
from models.queries.cases.case_files import load_each
from models.queries.cases.work import due_recoveries, version_of
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.derived import Derived
from models.store.pacing import for_a_while, rest_of_the_lock
from models.store.record import StaleFileError
from models.store.unit import ENGINE, Unit, savepoint, unit_of_work
from recovery_flows.approvals import upkeep as approval_upkeep
from recovery_flows.cases import stages
from recovery_flows.cases.commit import conclude, derived, derived_or_due
from recovery_flows.cases.quarantine import deciding_on, went_through
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import ClockBrokenError, alone
from recovery_flows.engine.quarantine import quarantine
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.case_trace import trace_file

CALLS: dict[Stage, tuple[CallKind, ...]] = {
    Stage.FREEZING: (CallKind.HOLD, CallKind.EXTEND, CallKind.BALANCE, *TASK_CALLS),
    Stage.TRACING: (CallKind.STATEMENT,),
    Stage.CROSS_BORDER: (CallKind.REQUEST,),
    Stage.RESTITUTION: (CallKind.PAYOUT, CallKind.RELEASE, CallKind.HOLD_QUERY),
}
_TOGETHER = 25


@dataclass(frozen=True, slots=True)
class Decision:
    """What a stage decided on a recovery as it was at a version of its file."""

    progress: Changeset
    shown: Derived

    @property
    def recovery_id(self) -> str:
        """The recovery that it is about."""
        return self.progress.file.recovery.id


def due_by_stage(engine: Engine) -> dict[Stage, list[str]]:
    """Due recoveries by the first stage that has something to do with them.

    One whose file cannot be read, or that no rule can look at, is quarantined and left out. Raises
    ClockBrokenError where case time is not what its events say: no clock ends anything then.
    """
    now = engine.now()
    found: dict[Stage, list[str]] = {}
    with engine.database.reading() as session:
        for sentence in broken_clock(session, engine.database):
            raise ClockBrokenError(sentence)
        ids = due_recoveries(session, now, engine.wall(), engine.pace.chunk_size)
    for some in _batches(ids):
        with engine.database.reading() as session:
            files = _load(engine, session, some)
        for file in files:
            with alone() as failure:
                stage = _first_stage(file, now, engine.laws)
                found.setdefault(stage, []).append(file.recovery.id)
            if failure.error is not None:
                quarantine(engine, deciding_on(file.recovery.id), failure.error)
    return found


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def _load(engine: Engine, session: Session, ids: Sequence[str]) -> list[CaseFile]:
    files, unreadable = load_each(session, ids)
    for recovery_id, error in unreadable.items():
        quarantine(engine, deciding_on(recovery_id), error)
    return files


def _first_stage(file: CaseFile, now: datetime, laws: Regimes) -> Stage:
    """The first stage with work; a stage whose rule fails stops none of the others."""
    failed: Exception | None = None
    for stage in stages.STAGES:
        progress = Changeset(file)
        if stage is Stage.TRACING and file.recovery.trace_wanted:
            return stage
        with alone() as failure:
            _decide(stage, progress, now, laws, None, None)
        failed = failed or failure.error
        if failure.error is None and progress.outcome():
            return stage
    if failed is not None:
        raise failed
    return Stage.FREEZING


def _decide(
    stage: Stage,
    progress: Changeset,
    now: datetime,
    laws: Regimes,
    session: Session | None,
    vault: Vault | None,
) -> None:
    def seal(fields: object, place: SealedPlace) -> str:
        return vault.seal(canonical(fields).decode(), place) if vault else ""

    if stage is Stage.TRACING and session and vault and progress.file.recovery.trace_wanted:
        trace_file(session, vault, progress, now, laws)
    stages.decide(stage, progress, now, laws, seal)


def decide(engine: Engine, stage: Stage, recovery_ids: Sequence[str]) -> int:
    """Let one stage work on these recoveries; return how many of them changed.

    One that fails is quarantined, the others go on. The write lock is held for short times only.
    """
    changed = 0
    for some in _batches(recovery_ids):
        now = engine.now()
        with engine.database.reading() as session:
            decisions = list(_decisions(engine, session, stage, some, now))
        changed += _record(engine, now, decisions)
    return changed


def _decisions(
    engine: Engine, session: Session, stage: Stage, ids: Sequence[str], now: datetime
) -> list[Decision]:
    found = []
    for file in _load(engine, session, ids):
        with alone() as failure:
            found.append(_decided(engine, session, stage, file, now))
        if failure.error is not None:
            quarantine(engine, deciding_on(file.recovery.id), failure.error)
    return found


def _decided(
    engine: Engine, session: Session, stage: Stage, file: CaseFile, now: datetime
) -> Decision:
    """What a stage decides on a file; of one in quarantine also whether all of it goes through."""
    progress = Changeset(file)
    went_through(progress, EntityKind.RECOVERY, file.recovery.id, now)
    cleared = len(progress.moves)
    _decide(stage, progress, now, engine.laws, session, engine.database.vault)
    approval_upkeep.void_changed(progress, now)
    if not cleared:
        return Decision(progress, derived_or_due(progress.file, now, engine.laws))
    with alone() as failure:
        return Decision(progress, derived(progress.file, now, engine.laws))
    if len(progress.moves) == cleared and failure.error is not None:
        raise failure.error
    # This stage has something to do, another one fails still: the recovery stays in quarantine.
    progress.moves = progress.moves[cleared:]
    progress.file = replace(progress.file, discrepancies=file.discrepancies)
    return Decision(progress, derived_or_due(progress.file, now, engine.laws))


def _record(engine: Engine, now: datetime, decisions: Sequence[Decision]) -> int:
    """Record each decision by itself, as many as fit into one short transaction at a time."""
    changed, rest = 0, deque(decisions)
    while rest:
        failed: list[tuple[str, Exception]] = []
        with unit_of_work(engine.database) as unit:
            for decision in for_a_while(rest):
                with alone() as failure, savepoint(unit):
                    changed += _record_one(unit, engine, now, decision)
                if failure.error is not None:
                    failed.append((decision.recovery_id, failure.error))
        for recovery_id, error in failed:
            # Somebody else was quicker: it is due still, and decided on anew.
            if not isinstance(error, StaleFileError):
                quarantine(engine, deciding_on(recovery_id), error)
        rest_of_the_lock(rest)
    return changed


def _record_one(unit: Unit, engine: Engine, now: datetime, decision: Decision) -> bool:
    progress = decision.progress
    recovery = progress.file.recovery
    if version_of(unit.session, recovery.id) != recovery.version:
        return False
    conclude(unit, ENGINE, now, engine.laws, progress, decision.shown)
    return bool(progress.outcome())
