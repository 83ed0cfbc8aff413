"""When a legal term ends. Hours run by the clock; days, months and years by the calendar.

A calendar term counts from the day after the start, its last day counts in full, and it ends with
that day: at midnight of the regime's time zone, given in UTC. Weekends do not move it.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from models.language.phrase import Phrase, phrase, stored_phrase
from recovery_flows.law.rows import Limit, LimitUnit

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MOVED_PARTS = 4
_HOURS_A_DAY = 24


class LegalTime(Protocol):
    """The calendar by which a term is counted: that of a regime or of a cross-border channel."""

    @property
    def time_zone(self) -> str:
        """Name of the zone whose midnight ends a day."""

    @property
    def calendar(self) -> str:
        """Code of a country's or a market's holidays."""


def due_at(limit: Limit, start: datetime, regime: LegalTime) -> datetime:
    """The aware UTC instant at which `limit`, begun at `start` (aware), has run out."""
    if start.tzinfo is None:
        raise ValueError("a term cannot start at an instant without a zone")
    if limit.unit is LimitUnit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=limit.count)
    zone = ZoneInfo(regime.time_zone)
    last_day = _last_day(limit, start.astimezone(zone).date(), regime.calendar)
    next_midnight = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=zone)
    return next_midnight.astimezone(UTC)


def unpublished_year(limit: Limit, due: datetime, regime: LegalTime) -> int | None:
    """The year of a term's last day, if its banking days were not published yet; None otherwise.

    Where a notice of each year moves working days (China), a count into a later year stands on the
    fixed rules alone and may end on another day once that year's notice is out.
    """
    # Asked of these terms only: a process that counts no banking days loads no calendars (0.3 s).
    if limit.unit is not LimitUnit.BANKING_DAYS:
        return None
    published_to = _published_to(regime.calendar)
    if published_to is None:
        return None
    # A calendar term ends with its last day, at the midnight after it.
    last_day = (due - timedelta(microseconds=1)).astimezone(ZoneInfo(regime.time_zone)).date()
    return last_day.year if last_day.year > published_to else None


def half_life(start: datetime, due: datetime) -> datetime:
    """The instant half-way between two aware instants: when a renewal is drafted."""
    return start + (due - start) / 2


def time_left_text(now: datetime, due: datetime) -> str:
    """Time left in words, rounded down: `18m`, `6h 12m`, `2d 03h`; past the end `18m late`."""
    seconds = int((due - now).total_seconds())
    if 0 <= seconds < _MINUTE:
        return _NOW
    return _span(seconds) if seconds > 0 else _late(_span(max(-seconds, _MINUTE)))


def length_text(start: datetime, end: datetime) -> str:
    """A length of time in the same words, rounded down; none where the end came first."""
    return _span(max(0, int((end - start).total_seconds())))


def overdue_text(now: datetime, due: datetime) -> str:
    """How long ago an end was, where it is marked as late already: `-18m`."""
    return _overdue(_span(max(int((now - due).total_seconds()), _MINUTE)))


_NOW = phrase("now")


def _span(seconds: int) -> Phrase:
    return _rounded_span(seconds - seconds % (_HOUR if seconds >= _DAY else _MINUTE))


# A list of thousands has few lengths, as they are rounded.
@lru_cache(maxsize=4096)
def _rounded_span(seconds: int) -> Phrase:
    if seconds >= _DAY:
        hours = seconds % _DAY // _HOUR
        return phrase("{days}d {hours:02d}h", days=seconds // _DAY, hours=hours)
    if seconds >= _HOUR:
        minutes = seconds % _HOUR // _MINUTE
        return phrase("{hours}h {minutes:02d}m", hours=seconds // _HOUR, minutes=minutes)
    return phrase("{minutes}m", minutes=seconds // _MINUTE)


@lru_cache(maxsize=4096)
def _late(span: Phrase) -> Phrase:
    return phrase("{span} late", span=span)


@lru_cache(maxsize=4096)
def _overdue(span: Phrase) -> Phrase:
    return phrase("-{span}", span=span)


def _last_day(limit: Limit, start: date, calendar_code: str) -> date:
    if limit.unit is LimitUnit.DAYS:
        return start + timedelta(days=limit.count)
    if limit.unit is LimitUnit.MONTHS:
        return _months_on(start, limit.count)
    if limit.unit is LimitUnit.YEARS:
        return _months_on(start, 12 * limit.count)
    return _banking_days_on(start, limit.count, calendar_code)


def _months_on(start: date, months: int) -> date:
    # 31 August and six months: February has no 31st, so its last day stands in.
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _banking_days_on(start: date, count: int, calendar_code: str) -> date:
    banking = _calendar(calendar_code)
    day = start
    while count:
        day += timedelta(days=1)
        count -= bool(banking.is_working_day(day))
    return day


@lru_cache(maxsize=8)
def _calendar(code: str) -> Any:  # noqa: ANN401 - the library carries no types
    # Published holidays and make-up working days; beyond the published years only the fixed rules.
    import holidays
    from holidays.registry import EntityLoader

    # Not `list_supported_financial`, which loads the calendar of every market in the world.
    if code in EntityLoader.get_financial_codes():
        return holidays.financial_holidays(code)
    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


@lru_cache(maxsize=8)
def _published_to(code: str) -> int | None:
    """The last year whose moved working days are known; None where no notice moves any."""
    special: dict[int, tuple[Any, ...]] = getattr(_calendar(code), "special_public_holidays", {})
    # A moved day is month and day of the day off, then of the day that is worked in its place.
    moved = [year for year, days in special.items() if any(map(_is_moved, days))]
    return max(moved, default=None)


def _is_moved(day: object) -> bool:
    return isinstance(day, tuple) and len(day) >= _MOVED_PARTS


def span_of(hours: int) -> Phrase:
    """A length of time as a reminder says it: in hours up to two days, then in days."""
    if hours < 2 * _HOURS_A_DAY:
        return stored_phrase("{hours} h", hours=hours)
    return stored_phrase("{days} days", days=hours // _HOURS_A_DAY)
