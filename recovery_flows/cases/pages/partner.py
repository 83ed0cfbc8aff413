"""A partner's page: whom to call, what is agreed, how it answers; what is wrong comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from models.entities.partner import PartnerChannel
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
    strong,
    table,
)
from recovery_flows.cases.views.state_names import Tone, Worded
from recovery_flows.law.terms import time_left_text
from recovery_flows.ledger.legal_days import day_of
from recovery_flows.partners.breaker_state import BreakerState
from recovery_flows.partners.contacts import Contacts
from recovery_flows.partners.page import PartnerPage
from recovery_flows.partners.response_times import MEASURE, WEEKS, Late, Times, percentile_text
from recovery_flows.wording import counted

BREAKERS: Mapping[BreakerState, Worded] = {
    BreakerState.CLOSED: Worded("closed", "closed", "●", Tone.GOOD),
    BreakerState.OPEN: Worded("open", "open", "✕", Tone.ALARM),
    BreakerState.HALF_OPEN: Worded("half open", "half", "◐", Tone.CARE),
}
FACTS, TIMES, LATE, OVERDUE = "facts", "times", "late", "overdue"
_LATE_SHOWN = 10
_WIDTH = 80
"""Cells in which a command prints the page."""
_FACTS = (Column(most=12), Column(most=500, rest=True))
_TIMES = (
    Column("order", most=8), Column("sent", most=8), Column("answered", right=True),
    Column("p50", most=13, right=True), Column("p90", most=13, right=True),
    Column("no time", rest=True),
)  # fmt: skip
_Fact = tuple[str, Cell]


def written(page: PartnerPage, zone: str, clear: Contacts | None = None) -> Page:
    """The whole page; `clear` are contacts that were revealed to a person, else they are masked."""
    facts: tuple[Part, ...] = table(_FACTS, fact_rows(page, clear), whole=True)
    if clear is None and page.contacts:
        hint = cell(muted("contacts are masked: --reveal REASON shows them"))
        facts += (Line(hint, typed=True),)
    sections = (
        Section(FACTS, "register and connection", facts),
        Section(TIMES, "answer times", (line(muted(MEASURE)), *_times(page))),
        _late(LATE, "later than agreed", page.breaches, Tone.CARE),
        _late(OVERDUE, "waits longer", page.overdue, Tone.ALARM),
    )
    head = line(strong(page.row.id), muted(f"  times in {zone}"))
    return Page((head,), sections, zone, _WIDTH)


def fact_rows(page: PartnerPage, clear: Contacts | None = None) -> Iterator[tuple[Piece, Cell]]:
    """The facts, each with its name."""
    row = page.row
    side = "at home" if row.home else "abroad"
    wrong, rest = _connection(page)
    facts: list[_Fact] = [
        ("partner", cell(f"{row.name}: {row.kind}, law {row.regime}, {row.currency}, {side}")),
        *wrong,
        (
            "contacts",
            cell(Piece(_contacts(clear or page.contacts), Tone.SOON if clear else Tone.PLAIN)),
        ),
    ]
    if page.shown is not None:
        times = "once" if page.shown.count == 1 else f"{page.shown.count} times"
        facts.append(("shown", cell(f"{times}, last to {page.shown.last_by} ", page.shown.last_at)))
    reached = f"by {row.channel}{f' at {row.base_url}' if row.base_url else ''}"
    facts += [
        ("agreement", cell(_agreement(page))), ("calls open", _calls(page)),
        ("reached", cell(reached)), *rest,
    ]  # fmt: skip
    return ((muted(name), told) for name, told in facts)


def _connection(page: PartnerPage) -> tuple[list[_Fact], list[_Fact]]:
    """Reconciliation and connection: first the problems, then the rest."""
    row = page.row
    differs = Tone.CARE if row.disagreement else Tone.PLAIN
    books = ("books", cell(Piece(_books(page), differs)))
    breaker = ("breaker", _breaker(page))
    wrong = [books] if row.disagreement else []
    wrong += [breaker] if page.breaker is not BreakerState.CLOSED else []
    if row.last_error:
        wrong += [
            ("last error", cell(Piece(row.last_error, Tone.CARE))),
            ("to do", cell(Piece(page.advice, Tone.CARE))),
        ]
    answered = cell("none yet" if row.last_answer_at is None else row.last_answer_at)
    rest = [breaker, ("feed", _feed(page)), ("last answer", answered), books]
    return wrong, [one for one in rest if one not in wrong]


def _contacts(contacts: Contacts) -> str:
    parts = (contacts.desk, contacts.phone, contacts.email, contacts.address)
    return "  ".join(part for part in parts if part) or "none: `recovery partner contact`"


def _agreement(page: PartnerPage) -> str:
    row = page.row
    if not row.agreed_minutes:
        return "no answer time is agreed: `recovery partner agree`"
    return f"answers within {row.agreed_minutes:,} min ({row.agreement})"


def _calls(page: PartnerPage) -> Cell:
    """How many calls wait, and since when the oldest."""
    calls = page.calls
    if calls is None:
        return cell("none")
    oldest = f"the oldest a {calls.oldest_kind} of {calls.oldest_ref} since "
    return cell(f"{calls.count:,}, {oldest}", calls.oldest_at)


def _breaker(page: PartnerPage) -> Cell:
    """What the circuit breaker does, and why."""
    row, tone = page.row, BREAKERS[page.breaker].tone
    failed = f"{row.breaker_failures} failures in a row"
    if page.breaker is BreakerState.OPEN and row.breaker_until is not None:
        told = f"open: {failed}, nothing is sent until "
        return cell(Piece(told, tone), Piece(row.breaker_until, tone))
    if page.breaker is BreakerState.HALF_OPEN:
        return cell(Piece(f"half open: {failed}, the next call tries it again", tone))
    return cell(Piece(f"closed: calls pass{f' ({failed})' if row.breaker_failures else ''}", tone))


def _feed(page: PartnerPage) -> Cell:
    """How far its event feed is read, and when it is read next."""
    row = page.row
    if row.channel is PartnerChannel.LETTER:
        return cell("none: answers come by letter")
    reached = ("no news yet",) if row.feed_reached_at is None else ("news to ", row.feed_reached_at)
    due = ("not needed now",) if row.feed_due_at is None else ("next look ", row.feed_due_at)
    seconds = row.feed_interval_seconds
    return cell(*reached, "; ", *due, f", every {seconds:,} s" if seconds else "")


def _books(page: PartnerPage) -> str:
    """Whether our books and the bank's agree, and up to when."""
    row = page.row
    if row.disagreement:
        return f"differ: {row.disagreement}"
    if row.reconciled_to is None:
        return "not compared yet: `recovery reconcile --days`"
    last = day_of(row.reconciled_to - timedelta(seconds=1), page.time_zone)
    return f"agree up to the end of {last} ({page.time_zone})"


def _times(page: PartnerPage) -> tuple[Part, ...]:
    """Answer times by kind of order, ever and lately."""
    rows = [_times_row("all", "ever", page.ever), _times_row("", f"{WEEKS} weeks", page.lately)]
    for of in page.kinds:
        if of.ever.answered or of.ever.open or of.ever.undated:
            rows.append(_times_row(of.kind, "ever", of.ever))
            rows.append(_times_row("", f"{WEEKS} weeks", of.lately))
    return table(_TIMES, rows)


def _times_row(kind: str, period: str, times: Times) -> tuple[Piece | str, ...]:
    without = f"{times.open:,} open" + (f", {times.undated:,} undated" if times.undated else "")
    return (
        strong(kind), muted(period), f"{times.answered:,}",
        percentile_text(times.p50, times.answered), percentile_text(times.p90, times.answered),
        muted(without if times.open or times.undated else "-"),
    )  # fmt: skip


def _late(key: str, title: str, late: Sequence[Late], tone: Tone) -> Section:
    """Late answers in their order, those of one kind in one recovery together."""
    groups: dict[tuple[str, str], list[Late]] = {}
    for one in late:
        groups.setdefault((one.ref, one.kind), []).append(one)
    parts = [_group(group, tone) for group in list(groups.values())[:_LATE_SHOWN]]
    if len(groups) > _LATE_SHOWN:
        parts.append(line(muted(f"and {len(groups) - _LATE_SHOWN:,} more: --json has all")))
    return Section(key, f"{title}: {counted(len(late), 'order')}", tuple(parts))


def _group(group: list[Late], tone: Tone) -> Line:
    first = group[0]
    slowest = max(x.minutes for x in group)
    many = f", {len(group):,} orders, the slowest" if len(group) > 1 else ""
    told = Piece(f"{first.ref} {first.kind}{many} {slowest:,} min", tone)
    return line(told, ", sent ", first.sent_at)


def ago(page: PartnerPage) -> str:
    """How long ago the partner answered last (transport time)."""
    at = page.row.last_answer_at
    if at is None:
        return "never"
    gone = page.wall_now - at
    return "now" if gone < timedelta(minutes=1) else time_left_text(at, page.wall_now)
