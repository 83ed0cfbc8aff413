"""What an answer's status means for the caller (the profile's table of errors)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)

RETRY_AFTER_SECONDS_MAX = 86_400  # no answer silences a partner for longer than a day
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


class _Problem(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)
    type: str = ""
    detail: str = ""


def check_answer(
    partner: PartnerId,
    answer: RawAnswer,
    call_id: CallId | None = None,
    retry_after_seconds: int | None = None,
) -> RawAnswer:
    """Give back a 2xx answer; raise what any other means.

    With `call_id` the answer is one to an order: unless the partner says a definite no or that it
    was too busy to look, the order may have been carried out, and the outcome is unknown.
    """
    if 200 <= answer.status_code < 300:
        return answer
    raise _error(partner, answer, call_id, retry_after_seconds)


def problem_name(answer: RawAnswer) -> str:
    """The profile's name of a problem (last part of its type), or `Unnamed`."""
    name = _problem(answer).type.rpartition("/")[2]
    return name if _NAME.fullmatch(name) else "Unnamed"


def retry_wait_seconds(value: str | None, date: str | None) -> int | None:
    """Seconds of a Retry-After header: a number, or a date measured from the answer's own Date.

    The partner's two times are compared, so that its clock may be wrong (RFC 9110 10.2.3).
    """
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return min(int(value), RETRY_AFTER_SECONDS_MAX)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    return max(0, min(round(wait.total_seconds()), RETRY_AFTER_SECONDS_MAX))


def _error(
    partner: PartnerId, answer: RawAnswer, call_id: CallId | None, retry_after: int | None
) -> RecoveryFlowsError:
    status, name, raw = answer.status_code, problem_name(answer), (answer,)
    if status in (429, 503):
        return PartnerUnavailableError(partner, f"{name} (HTTP {status})", retry_after, raw)
    refused = 400 <= status < 500 and name != "RequestInProgress"
    if refused:
        return PartnerRefusedError(partner, name, _problem(answer).detail, status, raw)
    if call_id is not None:
        return OutcomeUnknownError(partner, call_id, f"{name}, HTTP {status}", raw)
    if status < 400:
        return AnswerUnreadableError(partner, "status", f"is {status}, which is no answer", raw)
    return PartnerUnavailableError(partner, f"{name} (HTTP {status})", retry_after, raw)


def _problem(answer: RawAnswer) -> _Problem:
    try:
        return _Problem.model_validate_json(answer.body)
    except ValidationError:
        return _Problem()
