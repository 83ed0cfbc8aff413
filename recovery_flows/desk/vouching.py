"""Nothing leaves on a record that was changed by hand: asked before each order goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models.engine import Database
from models.file import RecoveryFile
from models.outcome import Outcome
from models.queries.integrity import broken_clock, broken_partners, broken_recoveries
from models.states import DiscrepancyKind, DiscrepancyState, Noun
from models.store.derived import write_derived
from models.store.record import record
from models.store.unit import ENGINE, Unit
from recovery_flows.desk.recording import derived
from recovery_flows.rules import discrepancies
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import applied

BROKEN = "its records do not follow from their history: `recovery audit verify` names what differs"


def broken(
    unit: Unit, database: Database, orders: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """What is wrong with the records behind each of these orders, (recovery, partner), if anything.

    The recovery's own events are recomputed and its rows replayed from them; the same of the
    partner and of the case clock.
    """
    recoveries = broken_recoveries(unit.session, database, [r for r, _ in orders])
    partners = broken_partners(unit.session, database, [p for _, p in orders])
    clock = broken_clock(unit.session, database) if orders else []
    found = {}
    for recovery_id, partner_id in orders:
        sentences = clock + recoveries.get(recovery_id, []) + partners.get(partner_id, [])
        if sentences:
            more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
            found[recovery_id, partner_id] = sentences[0] + more
    return found


def note_broken(
    unit: Unit, file: RecoveryFile, detail: str, now: datetime, laws: Laws
) -> RecoveryFile:
    """The recovery's records contradict its history: a person looks into it.

    Nothing is booked with it, for a forged row must not come into the ledger. As long as it is so,
    it is found anew after each time that somebody has resolved it.
    """
    recovery_id = file.recovery.id
    move = discrepancies.found(
        recovery_id, DiscrepancyKind.HISTORY_BROKEN, Noun.RECOVERY, recovery_id, now,
        detail=detail, mark=f"after {_resolved(file)}",
    )  # fmt: skip
    if any(d.id == move.id for d in file.discrepancies):
        return file
    record(unit, ENGINE, now, recovery_id, Outcome((move,)))
    file = applied(file, move)
    write_derived(unit, recovery_id, derived(file, now, laws))
    return file


def _resolved(file: RecoveryFile) -> int:
    return sum(
        d.kind is DiscrepancyKind.HISTORY_BROKEN and d.state is not DiscrepancyState.OPEN
        for d in file.discrepancies
    )
