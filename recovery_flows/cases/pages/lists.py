"""The lists as pages, for whoever reads them without a screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.language.phrase import phrase
from models.queries.cases.deadline_views import DeadlinesView
from models.queries.cases.queue_views import QueueLine, QueuePage
from recovery_flows.cases.pages import approvals, deadlines, queue
from recovery_flows.cases.pages.partner import fact_rows
from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Line,
    Page,
    Section,
    line,
    table,
)
from recovery_flows.cases.views.pending_approvals import ApprovalsPage
from recovery_flows.law.regime import Regime
from recovery_flows.partners.page import PartnerPage
from recovery_flows.wording import counted


def queue_list(
    page: QueuePage, lines: Iterable[QueueLine], zone: str, *, text: str, with_closed: bool
) -> Page:
    """The queue as it is filtered, with all its lines."""
    told = queue.counts(page, filter_text=text, with_closed=with_closed)
    rows = (queue.row(one, page.now) for one in lines)
    return _listed(phrase("Queue"), told, queue.COLUMNS, rows, zone)


def deadline_list(view: DeadlinesView, laws: Mapping[str, Regime], zone: str) -> Page:
    """The deadlines that are nearest."""
    counts = deadlines.Counts(view.now)
    rows = [deadlines.row(one, view.now, laws) for one in counts.counting(view.lines)]
    return _listed(phrase("Deadlines"), counts.told(), deadlines.COLUMNS, rows, zone)


def _listed(
    title: str,
    told: Cell,
    columns: Mapping[str, Column],
    rows: Iterable[Mapping[str, Cell]],
    zone: str,
) -> Page:
    made = table(columns.values(), ([row[key] for key in columns] for row in rows))
    return Page((Line(told),), (Section("list", title, made, empty=phrase("none")),), zone)


def approval_list(page: ApprovalsPage, zone: str) -> Page:
    """What waits for a second person, each with the figures that it binds."""
    told = counted(page.total, "approval pending", "approvals pending")
    sections = tuple(approvals.in_full(one, page.now) for one in page.lines)
    return Page((line(told),), sections, zone)


def partner_list(pages: Iterable[PartnerPage], zone: str) -> Page:
    """Each partner with its facts."""
    columns = (Column(), Column(rest=True))
    sections = tuple(
        Section(one.row.id, one.row.id, table(columns, fact_rows(one))) for one in pages
    )
    return Page((line(counted(len(sections), "partner")),), sections, zone)
