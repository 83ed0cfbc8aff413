"""What each recovery's place in the queue and its share of all counts are, worked out anew.

The same functions make the rows at each write, fill them at an upgrade and check them: what is kept
differs from what is found here only where somebody changed it by hand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import Call, CallKind
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.event import DONE, SENT, Event
from models.entities.hold import LIVE_HOLDS, Hold
from models.entities.installation import QueueEntry
from models.entities.recovery import CLOSED_RECOVERIES, Recovery
from models.ids import canonical
from models.money import Money
from models.prepared import looked_through
from models.step_wording import Wording
from models.store.rollups.names import (
    OPEN,
    SENT_COUNT,
    count_of_hour,
    count_of_lane,
    count_of_waiting,
)
from models.store.rollups.orders_sent import answers_of
from models.store.rollups.sums import named_in, sums_of
from models.urgency import Attention, Lane, counted_from, lane_of, waits_since

_R, _C, _E = table_of(Recovery), table_of(Claim), table_of(Event)
_H, _CALLS, _ENTRIES = table_of(Hold), table_of(Call), table_of(QueueEntry)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_CHUNK = 500
_ASKS = (CallKind.HOLD, CallKind.REQUEST)
Row = dict[str, Any]
Kept = TypeVar("Kept")
NOTHING: Row = {"figures": "{}"}
# What stored garbage raises on its way out of a row.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def entries_of(session: Session, ids: Sequence[str]) -> dict[str, Row]:
    """The rows of `queue_entry` as they should be, of those of these recoveries that there are."""
    given = {"ids": list(ids)}
    done = {row.recovery_id: row for row in session.execute(_DONE_AT, given).all()}
    sent = {row.recovery_id: row.at for row in session.execute(_SENT_AT, given).all()}
    figures, states, banks = sums_of(session, ids)
    unanswered = Counter[str]()
    for of, names in answers_of(session, sent):
        figures[of].update(names)
        unanswered[of] += not names
    found = {}
    for row in session.execute(_RECOVERIES, given).all():
        came_at, done_at = (done[row.id].came, done[row.id].last) if row.id in done else (None,) * 2
        waits_for, since = waits_since(
            row.state, row.owner_id, row.step_role, row.step_action, came_at, done_at
        )
        at, first = counted_from(row.state, row.reported_at, row.due_at), sent.get(row.id)
        lane = lane_of(row.state, row.step_action, row.due_at)
        counts = figures[row.id]
        counts.update(_places(row, lane, at, waits_for, since))
        counts[SENT_COUNT] = int(first is not None)
        found[row.id] = {
            "id": row.id,
            "lane": int(lane),
            "at": at,
            "reported_at": row.reported_at,
            "waits_for": waits_for,
            "waits_since": since,
            "loss_minor": int(row.loss or 0),
            "victims": row.victims,
            "sought": _sought(row),
            "ref": row.ref,
            "state": row.state,
            "stage": row.stage,
            "owner_id": row.owner_id,
            "currency": row.currency,
            "case_number": row.case_number.lower(),
            "due_at": row.due_at,
            "step_role": row.step_role,
            "held_minor": int(row.held),
            "hold_states": named_in(states[row.id]),
            "banks": named_in(banks[row.id]),
            "sent_seconds": first and max(0, int((first - row.reported_at).total_seconds())),
            "unanswered": unanswered[row.id],
            "step_wording": row.step_wording,
            "figures": canonical({k: minor for k, minor in counts.items() if minor}).decode(),
        }
    return found


def _places(
    row: Any,  # noqa: ANN401 - of `_RECOVERIES`
    lane: Lane,
    at: datetime,
    waits_for: Attention | Literal[""],
    since: datetime | None,
) -> Iterator[str]:
    """The names of the counts of where it stands: each is one more by it."""
    yield f"state {row.state}"
    if row.state not in CLOSED_RECOVERIES:
        yield f"stage {row.stage}"
        yield OPEN
    yield count_of_lane(lane)
    yield count_of_hour(lane, at)
    if waits_for:
        yield count_of_waiting(waits_for)
    if waits_for and since is not None:
        yield count_of_hour(waits_for, since)


def readable(
    read: Callable[[Session, Sequence[str]], dict[str, Kept]], session: Session, ids: Sequence[str]
) -> dict[str, Kept]:
    """What is read of each of these recoveries, without those of which something is unreadable."""
    try:
        return read(session, ids)
    except _UNREADABLE:
        each = (readable(read, session, [name]) for name in ids if len(ids) > 1)
        return {name: one for some in each for name, one in some.items()}


def figures_in(entry: Mapping[str, Any]) -> Counter[str]:
    """What a kept row adds to the tally; nothing where its text is none of ours."""
    try:
        return Counter(json.loads(entry["figures"]))
    except (TypeError, ValueError):
        return Counter()


def kept_entries(session: Session, ids: Sequence[str]) -> dict[str, Row]:
    """The rows of `queue_entry` as they are."""
    return {row["id"]: dict(row) for row in session.execute(_KEPT, {"ids": list(ids)}).mappings()}


def sent_at_rank(session: Session, rank: int) -> int:
    """The rank-th shortest time, from 1, from a report to the first order about it, in seconds."""
    seconds = _ENTRIES.c.sent_seconds
    query = sa.select(seconds).where(seconds.is_not(None)).order_by(seconds)
    return int(session.execute(query.offset(rank - 1).limit(1)).scalar_one())


def chunks_of_all(session: Session) -> Iterator[list[str]]:
    """The ids of all recoveries, some hundreds at a time."""
    last = ""
    while ids := list(session.execute(_AFTER, {"last": last}).scalars()):
        yield ids
        last = ids[-1]


def _sought(row: Any) -> str:  # noqa: ANN401 - a row of `_RECOVERIES`
    """What a filter looks in, but for the words of the stage, which are not known here."""
    loss, sentence = Money(int(row.loss or 0), row.currency), Wording.read(row.step_wording)
    parts = (row.ref, loss, sentence, row.method, row.owner_id, row.step_role, row.step_action)
    return " ".join(str(part) for part in parts).lower()


def _recoveries() -> sa.Select[Any]:
    columns = (
        _R.c.id, _R.c.ref, _R.c.currency, _R.c.state, _R.c.stage, _R.c.due_at, _R.c.owner_id,
        _R.c.step_action, _R.c.step_role, _R.c.step_wording, _R.c.method, _R.c.reported_at,
        _R.c.case_number,
    )  # fmt: skip
    held = (
        sa.select(sa.func.coalesce(sa.func.sum(_H.c.held_minor), 0))
        .where(
            _H.c.recovery_id == _R.c.id, _H.c.currency == _R.c.currency,
            looked_through(_H.c.state).in_(LIVE_HOLDS),
        )
        .scalar_subquery()
    )  # fmt: skip
    return (
        sa.select(
            *columns, held.label("held"), sa.func.sum(_C.c.reported_minor).label("loss"),
            sa.func.count(_C.c.id).label("victims"),
        )
        .join(_C, _C.c.recovery_id == _R.c.id, isouter=True)
        .where(_R.c.id.in_(_IDS))
        .group_by(*columns)
    )  # fmt: skip


def _sent() -> sa.Select[Any]:
    """Recoveries of which anything was sent, each with when the first order or request left.

    Also those into which others were merged: they have orders that left while these were apart.
    """
    # Only literally the same condition finds its index.
    left = sa.select(_E.c.recovery_id, _E.c.at, _E.c.subject_id).where(sa.text(SENT)).subquery()
    each = sa.union_all(
        sa.select(left.c.recovery_id, sa.case((_CALLS.c.kind.in_(_ASKS), left.c.at)).label("at"))
        .join_from(left, _CALLS, _CALLS.c.id == left.c.subject_id)
        .where(left.c.recovery_id.in_(_IDS)),
        sa.select(_R.c.joined_into, sa.null()).where(_R.c.joined_into.in_(_IDS)),
    ).subquery()
    return sa.select(each.c.recovery_id, sa.func.min(each.c.at).label("at")).group_by(
        each.c.recovery_id
    )


# Built once: each write asks these, and building costs more than asking.
_RECOVERIES, _SENT_AT = _recoveries(), _sent()
_DONE_AT = (
    sa.select(
        _E.c.recovery_id, sa.func.min(_E.c.at).label("came"), sa.func.max(_E.c.at).label("last")
    )
    .where(_E.c.recovery_id.in_(_IDS), sa.text(DONE))
    .group_by(_E.c.recovery_id)
)
_KEPT = sa.select(_ENTRIES).where(_ENTRIES.c.id.in_(_IDS))
_AFTER = sa.select(_R.c.id).where(_R.c.id > sa.bindparam("last")).order_by(_R.c.id).limit(_CHUNK)
