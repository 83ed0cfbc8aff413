"""Tasks as the profile's JSON shows them, and the change feed in which all resources come."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, Self

from pydantic import (
    Base64Bytes,
    BaseModel,
    FailFast,
    Field,
    JsonValue,
    RootModel,
    StringConstraints,
    model_validator,
)

from models.facts import PartnerTaskState, TaskAnswer, TaskFact
from recovery_flows.partners.rbp1.bounds import ITEMS_MAX, Code, Instant, Ref, Whole
from recovery_flows.partners.rbp1.request_shapes import RequestShape
from recovery_flows.partners.rbp1.shapes import HoldShape, Link, PayoutShape

DOCUMENT_BYTES_MAX = 1_000_000
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MediaType = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,80}$")]


class AnswerShape(BaseModel):
    """One answer to a task with its document, whose digest the partner states too."""

    model_config = Link.model_config

    number: Annotated[int, Field(ge=1, le=ITEMS_MAX)]
    at: Instant
    status: PartnerTaskState
    document: Annotated[Base64Bytes, Field(strict=False)]
    sha256: Sha256
    media_type: MediaType

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        if len(self.document) > DOCUMENT_BYTES_MAX:
            raise ValueError(f"document is larger than {DOCUMENT_BYTES_MAX} bytes")
        if hashlib.sha256(self.document).hexdigest() != self.sha256:
            raise ValueError("document is not what its sha256 says")
        return self

    def answer(self) -> TaskAnswer:
        """This answer as our value."""
        return TaskAnswer(self.number, self.at, self.status, self.document, self.media_type)


class TaskShape(BaseModel):
    """A task as the partner keeps it, with every answer that it gave so far."""

    model_config = Link.model_config

    type: Literal["task"]
    id: Ref
    revision: Whole
    task_ref: Ref
    status: PartnerTaskState
    preserved_until: Instant | None
    refusal_reason: Code | None
    answers: Annotated[tuple[AnswerShape, ...], Field(max_length=1_000), FailFast()]
    last_modified: Instant

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if [a.number for a in self.answers] != list(range(1, len(self.answers) + 1)):
            raise ValueError("answers are not numbered from 1 on without a gap")
        if self.status is PartnerTaskState.PRESERVED and self.preserved_until is None:
            raise ValueError("preservedUntil is missing from what is preserved")
        return self

    def fact(self) -> TaskFact:
        """This task as our value."""
        return TaskFact(
            partner_ref=self.id,
            revision=self.revision,
            order_ref=self.task_ref,
            state=self.status,
            preserved_until=self.preserved_until,
            modified_at=self.last_modified,
            answers=tuple(a.answer() for a in self.answers),
            reason=self.refusal_reason or "",
        )


class FeedShape(BaseModel):
    """One page of the change feed; its items are read one by one, so that one ends no other."""

    model_config = Link.model_config

    items: Annotated[tuple[JsonValue, ...], Field(max_length=ITEMS_MAX), FailFast()]
    has_more_elements: bool


AnyShape = HoldShape | PayoutShape | TaskShape | RequestShape
Item = Annotated[AnyShape, Field(discriminator="type")]
"""One item of the change feed, of the type that it names."""


class ItemShape(RootModel[AnyShape]):
    """One item by itself."""

    root: Item


class FittingShape(BaseModel):
    """A page of which every item fits, read at once: half of what one by one costs."""

    model_config = Link.model_config

    items: Annotated[tuple[Item, ...], Field(max_length=ITEMS_MAX), FailFast()]
    has_more_elements: bool


class ModifiedShape(BaseModel):
    """When an item has changed, whatever else it says."""

    model_config = Link.model_config

    last_modified: Instant
