"""A partner's figures of each legal day, read strictly: what it holds by our orders, and paid out.

`GET /v1/daily?fromDate=&toDate=` is the profile's own (+): at most DAYS_MAX days that are over, one
row for each day and currency. The days are those of the bank's law, and the answer says which zone
it counts them in: a bank that counts by another one has other days, and nothing can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, FailFast, Field, PlainValidator

from models.facts import DayFact
from models.ids import PartnerId
from models.language.phrase import stored_phrase
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1.bounds import Amount, Currency, Whole
from recovery_flows.partners.rbp1.shapes import ResponseDetails
from recovery_flows.partners.rbp1.wire import shaped

DAYS_MAX = 366
_DAY = timedelta(days=1)
_SPELLING = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _date(value: object) -> date:
    try:
        if isinstance(value, str) and _SPELLING.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("is not a day such as 2026-03-02")


Day = Annotated[date, PlainValidator(_date)]
_ROWS_MAX = 10 * DAYS_MAX


class _Strict(BaseModel):
    model_config = ResponseDetails.model_config


class DayShape(_Strict):
    """One day in one currency."""

    date: Day
    currency: Currency
    amount_held: Amount
    holds: Whole
    paid_out: Amount
    payouts: Whole

    def fact(self) -> DayFact:
        """This day as our value."""
        return DayFact(self.date, self.amount_held, self.holds, self.paid_out, self.payouts)


class DailyShape(_Strict):
    """The answer to one period."""

    response_details: ResponseDetails
    time_zone: str
    from_date: Day
    to_date: Day
    days: Annotated[tuple[DayShape, ...], Field(max_length=_ROWS_MAX), FailFast()]


def daily_path(first: date, last: date) -> str:
    """Where the figures of the days from `first` to `last` are asked for."""
    query = urlencode({"fromDate": first.isoformat(), "toDate": last.isoformat()})
    return f"/v1/daily?{query}"


def parse_daily(
    raw: bytes, bank: PartnerId, first: date, last: date, zone: str
) -> tuple[DayFact, ...]:
    """Every day of the period in each currency; AnswerUnreadableError for any that does not fit.

    `zone` is the time zone of the law that the partner is registered under.
    """
    shape = shaped(DailyShape, raw, bank)
    if shape.response_details.status == "partial":
        raise AnswerUnreadableError(bank, "responseDetails.status", "is partial: ask by letter")
    if shape.time_zone != zone:
        why = stored_phrase(
            "is not {zone}, the zone of its law: its days are others than ours", zone=zone
        )
        raise AnswerUnreadableError(bank, "timeZone", why)
    if (shape.from_date, shape.to_date) != (first, last):
        raise AnswerUnreadableError(bank, "fromDate..toDate", "is not the period asked for")
    _check_days(shape.days, bank, first, last)
    return tuple(day.fact() for day in shape.days)


def _check_days(days: Sequence[DayShape], bank: PartnerId, first: date, last: date) -> None:
    """Each day once in each currency that the answer tells of, none left out, none outside."""
    currencies = {row.currency for row in days}
    wanted = {first + n * _DAY for n in range((last - first).days + 1)}
    told = {(row.date, row.currency) for row in days}
    if len(told) != len(days):
        raise AnswerUnreadableError(bank, "days", "tell a day twice in one currency")
    if not days or told != {(day, currency) for day in wanted for currency in currencies}:
        raise AnswerUnreadableError(bank, "days", "are not all the days asked for and no others")
    for at, row in enumerate(days):
        if {row.amount_held.currency, row.paid_out.currency} != {row.currency}:
            raise AnswerUnreadableError(bank, f"days.{at}", "is not all in the row's currency")
        for name, money, count in (
            ("holds", row.amount_held, row.holds), ("payouts", row.paid_out, row.payouts),
        ):  # fmt: skip
            if bool(money.minor) != bool(count):
                why = stored_phrase(
                    "does not fit its amount: one of them is zero, the other is not"
                )
                raise AnswerUnreadableError(bank, f"days.{at}.{name}", why)
