"""The profile's table of problems, row by row, and what lies outside of it."""

from __future__ import annotations

from typing import Any

import pytest

from models.ids import CallId
from recovery_flows.errors import (
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)
from recovery_flows.partners.rbp1.answers import PROBLEMS, Meaning, meaning_of
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.orders import Authority, Limits

from .conftest import STANDING

_READ = {
    Meaning.WAIT: PartnerUnavailableError,
    Meaning.RETRY: PartnerUnavailableError,
}
_ORDER = {
    Meaning.WAIT: PartnerUnavailableError,
    Meaning.RETRY: OutcomeUnknownError,
    # What is too large is the answer, not the order.
    Meaning.HALVE: OutcomeUnknownError,
}


@pytest.mark.parametrize(("status", "name"), PROBLEMS)
async def test_each_row_means_to_a_read_and_to_an_order_what_the_table_says(
    scripted: Any, bank: PartnerBank, status: int, name: str
) -> None:
    meaning = PROBLEMS[status, name]
    for act, table in ((bank.capabilities(), _READ), (order(bank), _ORDER)):
        scripted.will_refuse(name, status, retry_after="0")
        expected: type[RecoveryFlowsError] = table.get(meaning, PartnerRefusedError)
        with pytest.raises(expected) as caught:
            await act
        assert type(caught.value) is expected
        assert name in str(caught.value)


async def order(bank: PartnerBank) -> None:
    authority: Authority = STANDING
    await bank.send("/v1/holds", b"{}", CallId("key-1"), authority, Limits())


@pytest.mark.parametrize(
    "status", [302, 400, 401, 404, 408, 409, 410, 418, 422, 429, 499, 502, 503]
)
def test_a_name_nobody_agreed_on_is_no_answer_about_what_was_done(status: int) -> None:
    assert meaning_of(status, "InventedProblem") is Meaning.RETRY
    assert meaning_of(status, "Unnamed") is Meaning.RETRY
    assert meaning_of(413, "Unnamed") is Meaning.HALVE


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 499, 502, 503]
)
async def test_a_gateway_s_page_is_no_no_to_an_order(
    scripted: Any, bank: PartnerBank, status: int
) -> None:
    scripted.will("<html>gateway</html>", status, content_type="text/html")
    if status == 401:  # once more with a new token
        scripted.will("<html>gateway</html>", status, content_type="text/html")
    with pytest.raises(OutcomeUnknownError) as caught:
        await order(bank)
    assert f"HTTP {status}" in str(caught.value)


async def test_a_problem_that_nobody_named_is_no_refusal_and_its_wish_to_wait_is_kept(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will(b"<html>Forbidden</html>", 403)
    with pytest.raises(PartnerUnavailableError, match=r"Unnamed \(HTTP 403\)"):
        await bank.capabilities()
    scripted.will(b"<html>busy</html>", 503, retry_after="120")
    with pytest.raises(OutcomeUnknownError) as caught:
        await order(bank)
    assert caught.value.retry_after_seconds == 120
