"""Next steps with letters to partners that have no interface, and their preconditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from models.case_file import CaseFile, Step
from models.entities.approval import ApprovalState
from models.entities.call import OPEN_CALLS, CallKind, CallRow, CallState
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.entities.officer import Role
from models.ids import derive_id
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from models.privacy.personal_data import CARD, CERTAIN, NOTHING_KNOWN, personal_data
from models.step_wording import say
from recovery_flows.approvals.figures import subject_digest
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import void_approvals
from recovery_flows.correspondence import answers, call_validity
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import reminders
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.letter_channel import ORDERS_OF_HOLDS, is_by_letter, is_unasked, words

_HOW = re.compile(r"(fax|courier|post|e-mail|hand)( (?=[^ ]*[0-9])[A-Za-z0-9./-]{1,24})?")
"""A way and its number: no name is a number, and an account's or a card's is found in it."""
UNASKED = "came unasked"


class LetterAction(StrEnum):
    """A person's next step with a letter."""

    PRINT = "print_letter"
    SEND = "send_letter"
    ANSWER = "enter_answer"


def send_steps(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    """Letters that may be printed, or are printed and to be sent."""
    return (_send_step(file, call, laws) for call in _planned(file) if not _waits(file, call))


def kept_back_steps(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    """Letters that have to wait, such as a payout for a part of its money that is released first.

    They come after all other steps: what they wait for is the step of somebody.
    """
    return (_send_step(file, call, laws) for call in _planned(file) if _waits(file, call))


def _planned(file: CaseFile) -> list[CallRow]:
    return [c for c in file.calls if c.state is CallState.PLANNED and is_by_letter(file, c)]


def _waits(file: CaseFile, call: CallRow) -> str:
    return call_validity.waits(file, call.kind, call.subject_id)


def _send_step(file: CaseFile, call: CallRow, laws: Regimes) -> Step:
    action = LetterAction.SEND if call.letter_digest else LetterAction.PRINT
    verb = "enter_sent" if call.letter_digest else "print_letter"
    text = say(verb, partner=call.partner_id) + words(file, call)
    due = send_by(file, call, laws)
    return Step(action, Role.OFFICER, call.id, call.asset_id, due, text)


def answer_steps(file: CaseFile, laws: Regimes) -> list[Step]:
    """Letters that banks have not answered yet, the most urgent first.

    They come after all other steps: nobody can do them until the bank's letter arrives.
    """
    found = []
    for call in file.calls:
        if not is_waiting(file, call):
            continue
        verb = "enter_answer_again" if was_returned(file, call) else "enter_answer"
        text = say(verb, partner=call.partner_id) + words(file, call)
        due = answer_by(file, call, laws)
        action = LetterAction.ANSWER
        found.append(Step(action, Role.OFFICER, call.id, call.asset_id, due, text))
    since = file.recovery.reported_at
    return sorted(found, key=lambda s: (s.due_at is None, s.due_at or since, s.subject_id))


def is_waiting(file: CaseFile, call: CallRow) -> bool:
    """Whether a letter was sent, has no answer, and no typed answer awaits its second check."""
    sent = call.state is CallState.SENT and is_by_letter(file, call)
    return sent and file.pending(call.id) is None


def was_returned(file: CaseFile, call: CallRow) -> bool:
    """Whether the typed answer was refused by the second person."""
    if not call.answer_digest:
        return False
    typed = subject_digest(file, ApprovalKind.LETTER_ANSWER, call.id)
    said = {a.state for a in file.approvals if a.subject_digest == typed}
    return ApprovalState.DENIED in said and ApprovalState.APPROVED not in said


def send_by(file: CaseFile, call: CallRow, laws: Regimes) -> datetime | None:
    """By when a letter has to leave; one that stops money should have left when it was ordered."""
    if call.kind in ORDERS_OF_HOLDS:
        hold = file.hold(call.subject_id)
        if hold.kind is HoldKind.STOP:
            return hold.ordered_at
        return _end_of_predecessor(file, hold) or reminders.ends_at(file, hold, laws)
    return _end_at_account(file, call)


def answer_by(file: CaseFile, call: CallRow, laws: Regimes) -> datetime | None:
    """The deadline by which this answer is due."""
    if call.kind in ORDERS_OF_HOLDS:
        hold = file.hold(call.subject_id)
        return reminders.ends_at(file, hold, laws) or hold.expires_at
    return _end_at_account(file, call)


def _end_of_predecessor(file: CaseFile, hold: HoldRow) -> datetime | None:
    return file.hold(hold.supersedes_id).expires_at if hold.supersedes_id else None


def _end_at_account(file: CaseFile, call: CallRow) -> datetime | None:
    if call.kind is CallKind.RELEASE:
        return file.hold(call.subject_id).release_due_at
    holds = [h for h in file.holds_of(call.asset_id) if h.state in LIVE_HOLDS]
    return min((h.expires_at for h in holds if h.expires_at is not None), default=None)


def letter_of(file: CaseFile, call_id: str) -> CallRow:
    """The open letter of that id; StepRefusedError where it is not open."""
    call = next((c for c in file.calls if c.id == call_id and c.state in OPEN_CALLS), None)
    if call is None:
        raise StepRefusedError(
            phrase("{call_id} is answered, cancelled or refused already", call_id=call_id)
        )
    if not is_by_letter(file, call):
        raise StepRefusedError(
            phrase(
                "{partner_id} has an interface: the engine sends {call_id}",
                partner_id=call.partner_id,
                call_id=call_id,
            )
        )
    return call


def record_printed(changes: Changeset, call: CallRow, body: str, letter: str) -> None:
    """Record that a letter was printed, with the digests of its order and bytes; both are final."""
    values: dict[str, Scalar] = {"body_digest": body, "letter_digest": letter}
    changes.apply(Transition(EntityKind.CALL, call.id, "printed", call.state, values))


def record_sent(changes: Changeset, call: CallRow, how: str, at: datetime, now: datetime) -> None:
    """Record how and when a letter left; the clock of its hold runs from then on.

    Whether its approval is still in force is for the caller to ask, with `sending.may_leave`.
    """
    _check_sending(call, how, at, now)
    values: dict[str, Scalar] = {"sent_at": at, "sent_how": how.strip()}
    changes.apply(Transition(EntityKind.CALL, call.id, "sent", call.state, values))
    if call.kind in ORDERS_OF_HOLDS:
        hold = changes.file.hold(call.subject_id)
        if hold.state is HoldState.ORDERED:
            since: dict[str, Scalar] = {"ordered_at": at, "reminded_hours": 0, "escalated_at": None}
            changes.apply(Transition(EntityKind.HOLD, hold.id, "letter_sent", hold.state, since))
        if hold.request_id:
            answers.apply_request_sent(changes, hold.id, at)


def _check_sending(call: CallRow, how: str, at: datetime, now: datetime) -> None:
    if call.state is not CallState.PLANNED:
        raise StepRefusedError(phrase("{call_id} was entered as sent before", call_id=call.id))
    if not call.letter_digest:
        raise StepRefusedError(
            phrase("{call_id} was never printed: what was sent has to be known", call_id=call.id)
        )
    if not _HOW.fullmatch(how.strip()) or any(
        found.kind in {*CERTAIN, CARD} for found in personal_data(how, NOTHING_KNOWN)
    ):
        raise StepRefusedError(phrase(
            "how it was sent is one of fax, courier, post, e-mail, hand, and a number if it has "
            "one, such as `courier 4711`: it stands in the history in clear",
        ))  # fmt: skip
    if at > now:
        raise StepRefusedError(
            phrase(
                "a letter cannot have been sent in the future: {at}",
                at=at.isoformat(),
            )
        )
    if is_before_order(call, at):
        raise StepRefusedError(
            phrase(
                "a letter cannot have been sent before it was ordered: {planned_at}",
                planned_at=call.planned_at,
            )
        )


def is_before_order(call: CallRow, at: datetime) -> bool:
    """Whether an instant, entered to the minute, lies before the letter was ordered."""
    ordered = call.planned_at
    return ordered is not None and at < ordered.replace(second=0, microsecond=0)


def receive(changes: Changeset, hold_id: str, document: str, now: datetime) -> str:
    """Record an unsolicited notice from a bank about a hold; return the id of its letter."""
    file = changes.file
    hold = file.hold(hold_id)
    bank = file.asset(hold.asset_id).partner_id
    if bank not in file.by_letter:
        raise StepRefusedError(
            phrase("{bank} has an interface: its word comes through that", bank=bank)
        )
    if hold.state not in LIVE_HOLDS | {HoldState.QUEUED}:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: no word is taken on it",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    call_id = derive_id("call", hold.id, "word", document)
    if any(c.id == call_id for c in file.calls):
        return call_id
    values: dict[str, Scalar] = {
        "partner_id": bank,
        "kind": CallKind.HOLD,
        "noun": EntityKind.HOLD,
        "subject_id": hold.id,
        "asset_id": hold.asset_id,
        "planned_at": hold.ordered_at or hold.acted_at or now,
        "sent_how": UNASKED,
    }
    changes.apply(Transition(EntityKind.CALL, call_id, "received", None, values))
    return call_id


def cancel(changes: Changeset, call: CallRow, reason: str) -> None:
    """Cancel a balance query or an unsolicited letter that was entered by mistake."""
    if call.kind is not CallKind.BALANCE and not is_unasked(call):
        raise StepRefusedError(
            phrase("{call_id} is an order or a statement: it cannot be dropped", call_id=call.id)
        )
    void_approvals(changes, call.id, reason)
    changes.apply(Transition(EntityKind.CALL, call.id, "dropped", call.state, reason=reason))


def may_be_sent(file: CaseFile, call: CallRow) -> bool:
    """Whether a letter that is printed or to be printed may still leave."""
    return call_validity.may_leave(file, call.kind, call.approval_id)
