"""The queue: recoveries in the order of `models/urgency.py`, a page or all of them at a time.

Order and counts are read from what the writes keep (`models.entities.installation`): a page costs
its own lines, however many recoveries there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
from models.queries.cases.queue_filter import Wanted, listed, passes, red_conditions
from models.queries.cases.queue_order import (
    JOINED,
    KEYS,
    groups,
    ordering,
    place_by,
    place_in,
    sizes,
    walked,
)
from models.queries.cases.queue_views import QueueLine, QueuePage
from models.queries.installation.clock import case_now, engine_view
from models.sqlite.answers import unnamed
from models.step_wording import Wording
from models.store.rollups.rows import OPEN
from models.store.rollups.tallies import tally
from models.urgency import Attention, Lane, Urgency, urgency

_R, _Q = table_of(Recovery), table_of(QueueEntry)
_SELECT = sa.select(
    _R.c.id, _R.c.ref, _R.c.state, _R.c.stage, _R.c.currency, _R.c.due_at, _R.c.owner_id,
    _R.c.step_action, _R.c.step_role, _R.c.step_wording, _R.c.method, _R.c.reported_at,
    _R.c.victim_due_at,
    _Q.c.loss_minor, _Q.c.victims, _Q.c.waits_for, _Q.c.waits_since,
).select_from(JOINED)  # fmt: skip


def status(session: Session, wall_now: datetime, wanted: Wanted) -> QueuePage:
    """Case time, the engine's heartbeat and the counts, without any line."""
    now, sums = case_now(session, wall_now), tally(session)
    states = sum(value for name, value in sums.items() if name.startswith("state "))
    red = red_conditions(wanted.red_from)
    counts = dict(zip(red, sizes(session, list(red.values())), strict=True))
    return QueuePage(
        now, (), sums.get(OPEN, 0), states - sums.get(OPEN, 0), engine_view(session, wall_now),
        attention_count=sum(counts.values()), discrepancy_count=counts[Attention.DISCREPANCY],
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
    page = status(session, wall_now, wanted)
    stretches = groups(page.now, with_closed=wanted.with_closed)
    counts = dict(zip(stretches, sizes(session, list(stretches.values())), strict=True))
    order = ordering(wanted, stretches)
    total = found = sum(counts.values())
    if wanted.is_filtered:
        total, found = _matches(session, wanted)
    row = None
    if at_id and wanted.is_plain:
        row = place_in(session, stretches, counts, at_id)
    elif at_id:
        row = place_by(session, wanted, order, at_id)
    if row is not None and follows and not offset <= row < offset + limit:
        offset = row - limit // 2
    offset = max(0, min(offset, total - limit))
    if wanted.is_plain:
        rows = walked(session, _SELECT, stretches, counts, offset, limit)
    else:
        query = _SELECT.where(listed(wanted)).order_by(*order).offset(offset).limit(limit)
        rows = list(session.execute(query))
    shared = shared_among(session, [row.id for row in rows])
    return replace(
        page,
        lines=tuple(_line(row, page.now, wanted, shared) for row in rows),
        offset=offset, total=total, found=found, at_row=row,
        fresh_count=counts[Urgency.GOLDEN], late_count=counts[Urgency.LATE],
        soon_count=counts[Urgency.SOON], changed_count=len(wanted.changed),
    )  # fmt: skip


def queue_lines(session: Session, wall_now: datetime, wanted: Wanted) -> Iterator[QueueLine]:
    """Every line, one after the other, however many there are."""
    now, shared = case_now(session, wall_now), all_hits(session)
    stretches, query = groups(now, with_closed=wanted.with_closed), _SELECT.where(listed(wanted))
    parts = [query.where(group).order_by(*KEYS) for group in stretches.values()]
    if wanted.order_by or wanted.is_down:
        parts = [query.order_by(*ordering(wanted, stretches))]
    for part in parts:
        for row in unnamed(session.execute(part.execution_options(yield_per=1000))):
            yield _line(row, now, wanted, shared)


def _matches(session: Session, wanted: Wanted) -> tuple[int, int]:
    """How many lines a filter shows, and how many of them pass it."""
    # In one walk that asks each recovery once.
    red = sa.or_(*red_conditions(wanted.red_from).values())
    shown = sa.case((passes(wanted), _FOUND), (red, _RED), else_=_LEFT_OUT).label("shown")
    query = sa.select(shown, sa.func.count()).select_from(JOINED).group_by("shown")
    if not wanted.with_closed:
        query = query.where(_Q.c.lane < Lane.ENDED.value)
    counts: dict[int, int] = dict(tuple(row) for row in session.execute(query))
    found, red_count = counts.get(_FOUND, 0), counts.get(_RED, 0)
    return found + (0 if wanted.only_found else red_count), found


_LEFT_OUT, _RED, _FOUND = range(3)


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
