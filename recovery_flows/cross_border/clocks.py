"""What runs on a request abroad: the answer, the reminders, receipts, a freeze of the other side.

The times were taken from the channel's file when the request went out, and stand on its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.recovery import RecoveryState
from models.entities.request import (
    CARRIED_OUT,
    UNDER_WAY,
    ReceiptState,
    RequestRow,
    RequestState,
)
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.cross_border.channels import Channel, ChannelClock, ClockKind, is_member
from recovery_flows.law.terms import due_at
from recovery_flows.ledger.changeset import Changeset

RUNGS = (
    (50, phrase("half of its time is over, look where it stands")),
    (90, phrase("it is due soon, remind them")),
    (100, phrase("it is overdue, call the person in charge there")),
    (150, phrase("there is none yet, take it to your supervisor")),
)
"""The reminder ladder: after how many percent of a clock, and what is to be done then."""
ASK_AGAIN = timedelta(days=14)
"""So long before the end of a freeze abroad it is asked for again."""
LOOK_AGAIN = timedelta(days=30)
"""After so long without a word a body is asked where no time is set for its answer."""
_POLL = 1
"""The step of the ladder that asks nobody: where a connection is polled, the engine does it."""
POLLED_WITHIN = timedelta(days=1)
"""A connection whose feed was read so lately counts as polled."""
_OWES = frozenset({RequestState.SENT, RequestState.ACKNOWLEDGED, RequestState.IN_EXECUTION})


def clock_for(
    channel: Channel, kind: ClockKind, request: RequestRow, state: str
) -> ChannelClock | None:
    """The clock of a channel for this kind of help, asked of that State; None where none is set."""
    return next(
        (
            clock
            for clock in channel.clock
            if clock.kind is kind
            and request.wanted in clock.help
            and is_member(state, clock.to_states, {})
        ),
        None,
    )


def running(channel: Channel, clock: ChannelClock | None, now: datetime) -> dict[str, Scalar]:
    """Columns of a clock that begins now; none runs where the channel sets none."""
    begun: dict[str, Scalar] = {"clock_from": now, "rung": 0, "rung_done": 0}
    if clock is None:
        return {**begun, "due_at": None, "law_row": ""}
    return {**begun, "due_at": due_at(clock.limit, now, channel), "law_row": clock.code}


def stopped(request: RequestRow, now: datetime) -> dict[str, Scalar]:
    """Columns of a clock that stops: what is left of it goes on with the next version."""
    left = int((request.due_at - now).total_seconds()) if request.due_at else 0
    return {"due_at": None, "left_seconds": max(left, 0)}


def resumed(request: RequestRow, now: datetime) -> dict[str, Scalar]:
    """Columns of a clock that goes on with what was left when it stopped."""
    due = now + timedelta(seconds=request.left_seconds) if request.left_seconds else None
    return {"clock_from": now, "due_at": due, "rung": 0, "rung_done": 0, "left_seconds": 0}


def awaited(channel: Channel, after: str, now: datetime) -> dict[str, Scalar]:
    """Columns of the delivery receipt that is to come after `after`; empty once none is."""
    nothing: dict[str, Scalar] = {
        "receipt_next": "", "receipt_fails": "", "receipt_warn_at": None, "receipt_due_at": None,
    }  # fmt: skip
    rules = channel.receipts
    if rules is None or after in rules.negative:
        return nothing
    rest = rules.order[rules.order.index(after) + 1 :] if after in rules.order else rules.order
    kind = next((k for k in rest if k in rules.silence), "")
    if not kind:
        return nothing
    later = rest[rest.index(kind) + 1 :]
    return {
        "receipt_next": kind,
        "receipt_fails": next((k for k in later if k in rules.negative), ""),
        "receipt_warn_at": due_at(rules.warn[kind], now, channel) if kind in rules.warn else None,
        "receipt_due_at": due_at(rules.silence[kind], now, channel),
    }


def rung_at(request: RequestRow, rung: int) -> datetime | None:
    """When a step of the reminder ladder is due; None where no clock runs against the other side.

    While a request is postponed there is one step, the day on which it is looked at again; once it
    is carried out there is one, from when the freeze abroad is to be asked for again.
    """
    if request.state is RequestState.POSTPONED:
        return request.review_at if rung == 1 else None
    if request.state in CARRIED_OUT:
        return _ask_again_from(request) if rung == 1 else None
    if request.due_at is None and request.state in _OWES:
        return look_at(request) if rung == 1 else None
    waits = request.state in UNDER_WAY and request.state is not RequestState.NEEDS_INFO
    if not waits or request.due_at is None or request.clock_from is None or rung > len(RUNGS):
        return None
    return request.clock_from + (request.due_at - request.clock_from) * RUNGS[rung - 1][0] / 100


def look_at(request: RequestRow) -> datetime | None:
    """When a body that owes an answer is asked where no clock runs; None where one does."""
    if request.state not in _OWES or request.due_at is not None:
        return None
    since = request.clock_from or request.sent_at
    return since + LOOK_AGAIN if since else None


def reminded(request: RequestRow, now: datetime, rung: int) -> dict[str, Scalar]:
    """Columns after the other side was asked at a step of the ladder.

    Where no clock runs, it is asked again as late.
    """
    if look_at(request) is None:
        return {"rung_done": max(request.rung_done, min(rung, request.rung))}
    return {"rung": 0, "rung_done": 0, "clock_from": now}


def advance(changes: Changeset, now: datetime) -> None:
    """What has run out is an event, once."""
    for request in changes.file.requests:
        _silence(changes, request, now)
        _climb(changes, request.id, now)
        ends = request.hold_ends_at
        if request.state in CARRIED_OUT and ends is not None and ends <= now:
            reason = stored_phrase("the freeze abroad has ended")
            changes.apply(
                Transition(
                    EntityKind.REQUEST, request.id, "freeze_ended", request.state, reason=reason
                )
            )


def _silence(changes: Changeset, request: RequestRow, now: datetime) -> None:
    """No receipt in its time: the negative one stands, and what comes later does not undo it."""
    due, warn = request.receipt_due_at, request.receipt_warn_at
    if due is None or request.state not in UNDER_WAY:
        return
    if due > now:
        if warn is not None and warn <= now:
            told = Transition(
                EntityKind.REQUEST, request.id, "receipt_noted", request.state,
                {"receipt_warn_at": None},
                reason=stored_phrase("no {receipt} has come yet", receipt=request.receipt_next),
            )  # fmt: skip
            changes.apply(told)
        return
    kind = request.receipt_fails or request.receipt_next
    row: dict[str, Scalar] = {"request_id": request.id, "kind": kind, "force": 0, "at": due}
    noted: dict[str, Scalar] = {
        "receipt": kind, "receipt_next": "", "receipt_fails": "", "receipt_warn_at": None,
        "receipt_due_at": None,
    }  # fmt: skip
    reason = stored_phrase("no {receipt} has come in its time", receipt=request.receipt_next)
    name = derive_id("receipt", request.id, kind, len(changes.file.receipts))
    changes.apply(
        Transition(EntityKind.REQUEST_RECEIPT, name, "silence", None, row, reason=reason),
        Transition(
            EntityKind.REQUEST, request.id, "receipt_noted", request.state, noted, reason=reason
        ),
    )


def _climb(changes: Changeset, request_id: str, now: datetime) -> None:
    """The highest step of the ladder that is due, once; who is asked then is on the step."""
    request = next(r for r in changes.file.requests if r.id == request_id)
    due = [n for n in range(1, len(RUNGS) + 1) if (at := rung_at(request, n)) and at <= now]
    if due and due[-1] > request.rung:
        values: dict[str, Scalar] = {"rung": due[-1]}
        reason = ""
        if due[-1] == _POLL and _is_polled(changes.file, request, now):
            values["rung_done"], reason = (
                _POLL,
                stored_phrase("its body is asked over its connection"),
            )
        changes.apply(
            Transition(
                EntityKind.REQUEST, request.id, "reminder_due", request.state, values,
                reason=reason,
            )
        )  # fmt: skip


def _is_polled(file: CaseFile, request: RequestRow, now: datetime) -> bool:
    """Whether the engine looks by itself where a request stands, whose clock runs."""
    read_to = file.feeds_read.get(request.carrier_id) if request.is_connected else None
    runs = request.state in UNDER_WAY and request.due_at is not None
    return runs and read_to is not None and read_to >= now - POLLED_WITHIN


def is_failed(file: CaseFile, request: RequestRow) -> bool:
    """Whether the delivery of a request counts as failed: by silence, or by a negative receipt."""
    if request.receipt and request.receipt == request.receipt_fails:
        return True
    counted = [
        r for r in file.receipts if r.request_id == request.id and r.state is ReceiptState.COUNTED
    ]
    return bool(counted) and not request.receipt_next and counted[-1].force == 0


def _ask_again_from(request: RequestRow) -> datetime | None:
    """Not before half of the freeze is over."""
    if request.hold_ends_at is None:
        return None
    since = request.clock_from or request.hold_ends_at
    return max(request.hold_ends_at - ASK_AGAIN, since + (request.hold_ends_at - since) / 2)


def instants(file: CaseFile) -> Iterator[datetime]:
    """When the engine must look at a file because of what was asked abroad."""
    if file.recovery.state is not RecoveryState.OPEN:
        return
    for request in file.requests:
        ends = request.hold_ends_at if request.state in CARRIED_OUT else None
        silent = request.receipt_due_at if request.state in UNDER_WAY else None
        warned = request.receipt_warn_at if request.state in UNDER_WAY else None
        rungs = (rung_at(request, n) for n in range(request.rung + 1, len(RUNGS) + 1))
        yield from (at for at in (ends, warned, silent, *rungs) if at is not None)
