"""How an exchange with a partner went, before it is settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.facts import RawAnswer, StatementFact
from models.queries.cases.work import CallLine
from models.store.statements.plan import PlannedStatement
from models.store.statements.statements import record_planned
from models.store.unit import ENGINE, Unit
from models.trouble import Trouble
from recovery_flows.cases.statement_files.large_files import HiddenImport


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """An answer whose bookings are stored and wait to be settled; they are there from then on."""

    hidden: HiddenImport
    planned: PlannedStatement

    def settle(self, unit: Unit, now: datetime, recovery_id: str, pages: str) -> None:
        """Record the statement that the document `pages` lists the pages of.

        Its bookings are there with this transaction.
        """
        self.hidden.finish(unit)
        record_planned(unit, ENGINE, now, recovery_id, self.planned, pages)


@dataclass(frozen=True, slots=True)
class Result:
    """How an exchange went: `event` is the call's move, the rest what came with it."""

    call: CallLine
    event: str
    raw: tuple[RawAnswer, ...] = ()
    statement: StatementFact | None = None
    reason: str = ""
    code: str = ""
    retry_after_seconds: int | None = None
    trouble: Trouble = Trouble.NONE
    fault: Exception | None = None
    """What went wrong on our side, if that is why there is no answer."""
    stored: StoredStatement | None = None
    """The bookings of a large statement, stored before it is settled."""
