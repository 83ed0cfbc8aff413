"""All deadlines of all open recoveries, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import chain

from sqlmodel import Session

from models.engine import Database
from models.language.phrase import phrase
from models.queries.cases.deadline_views import DeadlineEntry, DeadlinesView, kept_deadlines
from models.queries.cases.open_steps import clock_pages, recoveries_by_deadline
from models.queries.cases.views import DeadlineLine
from models.queries.installation.clock import case_now
from models.queries.partners.incoming import incoming_requests
from recovery_flows.cases.clocks.edition import todays
from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.cases.deadlines import calendar_note
from recovery_flows.law.regime import Regimes
from recovery_flows.wording import spoken

_AT_ONCE = 500


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
    """The clocks of these recoveries as they are kept; where they are not, as their file tells."""
    found, unknown = kept_deadlines(session, ids, todays(laws))
    asked = (told for _, told in deadlines_of_files(session, unknown, laws))
    for line in chain(found, *asked):
        clock = line.clock
        note = calendar_note(clock.due_at, clock.regime, clock.law_row, clock.note, laws)
        yield line if note is clock.note else replace(line, clock=replace(clock, note=note))
