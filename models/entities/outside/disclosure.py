"""Personal data that somebody saw, wrote into a file or kept in a text: who, what, why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.columns import Id, Rows, Text64, Text400, enum, foreign_key


class DisclosureKind(StrEnum):
    """How data was disclosed inside the unit; what leaves by a call is in the call's own events."""

    REVEAL = "reveal"
    DOCUMENTS = "documents"
    BUNDLE = "bundle"
    TRACE_FILE = "trace_file"
    PAGE_FILE = "page_file"
    RECALL_MESSAGE = "recall_message"
    ANSWER_DOCUMENT = "answer_document"
    KEPT_TEXT = "kept_text"
    FOUND_BY_NAME = "found_by_name"


DISCLOSURE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "file_made"): "noted",
    (None, "revealed"): "noted",
    (None, "text_kept"): "noted",
}


class Disclosure(Rows, table=True):
    """One look or one file; `what` names the fields or documents, `digest` covers a file's bytes.

    `subject_id` is the claim or asset that it is of, the request of a kept text, or "".
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    kind: Annotated[DisclosureKind, enum(DisclosureKind)]
    subject_id: Text64 = ""
    what: Text400
    reason_sealed: str = ""
    digest: Text64 = ""
    disclosed_by: Annotated[str, foreign_key("officer.id", index=False)]
    disclosed_at: datetime
