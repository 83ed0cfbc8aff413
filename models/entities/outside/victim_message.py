"""A message to a victim about where his report stands: that a person sent it, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import Id, Text8, Text64, enum, foreign_key, stored


class VictimStage(StrEnum):
    """How far one victim's report has come, as he is told it; each begins at a recorded instant."""

    RECEIVED = "received"
    HELD = "held"
    TRACED = "traced"
    NOTICE = "notice"
    DECIDED = "decided"
    PAID_IN_PART = "paid_in_part"
    PAID = "paid"


class MessageState(StrEnum):
    """Only what was sent is stored; what is due follows from the file."""

    SENT = "sent"


VICTIM_MESSAGE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "sent"): MessageState.SENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimMessageRow:
    """What a victim was told of a stage: that began `since`, was to be told by `due_at`.

    `text` is the digest of the words, kept encrypted; `reason` the fingerprint of the note that
    says how they went.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[MessageState, enum(MessageState)]
    claim_id: Annotated[str, foreign_key("claim.id")]
    stage: Annotated[VictimStage, enum(VictimStage)]
    since: datetime
    due_at: datetime | None = None
    law_row: Text64 = ""
    language: Text8
    text: Text64
    reason: Text64
    sent_by: Text64
    sent_at: datetime


@stored(VictimMessageRow)
class VictimMessage(SQLModel):
    """A message has no column that rules do not read."""

    __tablename__ = "victim_message"
