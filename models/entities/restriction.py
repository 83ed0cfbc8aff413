"""A restriction of a recovery to named officers: its states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.columns import Id, Rows, Text64, enum, foreign_key


class RestrictionState(StrEnum):
    """Of a restriction, and of one member of it."""

    ACTIVE = "active"
    ENDED = "ended"


_S = RestrictionState
RESTRICTION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "begun"): _S.ACTIVE,
    (_S.ACTIVE, "lifted"): _S.ENDED,
}
MEMBER_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "added"): _S.ACTIVE,
    (_S.ACTIVE, "removed"): _S.ENDED,
}


class Restriction(Rows, table=True):
    """That a recovery is seen by its members, its case officer and who restricted it only.

    `begun_by` and `ended_by` are the changes of the register that two people agreed on, "" while
    it lasts.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[RestrictionState, enum(RestrictionState, index=True)]
    reason_sealed: str
    asked_by: Annotated[str, foreign_key("officer.id", index=False)]
    confirmed_by: Annotated[str, foreign_key("officer.id", index=False)]
    since: datetime
    begun_by: Text64
    ended_by: Text64 = ""
    ended_at: datetime | None = None


class RestrictionMember(Rows, table=True):
    """One officer who sees a restricted recovery; `added_by`, `removed_by` are changes too."""

    __tablename__ = "restriction_member"

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id", index=False)]
    restriction_id: Annotated[str, foreign_key("restriction.id")]
    officer_id: Annotated[str, foreign_key("officer.id")]
    state: Annotated[RestrictionState, enum(RestrictionState)]
    added_by: Text64
    removed_by: Text64 = ""
