"""The reminder ladder of a hold: brought to mind step by step, then escalated to the supervisor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState, Renewal
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.freezing.drafts import UNANSWERED
from recovery_flows.law import terms
from recovery_flows.law.terms import span_of
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners import letter_channel

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regimes

_ESCALATING_STEPS = 2


def ends_at(file: CaseFile, hold: HoldRow, laws: Regimes) -> datetime | None:
    """When a hold ends; while the bank's time is not known, the clock runs from our sending."""
    if hold.state in (HoldState.STOPPED, HoldState.FROZEN):
        return hold.expires_at if hold.held_minor else None
    if hold.state is HoldState.DISPOSAL_PENDING:
        return hold.release_due_at
    law = laws[file.asset(hold.asset_id).regime]
    if hold.state is HoldState.ORDERED and hold.ordered_at and hold.law_row in law.rows:
        return terms.due_at(law.row(hold.law_row).limit, hold.ordered_at, law)
    return None


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Give the reminders that are due, each step once; the last ones go to the supervisor too."""
    for hold in changes.file.holds:
        ends = ends_at(changes.file, hold, laws)
        if ends is None or _is_seen_to(changes.file, hold):
            continue
        ladder = _ladder(changes.file, hold, laws)
        if hold.renewal == Renewal.REFUSED and _is_last(hold, ladder):
            values: dict[str, Scalar] = {"renewal": Renewal.AGAIN}
            changes.apply(
                Transition(EntityKind.HOLD, hold.id, "renewal_drafted", hold.state, values)
            )
        due = [hours for hours in ladder if ends - timedelta(hours=hours) <= now]
        if due and (not hold.reminded_hours or due[-1] < hold.reminded_hours):
            left = span_of(due[-1]) if ends > now else ""
            escalates = due[-1] in ladder[-_ESCALATING_STEPS:]
            _remind(changes, hold, due[-1], now, left, escalates=escalates)


def _is_last(hold: HoldRow, ladder: tuple[int, ...]) -> bool:
    """Whether no reminder of its end is left to come."""
    return bool(hold.reminded_hours) and hold.reminded_hours <= ladder[-1]


def instants(file: CaseFile, laws: Regimes) -> Iterator[datetime]:
    """When the next reminder of each hold is due."""
    for hold in file.holds:
        ends = ends_at(file, hold, laws)
        if ends is None or _is_seen_to(file, hold):
            continue
        left = [h for h in _ladder(file, hold, laws) if h < hold.reminded_hours]
        for hours in left[:1] if hold.reminded_hours else _ladder(file, hold, laws)[:1]:
            yield ends - timedelta(hours=hours)


def _ladder(file: CaseFile, hold: HoldRow, laws: Regimes) -> tuple[int, ...]:
    law = laws[file.asset(hold.asset_id).regime]
    long = hold.kind in (HoldKind.FREEZE, HoldKind.QUEUE)
    return law.freeze_reminder_hours if long else law.stop_reminder_hours


def _is_seen_to(file: CaseFile, hold: HoldRow) -> bool:
    """Whether what keeps the money is on its way already, or a person decided against it."""
    if hold.renewal == Renewal.DENIED:
        return True
    if hold.renewal == Renewal.ORDERED:
        return not letter_channel.lies_unsent(file, hold.id)
    ordered = (h for h in file.holds if h.supersedes_id == hold.id and h.state is HoldState.ORDERED)
    return any(not letter_channel.lies_unsent(file, h.id) for h in ordered)


def _remind(
    changes: Changeset, hold: HoldRow, hours: int, now: datetime, left: str, *, escalates: bool
) -> None:
    told = state_of_things(changes.file, hold)
    reason = (
        stored_phrase("less than {span} left: {told}", span=left, told=told)
        if left
        else stored_phrase("its end is over: {told}", told=told)
    )
    values: dict[str, Scalar] = {"reminded_hours": hours}
    if hold.renewal == Renewal.REFUSED:
        values["renewal"] = Renewal.AGAIN
    changes.apply(
        Transition(EntityKind.HOLD, hold.id, "reminded", hold.state, values, reason=reason)
    )
    if escalates and hold.escalated_at is None:
        values = {"escalated_at": now}
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "escalated", hold.state, values, reason=reason)
        )


def state_of_things(file: CaseFile, hold: HoldRow) -> str:
    """What is under way against the end of a hold, in words."""
    if hold.state is HoldState.ORDERED:
        order = letter_channel.order_of(file, hold)
        unsent = order is not None and order.sent_at is None
        return (
            phrase("its letter has not been sent")
            if unsent
            else phrase("the bank has not answered")
        )
    if hold.state is HoldState.DISPOSAL_PENDING:
        return phrase("the bank has not carried out the court's order")
    if hold.renewal:
        told = Renewal.REFUSED if hold.renewal == Renewal.AGAIN else hold.renewal
        return stored_phrase("its renewal is {renewal}", renewal=phrase(told))
    follower = next((h for h in file.holds if h.supersedes_id == hold.id), None)
    if follower is not None and follower.state in UNANSWERED:
        return stored_phrase(
            "follow-on {kind}: {state}",
            kind=phrase(follower.kind),
            state=phrase(follower.state.replace("_", " ")),
        )
    return _NOT_FOLLOWED[hold.kind]


_NOT_FOLLOWED = {
    HoldKind.STOP: phrase("no freeze yet"),
    HoldKind.FREEZE: phrase("not renewed"),
    HoldKind.QUEUE: phrase("not renewed"),
    HoldKind.VOLUNTARY: phrase("no order yet"),
    HoldKind.CUSTODY: phrase("without end"),
}
