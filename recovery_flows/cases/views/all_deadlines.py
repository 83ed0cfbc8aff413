"""All deadlines of all open recoveries, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush

from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.case_files import load_whichever
from models.queries.cases.deadline_views import DeadlineEntry, DeadlinesView
from models.queries.cases.open_steps import clock_pages, recoveries_by_deadline
from models.queries.cases.views import DeadlineLine
from models.queries.installation.clock import case_now
from models.queries.partial_files import PartNotReadError, load_in_part
from models.queries.partners.incoming import incoming_requests
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.due.deadline import Deadline
from recovery_flows.law.regime import Regimes
from recovery_flows.wording import spoken

_AT_ONCE = 200
CLOCK_PARTS = frozenset(
    {"assets", "holds", "requests", "allocations", "payouts", "approvals", "calls",
     "multi_agency_requests", "tasks", "objections", "voluntary_returns", "instalments",
     "unclaimed", "clawbacks", "third_party_claims", "recalls", "recall_credits"}
)  # fmt: skip
"""What clocks are counted by; what else a file has is three tenths of what reading it costs."""


def deadlines_view(
    database: Database, laws: Regimes, wall_now: datetime, recoveries: int | None = None
) -> DeadlinesView:
    """The clocks of the recoveries whose nearest one ends first; all of them with None.

    Of a recovery left out no clock ends before `until`, so what stands before it is complete.
    """
    with database.reading() as session:
        ids, until = recoveries_by_deadline(session, recoveries)
        now = case_now(session, wall_now)
        lines = [*_answers_due(session), *_lines_of(session, ids, laws)]
    if until is not None:
        lines = [line for line in lines if line.clock.due_at <= until]
    lines.sort(key=_order)
    return DeadlinesView(now, tuple(lines), until)


def all_entries(session: Session, laws: Regimes, until: datetime | None) -> Iterator[DeadlineEntry]:
    """Every clock of every recovery, or those that end by `until`, the nearest end first.

    Some hundreds of recoveries are held at a time: what ends before the nearest end of the next
    one can be told.
    """
    ahead: list[tuple[tuple[datetime, str, str], DeadlineEntry]] = []
    for line in _answers_due(session):
        if until is None or line.clock.due_at <= until:
            heappush(ahead, (_order(line), line))
    for page in clock_pages(session, until, _AT_ONCE):
        nearest = page[0][0]
        while ahead and ahead[0][0][0] < nearest:
            yield heappop(ahead)[1]
        for line in _lines_of(session, [recovery_id for _, recovery_id in page], laws):
            if until is None or line.clock.due_at <= until:
                heappush(ahead, (_order(line), line))
    while ahead:
        yield heappop(ahead)[1]


def _answers_due(session: Session) -> Iterator[DeadlineEntry]:
    """What is owed to other States: of no recovery, each with the officer in charge of it."""
    for row in incoming_requests(session):
        if row.due_at is not None:
            clock = DeadlineLine(
                phrase("answer to {from_state}", from_state=row.from_state),
                row.due_at,
                row.law,
                row.clock,
                spoken(row.state),
            )
            yield DeadlineEntry(row.ref, "", row.ref, row.owner_id, row.bank, None, clock)


def _order(line: DeadlineEntry) -> tuple[datetime, str, str]:
    return line.clock.due_at, line.ref, line.line_id


def _lines_of(session: Session, ids: Sequence[str], laws: Regimes) -> Iterator[DeadlineEntry]:
    """The clocks of these recoveries; of one whose rules ask for more the whole file is read."""
    for file in load_in_part(session, ids, CLOCK_PARTS):
        try:
            found = list(_lines(file, laws))
        except PartNotReadError:
            found = list(_lines(load_whichever(session, file.recovery.id), laws))
        yield from found


def _lines(file: CaseFile, laws: Regimes) -> Iterator[DeadlineEntry]:
    recovery = file.recovery
    for clock in running(file, laws):
        asset = next((a for a in file.assets if a.id == clock.asset_id), None)
        yield DeadlineEntry(
            line_id=f"{clock.subject_id} {clock.what}",
            recovery_id=recovery.id,
            ref=recovery.ref,
            owner=recovery.owner_id,
            bank=clock.partner_id or (asset.partner_id if asset else ""),
            amount=_amount(file, clock),
            clock=DeadlineLine(
                clock.what, clock.due_at, clock.regime, clock.law_row, clock.note, clock.escalated
            ),
        )


def _amount(file: CaseFile, clock: Deadline) -> Money | None:
    """What the clock is about: a hold's or request's sum (reached, else asked for), or a pool."""
    subject = next((a.subject_id for a in file.approvals if a.id == clock.subject_id), "")
    named = {clock.subject_id, subject}
    for hold in file.holds:
        if hold.id in named:
            return Money(hold.held_minor or hold.requested_minor, hold.currency)
    for request in file.requests:
        if request.id in named:
            return Money(request.executed_minor or request.requested_minor, request.currency)
    pools = (Money(a.pool_minor, a.currency) for a in file.allocations if a.id in named)
    return next(pools, None)
