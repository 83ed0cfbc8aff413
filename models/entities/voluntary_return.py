"""Money that an account holder gives back by himself: the invitation, the promise, its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import Currency, Id, Minor, Text64, enum, foreign_key, stored


class ReturnState(StrEnum):
    INVITED = "invited"
    UNANSWERED = "unanswered"
    PROMISED = "promised"
    KEPT = "kept"
    ENDED = "ended"


_V = ReturnState
_GOING = (_V.INVITED, _V.UNANSWERED, _V.PROMISED)
RETURN_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "invited"): _V.INVITED,
    (_V.INVITED, "answer_overdue"): _V.UNANSWERED,
    (_V.PROMISED, "all_received"): _V.KEPT,
    (_V.KEPT, "owed_again"): _V.PROMISED,
    **{(state, "promised"): _V.PROMISED for state in (*_GOING, _V.KEPT)},
    **{(state, "invited_again"): _V.INVITED for state in (_V.INVITED, _V.UNANSWERED)},
    **{(state, "ended"): _V.ENDED for state in _GOING},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """What the holder of `account_id` was invited to give back, and what he has promised.

    `reason` is the fingerprint of the note with the words of whoever entered the last step.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ReturnState, enum(ReturnState, index=True)]
    account_id: Annotated[str, foreign_key("account.id")]
    promised_minor: Minor = 0
    currency: Currency
    invited_by: Text64 = ""
    invited_at: datetime
    answer_due_at: datetime | None = None
    law_row: Text64 = ""
    reason: Text64 = ""


@stored(ReturnRow)
class VoluntaryReturn(SQLModel):
    """A voluntary return has no column that rules do not read."""

    __tablename__ = "voluntary_return"


class InstalmentState(StrEnum):
    DUE = "due"
    OVERDUE = "overdue"
    REMINDED = "reminded"
    MET = "met"
    REPLACED = "replaced"


_I = InstalmentState
OPEN_INSTALMENTS = frozenset({_I.DUE, _I.OVERDUE, _I.REMINDED})
INSTALMENT_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "promised"): _I.DUE,
    (_I.DUE, "overdue"): _I.OVERDUE,
    (_I.REMINDED, "overdue"): _I.OVERDUE,
    (_I.OVERDUE, "reminded"): _I.REMINDED,
    (_I.MET, "owed_again"): _I.DUE,
    **{(state, "met"): _I.MET for state in (_I.DUE, _I.OVERDUE, _I.REMINDED)},
    **{(state, "replaced"): _I.REPLACED for state in (_I.DUE, _I.OVERDUE, _I.REMINDED)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentRow:
    """One part of a promise; `answer_due_at` is by when a reminder is to have been answered.

    Numbers go on over a new plan: what a plan replaced keeps its own.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[InstalmentState, enum(InstalmentState, index=True)]
    return_id: Annotated[str, foreign_key("voluntary_return.id")]
    number: int
    amount_minor: Minor
    currency: Currency
    due_at: datetime
    answer_due_at: datetime | None = None


@stored(InstalmentRow)
class Instalment(SQLModel):
    """An instalment has no column that rules do not read."""
