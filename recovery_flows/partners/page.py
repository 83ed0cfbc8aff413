"""The register of partners, put together for people: measured, in words, contacts masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from models.measures.order_times import AnswerCount, OrderKind, OrderTime
from models.queries.installation.clock import case_now
from models.queries.partners.orders import open_orders, orders_of, orders_of_day
from models.queries.partners.register import (
    OpenCalls,
    PartnerRow,
    Showing,
    answer_counts,
    open_calls,
    opened_contacts,
    partner_rows,
    showings,
)
from models.sealing.vault import Vault
from models.store.partner_register import NoSuchPartnerError
from models.store.rollups.days import days_to
from models.store.rollups.orders_sent import SentOrder
from models.trouble import Trouble
from recovery_flows.law.regime import Regimes
from recovery_flows.partners import response_times
from recovery_flows.partners.advice import advice
from recovery_flows.partners.breaker_state import BreakerState, breaker_state
from recovery_flows.partners.contacts import Contacts, contacts_of
from recovery_flows.partners.response_times import Late, Times

LATE_SHOWN = 10
"""So many late answers are told one by one; the rest are counted."""


@dataclass(frozen=True, slots=True)
class KindTimes:
    """The measure of one kind of order: ever, and in the last eight weeks."""

    kind: OrderKind
    ever: Times
    lately: Times


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """One partner with everything that is known of how it answers.

    `now` is case time, `wall` transport time: `row.last_answer_at` and the breaker are by the
    latter. `time_zone` is that of its law's days. `weeks` are medians of the last eight weeks in
    minutes, the oldest first; weeks are of days of UTC, the present one last. `late` counts the
    answers that took longer than agreed, `breaches` are the latest of them in those weeks.
    """

    row: PartnerRow
    now: datetime
    wall_now: datetime
    ever: Times
    lately: Times
    kinds: tuple[KindTimes, ...]
    weeks: tuple[int | None, ...]
    late: int
    breaches: tuple[Late, ...]
    overdue: tuple[Late, ...]
    breaker: BreakerState
    advice: str
    time_zone: str = "UTC"
    contacts: Contacts = Contacts()  # noqa: RUF009 - a frozen value
    shown: Showing | None = None
    calls: OpenCalls | None = None


def partner_pages(
    session: Session,
    vault: Vault,
    laws: Regimes,
    wall_now: datetime,
    partner_id: str = "",
    *,
    whole: bool = False,
) -> tuple[PartnerPage, ...]:
    """Every partner's page, or that of one; NoSuchPartnerError if there is none of that id.

    A `whole` page has every late answer that there ever was, for which every order is read.
    """
    rows = [r for r in partner_rows(session) if partner_id in ("", r.id)]
    if partner_id and not rows:
        raise NoSuchPartnerError(partner_id)
    now = case_now(session, wall_now)
    days = tuple(days_to(now.astimezone(UTC).date(), response_times.DAYS))
    counts = answer_counts(session, [row.id for row in rows], days)
    waiting: dict[str, list[SentOrder]] = {row.id: [] for row in rows}
    for order in open_orders(session):
        if order.partner_id in waiting:
            waiting[order.partner_id].append(order)
    calls = {c.partner_id: c for c in open_calls(session)}
    shown = {s.partner_id: s for s in showings(session, partner_id)}
    contacts = {
        name: contacts_of(text).masked() for name, text in opened_contacts(session, vault).items()
    }
    return tuple(
        replace(
            _page(row, now, wall_now, counts[row.id], [one.time for one in waiting[row.id]], days),
            breaches=_late(session, row, counts[row.id], whole=whole),
            time_zone=laws[row.regime].time_zone if row.regime in laws else "UTC",
            contacts=contacts[row.id], calls=calls.get(row.id), shown=shown.get(row.id),
        )
        for row in rows
    )  # fmt: skip


def _late(
    session: Session, row: PartnerRow, counts: Sequence[AnswerCount], *, whole: bool
) -> tuple[Late, ...]:
    """The latest answers of the last eight weeks that took longer than agreed, or all of ever."""
    if whole:
        return response_times.breaches(orders_of(session, row.id), row.agreed_minutes)
    late = Counter[date]()
    for one in counts:
        if one.day is not None and response_times.is_late(one.minutes, row.agreed_minutes):
            late[one.day] += one.count
    found: list[OrderTime] = []
    told = 0
    for day in sorted(late, reverse=True):
        if told >= LATE_SHOWN:
            break
        found += orders_of_day(session, row.id, day)
        told += late[day]
    return response_times.breaches(found, row.agreed_minutes)


def _page(
    row: PartnerRow,
    now: datetime,
    wall_now: datetime,
    counts: Sequence[AnswerCount],
    waiting: Sequence[OrderTime],
    days: Sequence[date],
) -> PartnerPage:
    ever = [one for one in counts if one.day is None]
    lately = [one for one in counts if one.day is not None]
    new = [one for one in waiting if one.sent_at.astimezone(UTC).date() in days]
    return PartnerPage(
        row=row,
        now=now,
        wall_now=wall_now,
        ever=response_times.times(ever, len(waiting)),
        lately=response_times.times(lately, len(new)),
        kinds=tuple(
            KindTimes(kind, _of_kind(kind, ever, waiting), _of_kind(kind, lately, new))
            for kind in OrderKind
        ),
        weeks=response_times.weekly(lately, days[-1]),
        late=response_times.late_count(ever, row.agreed_minutes),
        breaches=(),
        overdue=response_times.overdue(waiting, row.agreed_minutes, now),
        breaker=breaker_state(row.breaker_failures, row.breaker_until, wall_now),
        advice=advice(row.last_error, Trouble(row.last_trouble)),
    )


def _of_kind(kind: OrderKind, counts: Sequence[AnswerCount], waiting: Sequence[OrderTime]) -> Times:
    return response_times.times(
        (one for one in counts if one.kind is kind), sum(one.kind is kind for one in waiting)
    )
