"""What kind of trouble a partner was in at its last contact: the code beside the sentence."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """Why a partner gave no good answer; what a person does about it follows from this code."""

    NONE = ""
    RESTING = "resting"
    """Too many failures in a row: nothing is sent until it has rested."""
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    REGISTER = "register"
    """Its row in the register was changed by hand: it is not talked to."""
    HUNG_UP = "hung_up"
    NO_TOKEN = "no_token"  # noqa: S105 - a code, no secret
    UNAUTHORIZED = "unauthorized"
    SIGNATURE = "signature"
    FORBIDDEN = "forbidden"
    NOT_THERE = "not_there"
    TOO_MANY_CALLS = "too_many_calls"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    OUTCOME_UNKNOWN = "outcome_unknown"
    UNAVAILABLE = "unavailable"
    OTHER = "other"


_BY_STATUS = {
    401: Trouble.UNAUTHORIZED,
    403: Trouble.FORBIDDEN,
    404: Trouble.NOT_THERE,
    429: Trouble.TOO_MANY_CALLS,
}
_SIGNATURE_INVALID = "OrderSignatureInvalid"


def trouble_of(status: int, problem: str, otherwise: Trouble) -> Trouble:
    """The trouble that an HTTP answer tells of: by the profile's problem, else by its status."""
    if problem == _SIGNATURE_INVALID:
        return Trouble.SIGNATURE
    return _BY_STATUS.get(status, otherwise)
