"""A partner's trouble is a code; the sentence is for people."""

from __future__ import annotations

from typing import Any

import pytest

from models.ids import CallId, OfficerId, RecoveryId
from models.trouble import Trouble
from recovery_flows.errors import PartnerRefusedError
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.orders import Authority, Limits

AUTHORITY = Authority(RecoveryId("rec-1"), OfficerId("chen"), "an article")


@pytest.mark.parametrize(
    ("status", "problem", "trouble"),
    [
        (401, "TokenInvalid", Trouble.UNAUTHORIZED), (403, "Forbidden", Trouble.FORBIDDEN),
        (404, "NotFound", Trouble.NOT_THERE), (422, "MultipleHits", Trouble.REFUSED),
        (403, "OrderSignatureInvalid", Trouble.SIGNATURE),
    ],
)  # fmt: skip
async def test_what_a_bank_answers_is_told_by_a_code_beside_the_sentence(
    scripted: Any, bank: PartnerBank, status: int, problem: str, trouble: Trouble
) -> None:
    scripted.will_refuse(problem, status)
    scripted.will_refuse(problem, status)
    with pytest.raises(PartnerRefusedError) as caught:
        await bank.send("/v1/holds", b"{}", CallId("call-1"), AUTHORITY, Limits("9999"))
    assert caught.value.trouble is trouble
