"""A request abroad that people send: sent, answered, reminded, assured, withdrawn.

Sent is never changed: what is asked for besides goes out as the next version. Whatever the other
side says is recorded; what contradicts an outcome that was recorded before has an owner.
"""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.call import CallState
from models.entities.event import EntityKind
from models.entities.outside.request_message import MessageKind
from models.entities.request import (
    AT_HOME,
    CARRIED_OUT,
    UNDER_WAY,
    RequestRoute,
    RequestRow,
    RequestState,
)
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.figures import is_in_force
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.cross_border import ceiling, clocks, guard, messages
from recovery_flows.cross_border.channels import (
    Channel,
    ChannelClock,
    ClockKind,
)
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset


def not_now(request: RequestRow, why: str) -> StepRefusedError:
    """The refusal of an act that a request does not allow in its state, with the reason."""
    return StepRefusedError(phrase(
        "{request_id} is {state}: {why}", request_id=request.id, state=request.state, why=why,
    ))  # fmt: skip


def send_by_hand(
    changes: Changeset, request_id: str, channel: Channel, proof: str, letter: str, actor: str,
    now: datetime,
) -> None:  # fmt: skip
    """Record that the approved request went out; its clock runs from now, and receipts are due."""
    request, _ = ready_to_send(changes.file, request_id, actor)
    values = begun(changes.file, request, channel, now) | ceiling.dispatched(changes.file, request)
    values |= {"sent_by": actor, "proof": proof, "letter": letter, "carrier_id": ""}
    changes.apply(move(request, "sent_by_hand", values, channel.source))
    replace_earlier(changes, request, UNDER_WAY)


def replace_earlier(
    changes: Changeset, request: RequestRow, states: frozenset[RequestState]
) -> None:
    """The versions before a request that asked for more end where they are in one of `states`."""
    for earlier in tuple(guard.earlier(changes.file, request)):
        is_less = request.requested_minor < earlier.requested_minor
        if is_less and earlier.state in states:
            values: dict[str, Scalar] = {"due_at": None, "review_at": None, "hold_ends_at": None}
            changes.apply(move(earlier, "replaced_by_next", values))


def ready_to_send(file: CaseFile, request_id: str, actor: str) -> tuple[RequestRow, ApprovalRow]:
    """The approved request and its approval; StepRefusedError where this person sends it not."""
    request = by_people(file, request_id)
    guard.check(file, request)
    if request.state is not RequestState.APPROVED:
        raise not_now(request, phrase("only an approved request is sent"))
    if request.sent_by:
        raise StepRefusedError(phrase(
            "{sent_by} has dispatched {request_id}: the engine sends it", sent_by=request.sent_by,
            request_id=request.id,
        ))  # fmt: skip
    approval = next(
        (
            a
            for a in file.approvals
            if a.subject_id == request.id
            and a.action == ApprovalKind.REQUEST
            and a.state is ApprovalState.APPROVED
        ),
        None,
    )
    if approval is None or not is_in_force(file, approval):
        raise StepRefusedError(phrase(
            "{request_id} has changed since it was approved: submit it anew", request_id=request.id,
        ))  # fmt: skip
    if actor in (request.drafted_by, approval.decided_by):
        did = phrase("submitted") if actor == request.drafted_by else phrase("approved")
        raise StepRefusedError(phrase(
            "you have {did} {request_id}: a third person sends it", did=did, request_id=request.id,
        ))  # fmt: skip
    return request, approval


def begun(
    file: CaseFile, request: RequestRow, channel: Channel, now: datetime
) -> dict[str, Scalar]:
    """Columns of a request that goes out now: its clock, the receipt that is awaited."""
    values: dict[str, Scalar] = {
        "sent_at": now, **clocks.awaited(channel, "", now),
    }  # fmt: skip
    if request.left_seconds:
        return values | clocks.resumed(request, now) | {"law_row": _law_row_before(file, request)}
    state = file.asset(request.asset_id).regime
    return values | clocks.running(channel, _answer_clock(channel, request, state), now)


def _law_row_before(file: CaseFile, request: RequestRow) -> str:
    return next((r.law_row for r in file.requests if r.id == request.replaces_id), "")


def _answer_clock(channel: Channel, request: RequestRow, state: str) -> ChannelClock | None:
    return clocks.clock_for(channel, ClockKind.ANSWER, request, state) or clocks.clock_for(
        channel, ClockKind.ANSWER_URGENT, request, state
    )


def ask_assurance(
    changes: Changeset, request_id: str, words: str, actor: str, now: datetime,
    letter: messages.Written | None,
) -> str:  # fmt: skip
    """Ask a second person to give the assurance; `words` is the fingerprint of its text.

    `letter` is what goes over the connection then, None where people carry it.
    """
    request = request_of(changes.file, request_id)
    if request.state is not RequestState.CONDITIONAL:
        raise not_now(request, phrase("no condition was set"))
    if changes.file.pending(request.id) is not None:
        raise not_now(request, phrase("an assurance waits for a second person already"))
    changes.apply(move(request, "assurance_asked", {"assurance": words}))
    if letter is not None:
        messages.draft_assurance(changes, request, letter, now)
    return ask(changes, ApprovalKind.ASSURANCE, request.id, actor, now)


def assure(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """The assurance is given by two people: the request goes on, and its clock with it."""
    del laws
    request = request_of(changes.file, approval.subject_id)
    changes.apply(move(request, "assured", clocks.resumed(request, now)))
    messages.give_assurance(changes, request.id, approval)


def deny_assurance(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The second person gives none: the condition stands, and the officer goes another way."""
    request = request_of(changes.file, approval.subject_id)
    changes.apply(
        Transition(
            EntityKind.REQUEST, request.id, "assurance_denied", request.state, {"assurance": ""},
            reason=reason,
        )
    )  # fmt: skip
    messages.drop_assurance(changes, request.id)


def remind(changes: Changeset, request_id: str, now: datetime) -> None:
    """The step of the reminder ladder that is due was done."""
    request = by_people(changes.file, request_id)
    check_owes(request)
    changes.apply(move(request, "reminded", clocks.reminded(request, now, request.rung)))


def owes(request: RequestRow) -> bool:
    """Whether the other side is to act on a request."""
    return request.state in UNDER_WAY and request.state is not RequestState.NEEDS_INFO


def check_owes(request: RequestRow) -> None:
    """StepRefusedError where the other side owes nothing of which it could be reminded."""
    if not owes(request):
        raise StepRefusedError(phrase(
            "{request_id} is {request_state}: the other side owes nothing", request_id=request.id,
            request_state=request.state,
        ))  # fmt: skip


def owed(file: CaseFile, request: RequestRow) -> str:
    """What the other side is to be told; StepRefusedError where it knows all."""
    what = ceiling.owed_word(file, request)
    if not what:
        raise StepRefusedError(phrase(
            "the other side of {request_id} knows all that it has to know", request_id=request.id,
        ))  # fmt: skip
    return what


def tell(changes: Changeset, request_id: str, now: datetime) -> str:
    """The other side was told what it did not know; return what that was."""
    request = by_people(changes.file, request_id)
    what = owed(changes.file, request)
    if what == MessageKind.ASSURANCE:
        messages.by_hand(changes, request_id, now)
        return what
    values = ceiling.notified(MessageKind(what), ceiling.received_minor(changes.file), now)
    changes.apply(move(request, "told", values))
    return what


def extend(changes: Changeset, request_id: str, until: datetime, document: str) -> None:
    """The other side holds on for longer than it had said."""
    request = by_people(changes.file, request_id)
    ends = request.hold_ends_at
    if request.state not in CARRIED_OUT or ends is None:
        raise StepRefusedError(phrase(
            "{request_id} is {request_state}: no freeze with an end is known",
            request_id=request.id, request_state=request.state,
        ))  # fmt: skip
    if until <= ends:
        raise MisuseError(phrase(
            "--until is not after {ends:%Y-%m-%d %H:%M} UTC, the end that is known", ends=ends,
        ))  # fmt: skip
    values: dict[str, Scalar] = {
        "hold_ends_at": until, "answer_document": document, "rung": 0, "rung_done": 0,
    }  # fmt: skip
    changes.apply(move(request, "extended", values))


def withdraw(changes: Changeset, request_id: str, reason: str) -> bool:
    """Take a request back, and a freeze by it; whether the other side is to be told at once."""
    request = request_of(changes.file, request_id)
    is_over = request.state not in AT_HOME | UNDER_WAY | CARRIED_OUT
    if not request.is_withdrawable and not is_over:
        raise StepRefusedError(phrase(
            "{request_id} went to {partner_id} with its hold: release the hold",
            request_id=request.id, partner_id=request.partner_id,
        ))  # fmt: skip
    if is_over:
        raise StepRefusedError(phrase(
            "{request_id} is {request_state}: there is nothing to take back", request_id=request.id,
            request_state=request.state,
        ))  # fmt: skip
    if request.sent_by and request.sent_at is None:
        refuse_on_its_way(changes.file, request)
    void_approvals(changes, request.id, stored_phrase("the request was withdrawn"))
    values: dict[str, Scalar] = {
        "due_at": None, "review_at": None, "hold_ends_at": None, "told_at": None,
    }  # fmt: skip
    changes.apply(
        Transition(
            EntityKind.REQUEST, request.id, "withdrawn", request.state, values, reason=reason
        )
    )
    return request.sent_at is not None and request.route is RequestRoute.PEOPLE


def refuse_on_its_way(file: CaseFile, request: RequestRow) -> None:
    """What may be there already is withdrawn once it is known to be: then the body is told."""
    open_calls = (c for c in file.calls if c.subject_id == request.id)
    if any(c.state is not CallState.PLANNED or c.may_have_arrived for c in open_calls):
        raise StepRefusedError(phrase(
            "{request_id} is on its way to {carrier_id}: withdraw it when its receipt is there",
            request_id=request.id, carrier_id=request.carrier_id,
        ))  # fmt: skip


def by_people(file: CaseFile, request_id: str) -> RequestRow:
    """The request of that id, which people send; StepRefusedError where a connection does."""
    request = request_of(file, request_id)
    if request.route is RequestRoute.PARTNER:
        raise StepRefusedError(phrase(
            "{request_id} goes over the connection of {partner_id}, or by its letter: what it "
            "says is taken there", request_id=request.id, partner_id=request.partner_id,
        ))  # fmt: skip
    return request


def move(request: RequestRow, event: str, values: dict[str, Scalar], basis: str = "") -> Transition:
    """One event of a request with the columns that it changes."""
    return Transition(
        EntityKind.REQUEST, request.id, event, request.state, values, legal_basis=basis[:200]
    )
