"""A change of the registers that a second person confirms: its acts, its moves, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.columns import Id, Rows, Text64, enum, foreign_key
from models.entities.approval import ApprovalState


class RegisterAct(StrEnum):
    """What a second person confirms about the registers."""

    APPOINT_OFFICER = "appoint_officer"
    DISMISS_OFFICER = "dismiss_officer"
    REGISTER_PARTNER = "register_partner"
    CHANGE_PARTNER = "change_partner"
    ENTER_AUTHORITY = "enter_authority"
    CHANGE_AUTHORITY = "change_authority"
    RESET_LOG_IN = "reset_log_in"
    RESTRICT = "restrict"
    LIFT_RESTRICTION = "lift_restriction"
    ADD_MEMBER = "add_member"
    REMOVE_MEMBER = "remove_member"


OFFICER_ACTS = frozenset({
    RegisterAct.APPOINT_OFFICER, RegisterAct.DISMISS_OFFICER, RegisterAct.RESET_LOG_IN,
})  # fmt: skip
"""What is about a person."""
AUTHORITY_ACTS = frozenset({RegisterAct.ENTER_AUTHORITY, RegisterAct.CHANGE_AUTHORITY})
"""What is about an authority of a State."""
RESTRICTION_ACTS = frozenset({
    RegisterAct.RESTRICT, RegisterAct.LIFT_RESTRICTION, RegisterAct.ADD_MEMBER,
    RegisterAct.REMOVE_MEMBER,
})  # fmt: skip
"""Who sees a recovery; the others are about partners."""

_V = ApprovalState
CHANGE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "asked"): _V.PENDING,
    (_V.PENDING, "approved"): _V.APPROVED,
    (_V.PENDING, "denied"): _V.DENIED,
}


class RegisterChange(Rows, table=True):
    """What a supervisor asked to be put into a register: of officers, partners, restrictions.

    A second person confirms it before it counts. `values_sealed` is the new row's columns as JSON,
    `values_digest` their keyed digest; `basis_digest` covers what stood there when it was asked,
    `reason_sealed` is why it was denied.
    """

    __tablename__ = "register_change"

    id: Id
    act: Annotated[RegisterAct, enum(RegisterAct)]
    subject_id: Text64
    values_sealed: str
    values_digest: Text64
    basis_digest: Text64 = ""
    state: Annotated[ApprovalState, enum(ApprovalState, index=True)]
    asked_by: Annotated[str, foreign_key("officer.id", index=False)]
    asked_at: datetime
    decided_by: Text64 = ""
    decided_at: datetime | None = None
    reason_sealed: str = ""
