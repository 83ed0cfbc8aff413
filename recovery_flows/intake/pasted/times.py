"""Reads an instant as people write it; without a zone it is in the law's, and says so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from models.language.phrase import phrase
from recovery_flows.intake.refusals import CellRefusedError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOON = 12
_FLAGS = re.IGNORECASE | re.ASCII
_DATE = (
    r"(?:(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"|(?P<day2>\d{1,2})\.?\s+(?P<month2>[a-z]{3,9})\.?,?\s+(?P<year2>\d{4})"
    r"|(?P<month3>[a-z]{3,9})\.?\s+(?P<day3>\d{1,2}),?\s+(?P<year3>\d{4})"
    r"|(?P<word>today|yesterday|今天|昨天))"
)
_TIME = (
    r"(?P<half>上午|下午)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{2})"
    r"(?:\s*[:分]\s*(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,6}))?\s*秒?|\s*分)?"
    r"\s*(?P<half2>am|pm|a\.m\.|p\.m\.)?"
)
_ZONE = (
    r"(?P<zone>z|utc|gmt|北京时间|(?:utc|gmt)?\s*(?P<east>[+-])(?P<hours>\d{1,2})"
    r"(?::?(?P<minutes>[0-5]\d))?)?"
)
_INSTANT = re.compile(rf"{_DATE}\s*(?:t|at|,)?\s*{_TIME}\s*\(?{_ZONE}\)?", _FLAGS)
_ONLY_DATE, _ONLY_TIME = (
    re.compile(_DATE, _FLAGS),
    re.compile(rf"{_TIME}\s*{_ZONE}", _FLAGS),
)
_TWO_WAYS = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}\b.*", re.ASCII)
_NO_YEAR = re.compile(r"(\d{1,2}月\d{1,2}日|\d{1,2}[-/]\d{1,2}\s).*", re.ASCII)
_LENGTH_MAX = 60


def read_instant_text(text: str, field: str, zone: str, now: datetime) -> tuple[datetime, str]:
    """(Instant in UTC, how it was understood); CellRefusedError where it is not one instant."""
    wanted = text.strip()
    match = _INSTANT.fullmatch(wanted) if len(wanted) <= _LENGTH_MAX else None
    if match is None:
        raise CellRefusedError(field, _why_not(wanted))
    try:
        day = _day(match, field, zone, now)
        second, fraction = int(match["second"] or 0), (match["fraction"] or "0").ljust(6, "0")
        clock = time(_hour(match, field), int(match["minute"]), second, int(fraction))
        local = datetime.combine(day, clock)
        stated = _stated(match)
        if stated is not None:
            return local.replace(tzinfo=stated).astimezone(UTC), ""
        return _in_zone(local, field, ZoneInfo(zone)), phrase("time of {zone}", zone=zone)
    except (ValueError, OverflowError) as error:
        if isinstance(error, CellRefusedError):
            raise
        raise CellRefusedError(field, phrase("is a date or time that does not exist")) from None


def _why_not(text: str) -> str:
    if _TWO_WAYS.fullmatch(text):
        return phrase("can be read as two days: day and month cannot be told apart")
    if _NO_YEAR.fullmatch(text):
        return phrase("has no year")
    if _ONLY_DATE.fullmatch(text):
        return phrase("has no time of day")
    if _ONLY_TIME.fullmatch(text):
        return phrase("has no day")
    return phrase("is no day and time")


def _day(match: re.Match[str], field: str, zone: str, now: datetime) -> date:
    if match["word"]:
        today = now.astimezone(ZoneInfo(zone)).date()
        return today if match["word"].casefold() in ("today", "今天") else today - timedelta(days=1)
    if match["year"]:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    n = "2" if match["year2"] else "3"
    name = match[f"month{n}"].casefold()[:3]
    if name not in _MONTHS:
        raise CellRefusedError(field, phrase("names no month"))
    return date(int(match[f"year{n}"]), _MONTHS.index(name) + 1, int(match[f"day{n}"]))


def _hour(match: re.Match[str], field: str) -> int:
    hour = int(match["hour"])
    half = (match["half"] or match["half2"] or "").casefold().replace(".", "")
    if match["half"] and match["half2"]:
        raise CellRefusedError(field, phrase("says twice which half of the day it is"))
    if half in ("pm", "下午") and hour < _NOON:
        return hour + _NOON
    if half in ("am", "上午") and hour >= _NOON:
        if hour > _NOON:
            raise CellRefusedError(field, phrase("is no hour of the morning"))
        return 0
    return hour


def _stated(match: re.Match[str]) -> tzinfo | None:
    if not match["zone"]:
        return None
    if match["zone"] == "北京时间":
        return ZoneInfo("Asia/Shanghai")
    ahead = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    return timezone(-ahead if match["east"] == "-" else ahead)


def _in_zone(local: datetime, field: str, zone: ZoneInfo) -> datetime:
    """The instant in a zone; refused in an hour that a clock change skips or repeats."""
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise CellRefusedError(
            field, phrase("is an hour that the clock skips or shows twice: give its zone")
        )
    return first.astimezone(UTC)
