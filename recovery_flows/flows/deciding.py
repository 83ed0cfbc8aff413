"""One stage's decisions on a chunk of recoveries: read, decide, record, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from models.file import RecoveryFile
from models.ids import canonical
from models.outcome import Move, Scalar
from models.queries.files import load_files
from models.queries.work import due_recoveries
from models.states import TASK_CALLS, CallKind, Noun, Stage
from models.store.unit import ENGINE, unit_of_work
from models.vault import Vault
from recovery_flows.desk.recording import conclude
from recovery_flows.desk.tracing import trace_file
from recovery_flows.flows.context import Engine
from recovery_flows.rules import crossing, following, freezing, letter_clocks, restitution
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.postings import TraceBelowReturnsError
from recovery_flows.rules.progress import Progress

STAGES = (Stage.FREEZING, Stage.TRACING, Stage.CROSS_BORDER, Stage.RESTITUTION)
CALLS: dict[Stage, tuple[CallKind, ...]] = {
    Stage.FREEZING: (CallKind.HOLD, CallKind.EXTEND, CallKind.BALANCE, *TASK_CALLS),
    Stage.TRACING: (CallKind.STATEMENT,),
    Stage.CROSS_BORDER: (CallKind.REQUEST,),
    Stage.RESTITUTION: (CallKind.PAYOUT, CallKind.RELEASE, CallKind.HOLD_QUERY),
}


def due_by_stage(engine: Engine) -> dict[Stage, list[str]]:
    """Due recoveries by the first stage that has something to do with them."""
    now = engine.now()
    found: dict[Stage, list[str]] = {}
    with engine.database.reading() as session:
        ids = due_recoveries(session, now, engine.pace.chunk_size)
        for file in load_files(session, ids):
            found.setdefault(_first_stage(file, now, engine.laws), []).append(file.recovery.id)
    return found


def _first_stage(file: RecoveryFile, now: datetime, laws: Laws) -> Stage:
    for stage in STAGES:
        progress = Progress(file)
        if stage is Stage.TRACING and file.recovery.trace_wanted:
            return stage
        _decide(stage, progress, now, laws, None, None)
        if progress.outcome():
            return stage
    return Stage.FREEZING


def _decide(
    stage: Stage,
    progress: Progress,
    now: datetime,
    laws: Laws,
    session: Session | None,
    vault: Vault | None,
) -> None:
    def seal(fields: object) -> str:
        return vault.seal(canonical(fields).decode()) if vault else ""

    if stage is Stage.FREEZING:
        letter_clocks.advance(progress, now, laws)
        freezing.advance(progress, now, laws)
    elif stage is Stage.TRACING:
        if session is not None and progress.file.recovery.trace_wanted:
            _trace(session, progress, now, laws)
        following.advance(progress, now)
    elif stage is Stage.CROSS_BORDER:
        crossing.advance(progress, now, laws, seal)
    else:
        restitution.advance(progress, now, laws)


def _trace(session: Session, progress: Progress, now: datetime, laws: Laws) -> None:
    """Trace; a result that contradicts money already paid back is left to a person."""
    before = progress.file
    try:
        trace_file(session, progress, now, laws)
    except TraceBelowReturnsError as error:
        progress.file = before
        progress.moves.clear()
        recovery = before.recovery
        values: dict[str, Scalar] = {"trace_wanted": False}
        reason = f"the new trace was not adopted: {error}"
        progress.take(
            Move(Noun.RECOVERY, recovery.id, "updated", recovery.state, values, reason=reason)
        )


def decide(engine: Engine, stage: Stage, recovery_ids: Sequence[str]) -> int:
    """Let one stage work on these recoveries; return how many of them changed."""
    now = engine.now()
    changed = 0
    with unit_of_work(engine.database) as unit:
        for file in load_files(unit.session, recovery_ids):
            progress = Progress(file)
            _decide(stage, progress, now, engine.laws, unit.session, unit.vault)
            changed += bool(progress.outcome())
            conclude(unit, ENGINE, now, engine.laws, progress)
    return changed
