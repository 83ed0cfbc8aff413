"""The queue: recoveries in the order of `models/urgency.py`, a page or all of them at a time.

Order and counts are read from what the writes keep (`models.entities.installation`): a page costs
its own lines, however many recoveries there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import Recovery, RecoveryState
from models.language.phrase import Phrase
from models.money import Money
from models.queries.cases.deconfliction import all_hits, shared_among
from models.queries.cases.queue_filter import Wanted, listed, young_spans
from models.queries.cases.queue_groups import (
    groups,
    narrowed,
    sizes_of_all,
    stretches_of_all,
    stretches_of_listed,
)
from models.queries.cases.queue_order import (
    JOINED,
    KEYS,
    in_turn,
    ordering,
    place_in,
    walked,
    whole_ordering,
)
from models.queries.cases.queue_views import QueueLine, QueuePage
from models.queries.installation.clock import case_now, engine_view
from models.sqlite.answers import unnamed
from models.step_wording import Wording
from models.store.rollups.names import OPEN, count_of_lane, count_of_waiting
from models.store.rollups.spans import numbers_in
from models.store.rollups.tallies import tally
from models.urgency import Attention, Lane, Urgency, urgency

_R, _Q = table_of(Recovery), table_of(QueueEntry)
_SELECT = sa.select(
    _R.c.id, _R.c.ref, _R.c.state, _R.c.stage, _R.c.currency, _R.c.due_at, _R.c.owner_id,
    _R.c.step_action, _R.c.step_role, _R.c.step_wording, _R.c.method, _R.c.reported_at,
    _R.c.victim_due_at,
    _Q.c.loss_minor, _Q.c.victims, _Q.c.waits_for, _Q.c.waits_since,
).select_from(JOINED)  # fmt: skip
_LINES = _SELECT.where(_Q.c.id.in_(sa.bindparam("ids", expanding=True)))


def status(session: Session, wall_now: datetime, wanted: Wanted) -> QueuePage:
    """Case time, the engine's heartbeat and the counts, without any line."""
    return _status(session, wall_now, wanted, tally(session))


def _status(
    session: Session, wall_now: datetime, wanted: Wanted, kept: Mapping[str, int]
) -> QueuePage:
    states = sum(value for name, value in kept.items() if name.startswith("state "))
    discrepancies = kept.get(count_of_lane(Lane.DISCREPANCY), 0)
    waiting = sum(kept.get(count_of_waiting(reason), 0) for reason in wanted.red_from)
    # What does not wait long yet is as much as came lately, however much does.
    young = sum(numbers_in(session, young_spans(wanted.red_from)))
    return QueuePage(
        case_now(session, wall_now), (), kept.get(OPEN, 0), states - kept.get(OPEN, 0),
        engine_view(session, wall_now),
        attention_count=waiting - young, discrepancy_count=discrepancies,
    )  # fmt: skip


def queue_page(
    session: Session,
    wall_now: datetime,
    wanted: Wanted,
    limit: int,
    offset: int = 0,
    at_id: str = "",
    *,
    follows: bool = True,
) -> QueuePage:
    """At most `limit` lines from the `offset`-th on.

    Where the line of `at_id` is elsewhere and the page `follows` it, the lines around it.
    `total` is how many lines there are in all, `found` how many of them pass the filter.
    """
    kept = tally(session)
    page = _status(session, wall_now, wanted, kept)
    stretches = groups(page.now, with_closed=wanted.with_closed)
    counts = sizes_of_all(session, page.now, kept)
    shown = stretches_of_all(page.now, stretches, counts)
    if wanted.is_filtered:
        wanted = narrowed(session, wanted)
        shown = stretches_of_listed(session, wanted, stretches)
    turn, order = in_turn(wanted, shown), ordering(wanted, stretches)
    total = sum(stretch.size for stretch in turn)
    row = place_in(session, turn, order, at_id) if at_id else None
    if row is not None and follows and not offset <= row < offset + limit:
        offset = row - limit // 2
    offset = max(0, min(offset, total - limit))
    ids = walked(session, turn, order, offset, limit)
    lines = {row[0]: row for row in session.execute(_LINES, {"ids": ids})} if ids else {}
    shared = shared_among(session, ids)
    return replace(
        page,
        lines=tuple(_line(lines[name], page.now, wanted, shared) for name in ids if name in lines),
        offset=offset, total=total, found=sum(stretch.found for stretch in turn), at_row=row,
        fresh_count=counts[Urgency.GOLDEN], late_count=counts[Urgency.LATE],
        soon_count=counts[Urgency.SOON], changed_count=len(wanted.changed),
    )  # fmt: skip


def queue_lines(session: Session, wall_now: datetime, wanted: Wanted) -> Iterator[QueueLine]:
    """Every line, one after the other, however many there are."""
    now, shared = case_now(session, wall_now), all_hits(session)
    stretches, query = groups(now, with_closed=wanted.with_closed), _SELECT.where(listed(wanted))
    parts = [query.where(group).order_by(*KEYS) for group in stretches.values()]
    if wanted.order_by or wanted.is_down:
        parts = [query.order_by(*whole_ordering(wanted, stretches))]
    for part in parts:
        for row in unnamed(session.execute(part.execution_options(yield_per=1000))):
            yield _line(row, now, wanted, shared)


@lru_cache(maxsize=4096)
def worded(stored: str) -> Phrase:
    """A next step in words: most recoveries of a queue wait for one of a few."""
    return Wording.read(stored).phrase()


def _line(
    row: Sequence[Any],  # of `_SELECT`
    now: datetime,
    wanted: Wanted,
    shared: Collection[str],
) -> QueueLine:
    (
        recovery_id, ref, state, stage, currency, due_at, owner, action, role, wording, method,
        reported_at, victim_due_at, loss_minor, victims, reason, since,
    ) = row  # fmt: skip
    is_red = reason and (
        reason == Attention.DISCREPANCY or since <= wanted.red_from[Attention(reason)]
    )
    return QueueLine(
        recovery_id=recovery_id,
        ref=ref,
        state=state,
        stage=stage,
        loss=Money(loss_minor, currency),
        victims=victims,
        due_at=due_at,
        action=action,
        role=role,
        sentence=worded(wording),
        owner=owner,
        method=method,
        reported_at=reported_at,
        urgency=urgency(state, action, reported_at, due_at, now),
        attention=reason if is_red else "",
        idle_since=since or now if is_red else None,
        shared=recovery_id in shared,
        victim_due_at=victim_due_at if state is RecoveryState.OPEN else None,
        changed=recovery_id in wanted.changed,
    )
