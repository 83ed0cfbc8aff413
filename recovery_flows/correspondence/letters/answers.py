"""A bank's letter typed in: asked of a second person, then taken by the rules of any answer."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import CallKind, CallRow
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldState
from models.facts import BankHoldState, BankPayoutState, HoldFact, PayoutFact
from models.ids import digest_bytes
from models.language.phrase import phrase, stored_phrase
from models.letter_answer import AnswerState, TypedAnswer
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.correspondence import answers, late_answers
from recovery_flows.correspondence.letters import next_steps as letter_steps
from recovery_flows.correspondence.letters.answer_checks import check
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import account_monitoring, release
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.letter_channel import ORDERS_OF_HOLDS

_S = AnswerState
_HOLD_STATES = {
    _S.QUEUED: BankHoldState.QUEUED,
    _S.ACKNOWLEDGED: BankHoldState.ACKNOWLEDGED,
    _S.REFUSED: BankHoldState.REFUSED,
    _S.RELEASED: BankHoldState.RELEASED,
    _S.EXPIRED: BankHoldState.EXPIRED,
}
_PAYOUT_STATES = {
    _S.SETTLED: BankPayoutState.SETTLED,
    _S.REFUSED: BankPayoutState.REFUSED,
    _S.RETURNED: BankPayoutState.RETURNED,
}
_MORE_TO_COME = (_S.QUEUED, _S.ACKNOWLEDGED)


def enter(
    changes: Changeset,
    call: CallRow,
    answer: TypedAnswer,
    sealed: str,
    document: str,
    actor: str,
    now: datetime,
    laws: Regimes,
) -> str:
    """Ask a second person about a typed answer; return the approval's id. Nothing else changes.

    Another answer typed before the second look takes the place of the first; the same one typed
    again is refused.
    """
    check(changes.file, call, answer, document, now)
    name = digest_bytes(answer.spelled())
    _check_new(changes.file, call, name, document)
    pending = changes.file.pending(call.id)
    if pending is not None:
        reason = stored_phrase("the answer was typed anew")
        changes.apply(
            Transition(EntityKind.APPROVAL, pending.id, "voided", pending.state, reason=reason)
        )
    values: dict[str, Scalar] = {
        "answer_sealed": sealed,
        "answer_digest": name,
        "answer_document": document,
        "answer_by": actor,
        "answered_at": now,
    }
    changes.apply(Transition(EntityKind.CALL, call.id, "answer_entered", call.state, values))
    due = _look_by(changes.file, call, answer, laws)
    return ask(changes, ApprovalKind.LETTER_ANSWER, call.id, actor, now, due_at=due)


def _check_new(file: CaseFile, call: CallRow, name: str, document: str) -> None:
    if (call.answer_digest, call.answer_document) != (name, document):
        return
    pending = file.pending(call.id)
    if pending is not None:
        raise StepRefusedError(
            phrase(
                "this very answer waits for its second look: approval {pending_id}",
                pending_id=pending.id,
            )
        )
    if not letter_steps.was_returned(file, call):
        raise StepRefusedError(
            phrase("this very answer to {call_id} was taken already", call_id=call.id)
        )


def _look_by(file: CaseFile, call: CallRow, answer: TypedAnswer, laws: Regimes) -> datetime | None:
    """The second look is due before the clock ends that the answer starts."""
    if call.kind in ORDERS_OF_HOLDS and answer.acted_at is not None:
        hold = file.hold(call.subject_id)
        law = laws[file.asset(hold.asset_id).regime]
        return terms.due_at(law.row(hold.law_row).limit, answer.acted_at, law)
    return letter_steps.answer_by(file, call, laws)


def give_back(changes: Changeset, call_id: str, reason: str) -> None:
    """A second person said no: the letter waits for its answer to be typed again."""
    call = next(c for c in changes.file.calls if c.id == call_id)
    changes.apply(
        Transition(EntityKind.CALL, call.id, "answer_returned", call.state, reason=reason)
    )


def apply(
    changes: Changeset, call_id: str, answer: TypedAnswer, now: datetime, laws: Regimes
) -> CallRow:
    """A second person said yes: the answer is taken as one that came through an interface."""
    call = letter_steps.letter_of(changes.file, call_id)
    check(changes.file, call, answer, call.answer_document, now)
    if call.kind in ORDERS_OF_HOLDS:
        _apply_notice_on_hold(changes, call, answer, now, laws)
        event = "answer_taken" if answer.state in _MORE_TO_COME else "answered"
    elif call.kind is CallKind.PAYOUT:
        _apply_payout(changes, call, answer, now)
        event = "answered"
    elif answer.state is _S.REFUSED:
        answers.apply_refusal(changes, call.kind, call.noun, call.subject_id, answer.reason, now)
        event = "refused"
    else:
        _apply_approved(changes, call, answer, now, laws)
        event = "answered"
    changes.apply(Transition(EntityKind.CALL, call.id, event, call.state))
    return call


def _apply_approved(
    changes: Changeset, call: CallRow, answer: TypedAnswer, now: datetime, laws: Regimes
) -> None:
    if call.kind is CallKind.BALANCE and answer.amount is not None:
        account_monitoring.apply_balance(changes, call.subject_id, answer.amount, laws, now)
    elif call.kind in (CallKind.RELEASE, CallKind.EXTEND):
        fact = hold_fact(changes.file, call, answer, now)
        answers.apply_hold_fact(changes, call.subject_id, fact, laws, now)
        if call.kind is CallKind.RELEASE:
            release.keep_remainder(changes, call.subject_id, fact)


def _apply_notice_on_hold(
    changes: Changeset, call: CallRow, answer: TypedAnswer, now: datetime, laws: Regimes
) -> None:
    fact = hold_fact(changes.file, call, answer, now)
    hold = changes.file.hold(call.subject_id)
    if hold.state is HoldState.LAPSED:
        late_answers.apply(changes, hold, fact, now, laws)
    else:
        answers.apply_hold_fact(changes, hold.id, fact, laws, now)


def hold_fact(file: CaseFile, call: CallRow, answer: TypedAnswer, now: datetime) -> HoldFact:
    """A typed answer about a hold as the fact that an interface would have told."""
    hold = file.hold(call.subject_id)
    requested = Money(hold.requested_minor, hold.currency)
    kept = answer.amount or Money(hold.held_minor, hold.currency)
    is_held = answer.state is _S.HELD
    whole = BankHoldState.HELD if kept >= requested else BankHoldState.PARTIALLY_HELD
    return HoldFact(
        bank_ref=answer.bank_ref or hold.bank_ref or hold.id,
        revision=hold.bank_revision + 1,
        order_ref=hold.id,
        state=whole if is_held else _HOLD_STATES[answer.state],
        requested=requested,
        held=kept if is_held else Money(0, hold.currency),
        acted_at=answer.acted_at,
        expires_at=answer.expires_at,
        modified_at=answer.acted_at or now,
        reason=answer.reason,
    )


def payout_fact(file: CaseFile, call: CallRow, answer: TypedAnswer, now: datetime) -> PayoutFact:
    """A typed answer about a payout as the fact that an interface would have told."""
    payout = next(p for p in file.payouts if p.id == call.subject_id)
    amount = answer.amount or Money(payout.amount_minor, payout.currency)
    return PayoutFact(
        bank_ref=answer.bank_ref or payout.bank_ref or payout.id,
        revision=payout.bank_revision + 1,
        order_ref=payout.id,
        state=_PAYOUT_STATES[answer.state],
        amount=amount,
        debited=answer.debited,
        booked_at=answer.booked_at,
        booking_ref=answer.booking_ref,
        modified_at=now,
        reason=answer.reason,
    )


def _apply_payout(changes: Changeset, call: CallRow, answer: TypedAnswer, now: datetime) -> None:
    """By letter no figure of the hold follows: what was debited is taken off by two persons' word.

    A hold of which nothing is left is over: no further letter will say so.
    """
    fact = payout_fact(changes.file, call, answer, now)
    answers.apply_payout_fact(changes, call.subject_id, fact, now)
    payout = next(p for p in changes.file.payouts if p.id == call.subject_id)
    hold = changes.file.hold(payout.hold_id)
    in_force = hold.state in LIVE_HOLDS and hold.state is not HoldState.RELEASE_PENDING
    if answer.state is not _S.SETTLED or not in_force:
        return
    left = max(0, hold.held_minor - payout.debited_minor)
    shown = hold.payouts_shown_minor + hold.held_minor - left
    values: dict[str, Scalar] = {"held_minor": left, "payouts_shown_minor": shown}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "paid_out", hold.state, values))
    if not left:
        reason = stored_phrase("all of it was paid out")
        changes.apply(Transition(EntityKind.HOLD, hold.id, "disposed", hold.state, reason=reason))
