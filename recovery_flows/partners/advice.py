"""What a person does about a partner's last trouble: one sentence for each code."""

from __future__ import annotations

from collections.abc import Mapping

from models.language.phrase import phrase
from models.trouble import Trouble

_BY_ITSELF = phrase("the engine tries again by itself")
_CALL = phrase("{by_itself}; call its desk if orders wait", by_itself=_BY_ITSELF)
_OUR_KEY = phrase("it does not know our key: give it what `recovery partner key` prints")

ADVICE: Mapping[Trouble, str] = {
    Trouble.NONE: "",
    Trouble.RESTING: phrase("nothing is sent until it has rested; then {call}", call=_CALL),
    Trouble.UNREACHABLE: (
        phrase(
            "look at the network and at its address (`recovery doctor` asks it now); {call}",
            call=_CALL,
        )
    ),
    Trouble.SLOW: phrase("it is slow or overloaded: {call}", call=_CALL),
    Trouble.HUNG_UP: _CALL,
    Trouble.REGISTER: (
        phrase("nothing is sent or read: `recovery audit verify` names it; restore it from a copy")
    ),
    Trouble.NO_TOKEN: _OUR_KEY,
    Trouble.UNAUTHORIZED: phrase("compare the client id or the token with what it has on file"),
    Trouble.SIGNATURE: _OUR_KEY,
    Trouble.FORBIDDEN: (
        phrase("it says that we may not: call its desk with the code, and tell the supervisor")
    ),
    Trouble.NOT_THERE: (
        phrase("it does not know what was asked for: compare its address and the reference")
    ),
    Trouble.TOO_MANY_CALLS: (
        phrase("it asks for fewer calls: the engine waits as long as it says, nothing is lost")
    ),
    Trouble.REFUSED: (
        phrase("call its desk with the code; what it was about says so on its recovery's page")
    ),
    Trouble.UNREADABLE: (
        phrase("nothing was booked from that answer: tell its technical desk which field is wrong")
    ),
    Trouble.OUTCOME_UNKNOWN: (
        phrase("the engine asks by key before anything is sent again: look again in some minutes")
    ),
    Trouble.UNAVAILABLE: _CALL,
    Trouble.OTHER: phrase("`recovery doctor` asks it now; call its desk if it goes on"),
}


def advice(last_error: str, trouble: Trouble) -> str:
    """What to do about a partner's last error; an error without a code is an older version's."""
    if not last_error:
        return ""
    return ADVICE[trouble or Trouble.OTHER]
