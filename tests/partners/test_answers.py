from __future__ import annotations

import pytest

from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from recovery_flows.errors import OutcomeUnknownError, PartnerRefusedError
from recovery_flows.partners.rbp1.answers import check_answer, problem_name, retry_wait_seconds

DATE = "Sun, 01 Mar 2026 09:30:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, DATE, None),
        ("0", None, 0),
        (" 30 ", None, 30),
        ("999999999", None, 86_400),
        ("9999999999", None, None),
        ("-5", DATE, None),
        ("1.5", DATE, None),
        ("soon", DATE, None),
        ("Sun, 01 Mar 2026 09:31:30 GMT", DATE, 90),
        ("Sun, 01 Mar 2026 09:29:00 GMT", DATE, 0),
        ("Sun, 01 Mar 2026 09:31:30 GMT", None, None),
        ("Sun, 01 Mar 2026 09:31:30 GMT", "Sun, 01 Mar 2026 09:30:00 -0000", None),
    ],
)
def test_a_wish_to_wait_is_seconds_or_a_date_and_never_more_than_a_day(
    value: str | None, date: str | None, seconds: int | None
) -> None:
    assert retry_wait_seconds(value, date) == seconds


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"type":"https://rbp.example/problems/NotFound"}', "NotFound"),
        (b'{"type":"NotFound"}', "NotFound"),
        (b'{"type":"https://rbp.example/problems/"}', "Unnamed"),
        (b'{"type":"/a b\\u001b[2J"}', "Unnamed"),
        (b'{"type":17}', "Unnamed"),
        (b"[]", "Unnamed"),
        (b"", "Unnamed"),
    ],
)
def test_a_problem_is_named_by_the_last_part_of_its_type(body: bytes, name: str) -> None:
    assert problem_name(RawAnswer(400, body, "application/problem+json")) == name


def test_a_past_answer_means_what_it_would_have_meant_at_once() -> None:
    partner, key = PartnerId("bank-a"), CallId("call-1")
    done = RawAnswer(201, b"{}", "application/json")
    assert check_answer(partner, done, key) is done
    named = b'{"type":"https://rbp.example/problems/PeriodExpired"}'
    with pytest.raises(PartnerRefusedError):
        check_answer(partner, RawAnswer(422, named, "application/json"), key)
    for status in (422, 500):
        with pytest.raises(OutcomeUnknownError):
            check_answer(partner, RawAnswer(status, b"{}", "application/json"), key)
