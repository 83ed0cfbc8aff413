"""Reading page after page from a scripted bank on a real socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recovery_flows.errors import (
    AnswerUnreadableError,
    PartnerRefusedError,
    UnfitArgumentError,
)
from recovery_flows.partners.rbp1.client import PartnerBank

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def statement_page(number: str = "6222", href: str | None = None, **changes: Any) -> dict[str, Any]:
    links = [] if href is None else [{"rel": "next", "href": href}]
    money = {"currency": "CNY", "amount": "0.00"}
    return {
        "responseDetails": {"status": "complete", "message": ""},
        "account": {"number": number, "currency": "CNY"},
        "fromDate": "2026-03-01T00:00:00Z",
        "toDate": "2026-03-02T00:00:00Z",
        "opening": money,
        "closing": money,
        "transactions": [],
        "links": links,
        **changes,
    }


async def test_a_statement_is_read_over_relative_and_absolute_links(
    scripted: Any, bank: PartnerBank
) -> None:
    path = "/v1/accounts/6222/transactions?cursor="
    scripted.will(statement_page(href=f"{path}a%2Bb"))
    scripted.will(statement_page(href=f"{scripted.url}{path}c"))
    scripted.will(statement_page())
    fact, answers = await bank.statement("6222", SINCE, SINCE + timedelta(days=1))
    assert [seen.target for seen in scripted.seen] == [
        f"{path.partition('?')[0]}?fromDate=2026-03-01T00%3A00%3A00Z&toDate=2026-03-02T00%3A00%3A00Z",
        f"{path}a%2Bb",
        f"{path}c",
    ]
    assert (len(answers), fact.covers_to) == (3, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    "href", ["http://localhost:1/v1/x", "//evil.example/v1/x", "https://127.0.0.1/v1/x"]
)
async def test_a_next_link_to_another_origin_is_refused_and_the_answer_kept(
    scripted: Any, bank: PartnerBank, href: str | None
) -> None:
    scripted.will(statement_page(href=href))
    with pytest.raises(AnswerUnreadableError, match=r"links\.next leads to another origin") as e:
        await bank.statement("6222", SINCE)
    assert (len(scripted.seen), len(e.value.raw)) == (1, 1)


async def test_next_links_that_go_in_a_circle_end(scripted: Any, bank: PartnerBank) -> None:
    for _ in range(2):
        scripted.will(statement_page(href="?cursor=again"))
    with pytest.raises(AnswerUnreadableError, match="round and round"):
        await bank.statement("6222", SINCE)
    assert len(scripted.seen) == 2


async def test_the_statement_of_another_account_is_refused(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will(statement_page(number="6333"))
    with pytest.raises(AnswerUnreadableError, match=r"account\.number") as caught:
        await bank.statement("6222", SINCE)
    assert "6333" not in str(caught.value)


async def test_a_later_page_that_is_refused_keeps_the_earlier_ones(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will(statement_page(href="?cursor=b"))
    scripted.will_refuse("PeriodExpired", 422)
    with pytest.raises(PartnerRefusedError) as caught:
        await bank.statement("6222", SINCE)
    assert [answer.status_code for answer in caught.value.raw] == [200, 422]


async def test_a_statement_period_has_a_zone_and_does_not_run_backwards(bank: PartnerBank) -> None:
    with pytest.raises(UnfitArgumentError, match="since has no time zone"):
        await bank.statement("6222", datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(UnfitArgumentError, match="until is before since"):
        await bank.statement("6222", SINCE, SINCE - timedelta(days=1))


async def test_an_empty_feed_reached_nothing(scripted: Any, bank: PartnerBank) -> None:
    scripted.will({"items": [], "hasMoreElements": False, "links": []})
    page, answers = await bank.events(None)
    assert (page.items, page.reached, len(answers)) == ((), None, 1)
    assert "modifiedAfter=1970-01-01T00%3A00%3A00Z&limit=200" in scripted.seen[0].target


async def test_a_feed_that_has_more_but_no_link_is_unreadable(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will({"items": [], "hasMoreElements": True, "links": []})
    with pytest.raises(AnswerUnreadableError, match="links"):
        await bank.events(SINCE)


async def test_a_statement_covers_no_more_than_was_asked_for(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will(statement_page(toDate="2026-03-02T23:59:59Z"))
    fact, _ = await bank.statement("6222", SINCE, SINCE + timedelta(hours=9))
    assert fact.covers_to == SINCE + timedelta(hours=9)
