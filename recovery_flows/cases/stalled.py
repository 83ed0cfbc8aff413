"""Recoveries that nothing moves on: reported as a fault, with the reason."""

from __future__ import annotations

from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile
from models.entities.asset import Stage
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldRow, Renewal
from models.entities.recovery import RecoveryState
from models.ids import digest
from models.language.phrase import stored_phrase
from recovery_flows.cases import next_steps
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset

_KIND = DiscrepancyKind.NO_NEXT_STEP


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Own a recovery that waits for the engine while no stage has anything to do with it.

    To be asked when every stage has been: what is decided in `changes` counts as something.
    """
    file = changes.file
    if changes.has_decided or not _waits_for_the_engine(file, laws):
        _clear(changes, now, laws)
        return
    recovery = file.recovery
    why = next_steps.first_step(file, laws).sentence
    stages = [[a.id, a.stage, a.left_alone] for a in file.assets]
    mark = digest([why, stages, [[h.id, h.state] for h in file.holds]])
    discrepancies.find(changes, _KIND, EntityKind.RECOVERY, recovery.id, now, detail=why, mark=mark)


def _waits_for_the_engine(file: CaseFile, laws: Regimes) -> bool:
    recovery = file.recovery
    if recovery.state is not RecoveryState.OPEN or recovery.trace_wanted:
        return False
    if any(a.watch == "on" and a.stage is not Stage.CLOSED for a in file.assets):
        return False
    if any(h.releasing_minor or h.renewal == Renewal.ORDERED for h in file.holds if _is_live(h)):
        # The bank has the order, and says with its feed that it is done.
        return False
    return next_steps.first_step(file, laws).action == ActionKind.ENGINE


def _is_live(hold: HoldRow) -> bool:
    return hold.state in LIVE_HOLDS


def _clear(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """What was stuck and moves again is over by itself."""
    stuck = [d for d in discrepancies.open_ones(changes.file) if d.kind is _KIND]
    if not stuck or changes.has_decided:
        return
    rest = [
        s
        for s in next_steps.steps(changes.file, laws)
        if s.action != ActionKind.RESOLVE_DISCREPANCY
    ]
    if rest and rest[0].action != ActionKind.ENGINE:
        for found in stuck:
            discrepancies.clear(changes, found.id, now, stored_phrase("it goes on"))
