"""The profile's table of problems, row by row, and what lies outside of it."""

from __future__ import annotations

from typing import Any

import pytest

from models.ids import CallId
from recovery_flows.bank.answers import PROBLEMS, Meaning, meaning_of
from recovery_flows.bank.client import PartnerBank
from recovery_flows.bank.orders import Authority, Limits
from recovery_flows.errors import (
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)

from .conftest import STANDING

_READ = {
    Meaning.WAIT: PartnerUnavailableError,
    Meaning.RETRY: PartnerUnavailableError,
}
_ORDER = {
    Meaning.WAIT: PartnerUnavailableError,
    Meaning.RETRY: OutcomeUnknownError,
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
    ("status", "meaning"),
    [
        (418, Meaning.STOP),
        (401, Meaning.FRESH_TOKEN),
        (409, Meaning.READ_AGAIN),
        (413, Meaning.HALVE),
        (429, Meaning.WAIT),
        (502, Meaning.RETRY),
        (302, Meaning.RETRY),
    ],
)
def test_a_name_nobody_agreed_on_means_what_its_status_does(status: int, meaning: Meaning) -> None:
    assert meaning_of(status, "InventedProblem") is meaning
