"""Requests as the profile's JSON shows them: every answer with its document, each receipt."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, Self

from pydantic import Base64Bytes, BaseModel, FailFast, Field, StringConstraints, model_validator

from models.facts import DeliveryReceipt, RequestAnswer, RequestFact
from models.money import AnnouncedMoney
from recovery_flows.partners.rbp1.bounds import ITEMS_MAX, Amount, Code, Instant, Ref, Whole
from recovery_flows.partners.rbp1.shapes import Link

DOCUMENT_BYTES_MAX = 1_000_000
_ANSWERS_MAX, _RECEIPTS_MAX, _MESSAGES_MAX = 1_000, 100, 1_000
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MediaType = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,80}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class RequestAnswerShape(BaseModel):
    """One answer to a request with its document, whose digest the other body states too."""

    model_config = Link.model_config

    number: Annotated[int, Field(ge=1, le=ITEMS_MAX)]
    at: Instant
    says: Word
    ground: Code | None
    amount: Amount | None
    until: Instant | None
    review_at: Instant | None
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

    def answer(self) -> RequestAnswer:
        """This answer as our value."""
        return RequestAnswer(
            self.number, self.at, self.says, self.ground or "", self.amount, self.until,
            self.review_at, self.document, self.media_type,
        )  # fmt: skip


class ReceiptShape(BaseModel):
    """A delivery receipt that the connection reports."""

    model_config = Link.model_config

    kind: Word
    at: Instant


class AnnouncedShape(BaseModel):
    """Money that the other body says it has paid; nothing of it counts."""

    model_config = Link.model_config

    booking: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z./:_-]{0,49}$")]
    at: Instant
    amount: Amount


class MessageShape(BaseModel):
    """A message of ours about a request, and when the other body received it."""

    model_config = Link.model_config

    message_ref: Ref
    at: Instant


class RequestShape(BaseModel):
    """A request as the other body keeps it, with every answer that it gave so far."""

    model_config = Link.model_config

    type: Literal["request"]
    id: Ref
    revision: Whole
    request_ref: Ref
    status: Code
    answers: Annotated[tuple[RequestAnswerShape, ...], Field(max_length=_ANSWERS_MAX), FailFast()]
    receipts: Annotated[tuple[ReceiptShape, ...], Field(max_length=_RECEIPTS_MAX), FailFast()]
    announced: Annotated[
        tuple[AnnouncedShape, ...], Field(max_length=_RECEIPTS_MAX), FailFast()
    ] = ()
    messages: Annotated[tuple[MessageShape, ...], Field(max_length=_MESSAGES_MAX), FailFast()] = ()
    last_modified: Instant

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if [a.number for a in self.answers] != list(range(1, len(self.answers) + 1)):
            raise ValueError("answers are not numbered from 1 on without a gap")
        return self

    def fact(self) -> RequestFact:
        """This request as our value."""
        return RequestFact(
            self.id, self.revision, self.request_ref, self.last_modified,
            tuple(a.answer() for a in self.answers),
            tuple(DeliveryReceipt(r.kind, r.at) for r in self.receipts),
            tuple(AnnouncedMoney(a.booking, a.at, a.amount) for a in self.announced),
            tuple((m.message_ref, m.at) for m in self.messages),
        )  # fmt: skip
