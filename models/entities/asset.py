"""One account in one recovery: the stage of the work on it, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.columns import (
    Currency,
    Id,
    Minor,
    Text8,
    Text24,
    Text64,
    Text120,
    enum,
    foreign_key,
    stored,
)


class Stage(StrEnum):
    """Where one asset stands; a recovery's stage is the earliest with open work."""

    FREEZING = "freezing"
    TRACING = "tracing"
    CROSS_BORDER = "cross_border"
    RESTITUTION = "restitution"
    CLOSED = "closed"


_S = Stage
_OPEN = (_S.FREEZING, _S.TRACING, _S.CROSS_BORDER, _S.RESTITUTION)
_STAYS = (
    "updated", "watch_begun", "watch_looked", "watch_hastened", "watch_found", "watch_ended",
)  # fmt: skip
ASSET_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "found"): _S.FREEZING,
    (None, "found_abroad"): _S.CROSS_BORDER,
    (None, "custody_opened"): _S.RESTITUTION,
    (_S.CLOSED, "custody_reopened"): _S.RESTITUTION,
    (_S.FREEZING, "answered"): _S.TRACING,
    (_S.TRACING, "hold_needed"): _S.FREEZING,
    (_S.TRACING, "traced"): _S.RESTITUTION,
    (_S.CROSS_BORDER, "request_ended"): _S.RESTITUTION,
    (_S.RESTITUTION, "hold_needed"): _S.FREEZING,
    (_S.RESTITUTION, "resubmitted"): _S.CROSS_BORDER,
    (_S.RESTITUTION, "new_round"): _S.TRACING,
    (_S.CLOSED, "reopened"): _S.FREEZING,
    (_S.CLOSED, "reopened_abroad"): _S.CROSS_BORDER,
    **{
        (stage, event): new
        for stage in _OPEN
        for event, new in (("closed", _S.CLOSED), ("split", stage), ("title_ended", stage))
    },
    **{(stage, event): stage for stage in _S for event in _STAYS},
}


CUSTODY = "custody"
"""The decision that keeps the unit's own account in each recovery that money comes in for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRow:
    """One account in one recovery; `traced_*` are what the adopted trace finds there.

    `title_basis` is the digest of what the title was checked for: the traced sum, the claims.
    `watch` is "on" while an account that was empty is looked at again, "over" when that has ended.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    account_id: Annotated[str, foreign_key("account.id")]
    partner_id: Annotated[str, foreign_key("partner.id")]
    currency: Currency
    home: bool
    regime: Text8
    stage: Annotated[Stage, enum(Stage, index=True)]
    depth: int = 0
    traced_minor: Minor = 0
    traced_claim_minor: Minor = 0
    statement_to: datetime | None = None
    title_checked_by: Text64 = ""
    title_basis: Text64 = ""
    left_alone: Text120 = ""
    shared_decision: Text24 = ""
    watch: Text8 = ""
    watch_until: datetime | None = None
    watch_due_at: datetime | None = None
    watch_looks: int = 0

    @property
    def is_custody(self) -> bool:
        """Whether it is the unit's own account, where money that was given back comes in."""
        return self.shared_decision == CUSTODY


@stored(AssetRow)
class Asset(SQLModel):
    """An asset has no column that rules do not read."""

    __table_args__ = (sa.UniqueConstraint("recovery_id", "account_id"),)


def reopened(asset: AssetRow) -> str:
    """The event that opens a closed account again: at home it may be stopped, abroad asked for."""
    if asset.is_custody:
        return "custody_reopened"
    return "reopened" if asset.home else "reopened_abroad"
