"""The lists and the restitution as pages, for whoever reads them without a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from models.money import Money
from models.queries.cases.deadline_views import DeadlinesView
from models.queries.cases.queue_views import QueueLine, QueuePage
from recovery_flows.cases.pages import approvals, deadlines, queue
from recovery_flows.cases.pages.partner import fact_rows
from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Section,
    cell,
    line,
    muted,
    table,
)
from recovery_flows.cases.views.pending_approvals import ApprovalsPage
from recovery_flows.cases.views.restitution_views import ClaimStanding, RestitutionPage, RoundLine
from recovery_flows.cases.views.state_names import allocation_word, claim_word
from recovery_flows.law.regime import Regime
from recovery_flows.partners.page import PartnerPage
from recovery_flows.wording import counted

_CLAIM_COLUMNS = tuple(
    Column(title) for title in (
        "claim", "victim", "account", "state", "reported", "booked", "net loss", "got", "open",
    )
)  # fmt: skip


def queue_list(
    page: QueuePage, lines: Iterable[QueueLine], zone: str, *, text: str, with_closed: bool
) -> Page:
    """The queue as it is filtered, with all its lines."""
    told = queue.counts(page, filter_text=text, with_closed=with_closed)
    rows = (queue.row(one, page.now) for one in lines)
    return _listed("Queue", told, queue.COLUMNS, rows, zone)


def deadline_list(view: DeadlinesView, laws: Mapping[str, Regime], zone: str) -> Page:
    """The deadlines that are nearest."""
    counts = deadlines.Counts(view.now)
    rows = [deadlines.row(one, view.now, laws) for one in counts.counting(view.lines)]
    return _listed("Deadlines", counts.told(), deadlines.COLUMNS, rows, zone)


def _listed(
    title: str,
    told: Cell,
    columns: Mapping[str, Column],
    rows: Iterable[Mapping[str, Cell]],
    zone: str,
) -> Page:
    made = table(columns.values(), ([row[key] for key in columns] for row in rows))
    return Page((Line(told),), (Section("list", title, made, empty="none"),), zone)


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


def restitution(page: RestitutionPage, zone: str) -> Page:
    """Claims, rounds, rules, objections and what is next of one recovery."""
    head = line(
        page.ref, muted("  lost "), page.reported, muted("  net loss "), page.upheld,
        muted("  returned "), page.paid, muted("  open "), page.open,
    )  # fmt: skip
    more = page.total - len(page.claims)
    claims: tuple[Part, ...] = table(_CLAIM_COLUMNS, map(_claim, page.claims))
    if more > 0:
        claims += (line(muted(f"and {more:,} claims more: `recovery claim list {page.ref}`")),)
    steps = tuple(line(step.role, ": ", step.sentence) for step in page.steps)
    sections = (
        Section("next", "Next steps", steps),
        Section("claims", "Claims", claims, empty="no claim"),
        Section("rounds", "Rounds", tuple(_rounds(page.rounds)), empty="nothing is distributed"),
        Section("rules", "Rules side by side", tuple(_rules(page)), empty="no rule to compare"),
        Section("objections", "Objections", tuple(_objections(page)), empty="no objections"),
    )
    return Page((head,), sections, zone)


def _claim(one: ClaimStanding) -> tuple[str | Money, ...]:
    word = claim_word(one.state).word
    return (
        one.number, one.victim, one.account, word, one.reported, one.booked or "not booked",
        one.upheld, one.paid, one.open,
    )  # fmt: skip


def _rounds(rounds: Iterable[RoundLine]) -> Iterator[Part]:
    for one in rounds:
        state = one.why_void or allocation_word(one.state).word
        yield line(f"round {one.number}, {one.bank} {one.account}, {state}")
        yield line("to distribute ", one.pool, " = paid ", one.paid, indent=2)
        for money, why in one.reserves:
            yield line("+ reserved ", money, muted(f"  {why}"), indent=2)


def _rules(page: RestitutionPage) -> Iterator[Part]:
    columns = (Column("rule"), Column("gives"), Column("moves"))
    yield from table(columns, ((one.name, one.given, one.moved) for one in page.rules))


def _objections(page: RestitutionPage) -> Iterator[Part]:
    for one in page.objections:
        due: tuple[Piece | str, ...] = (Piece(one.due_at),) if one.due_at else ("no date",)
        whose = f"{one.number} {one.victim}" if one.claim_id else "no claim"
        yield Line(cell(f"{one.state} {one.kind} of {whose}, due ", *due, f": {one.text}"))
