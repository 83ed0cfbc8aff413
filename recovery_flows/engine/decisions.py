"""Decisions: read and decided by the batch outside the write lock, recorded together in it."""

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
from models.queries.cases.work import due_call_kinds, due_recoveries
from models.sealing.sealed_place import SealedPlace
from models.store.pacing import for_a_while, rest_of_the_lock
from models.store.record import prefetch
from models.store.unit import ENGINE, savepoint, unit_of_work
from models.store.waiting_rows import StaleFileError
from recovery_flows.approvals import upkeep as approval_upkeep
from recovery_flows.cases import stages, stalled
from recovery_flows.cases.commit import Decision, commit_decisions, current, derived, due_again
from recovery_flows.cases.quarantine import deciding_on, went_through
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import ClockBrokenError, alone
from recovery_flows.engine.quarantine import quarantine
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.case_trace import trace_file

CALLS: dict[Stage, tuple[CallKind, ...]] = {
    Stage.FREEZING: (CallKind.HOLD, CallKind.EXTEND, CallKind.BALANCE, *TASK_CALLS),
    Stage.TRACING: (CallKind.STATEMENT,),
    Stage.CROSS_BORDER: (CallKind.REQUEST, CallKind.ABROAD, CallKind.MESSAGE),
    Stage.RESTITUTION: (CallKind.PAYOUT, CallKind.RELEASE, CallKind.HOLD_QUERY),
}
_TOGETHER = 150
_PASSES_MAX = 8
"""So often all stages are asked about one recovery before it is recorded and looked at again."""


def due_by_stage(engine: Engine) -> dict[Stage, list[str]]:
    """Due recoveries by the stage in which they stand; what has ended is looked at first.

    Raises ClockBrokenError where case time is not what its events say: no clock ends anything then.
    """
    found: dict[Stage, list[str]] = {}
    with engine.database.reading() as session:
        for sentence in broken_clock(session, engine.database):
            raise ClockBrokenError(sentence)
        now, limit = engine.now_in(session), engine.pace.chunk_size
        for recovery_id, stage in due_recoveries(session, now, engine.wall_now(), limit):
            found.setdefault(stage if stage in CALLS else Stage.FREEZING, []).append(recovery_id)
    return found


def stages_to_send(engine: Engine) -> list[Stage]:
    """Stages of which a call could be sent now, in their order."""
    with engine.database.reading() as session:
        kinds = due_call_kinds(session, engine.now_in(session), engine.wall_now())
    return [stage for stage, of_stage in CALLS.items() if not kinds.isdisjoint(of_stage)]


def decide(engine: Engine, recovery_ids: Sequence[str]) -> int:
    """Let all stages do whatever is due on these recoveries; return how many of them changed.

    One that fails is quarantined, the others go on. The write lock is held for short times only.
    """
    changed = 0
    for some in _batches(recovery_ids):
        now = engine.now()
        with engine.database.reading() as session:
            decisions = list(_decisions(engine, session, some, now))
        changed += _record(engine, now, decisions)
    return changed


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def _decisions(
    engine: Engine, session: Session, ids: Sequence[str], now: datetime
) -> Iterator[Decision]:
    files, unreadable = load_each(session, ids)
    for recovery_id, error in unreadable.items():
        quarantine(engine, deciding_on(recovery_id), error)
    for file in files:
        with alone() as failure:
            yield _decided(_Inspection(engine, session, now), file)
        if failure.error is not None:
            quarantine(engine, deciding_on(file.recovery.id), failure.error)


@dataclass(frozen=True, slots=True)
class _Inspection:
    """What the stages are given when they look at a file."""

    engine: Engine
    session: Session
    now: datetime

    def seal(self, fields: object, place: SealedPlace) -> str:
        return self.engine.database.vault.seal(canonical(fields).decode(), place)


def _decided(look: _Inspection, file: CaseFile) -> Decision:
    """What there is to do on a file, and when to look at it again.

    A stage whose rule fails stops none of the others; what they decide is recorded, and the
    recovery stays due. Of one in quarantine also whether all of it goes through.
    """
    changes = Changeset(file)
    went_through(changes, EntityKind.RECOVERY, file.recovery.id, look.now)
    cleared = len(changes.moves)
    error, rests = _to_rest(look, changes)
    now, laws = look.now, look.engine.laws
    if error is None:
        with alone() as failure:
            return Decision(changes, derived(changes.file, now, laws, rests=rests))
        error = failure.error
    if error is not None and len(changes.moves) == cleared and not changes.calls:
        raise error
    if cleared:
        # Something is done, and something fails still: the recovery stays in quarantine.
        changes.moves = changes.moves[cleared:]
        changes.file = replace(changes.file, discrepancies=file.discrepancies)
    return Decision(changes, due_again(changes.file, now))


def _to_rest(look: _Inspection, changes: Changeset) -> tuple[Exception | None, bool]:
    """Ask all stages until none has anything to do; what failed first, and whether they rest."""
    asked = len(stages.STAGES)
    for _ in range(_PASSES_MAX):
        step = Changeset(changes.file, is_corrected=changes.is_corrected)
        error, asked = _all_stages(look, step, asked)
        rests = not step.has_decided
        changes.follow(step)
        if rests or error is not None:
            return error, rests
    return None, False


_FIGURES, _NOBODY = 0, -1
"""Asked about again are the approvals' figures, before any stage; or not even these."""


def _all_stages(look: _Inspection, step: Changeset, asked: int) -> tuple[Exception | None, int]:
    """One pass over the stages; the first failure, of which nothing is left in `step`.

    Only the first `asked` have to be asked while nothing is done: those behind have seen the file
    as it is, but for marks. So many that is for the pass that follows comes with the failure.
    """
    failed: Exception | None = None
    now, laws = look.now, look.engine.laws
    begun, done = step.mark(), _NOBODY
    if asked > _NOBODY:
        approval_upkeep.void_changed(step, now)
        done = _FIGURES if step.is_other_than(begun) else done
    for number, stage in enumerate(stages.STAGES, 1):
        if number > asked and not step.has_decided:
            break
        before = step.mark()
        error = _one_stage(look, step, stage)
        done = number if step.is_other_than(before) else done
        failed = failed or error
    if failed is not None:  # whether anything goes on is known when every stage could be asked
        return failed, done
    before = step.mark()
    with alone() as failure:
        stalled.advance(step, now, laws)
    if failure.error is not None:
        step.back_to(before)
    return failure.error, done if step.file is before[0] else len(stages.STAGES)


def _one_stage(look: _Inspection, step: Changeset, stage: Stage) -> Exception | None:
    """What one stage has to do; the failure of a rule, of which nothing is left in `step`."""
    before = step.mark()
    now, laws = look.now, look.engine.laws
    with alone() as failure:
        if stage is Stage.TRACING and step.file.recovery.trace_wanted:
            trace_file(look.session, look.engine.database.vault, step, now, laws)
        stages.decide(stage, step, now, laws, look.seal)
    if failure.error is not None:
        step.back_to(before)
    return failure.error


def _record(engine: Engine, now: datetime, decisions: Sequence[Decision]) -> int:
    """Record decisions together, as many as fit into one short transaction at a time.

    Where one of them cannot be recorded, each is by itself, so that it stops no other.
    """
    changed, rest = 0, deque(decisions)
    while rest:
        tried = list(rest)
        with alone() as failure, unit_of_work(engine.database) as unit:
            fresh = deque(current(unit, tried))
            prefetch(unit, {d.recovery_id: d.changes.outcome() for d in fresh})
            done = commit_decisions(unit, ENGINE, now, engine.laws, for_a_while(fresh))
        if failure.error is not None:
            return changed + _record_apart(engine, now, tried)
        changed += len(done)
        rest = fresh
        rest_of_the_lock(rest)
    return changed


def _record_apart(engine: Engine, now: datetime, decisions: Sequence[Decision]) -> int:
    changed, rest = 0, deque(decisions)
    while rest:
        failed: list[tuple[str, Exception]] = []
        with unit_of_work(engine.database) as unit:
            for decision in for_a_while(rest):
                with alone() as failure, savepoint(unit):
                    fresh = current(unit, [decision])
                    changed += len(commit_decisions(unit, ENGINE, now, engine.laws, fresh))
                if failure.error is not None:
                    failed.append((decision.recovery_id, failure.error))
        for recovery_id, error in failed:
            # Somebody else was quicker: it is due still, and decided on anew.
            if not isinstance(error, StaleFileError):
                quarantine(engine, deciding_on(recovery_id), error)
        rest_of_the_lock(rest)
    return changed
