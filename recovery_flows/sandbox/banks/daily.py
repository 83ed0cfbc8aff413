"""A bank's own figures for each legal day: held at its end, paid out during it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery_flows.sandbox.arithmetic import micros
from recovery_flows.sandbox.banks.resources import COMPLETE, money_json
from recovery_flows.sandbox.banks.wire import ProblemError, bad_request

DAYS_MAX = 366
_DAY = timedelta(days=1)
_ZONES = {"CN": "Asia/Shanghai", "GB": "Europe/London"}
_HELD = (
    "SELECT a.at_us, a.hold_id, a.held_minor FROM hold_amount a JOIN hold h ON h.id = a.hold_id"
    " WHERE h.bank = ? AND a.at_us < ? ORDER BY a.at_us, a.place"
)
_PAID = (
    "SELECT booked_us, debited_minor FROM payout WHERE bank = ? AND booked_us >= ?"
    " AND booked_us < ? ORDER BY booked_us"
)


@dataclass(slots=True)
class _Running:
    """The book as it is replayed: what each hold holds at one instant."""

    holds: dict[str, int] = field(default_factory=dict)

    def figures(self) -> tuple[int, int]:
        """Minor units held in all, and by how many holds."""
        return sum(self.holds.values()), sum(1 for minor in self.holds.values() if minor)


def daily_json(
    db: sqlite3.Connection,
    bank: tuple[str, str, str],
    query: Mapping[str, str],
    now_us: int,
) -> dict[str, object]:
    """The days from `fromDate` to `toDate`; `bank` is (id, jurisdiction, currency).

    Days are those of the bank's law; one that is not over has no figures yet.
    """
    bank_id, jurisdiction, currency = bank
    zone = _ZONES.get(jurisdiction, "UTC")
    first, last = _day(query, "fromDate"), _day(query, "toDate")
    if not timedelta(0) <= last - first < DAYS_MAX * _DAY:
        raise bad_request(f"toDate is 0 to {DAYS_MAX - 1} days after fromDate")
    if _begins_us(last + _DAY, zone) > now_us:
        raise ProblemError(422, "PeriodExpired", "toDate is a day that is not over")
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    return {
        "responseDetails": COMPLETE,
        "timeZone": zone,
        "fromDate": first.isoformat(),
        "toDate": last.isoformat(),
        "days": _days(db, (bank_id, currency), days, zone),
    }


def _days(
    db: sqlite3.Connection, bank: tuple[str, str], days: list[date], zone: str
) -> list[dict[str, object]]:
    bank_id, currency = bank
    ends = [_begins_us(day + _DAY, zone) for day in days]
    changes = iter(db.execute(_HELD, [bank_id, ends[-1]]).fetchall())
    begins = [_begins_us(days[0], zone), *ends[:-1]]
    book, change, rows = _Running(), next(changes, None), []
    for day, begin_us, end_us in zip(days, begins, ends, strict=True):
        while change is not None and change[0] < end_us:
            book.holds[change[1]] = change[2]
            change = next(changes, None)
        held_minor, holds = book.figures()
        paid = [row[1] for row in db.execute(_PAID, [bank_id, begin_us, end_us])]
        rows.append(
            {
                "date": day.isoformat(),
                "currency": currency,
                "amountHeld": money_json(held_minor, currency),
                "holds": holds,
                "paidOut": money_json(sum(paid), currency),
                "payouts": len(paid),
            }
        )
    return rows


def _day(query: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(query.get(name, ""))
    except ValueError:
        raise bad_request(f"{name} is not a day such as 2026-03-02") from None


def _begins_us(day: date, zone: str) -> int:
    return micros(datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)))
