"""Concluding a decision: what was decided is recorded, and what follows for the queue with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.asset import Stage
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES
from models.queries.cases.case_files import load_files, recoveries_wanting
from models.sealing.sealed_place import SealedPlace
from models.step_wording import say
from models.store.calls import look_again
from models.store.derived import Derived, write_derived
from models.store.record import record
from models.store.unit import Actor, Unit
from recovery_flows.approvals import upkeep as approval_upkeep
from recovery_flows.cases import next_steps, scheduling, stages
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import stage as multi_agency


def conclude(
    unit: Unit,
    actor: Actor,
    now: datetime,
    laws: Regimes,
    progress: Changeset,
    shown: Derived | None = None,
) -> None:
    """Record everything that `progress` holds, in this transaction.

    `shown` is what follows for the queue, where that is known already. Where it cannot be derived
    the recovery is due: what was decided is booked, and the engine finds out what is wrong.
    A pending approval of which a figure has changed becomes void with it.
    """
    recovery_id = progress.file.recovery.id
    approval_upkeep.void_changed(progress, now)
    record(unit, actor, now, recovery_id, progress.outcome())
    if progress.moves:
        look_again(unit, recovery_id)
    write_derived(unit, recovery_id, shown or derived_or_due(progress.file, now, laws))
    _look_at_sharers(unit, now, laws, progress)


def refresh(unit: Unit, now: datetime, laws: Regimes, recovery_ids: Sequence[str]) -> None:
    """Work out anew what follows for the queue where something outside of the files has changed."""
    for file in load_files(unit.session, recovery_ids):
        write_derived(unit, file.recovery.id, derived_or_due(file, now, laws))


_SHARING = frozenset(
    {"found", "found_abroad", "closed", "reopened", "reopened_abroad", "moved", "split"}
)


def _look_at_sharers(unit: Unit, now: datetime, laws: Regimes, progress: Changeset) -> None:
    """Other files that want an account which came or went here: their next step may be another."""
    touched = {m.id for m in progress.moves if m.noun is EntityKind.ASSET and m.event in _SHARING}
    if not touched:
        return
    accounts = [a.account_id for a in progress.file.assets if a.id in touched]
    ids = recoveries_wanting(unit.session, accounts, progress.file.recovery.id)
    refresh(unit, now, laws, ids)


def derived_or_due(file: CaseFile, now: datetime, laws: Regimes) -> Derived:
    """What the queue shows of a file; where a rule fails on it, that the engine has to look."""
    try:
        return derived(file, now, laws)
    except Exception:  # noqa: BLE001 - not lost: the engine meets the same fault and quarantines it
        recovery = file.recovery
        waiting = Step(ActionKind.ENGINE, Role.ENGINE, recovery.id, "", None, say("processing"))
        step = next(discrepancies.steps(file), waiting)
        return Derived(stage=Stage.FREEZING, step=step, due_at=None, wake_at=now)


def derived(file: CaseFile, now: datetime, laws: Regimes) -> Derived:
    """What the queue shows of a file; it wakes the engine at once where there is work for it."""
    wake_at = min(multi_agency.preserved_until(file), default=None)
    if file.recovery.state not in CLOSED_RECOVERIES:
        wake_at = now if has_engine_work(file, now, laws) else scheduling.next_wake(file, laws)
    return Derived(
        stage=next_steps.stage_of(file),
        step=next_steps.steps(file, laws)[0],
        due_at=scheduling.next_clock(file, laws),
        wake_at=wake_at,
    )


def has_engine_work(file: CaseFile, now: datetime, laws: Regimes) -> bool:
    """Whether a stage flow would do anything with this file now."""
    if file.recovery.trace_wanted:
        return True
    progress = Changeset(file)
    approval_upkeep.void_changed(progress, now)
    stages.decide_all(progress, now, laws, _no_seal)
    return bool(progress.outcome())


def _no_seal(fields: object, place: SealedPlace) -> str:
    del fields, place
    return ""
