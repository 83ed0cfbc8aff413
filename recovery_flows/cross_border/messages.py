"""Messages about a request to a body with a connection: notices, reminders, assurances.

A person dispatches each; an assurance takes two. The outbox sends it once, and the other side
counts as told from when it has received it. What is not so any more by then does not leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.outside.request_message import (
    OPEN_MESSAGES,
    MessageKind,
    RequestMessageRow,
    RequestMessageState,
)
from models.entities.request import CARRIED_OUT, UNDER_WAY, RequestRow, RequestState
from models.ids import derive_id
from models.language.phrase import phrase
from models.outcome import CallIntent, Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cross_border import ceiling, clocks
from recovery_flows.ledger.changeset import Changeset

_DUE = {
    # A late yes is no reason to leave the other side without what was decided before it.
    MessageKind.WITHDRAWN: CARRIED_OUT | {RequestState.WITHDRAWN},
    MessageKind.EXECUTED: CARRIED_OUT,
    MessageKind.RECEIVED: UNDER_WAY | CARRIED_OUT,
    MessageKind.REMINDER: UNDER_WAY - {RequestState.NEEDS_INFO},
    MessageKind.ASSURANCE: UNDER_WAY - {RequestState.NEEDS_INFO},
}
"""In which states of its request a message still says something that is so."""


WORDS = {
    MessageKind.WITHDRAWN: phrase("notice of withdrawal"),
    MessageKind.EXECUTED: phrase("notice that execution was noted"),
    MessageKind.RECEIVED: phrase("notice of money that came in elsewhere"),
    MessageKind.REMINDER: phrase("reminder"),
    MessageKind.ASSURANCE: phrase("assurance"),
}
"""What a message is called."""


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a message: the digest of what is kept, their language, who wrote them."""

    letter: str
    language: str
    by: str


def dispatch(
    changes: Changeset, request: RequestRow, kind: MessageKind, written: Written, now: datetime
) -> None:
    """Let the outbox send a message about a request that the body has."""
    name = _begin(changes, request, kind, "dispatched", written, now)
    _send(changes, name, _approval_of(changes.file, request, kind))


def draft_assurance(
    changes: Changeset, request: RequestRow, written: Written, now: datetime
) -> None:
    """Keep the words of an assurance until a second person gives it."""
    _begin(changes, request, MessageKind.ASSURANCE, "drafted", written, now)


def give_assurance(changes: Changeset, request_id: str, approval: ApprovalRow) -> None:
    """The assurance was approved: it is sent, where it goes over a connection."""
    for message in _drafts(changes.file, request_id):
        changes.apply(_move(message, "approved"))
        _send(changes, message.id, approval.id)


def by_hand(changes: Changeset, request_id: str, now: datetime) -> None:
    """A person brought the assurance that the connection had refused."""
    message = ceiling.refused_assurance(changes.file, request_id)
    if message is not None:
        changes.apply(_move(message, "brought_by_hand", {"delivered_at": now}))


def drop_assurance(changes: Changeset, request_id: str) -> None:
    """A second person did not give the assurance."""
    for message in _drafts(changes.file, request_id):
        changes.apply(_move(message, "denied"))


def advance(changes: Changeset) -> None:
    """An assurance about which nobody is asked any more is not sent."""
    for message in changes.file.messages:
        is_asked = changes.file.pending(message.request_id) is not None
        if message.state is RequestMessageState.DRAFT and not is_asked:
            changes.apply(_move(message, "cancelled"))


def may_leave(file: CaseFile, message_id: str, approval_id: str) -> bool:
    """Whether what a message says is still so, and it rests on the approval that it is to."""
    message = message_of(file, message_id)
    if message.state is not RequestMessageState.PLANNED:
        return False
    request = _request(file, message.request_id)
    if message.kind is MessageKind.ASSURANCE and not _is_yes(file, request.id, approval_id):
        return False
    return request.state in _DUE[message.kind]


def _is_yes(file: CaseFile, request_id: str, approval_id: str) -> bool:
    """Whether two people gave an assurance about a request by this approval."""
    return any(
        a.id == approval_id and a.subject_id == request_id and a.decided_by
        and a.action == ApprovalKind.ASSURANCE and a.state is not ApprovalState.DENIED
        for a in file.approvals
    )  # fmt: skip


def withdraw(changes: Changeset, message_id: str) -> None:
    """A message that never left is not sent."""
    message = message_of(changes.file, message_id)
    if message.state in OPEN_MESSAGES:
        changes.apply(_move(message, "cancelled"))


def refused(changes: Changeset, message_id: str, code: str) -> None:
    """The connection would not take it: a person sends it again, or by hand."""
    message = message_of(changes.file, message_id)
    if message.state is RequestMessageState.PLANNED:
        changes.apply(_move(message, "refused", {"reason": code}))


def delivered(
    changes: Changeset, request_id: str, message_id: str, at: datetime, proof: str, now: datetime
) -> None:
    """The body has a message: what it says counts as told. `proof` is the digest of its answer."""
    if not is_awaited(changes.file, message_id):
        return
    message = message_of(changes.file, message_id)
    if message.request_id != request_id:
        return
    changes.apply(_move(message, "delivered", {"delivered_at": at, "proof": proof}))
    request = _request(changes.file, request_id)
    if message.kind is MessageKind.REMINDER:
        if request.state in UNDER_WAY:
            values = clocks.reminded(request, now, message.rung)
            changes.apply(_of_request(request, "reminder_delivered", values))
    elif message.kind is not MessageKind.ASSURANCE:
        told = ceiling.notified(message.kind, message.received_minor, now)
        changes.apply(_of_request(request, "notice_delivered", told))


def is_awaited(file: CaseFile, message_id: str) -> bool:
    """Whether the receipt of a message is news; what was refused may be there all the same."""
    awaited = (RequestMessageState.PLANNED, RequestMessageState.REFUSED)
    return any(m.id == message_id and m.state in awaited for m in file.messages)


def message_of(file: CaseFile, message_id: str) -> RequestMessageRow:
    """The message of that id; LookupError if there is none."""
    for message in file.messages:
        if message.id == message_id:
            return message
    raise LookupError(f"this file has no message {message_id}")


def is_on_its_way(file: CaseFile, request: RequestRow, kind: MessageKind) -> bool:
    """Whether such a message waits for its approval or for the outbox."""
    return any(m.kind is kind and m.state in OPEN_MESSAGES for m in of_request(file, request.id))


def of_request(file: CaseFile, request_id: str) -> tuple[RequestMessageRow, ...]:
    """All messages about a request, the oldest first."""
    return tuple(m for m in file.messages if m.request_id == request_id)


def _request(file: CaseFile, request_id: str) -> RequestRow:
    return next(r for r in file.requests if r.id == request_id)


def _begin(
    changes: Changeset, request: RequestRow, kind: MessageKind, event: str, written: Written,
    now: datetime,
) -> str:  # fmt: skip
    number = 1 + len(of_request(changes.file, request.id))
    name = derive_id("message", request.id, kind, number)
    values: dict[str, Scalar] = {
        "request_id": request.id, "kind": kind, "language": written.language,
        "letter": written.letter, "written_by": written.by, "written_at": now,
        "received_minor": ceiling.received_minor(changes.file), "rung": request.rung,
    }  # fmt: skip
    changes.apply(Transition(EntityKind.REQUEST_MESSAGE, name, event, None, values))
    return name


def _send(changes: Changeset, message_id: str, approval_id: str) -> None:
    request = _request(changes.file, message_of(changes.file, message_id).request_id)
    changes.call(
        CallIntent(
            id=derive_id("call", message_id, CallKind.MESSAGE),
            partner_id=request.carrier_id,
            kind=CallKind.MESSAGE,
            noun=EntityKind.REQUEST_MESSAGE,
            subject_id=message_id,
            asset_id=request.asset_id,
            approval_id=approval_id,
        )
    )


def _approval_of(file: CaseFile, request: RequestRow, kind: MessageKind) -> str:
    """The approval that a message rests on, whatever became of it since.

    It is that under which the request was sent; of an assurance its own.
    """
    is_promise = kind is MessageKind.ASSURANCE
    wanted = ApprovalKind.ASSURANCE if is_promise else ApprovalKind.REQUEST
    given = [
        a
        for a in file.approvals
        if a.subject_id == request.id and a.action == wanted and a.decided_by
        and a.state is not ApprovalState.DENIED
    ]  # fmt: skip
    return given[-1].id if given else ""


def _drafts(file: CaseFile, request_id: str) -> list[RequestMessageRow]:
    return [m for m in of_request(file, request_id) if m.state is RequestMessageState.DRAFT]


def _move(
    message: RequestMessageRow, event: str, values: dict[str, Scalar] | None = None
) -> Transition:
    return Transition(
        EntityKind.REQUEST_MESSAGE, message.id, event, message.state, values or {}
    )  # fmt: skip


def _of_request(request: RequestRow, event: str, values: dict[str, Scalar]) -> Transition:
    return Transition(EntityKind.REQUEST, request.id, event, request.state, values)
