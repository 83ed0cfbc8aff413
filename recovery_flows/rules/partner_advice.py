"""What a person does about a partner's last error: one sentence for each kind of sentence."""

from __future__ import annotations

_BY_ITSELF = "the engine tries again by itself; call its desk if orders wait"
_FEWER = "it asks for fewer calls: the engine waits as long as it says, nothing is lost"
_OUR_KEY = "it does not know our key: give it what `recovery partner key` prints"
_LOOK = "look at the network and at its address (`recovery doctor` asks it now)"
_UNBOOKED = "nothing was booked from that answer: tell its technical desk which field is wrong"
_BY_KEY = "the engine asks by key before anything is sent again: look again in some minutes"
_MAY_NOT = "it says that we may not: call its desk with the code, and tell the supervisor"
_UNKNOWN_THERE = "it does not know what was asked for: compare its address and the reference"
_CODE = "call its desk with the code; what it was about says so on its recovery's page"
_OTHERWISE = "`recovery doctor` asks it now; call its desk if it goes on"

# Parts of the sentences of `recovery_flows.errors`; the first that is found counts.
_ADVICE = (
    ("times in a row", f"nothing is sent until it has rested; then {_BY_ITSELF}"),
    ("cannot be reached", f"{_LOOK}; {_BY_ITSELF}"),
    ("it gave no token", _OUR_KEY),
    ("did not answer in time", f"it is slow or overloaded: {_BY_ITSELF}"),
    ("it hung up", _BY_ITSELF),
    ("HTTP 401", "compare the client id or the token with what it has on file"),
    ("OrderSignatureInvalid", _OUR_KEY),
    ("its gate is closed", _FEWER),
    ("HTTP 429", _FEWER),
    ("HTTP 403", _MAY_NOT),
    ("HTTP 404", _UNKNOWN_THERE),
    ("does not fit the profile", _UNBOOKED),
    ("is not known", _BY_KEY),
    (" refused: ", _CODE),
    ("is not available", _BY_ITSELF),
)


def advice(last_error: str) -> str:
    """What to do about an error as it was written down; empty where there was none."""
    if not last_error:
        return ""
    return next((say for part, say in _ADVICE if part in last_error), _OTHERWISE)
