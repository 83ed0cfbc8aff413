"""The register of partners, put together for people: measured, in words, contacts masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from models.entities.hold import HoldKind, HoldState
from models.entities.multi_agency import OPEN_TASKS
from models.entities.payout import PayoutState
from models.queries.installation.clock import case_now
from models.queries.partners.register import (
    OpenCalls,
    PartnerRow,
    SentHold,
    SentPayout,
    SentTask,
    Showing,
    open_calls,
    opened_contacts,
    partner_rows,
    sent_holds,
    sent_payouts,
    sent_tasks,
    showings,
)
from models.sealing.vault import Vault
from models.store.partner_register import NoSuchPartnerError
from models.trouble import Trouble
from recovery_flows.law.regime import Regimes
from recovery_flows.partners import response_times
from recovery_flows.partners.advice import advice
from recovery_flows.partners.breaker_state import BreakerState, breaker_state
from recovery_flows.partners.contacts import Contacts, contacts_of
from recovery_flows.partners.response_times import AnswerState, Late, OrderKind, OrderTime, Times

_REFUSED = (HoldState.REJECTED_BY_BANK, HoldState.NO_FUNDS)


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
    minutes, the oldest first.
    """

    row: PartnerRow
    now: datetime
    wall_now: datetime
    ever: Times
    lately: Times
    kinds: tuple[KindTimes, ...]
    weeks: tuple[int | None, ...]
    breaches: tuple[Late, ...]
    overdue: tuple[Late, ...]
    breaker: BreakerState
    advice: str
    time_zone: str = "UTC"
    contacts: Contacts = Contacts()  # noqa: RUF009 - a frozen value
    shown: Showing | None = None
    calls: OpenCalls | None = None


def partner_pages(
    session: Session, vault: Vault, laws: Regimes, wall_now: datetime, partner_id: str = ""
) -> tuple[PartnerPage, ...]:
    """Every partner's page, or that of one; NoSuchPartnerError if there is none of that id."""
    rows = [r for r in partner_rows(session) if partner_id in ("", r.id)]
    if partner_id and not rows:
        raise NoSuchPartnerError(partner_id)
    now = case_now(session, wall_now)
    orders: dict[str, list[OrderTime]] = {row.id: [] for row in rows}
    for hold in sent_holds(session, partner_id):
        orders[hold.partner_id].append(_hold_time(hold))
    for payout in sent_payouts(session, partner_id):
        orders[payout.partner_id].append(_payout_time(payout))
    for task in sent_tasks(session, partner_id):
        orders[task.partner_id].append(_task_time(task))
    calls = {c.partner_id: c for c in open_calls(session, partner_id)}
    shown = {s.partner_id: s for s in showings(session, partner_id)}
    contacts = {
        name: contacts_of(text).masked() for name, text in opened_contacts(session, vault).items()
    }
    return tuple(
        replace(
            _page(row, now, wall_now, orders[row.id]),
            time_zone=laws[row.regime].time_zone if row.regime in laws else "UTC",
            contacts=contacts[row.id], calls=calls.get(row.id), shown=shown.get(row.id),
        )
        for row in rows
    )  # fmt: skip


def _page(
    row: PartnerRow, now: datetime, wall_now: datetime, orders: list[OrderTime]
) -> PartnerPage:
    lately = response_times.since(orders, now)
    ever_by_kind, lately_by_kind = _by_kind(orders), _by_kind(lately)
    return PartnerPage(
        row=row,
        now=now,
        wall_now=wall_now,
        ever=response_times.times(orders),
        lately=response_times.times(lately),
        kinds=tuple(
            KindTimes(
                kind,
                response_times.times(ever_by_kind[kind]),
                response_times.times(lately_by_kind[kind]),
            )
            for kind in OrderKind
        ),
        weeks=response_times.weekly(orders, now),
        breaches=response_times.breaches(orders, row.agreed_minutes),
        overdue=response_times.overdue(orders, row.agreed_minutes, now),
        breaker=breaker_state(row.breaker_failures, row.breaker_until, wall_now),
        advice=advice(row.last_error, Trouble(row.last_trouble)),
    )


def _by_kind(orders: Iterable[OrderTime]) -> dict[OrderKind, list[OrderTime]]:
    found: dict[OrderKind, list[OrderTime]] = {kind: [] for kind in OrderKind}
    for order in orders:
        found[order.kind].append(order)
    return found


def _hold_time(hold: SentHold) -> OrderTime:
    """Acted on at the bank's time; refused at the bank's time, or when its no to the call came."""
    kind = OrderKind.STOP if hold.kind is HoldKind.STOP else OrderKind.FREEZE
    kind = OrderKind.REQUEST if hold.is_request else kind
    answered_at = hold.acted_at
    if answered_at is None and hold.state in _REFUSED:
        answered_at = hold.bank_said_at or hold.refused_at
    is_open = hold.state in (HoldState.ORDERED, HoldState.QUEUED)
    return _order(kind, hold.ref, hold.sent_at, answered_at, is_open=is_open)


def _payout_time(payout: SentPayout) -> OrderTime:
    is_open = payout.state in (PayoutState.INSTRUCTED, PayoutState.PREPARED)
    answered_at = payout.settled_at or payout.refused_at
    return _order(OrderKind.PAYOUT, payout.ref, payout.sent_at, answered_at, is_open=is_open)


def _task_time(task: SentTask) -> OrderTime:
    is_open = task.state in OPEN_TASKS
    return _order(OrderKind.TASK, task.ref, task.sent_at, task.answered_at, is_open=is_open)


def _order(
    kind: OrderKind, ref: str, sent_at: datetime, answered_at: datetime | None, *, is_open: bool
) -> OrderTime:
    if answered_at is not None:
        return response_times.answered(kind, ref, sent_at, answered_at)
    state = AnswerState.OPEN if is_open else AnswerState.UNDATED
    return OrderTime(kind, ref, sent_at, state)
