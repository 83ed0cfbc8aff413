"""Moves of calls and holds that only letters make: printed and sent by hand, answered on paper."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.states import CallState, HoldState

_K, _H = CallState, HoldState

CALL_MOVES: Mapping[tuple[str | None, str], str] = {
    (None, "received"): _K.SENT,
    (_K.PLANNED, "printed"): _K.PLANNED,
    (_K.SENT, "answer_entered"): _K.SENT,
    (_K.SENT, "answer_returned"): _K.SENT,
    (_K.SENT, "answer_taken"): _K.SENT,
    (_K.PLANNED, "dropped"): _K.CANCELLED,
    (_K.SENT, "dropped"): _K.CANCELLED,
}
"""`received` is a letter that came unasked; after `answer_taken` a further answer is due."""

HOLD_MOVES: Mapping[tuple[str | None, str], str] = {
    (_H.ORDERED, "letter_sent"): _H.ORDERED,
    (_H.ORDERED, "order_withdrawn"): _H.CANCELLED,
    (_H.QUEUED, "stopped"): _H.STOPPED,
}
