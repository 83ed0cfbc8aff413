"""Nothing leaves on a record that was changed by hand: asked before each order goes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.entities.event import EntityKind
from models.outcome import Outcome
from models.queries.audit.integrity import (
    broken_clock,
    broken_partner,
    broken_partners,
    broken_recoveries,
    broken_recovery,
)
from models.store.derived import Derived, write_derived
from models.store.record import record
from models.store.unit import ENGINE, Unit
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import applied

_Ask = Callable[[Session, Database, str], list[str]]
Derive = Callable[[CaseFile, datetime], Derived]
"""What the queue shows of a recovery at an instant; the stages know it."""
BROKEN = "its records do not follow from their history: `recovery audit verify` names what differs"


class Vouched:
    """Asks, in one transaction, whether the records behind orders follow from their history.

    Each recovery, each partner and the case clock are looked at once: while the transaction is
    open nobody else can write.
    """

    def __init__(self, unit: Unit, database: Database) -> None:
        self._unit, self._database = unit, database
        self._known: dict[tuple[str, str], list[str]] = {}

    def check_together(self, recovery_ids: Sequence[str], partner_ids: Sequence[str]) -> None:
        """Read what `broken` says of these recoveries and partners all at once, before anything.

        Whoever asks about one later has all rows written that wait until then.
        """
        session, database = self._unit.session, self._database
        if recovery_ids:
            self._ask("clock", "", _broken_clock)
        of_partners = broken_partners(session, database, partner_ids)
        of_recoveries = broken_recoveries(session, database, recovery_ids)
        for what, found in (("partner", of_partners), ("recovery", of_recoveries)):
            self._known |= {(what, name): sentences for name, sentences in found.items()}

    def broken(self, recovery_id: str, partner_id: str) -> str:
        """What is wrong with the records behind an order of this recovery to this partner; "" else.

        The recovery's own events are recomputed and its rows replayed from them; the same of the
        partner and of the case clock.
        """
        sentences = [
            *self._ask("recovery", recovery_id, broken_recovery),
            *self._ask("partner", partner_id, broken_partner),
            *self._ask("clock", "", _broken_clock),
        ]
        more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
        return f"{sentences[0]}{more}" if sentences else ""

    def _ask(self, what: str, name: str, ask: _Ask) -> list[str]:
        if (what, name) not in self._known:
            self._known[what, name] = ask(self._unit.session, self._database, name)
        return self._known[what, name]


def _broken_clock(session: Session, database: Database, _: str) -> list[str]:
    return broken_clock(session, database)


def note_broken(unit: Unit, file: CaseFile, detail: str, now: datetime, derive: Derive) -> CaseFile:
    """The recovery's records contradict its history: a person looks into it.

    Nothing is booked with it, for a forged row must not come into the ledger. As long as it is so,
    it is found anew after each time that somebody has resolved it.
    """
    recovery_id = file.recovery.id
    move = discrepancies.found(
        recovery_id, DiscrepancyKind.HISTORY_BROKEN, EntityKind.RECOVERY, recovery_id, now,
        detail=detail, mark=f"after {_resolved(file)}",
    )  # fmt: skip
    if any(d.id == move.id for d in file.discrepancies):
        return file
    record(unit, ENGINE, now, recovery_id, Outcome((move,)))
    file = applied(file, move)
    write_derived(unit, recovery_id, derive(file, now))
    return file


def _resolved(file: CaseFile) -> int:
    return sum(
        d.kind is DiscrepancyKind.HISTORY_BROKEN and d.state is not DiscrepancyState.OPEN
        for d in file.discrepancies
    )
