"""The lists and the restitution as pages, for whoever reads them without a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from models.language.phrase import phrase
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
    Column(title)
    for title in (
        phrase("claim"),
        phrase("victim"),
        phrase("account"),
        phrase("state"),
        phrase("reported", context_="sum"),
        phrase("booked"),
        phrase("net loss"),
        phrase("got"),
        phrase("open", context_="sum"),
    )
)


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


def restitution(page: RestitutionPage, zone: str) -> Page:
    """Claims, rounds, rules, objections and what is next of one recovery."""
    head = line(
        page.ref,
        muted(phrase("  lost ")),
        page.reported,
        muted(phrase("  net loss ")),
        page.upheld,
        muted(phrase("  returned ")),
        page.paid,
        muted(phrase("  open ", context_="sum")),
        page.open,
    )
    more = page.total - len(page.claims)
    claims: tuple[Part, ...] = table(_CLAIM_COLUMNS, map(_claim, page.claims))
    if more > 0:
        claims += (
            line(
                muted(
                    phrase(
                        "and {more:,} claims more: `recovery claim list {ref}`",
                        more=more,
                        ref=page.ref,
                    )
                )
            ),
        )
    steps = tuple(line(step.role, ": ", step.sentence) for step in page.steps)
    sections = (
        Section("next", phrase("Next steps"), steps),
        Section("claims", phrase("Claims"), claims, empty=phrase("no claim")),
        Section(
            "rounds",
            phrase("Rounds"),
            tuple(_rounds(page.rounds)),
            empty=phrase("nothing is distributed"),
        ),
        Section(
            "rules",
            phrase("Rules side by side"),
            tuple(_rules(page)),
            empty=phrase("no rule to compare"),
        ),
        Section(
            "objections",
            phrase("Objections"),
            tuple(_objections(page)),
            empty=phrase("no objections"),
        ),
    )
    return Page((head,), sections, zone)


def _claim(one: ClaimStanding) -> tuple[str | Money, ...]:
    word = claim_word(one.state).word
    return (
        one.number, one.victim, one.account, word, one.reported, one.booked or phrase("not booked"),
        one.upheld, one.paid, one.open,
    )  # fmt: skip


def _rounds(rounds: Iterable[RoundLine]) -> Iterator[Part]:
    for one in rounds:
        state = one.why_void or allocation_word(one.state).word
        yield line(
            phrase(
                "round {number}, {bank} {account}, {state}",
                number=one.number,
                bank=one.bank,
                account=one.account,
                state=state,
            )
        )
        yield line(phrase("to distribute "), one.pool, phrase(" = paid "), one.paid, indent=2)
        for money, why in one.reserves:
            yield line(phrase("+ reserved "), money, muted(phrase("  {why}", why=why)), indent=2)


def _rules(page: RestitutionPage) -> Iterator[Part]:
    columns = (Column("rule"), Column("gives"), Column("moves"))
    yield from table(columns, ((one.name, one.given, one.moved) for one in page.rules))


def _objections(page: RestitutionPage) -> Iterator[Part]:
    for one in page.objections:
        due: tuple[Piece | str, ...] = (Piece(one.due_at),) if one.due_at else (phrase("no date"),)
        whose = f"{one.number} {one.victim}" if one.claim_id else phrase("no claim")
        yield Line(
            cell(
                phrase(
                    "{state} {kind} of {whose}, due ", state=one.state, kind=one.kind, whose=whose
                ),
                *due,
                f": {one.text}",
            )
        )
