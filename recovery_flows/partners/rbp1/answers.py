"""What an answer's status means for the caller (the profile's table of errors)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from models.language.phrase import stored_phrase
from models.trouble import Trouble, trouble_of
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)

RETRY_AFTER_SECONDS_MAX = 86_400  # no answer silences a partner for longer than a day
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


class Meaning(StrEnum):
    """What a caller does after a problem."""

    STOP = "stop: the call is wrong, a person looks"
    FRESH_TOKEN = "get a new token once, then stop"  # noqa: S105 - no secret
    READ_AGAIN = "read the resource again: it is in another state"
    NEW_REQUEST = "ask anew, under a new key"
    HALVE = "ask for half of the period"
    WAIT = "wait as long as it says"
    RETRY = "the same call again, later"


# The profile's table; sources of the names: DSOP, the Finnish register's codes, DICT 1.8.0.
PROBLEMS: Mapping[tuple[int, str], Meaning] = {
    (400, "BadRequest"): Meaning.STOP,
    (400, "ValidationError"): Meaning.STOP,
    (400, "IdempotencyKeyMissing"): Meaning.STOP,
    (401, "TokenInvalid"): Meaning.FRESH_TOKEN,
    (403, "OrderMissing"): Meaning.STOP,
    (403, "OrderSignatureInvalid"): Meaning.STOP,
    (403, "EndpointNotInOrder"): Meaning.STOP,
    (403, "Unauthorized"): Meaning.STOP,
    (403, "Forbidden"): Meaning.STOP,
    (404, "NotFound"): Meaning.STOP,
    (409, "OperationInvalid"): Meaning.READ_AGAIN,
    (409, "AlreadyBeingProcessedForTransaction"): Meaning.READ_AGAIN,
    (409, "RequestInProgress"): Meaning.RETRY,
    (410, "QueryLost"): Meaning.NEW_REQUEST,
    (410, "Expired"): Meaning.NEW_REQUEST,
    (413, "ResponseTooLarge"): Meaning.HALVE,
    (422, "IdempotencyKeyReused"): Meaning.STOP,
    (422, "TransactionNotSettled"): Meaning.STOP,
    (422, "PeriodExpired"): Meaning.STOP,
    (422, "TransactionNotRefundable"): Meaning.STOP,
    (422, "MultipleHits"): Meaning.STOP,
    (429, "RateLimited"): Meaning.WAIT,
    (500, "InternalServerError"): Meaning.RETRY,
    (503, "ServiceUnavailable"): Meaning.WAIT,
}
_NO = frozenset({Meaning.STOP, Meaning.FRESH_TOKEN, Meaning.READ_AGAIN, Meaning.NEW_REQUEST})
_TOO_LARGE = 413


def meaning_of(status: int, name: str) -> Meaning:
    """What a problem means: only one that the profile names is a no; the rest is tried again.

    A gateway's page, a time-out on the way or a code that nobody agreed on says nothing of what
    the partner did.
    """
    if status == _TOO_LARGE:
        return Meaning.HALVE
    return PROBLEMS.get((status, name), Meaning.RETRY)


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

    With `call_id` the answer is one to an order: unless the partner says no or that it was too busy
    to look, by a problem of the profile's table, the order may have been carried out, and the
    outcome is unknown.
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
    meaning, why = meaning_of(status, name), f"{name} (HTTP {status})"
    if meaning is Meaning.WAIT:
        return _unavailable(partner, status, name, retry_after, raw)
    # An order whose answer is too large was carried out all the same.
    if meaning in _NO or (meaning is Meaning.HALVE and call_id is None):
        return PartnerRefusedError(partner, name, _problem(answer).detail, status, raw)
    if call_id is not None:
        return OutcomeUnknownError(partner, call_id, why, raw, retry_after)
    if status < 400:
        return AnswerUnreadableError(
            partner, "status", stored_phrase("is {status}, which is no answer", status=status), raw
        )
    return _unavailable(partner, status, name, retry_after, raw)


def _unavailable(
    partner: PartnerId, status: int, name: str, retry_after: int | None, raw: tuple[RawAnswer, ...]
) -> PartnerUnavailableError:
    trouble = trouble_of(status, name, Trouble.UNAVAILABLE)
    return PartnerUnavailableError(
        partner, f"{name} (HTTP {status})", retry_after, raw, trouble=trouble
    )


def _problem(answer: RawAnswer) -> _Problem:
    try:
        return _Problem.model_validate_json(answer.body)
    except ValidationError:
        return _Problem()
