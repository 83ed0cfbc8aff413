"""A partner's page: whom to call, what is agreed, how it answers; what is wrong comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from models.entities.partner import PartnerChannel
from models.language.phrase import joined, phrase
from models.language.stored import read_back
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
from recovery_flows.law.terms import length_text, time_left_text
from recovery_flows.ledger.legal_days import day_of
from recovery_flows.partners.breaker_state import BreakerState
from recovery_flows.partners.contacts import Contacts
from recovery_flows.partners.page import LATE_SHOWN, PartnerPage
from recovery_flows.partners.response_times import MEASURE, WEEKS, Late, Times, percentile_text
from recovery_flows.wording import counted, spoken

BREAKERS: Mapping[BreakerState, Worded] = {
    BreakerState.CLOSED: Worded("normal", "normal", "●", Tone.GOOD),
    BreakerState.OPEN: Worded("suspended", "paused", "✕", Tone.ALARM),
    BreakerState.HALF_OPEN: Worded("on trial", "trial", "◐", Tone.CARE),
}
FACTS, TIMES, LATE, OVERDUE = phrase("facts"), phrase("times"), phrase("late"), phrase("overdue")
_WIDTH = 80
"""Cells in which a command prints the page."""
_SAME_CLOCK = timedelta(minutes=1)
"""By so much case time may be behind the clock on the wall where it is the same."""
_FACTS = (Column(most=12), Column(most=500, rest=True))
_TIMES = (
    Column("order", most=8), Column("sent", most=8), Column("answered", right=True),
    Column("median", most=13, right=True), Column("90 %", most=13, right=True),
    Column("no time", rest=True),
)  # fmt: skip
_Fact = tuple[str, Cell]


def written(page: PartnerPage, zone: str, clear: Contacts | None = None) -> Page:
    """The whole page; `clear` are contacts that were revealed to a person, else they are masked."""
    facts: tuple[Part, ...] = table(_FACTS, fact_rows(page, clear), whole=True)
    if clear is None and page.contacts:
        hint = cell(muted(phrase("contacts are masked: --reveal REASON shows them")))
        facts += (Line(hint, typed=True),)
    sections = (
        Section(FACTS, phrase("register and connection"), facts),
        Section(TIMES, phrase("answer times"), (line(muted(MEASURE)), *_times(page))),
        _late(LATE, phrase("later than agreed"), page.breaches, page.late, Tone.CARE),
        _late(OVERDUE, phrase("waits longer"), page.overdue, len(page.overdue), Tone.ALARM),
    )
    head = line(strong(page.row.id), muted(phrase("  times in {zone}", zone=zone)))
    return Page((head,), sections, zone, _WIDTH)


def fact_rows(page: PartnerPage, clear: Contacts | None = None) -> Iterator[tuple[Piece, Cell]]:
    """The facts, each with its name."""
    row = page.row
    side = phrase("at home") if row.home else phrase("abroad")
    wrong, rest = _connection(page)
    facts: list[_Fact] = [
        (
            phrase("partner"),
            cell(
                phrase(
                    "{name}: {kind}, law {regime}, {currency}, {side}",
                    name=row.name,
                    kind=spoken(row.kind),
                    regime=row.regime,
                    currency=row.currency,
                    side=side,
                )
            ),
        ),
        *wrong,
        (
            phrase("contacts"),
            cell(Piece(_contacts(clear or page.contacts), Tone.SOON if clear else Tone.PLAIN)),
        ),
    ]
    if page.shown is not None:
        times = (
            phrase("once")
            if page.shown.count == 1
            else phrase("{count} times", count=page.shown.count)
        )
        facts.append(
            (
                phrase("shown"),
                cell(
                    phrase("{times}, last to {last_by} ", times=times, last_by=page.shown.last_by),
                    page.shown.last_at,
                ),
            )
        )
    channel = spoken(row.channel)
    reached = phrase("by {channel}", channel=channel)
    if row.base_url:
        reached = phrase("by {channel} at {url}", channel=channel, url=row.base_url)
    facts += [
        (phrase("agreement"), cell(_agreement(page))), (phrase("calls open"), _calls(page)),
        (phrase("reached"), cell(reached)), *rest,
    ]  # fmt: skip
    return ((muted(name), told) for name, told in facts)


def _connection(page: PartnerPage) -> tuple[list[_Fact], list[_Fact]]:
    """Reconciliation and connection: first the problems, then the rest."""
    row = page.row
    differs = Tone.CARE if row.disagreement else Tone.PLAIN
    books = (phrase("books"), cell(Piece(_books(page), differs)))
    breaker = (phrase("connection"), _breaker(page))
    wrong: list[_Fact] = [books] if row.disagreement else []
    wrong += [breaker] if page.breaker is not BreakerState.CLOSED else []
    if row.last_error:
        wrong += [
            (phrase("last error"), cell(Piece(read_back(row.last_error), Tone.CARE))),
            (phrase("to do"), cell(Piece(page.advice, Tone.CARE))),
        ]
    rest: list[_Fact] = [
        breaker,
        (phrase("feed"), _feed(page)),
        (phrase("last answer"), _last_answer(page)),
        books,
    ]
    return wrong, [one for one in rest if one not in wrong]


def _contacts(contacts: Contacts) -> str:
    parts = (contacts.desk, contacts.phone, contacts.email, contacts.address)
    told = [part for part in parts if part]
    return joined("  ", told) if told else phrase("none: `recovery partner contact`")


def _agreement(page: PartnerPage) -> str:
    row = page.row
    if not row.agreed_minutes:
        return phrase("no answer time is agreed: `recovery partner agree`")
    return phrase(
        "answers within {agreed_minutes:,} min ({agreement})",
        agreed_minutes=row.agreed_minutes,
        agreement=row.agreement,
    )


def _calls(page: PartnerPage) -> Cell:
    """How many calls wait, and since when the oldest."""
    calls = page.calls
    if calls is None:
        return cell(phrase("none"))
    oldest = phrase(
        "the oldest a {oldest_kind} of {oldest_ref} since ",
        oldest_kind=calls.oldest_kind,
        oldest_ref=calls.oldest_ref,
    )
    return cell(f"{calls.count:,}, {oldest}", calls.oldest_at)


def _breaker(page: PartnerPage) -> Cell:
    """What the circuit breaker does, and why."""
    row, tone = page.row, BREAKERS[page.breaker].tone
    failed = phrase("{count} failures in a row", count=row.breaker_failures)
    if page.breaker is BreakerState.OPEN and row.breaker_until is not None:
        told = phrase("suspended: {failed}, nothing is sent until ", failed=failed)
        return cell(Piece(told, tone), Piece(row.breaker_until, tone))
    if page.breaker is BreakerState.HALF_OPEN:
        return cell(
            Piece(
                phrase("on trial: {failed}, the next message tries it again", failed=failed), tone
            )
        )
    if row.breaker_failures:
        return cell(Piece(phrase("normal ({failed})", failed=failed), tone))
    return cell(Piece(phrase("normal"), tone))


def _feed(page: PartnerPage) -> Cell:
    """How far its event feed is read, and when it is read next."""
    row = page.row
    if row.channel is PartnerChannel.LETTER:
        return cell(phrase("none: answers come by letter"))
    reached = (
        (phrase("no news yet"),)
        if row.feed_reached_at is None
        else (phrase("news to "), row.feed_reached_at)
    )
    due = (
        (phrase("not needed now"),)
        if row.feed_due_at is None
        else (phrase("next look "), row.feed_due_at)
    )
    seconds = row.feed_interval_seconds
    return cell(
        *reached, "; ", *due, phrase(", every {seconds:,} s", seconds=seconds) if seconds else ""
    )


def _books(page: PartnerPage) -> str:
    """Whether our books and the bank's agree, and up to when."""
    row = page.row
    if row.disagreement:
        return phrase("differ: {disagreement}", disagreement=row.disagreement)
    if row.reconciled_to is None:
        return phrase("not compared yet: `recovery reconcile --days`")
    last = day_of(row.reconciled_to - timedelta(seconds=1), page.time_zone)
    return phrase(
        "agree up to the end of {last} ({time_zone})", last=last, time_zone=page.time_zone
    )


def _times(page: PartnerPage) -> tuple[Part, ...]:
    """Answer times by kind of order, ever and lately."""
    rows = [
        _times_row(phrase("all"), phrase("ever"), page.ever),
        _times_row("", phrase("{weeks} weeks", weeks=WEEKS), page.lately),
    ]
    for of in page.kinds:
        if of.ever.answered or of.ever.open or of.ever.undated:
            rows.append(_times_row(of.kind, phrase("ever"), of.ever))
            rows.append(_times_row("", phrase("{weeks} weeks", weeks=WEEKS), of.lately))
    return table(_TIMES, rows)


def _times_row(kind: str, period: str, times: Times) -> tuple[Piece | str, ...]:
    without = phrase("{open:,} open", open=times.open) + (
        phrase(", {undated:,} undated", undated=times.undated) if times.undated else ""
    )
    return (
        strong(spoken(kind)), muted(period), phrase("{answered:,}", answered=times.answered),
        percentile_text(times.p50, times.answered), percentile_text(times.p90, times.answered),
        muted(without if times.open or times.undated else "-"),
    )  # fmt: skip


def _late(key: str, title: str, late: Sequence[Late], count: int, tone: Tone) -> Section:
    """Some of so many late answers in their order, those of one kind in one recovery together."""
    groups: dict[tuple[str, str], list[Late]] = {}
    for one in late:
        groups.setdefault((one.ref, one.kind), []).append(one)
    shown = list(groups.values())[:LATE_SHOWN]
    parts = [_group(group, tone) for group in shown]
    if more := count - sum(len(group) for group in shown):
        parts.append(line(muted(phrase("and {orders:,} more: --json has all", orders=more))))
    return Section(
        key,
        phrase("{title}: {orders}", title=title, orders=counted(count, "order")),
        tuple(parts),
    )


def _group(group: list[Late], tone: Tone) -> Line:
    first = group[0]
    slowest = max(x.minutes for x in group)
    many = phrase(", {group:,} orders, the slowest", group=len(group)) if len(group) > 1 else ""
    told = Piece(
        phrase(
            "{ref} {kind}{many} {slowest:,} min",
            ref=first.ref,
            kind=first.kind,
            many=many,
            slowest=slowest,
        ),
        tone,
    )
    return line(told, phrase(", sent "), first.sent_at)


def _last_answer(page: PartnerPage) -> Cell:
    """When it answered last, by the clock on the wall: how long ago, where case time is another."""
    at = page.row.last_answer_at
    if at is None:
        return cell(phrase("none yet"))
    if abs(page.wall_now - page.now) < _SAME_CLOCK:
        return cell(at)
    gone = length_text(at, page.wall_now)
    return cell(phrase("{gone} ago by this computer's clock", gone=gone))


def ago(page: PartnerPage) -> str:
    """How long ago the partner answered last (transport time)."""
    at = page.row.last_answer_at
    if at is None:
        return phrase("never")
    gone = page.wall_now - at
    return phrase("now") if gone < timedelta(minutes=1) else time_left_text(at, page.wall_now)
