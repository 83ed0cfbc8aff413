"""What a bank can say of a hold in each of our states: a move, a contradiction, or nothing new.

`NOTHING_NEW` is the short list of what only repeats our records; a test walks every pair of states
and finds each of the others to be a move or a discrepancy.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.hold import HoldState
from models.facts import BankHoldState
from models.language.phrase import stored_phrase

_B, _H = BankHoldState, HoldState

HOLDING = frozenset({_B.HELD, _B.PARTIALLY_HELD})
WAITING = frozenset({_B.RECEIVED, _B.ACKNOWLEDGED})
IN_LINE = WAITING | {_B.QUEUED}
NOT_HELD = frozenset({_B.RELEASED, _B.EXPIRED, _B.CANCELLED, _B.REFUSED})
ENDED = NOT_HELD | {_B.PAID_OUT, _B.CONVERTED}

NEVER_ORDERED = frozenset({_H.DRAFT, _H.PENDING_APPROVAL, _H.DENIED})
OVER = frozenset(
    {
        _H.LAPSED, _H.SUPERSEDED, _H.RELEASED, _H.DISPOSED, _H.REJECTED_BY_BANK, _H.NO_FUNDS,
        _H.CANCELLED,
    }
)  # fmt: skip
"""States in which we hold nothing (any more); a bank that holds puts them in force again."""

_HOLDS_NOTHING = stored_phrase("the bank holds nothing, as recorded")
_WAITS = stored_phrase("its release is on its way, and the bank had not acted on it")


def _nothing_new() -> dict[tuple[HoldState, BankHoldState], str]:
    found: dict[tuple[HoldState, BankHoldState], str] = {
        (_H.QUEUED, _B.QUEUED): stored_phrase("it waits in line, as recorded"),
        (_H.SUPERSEDED, _B.CONVERTED): stored_phrase(
            "the hold that follows it took over, as recorded"
        ),
        (_H.DISPOSED, _B.PAID_OUT): stored_phrase("all of it was paid out, as recorded"),
        (_H.REJECTED_BY_BANK, _B.REFUSED): stored_phrase("refused, as recorded"),
        (_H.NO_FUNDS, _B.REFUSED): stored_phrase("refused, as recorded"),
    }
    for state in (_H.LAPSED, _H.SUPERSEDED, _H.RELEASED, _H.CANCELLED):
        found |= {(state, told): _HOLDS_NOTHING for told in NOT_HELD}
    found |= {(_H.RELEASE_PENDING, told): _WAITS for told in IN_LINE}
    return found


NOTHING_NEW: Mapping[tuple[HoldState, BankHoldState], str] = _nothing_new()
