"""A partner's page in words, the same on the terminal and on the screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from models.entities.partner import PartnerChannel
from recovery_flows.law.terms import time_left_text
from recovery_flows.ledger.legal_days import day_of
from recovery_flows.partners.breaker_state import BreakerState
from recovery_flows.partners.contacts import Contacts
from recovery_flows.partners.page import PartnerPage
from recovery_flows.partners.response_times import Late, Times, percentile_text

Spell = Callable[[datetime], str]
Row = tuple[str, str]


def facts(page: PartnerPage, spell: Spell, contacts: Contacts | None = None) -> Iterator[Row]:
    """The labelled facts of a partner's page; problems come first.

    `spell` writes instants. `contacts` are those that were shown to a person; without them they
    stand masked.
    """
    row = page.row
    yield "partner", f"{row.name}: {row.kind}, law {row.regime}, {row.currency}, {_side(page)}"
    wrong, rest = _line_rows(page, spell)
    yield from wrong
    yield "contacts", contacts_words(contacts or page.contacts)
    if page.shown is not None:
        times = "once" if page.shown.count == 1 else f"{page.shown.count} times"
        yield "shown", f"{times}, last to {page.shown.last_by} {spell(page.shown.last_at)}"
    yield "agreement", agreement_words(page)
    yield "calls open", calls_words(page, spell)
    yield "reached", f"by {row.channel}{f' at {row.base_url}' if row.base_url else ''}"
    yield from rest


def _side(page: PartnerPage) -> str:
    return "at home" if page.row.home else "abroad"


def _line_rows(page: PartnerPage, spell: Spell) -> tuple[list[Row], list[Row]]:
    """Reconciliation and connection: first the problems, then the rest."""
    row = page.row
    books, breaker = ("books", books_words(page)), ("breaker", breaker_words(page, spell))
    wrong = [books] if row.disagreement else []
    wrong += [breaker] if page.breaker is not BreakerState.CLOSED else []
    if row.last_error:
        wrong += [("last error", row.last_error), ("to do", page.advice)]
    rest = [
        breaker,
        ("feed", feed_words(page, spell)),
        ("last answer", "none yet" if row.last_answer_at is None else spell(row.last_answer_at)),
        books,
    ]
    return wrong, [one for one in rest if one not in wrong]


def contacts_words(contacts: Contacts) -> str:
    """The contact desk and how to reach it, or that none was entered."""
    parts = (contacts.desk, contacts.phone, contacts.email, contacts.address)
    return "  ".join(part for part in parts if part) or "none: `recovery partner contact`"


def agreement_words(page: PartnerPage) -> str:
    """The agreed response time and the agreement behind it."""
    row = page.row
    if not row.agreed_minutes:
        return "no answer time is agreed: `recovery partner agree`"
    return f"answers within {row.agreed_minutes:,} min ({row.agreement})"


def calls_words(page: PartnerPage, spell: Spell) -> str:
    """How many calls wait, and since when the oldest."""
    if page.calls is None:
        return "none"
    calls = page.calls
    return (
        f"{calls.count:,}, the oldest a {calls.oldest_kind} of {calls.oldest_ref} "
        f"since {spell(calls.oldest_at)}"
    )


def breaker_words(page: PartnerPage, spell: Spell) -> str:
    """What the circuit breaker does, and why."""
    row = page.row
    failed = f"{row.breaker_failures} failures in a row"
    if page.breaker is BreakerState.OPEN and row.breaker_until is not None:
        return f"open: {failed}, nothing is sent until {spell(row.breaker_until)}"
    if page.breaker is BreakerState.HALF_OPEN:
        return f"half open: {failed}, the next call tries whether it answers again"
    return f"closed: calls pass{f' ({failed})' if row.breaker_failures else ''}"


def feed_words(page: PartnerPage, spell: Spell) -> str:
    """How far its change feed is read, and when it is read next."""
    row = page.row
    if row.channel is PartnerChannel.LETTER:
        return "none: answers come by letter"
    reached = (
        "no news yet" if row.feed_reached_at is None else f"news to {spell(row.feed_reached_at)}"
    )
    due = "not needed now" if row.feed_due_at is None else f"next look {spell(row.feed_due_at)}"
    seconds = row.feed_interval_seconds
    return f"{reached}; {due}{f', every {seconds:,} s' if seconds else ''}"


def books_words(page: PartnerPage) -> str:
    """Whether our books and the bank's agree, and up to when."""
    row = page.row
    if row.disagreement:
        return f"differ: {row.disagreement}"
    if row.reconciled_to is None:
        return "not compared yet: `recovery reconcile --days`"
    last = day_of(row.reconciled_to - timedelta(seconds=1), page.time_zone)
    return f"agree up to the end of {last} ({page.time_zone})"


def times_cells(times: Times) -> tuple[str, str, str, str]:
    """Answered, p50, p90, and what has no time: open, undated."""
    without = f"{times.open:,} open" + (f", {times.undated:,} undated" if times.undated else "")
    return (
        f"{times.answered:,}",
        percentile_text(times.p50, times.answered), percentile_text(times.p90, times.answered),
        without if times.open or times.undated else "-",
    )  # fmt: skip


def late_words(late: Sequence[Late], spell: Spell) -> list[str]:
    """Late answers in their order, those of one kind in one recovery together."""
    groups: dict[tuple[str, str], list[Late]] = {}
    for one in late:
        groups.setdefault((one.ref, one.kind), []).append(one)
    return [_group_words(group, spell) for group in groups.values()]


def _group_words(group: list[Late], spell: Spell) -> str:
    first = group[0]
    slowest = max(x.minutes for x in group)
    many = f", {len(group):,} orders, the slowest" if len(group) > 1 else ""
    return f"{first.ref} {first.kind}{many} {slowest:,} min, sent {spell(first.sent_at)}"


def ago(page: PartnerPage) -> str:
    """How long ago the partner answered last (transport time)."""
    at = page.row.last_answer_at
    if at is None:
        return "never"
    gone = page.wall_now - at
    return "now" if gone < timedelta(minutes=1) else time_left_text(at, page.wall_now)
