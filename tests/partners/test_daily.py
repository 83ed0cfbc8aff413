"""A bank's daily figures are taken only whole, in its law's days, and fitting together."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from models.ids import PartnerId
from models.money import Money
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1.daily import daily_path, parse_daily

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 3)
BANK, ZONE = PartnerId("bank-a"), "Asia/Shanghai"


def day(on: str, held: str = "900.00", holds: int = 1) -> dict[str, Any]:
    return {
        "date": on,
        "currency": "CNY",
        "amountHeld": {"currency": "CNY", "amount": held},
        "holds": holds,
        "paidOut": {"currency": "CNY", "amount": "0.00"},
        "payouts": 0,
    }


def answer() -> dict[str, Any]:
    return {
        "responseDetails": {"status": "complete", "message": ""},
        "timeZone": ZONE,
        "fromDate": "2026-03-02",
        "toDate": "2026-03-03",
        "days": [day("2026-03-02"), day("2026-03-03", "899.99")],
    }


def read(body: object) -> Any:
    return parse_daily(json.dumps(body).encode(), BANK, FIRST, LAST, ZONE)


def test_each_day_is_read_to_the_minor_unit() -> None:
    assert [fact.held for fact in read(answer())] == [Money(90_000, "CNY"), Money(89_999, "CNY")]
    assert daily_path(FIRST, LAST) == "/v1/daily?fromDate=2026-03-02&toDate=2026-03-03"


_Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda b: b.update(timeZone="Europe/London"), "timeZone is not Asia/Shanghai"),
        (lambda b: b["responseDetails"].update(status="partial"), "is partial: ask by letter"),
        (lambda b: b.update(toDate="2026-03-04"), "is not the period asked for"),
        (lambda b: b["days"].pop(), "days are not all the days asked for"),
        (lambda b: b["days"].append(day("2026-03-04")), "days are not all the days asked for"),
        (lambda b: b["days"].append(day("2026-03-03")), "tell a day twice"),
        (lambda b: b.update(days=[]), "days are not all the days asked for"),
        (lambda b: b["days"][0].update(holds=0), "days.0.holds does not fit its amount"),
        (lambda b: b["days"][0].update(payouts=2), "days.0.payouts does not fit its amount"),
        (lambda b: b["days"][0].update(holds="1"), "days.0.holds input should be a valid integer"),
        (lambda b: b["days"][0].update(date="20260302"), "days.0.date is not a day such as"),
        (lambda b: b["days"][0]["amountHeld"].update(amount="-1"), "amountHeld is below zero"),
        (lambda b: b["days"][0]["paidOut"].update(currency="EUR"), "not all in the row's currency"),
        (lambda b: b.pop("timeZone"), "timeZone field required"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_its_field(spoil: _Spoil, told: str) -> None:
    body = answer()
    spoil(body)
    with pytest.raises(AnswerUnreadableError) as refused:
        read(body)
    assert told in str(refused.value)
    assert "900" not in str(refused.value)
