"""Whether a typed answer can be what a bank wrote: looked at when typed and when it counts."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import CallKind, CallRow
from models.entities.hold import HoldState
from models.entities.payout import PayoutState
from models.language.phrase import phrase
from models.letter_answer import AnswerState, TypedAnswer
from models.money import Money
from recovery_flows.correspondence.letters.answer_fields import form_of
from recovery_flows.correspondence.letters.next_steps import is_before_order
from recovery_flows.errors import StepRefusedError
from recovery_flows.partners.letter_channel import ORDERS_OF_HOLDS

_S = AnswerState


def check(file: CaseFile, call: CallRow, answer: TypedAnswer, document: str, now: datetime) -> None:
    """Raise StepRefusedError, with the figures, where an answer cannot be right."""
    if document == call.letter_digest:
        raise StepRefusedError(
            phrase("this document is our own letter, not the bank's answer to it")
        )
    if answer.state not in form_of(file, call):
        raise StepRefusedError(phrase(
            "{call_id} cannot be answered {answer_state} any more: what it is about has changed",
            call_id=call.id, answer_state=answer.state,
        ))  # fmt: skip
    for name, at in (("acted", answer.acted_at), ("booked", answer.booked_at)):
        _check_instant(call, name, at, now)
    _CHECKS[call.kind](file, call, answer)


def _check_instant(call: CallRow, name: str, at: datetime | None, now: datetime) -> None:
    if at is None:
        return
    if at > now:
        raise StepRefusedError(
            phrase(
                "the bank cannot have {name} in the future ({at})",
                name=name,
                at=at.isoformat(),
            )
        )
    if is_before_order(call, at):
        since = call.planned_at
        raise StepRefusedError(
            phrase(
                "the bank cannot have {name} before the order was made ({since})",
                name=name,
                since=since,
            )
        )


def _check_hold(file: CaseFile, call: CallRow, answer: TypedAnswer) -> None:
    # Another sum than was ordered is booked as the bank writes it, and looked into.
    hold = file.hold(call.subject_id)
    if answer.amount is not None and not answer.amount.minor:
        raise StepRefusedError(phrase("a bank that holds nothing has refused or released: say so"))
    begun = answer.acted_at or hold.acted_at
    if answer.expires_at is not None and begun is not None and answer.expires_at <= begun:
        raise StepRefusedError(phrase("a hold ends after the bank acted, not before"))


def _check_release(file: CaseFile, call: CallRow, answer: TypedAnswer) -> None:
    hold = file.hold(call.subject_id)
    held = Money(hold.held_minor, hold.currency)
    if answer.amount is not None and not answer.amount < held:
        raise StepRefusedError(
            phrase(
                "after a release less than {held} is held, not {amount}",
                held=held,
                amount=answer.amount,
            )
        )


def _check_renewal(file: CaseFile, call: CallRow, answer: TypedAnswer) -> None:
    hold = file.hold(call.subject_id)
    if hold.state is not HoldState.FROZEN:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: there is nothing to renew",
                hold_id=hold.id,
                hold_state=hold.state,
            )
        )
    _check_hold(file, call, answer)
    ends = (answer.expires_at, hold.expires_at)
    if answer.state is _S.HELD and ends[0] and ends[1] and ends[0] <= ends[1]:
        raise StepRefusedError(
            phrase(
                "a renewed freeze ends after {at}: was it refused, say so",
                at=ends[1].isoformat(),
            )
        )


def _check_payout(file: CaseFile, call: CallRow, answer: TypedAnswer) -> None:
    payout = next(p for p in file.payouts if p.id == call.subject_id)
    if payout.state is not PayoutState.INSTRUCTED:
        raise StepRefusedError(
            phrase(
                "payout {payout_id} is {payout_state}: no answer is due",
                payout_id=payout.id,
                payout_state=payout.state,
            )
        )
    if answer.state is not _S.SETTLED:
        return
    # Another sum than was ordered is booked as the bank writes it, and looked into.
    amount = answer.amount or Money(payout.amount_minor, payout.currency)
    if not amount.minor:
        raise StepRefusedError(phrase("a bank that paid nothing has refused: say so"))
    _check_debit(file, answer.debited or amount, payout.hold_id)


def _check_debit(file: CaseFile, debited: Money, hold_id: str) -> None:
    currency = file.hold(hold_id).currency
    if debited.currency != currency:
        raise StepRefusedError(
            phrase("the account is in {currency}: --debited says what left it", currency=currency)
        )


def _check_nothing(file: CaseFile, call: CallRow, answer: TypedAnswer) -> None:
    del file, call, answer


_CHECKS = {
    **dict.fromkeys(ORDERS_OF_HOLDS, _check_hold),
    CallKind.RELEASE: _check_release,
    CallKind.EXTEND: _check_renewal,
    CallKind.PAYOUT: _check_payout,
    CallKind.STATEMENT: _check_nothing,
    CallKind.BALANCE: _check_nothing,
}
