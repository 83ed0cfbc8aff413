"""How many recoveries have an instant in a span of time: whole hours are kept, their rest counted.

An instant that orders the queue, or since which something waits, is counted by its hour (of UTC)
with each write. So a count costs as many hours as it has, and one walk along an index at each end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry, Tally
from models.rights.sessions import is_picture
from models.store.rollups.names import count_of_hour
from models.store.rollups.tallies import hidden_figures
from models.urgency import Attention, Lane

_Q, _TALLY = table_of(QueueEntry), table_of(Tally)
_HOUR, _TICK = timedelta(hours=1), timedelta(microseconds=1)
_LAST = datetime.max.replace(tzinfo=UTC)
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Span:
    """Recoveries of one kind with an instant from `since` to before `until`; None: no bound.

    `kind` is a lane or what is waited for, `among` the condition of that alone.
    """

    kind: Lane | Attention
    since: datetime | None = None
    until: datetime | None = None

    @property
    def among(self) -> Condition:
        """The condition of its kind, as an index has the columns."""
        if isinstance(self.kind, Lane):
            return _Q.c.lane == self.kind.value
        lanes = _Q.c.lane.in_([lane.value for lane in Lane])  # which it has before the instant
        return sa.and_(_Q.c.waits_for == self.kind.value, lanes)

    @property
    def condition(self) -> Condition:
        """The condition of all of it."""
        return sa.and_(self.among, *self._within(self.since, self.until))

    def counts(self) -> Iterator[sa.ScalarSelect[Any]]:
        """What adds up to how many there are: the whole hours, and what is left at each end."""
        first = None if self.since is None else _hour_from(self.since)
        last = None if self.until is None else _hour_of(self.until)
        if first is not None and last is not None and first > last:
            yield self._counted(self.since, self.until)
            return
        names = self.names(first, last)
        whole = sa.select(sa.func.coalesce(sa.func.sum(_TALLY.c.value), 0))
        yield whole.where(_TALLY.c.name >= names[0], _TALLY.c.name < names[1]).scalar_subquery()
        if first is not None and self.since != first:
            yield self._counted(self.since, first)
        if last is not None and self.until != last:
            yield self._counted(last, self.until)

    def names(self, first: datetime | None, last: datetime | None) -> tuple[str, str]:
        """From which name of a count of an hour, and before which, those of these hours are."""
        low = datetime.min.replace(tzinfo=UTC) if first is None else first
        return count_of_hour(self.kind, low), count_of_hour(self.kind, last or _LAST)

    def whole(self) -> tuple[str, str]:
        """The same of its whole hours."""
        first = None if self.since is None else _hour_from(self.since)
        return self.names(first, None if self.until is None else _hour_of(self.until))

    def _counted(self, since: datetime | None, until: datetime | None) -> sa.ScalarSelect[Any]:
        within = self._within(since, until)
        return sa.select(sa.func.count()).where(self.among, *within).scalar_subquery()

    def _within(self, since: datetime | None, until: datetime | None) -> Iterator[Condition]:
        instant = _Q.c.at if isinstance(self.kind, Lane) else _Q.c.waits_since
        if since is not None:
            yield instant >= since
        if until is not None:
            yield instant < until


def numbers_in(session: Session, spans: Sequence[Span]) -> list[int]:
    """How many recoveries there are in each span, without those that are hidden from who reads."""
    if not spans:
        return []
    parts = [list(span.counts()) for span in spans]
    values = iter(session.execute(sa.select(*(one for part in parts for one in part))).one())
    found = [sum(int(next(values)) for _ in part) for part in parts]
    if is_picture(session):
        for figures in hidden_figures(session):
            for at, span in enumerate(spans):
                first, last = span.whole()
                found[at] -= sum(n for name, n in figures.items() if first <= name < last)
    return found


def just_after(at: datetime) -> datetime:
    """The next instant that can be stored."""
    return at + _TICK


def _hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hour_from(at: datetime) -> datetime:
    """The beginning of an hour at or after an instant."""
    hour = _hour_of(at)
    return hour if hour == at else hour + _HOUR
