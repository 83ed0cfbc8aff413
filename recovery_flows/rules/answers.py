"""What a partner's answer does to the file: holds, payouts, statements, refusals of calls."""

from __future__ import annotations

from datetime import datetime

from models.facts import BankHoldState, BankPayoutState, HoldFact, PayoutFact
from models.file import RecoveryFile
from models.money import Money
from models.outcome import Move, Scalar
from models.rows import HoldRow, RequestRow
from models.states import (
    LIVE_HOLDS,
    CallKind,
    CallState,
    HoldKind,
    HoldState,
    Noun,
    PayoutState,
    RequestState,
)
from recovery_flows.rules import clocks, disposing, letting_go, renewing
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import Progress
from recovery_flows.rules.renewing import Renewal

_HOLDING = (BankHoldState.HELD, BankHoldState.PARTIALLY_HELD)
_RETURNABLE = (PayoutState.INSTRUCTED, PayoutState.SETTLED)
_WAITING = (BankHoldState.RECEIVED, BankHoldState.ACKNOWLEDGED)
_ENDS = {
    BankHoldState.RELEASED: "released",
    BankHoldState.EXPIRED: "lapsed",
    BankHoldState.PAID_OUT: "disposed",
    BankHoldState.CONVERTED: "superseded",
    BankHoldState.CANCELLED: "released",
}
_OPEN_REQUESTS = (RequestState.APPROVED, RequestState.SENT, RequestState.ACKNOWLEDGED)


def take_hold_fact(progress: Progress, hold_id: str, fact: HoldFact, laws: Laws) -> None:
    """Book what a bank says of a hold; a revision that was already taken changes nothing."""
    hold = progress.file.hold(hold_id)
    if fact.revision <= hold.bank_revision:
        return
    move = _hold_move(progress.file, hold, fact, laws)
    if move is not None:
        progress.take(move)
        _supersede(progress, progress.file.hold(hold_id))
    if hold.request_id:
        _request_moves(progress, hold.request_id, fact)


def _hold_move(file: RecoveryFile, hold: HoldRow, fact: HoldFact, laws: Laws) -> Move | None:
    values: dict[str, Scalar] = {
        "bank_ref": fact.bank_ref,
        "bank_revision": fact.revision,
        "bank_said_at": fact.modified_at,
    }
    if hold.state in (HoldState.ORDERED, HoldState.QUEUED):
        return _first_answer(file, hold, fact, values, laws)
    if hold.state not in LIVE_HOLDS:
        return None
    if disposing.concerns(file, hold, fact):
        return disposing.move(file, hold, fact, values, laws)
    if fact.state in _ENDS:
        return _end(hold, fact, {**values, "held_minor": 0})
    if fact.state in _HOLDING and hold.state is not HoldState.RELEASE_PENDING:
        return _still_held(file, hold, fact, values, laws)
    return None


def _first_answer(
    file: RecoveryFile, hold: HoldRow, fact: HoldFact, values: dict[str, Scalar], laws: Laws
) -> Move | None:
    event = _first_event(hold, fact)
    if event == "queued" and hold.state is HoldState.QUEUED:
        return None
    if event in ("stopped", "frozen"):
        values |= in_force(file, hold, fact, laws)
    elif fact.reason:
        values["reason"] = fact.reason
    return Move(Noun.HOLD, hold.id, event, hold.state, values, reason=fact.reason)


def _end(hold: HoldRow, fact: HoldFact, ended: dict[str, Scalar]) -> Move:
    """A hold in force that the bank holds no more."""
    event = _ENDS[fact.state]
    if event == "released" and hold.state is not HoldState.RELEASE_PENDING:
        # Nobody told the bank to: the owner has to know, and it is stopped again.
        reason = "the bank let it go without an order"
        return Move(Noun.HOLD, hold.id, "let_go_early", hold.state, ended, reason=reason)
    if hold.state is HoldState.RELEASE_PENDING and event not in ("released", "lapsed"):
        event = "released"
    return Move(Noun.HOLD, hold.id, event, hold.state, ended, reason=_end_reason(fact))


def _still_held(
    file: RecoveryFile, hold: HoldRow, fact: HoldFact, values: dict[str, Scalar], laws: Laws
) -> Move:
    """The bank's figures of a hold in force; a later end than ours is its yes to our renewal."""
    values = {**values, "held_minor": fact.held.minor}
    ends, reason = hold.expires_at, ""
    if fact.held.minor < hold.held_minor and _was_let_go(file, hold):
        values["releasing_minor"] = 0
    if fact.expires_at is not None and ends is not None and fact.expires_at < ends:
        values["expires_at"], reason = fact.expires_at, "the bank lets it end earlier"
    elif hold.renewal == Renewal.ORDERED and fact.expires_at and ends and fact.expires_at > ends:
        law = laws[file.asset(hold.asset_id).regime]
        values |= renewing.renewed_values(hold, fact.expires_at, law)
        return Move(Noun.HOLD, hold.id, "renewed", hold.state, values)
    return Move(Noun.HOLD, hold.id, "updated", hold.state, values, reason=reason)


def _was_let_go(file: RecoveryFile, hold: HoldRow) -> bool:
    """Whether the order to let a part go has left: one that has not is not what lowered it."""
    orders = (c for c in file.calls if c.subject_id == hold.id and c.kind is CallKind.RELEASE)
    return hold.releasing_minor > 0 and all(c.state is not CallState.PLANNED for c in orders)


def _first_event(hold: HoldRow, fact: HoldFact) -> str:
    if fact.state in _HOLDING:
        return "stopped" if hold.kind is HoldKind.STOP else "frozen"
    if fact.state is BankHoldState.QUEUED:
        return "queued"
    if fact.state is BankHoldState.REFUSED:
        return "no_funds" if fact.reason == "NO_BALANCE" else "refused"
    if fact.state in _WAITING:
        return "acknowledged"
    # The bank stopped and let go between two of our polls.
    return "lapsed"


def in_force(file: RecoveryFile, hold: HoldRow, fact: HoldFact, laws: Laws) -> dict[str, Scalar]:
    """The bank's time starts the legal clock; the earlier of law and bank ends it."""
    acted = fact.acted_at or fact.modified_at
    law = laws[file.asset(hold.asset_id).regime]
    ends = clocks.due_at(law.row(hold.law_row).limit, acted, law)
    if fact.expires_at is not None:
        ends = min(ends, fact.expires_at)
    values: dict[str, Scalar] = {"acted_at": acted, "expires_at": ends}
    if hold.reminded_hours:
        values |= {"reminded_hours": 0, "escalated_at": None}
    return {**values, "held_minor": fact.held.minor}


def _end_reason(fact: HoldFact) -> str:
    if fact.state is BankHoldState.EXPIRED:
        return "the bank let its hold end"
    return fact.reason


def _supersede(progress: Progress, hold: HoldRow) -> None:
    """A hold in force takes the place of the stop or voluntary hold that it follows."""
    if hold.state not in (HoldState.STOPPED, HoldState.FROZEN) or not hold.supersedes_id:
        return
    stop = progress.file.hold(hold.supersedes_id)
    if stop.state is HoldState.STOPPED:
        progress.take(Move(Noun.HOLD, stop.id, "superseded", stop.state, {"held_minor": 0}))


def _request_moves(progress: Progress, request_id: str, fact: HoldFact) -> None:
    request = _request(progress.file, request_id)
    if request.state is RequestState.APPROVED:
        # The answer to its call was lost: that the bank speaks of it says that it was sent.
        values: dict[str, Scalar] = {"sent_at": fact.modified_at}
        progress.take(Move(Noun.REQUEST, request.id, "sent", request.state, values))
        request = _request(progress.file, request_id)
    event = _request_event(request, fact)
    if event is None:
        return
    values = {} if event == "acknowledged" else {"answered_at": fact.modified_at}
    progress.take(Move(Noun.REQUEST, request.id, event, request.state, values, reason=fact.reason))


def _request(file: RecoveryFile, request_id: str) -> RequestRow:
    return next(r for r in file.requests if r.id == request_id)


def _request_event(request: RequestRow, fact: HoldFact) -> str | None:
    if fact.state in _WAITING:
        return "acknowledged" if request.state is RequestState.SENT else None
    if request.state not in (RequestState.SENT, RequestState.ACKNOWLEDGED):
        return None
    if fact.state is BankHoldState.REFUSED:
        return "refused"
    if fact.state in _HOLDING:
        return "executed" if fact.held.minor >= fact.requested.minor else "partially_executed"
    if fact.state in _ENDS:
        # Carried out and ended between two of our polls, or ended before the bank has acted.
        return "executed" if fact.acted_at else "refused"
    return None


def take_request_sent(progress: Progress, hold_id: str, now: datetime) -> None:
    """The partner took the request in: it is sent, and its answer is waited for."""
    request = _request(progress.file, progress.file.hold(hold_id).request_id)
    if request.state is RequestState.APPROVED:
        move = Move(Noun.REQUEST, request.id, "sent", request.state, {"sent_at": now})
        progress.take(move)


def take_payout_fact(progress: Progress, payout_id: str, fact: PayoutFact) -> None:
    """Book what a bank says of a payout; only SETTLED with its booking is money returned."""
    payout = next(p for p in progress.file.payouts if p.id == payout_id)
    if fact.revision <= payout.bank_revision:
        return
    values: dict[str, Scalar] = {
        "bank_ref": fact.bank_ref,
        "bank_revision": fact.revision,
    }
    if fact.state is BankPayoutState.SETTLED and payout.state is PayoutState.INSTRUCTED:
        debited = fact.debited or fact.amount
        values |= {
            "settled_minor": fact.amount.minor,
            "settled_currency": fact.amount.currency,
            "debited_minor": debited.minor,
            "debited_currency": debited.currency,
            "booking_ref": fact.booking_ref,
            "settled_at": fact.booked_at,
        }
        settled = Move(Noun.PAYOUT, payout.id, "settled", payout.state, values)
        progress.take(settled, *_paid_out(progress.file.hold(payout.hold_id), debited, fact))
    elif fact.state is BankPayoutState.REFUSED and payout.state is PayoutState.INSTRUCTED:
        values["reason"] = fact.reason
        move = Move(Noun.PAYOUT, payout.id, "refused", payout.state, values, reason=fact.reason)
        progress.take(move)
    elif fact.state is BankPayoutState.RETURNED and payout.state in _RETURNABLE:
        move = Move(Noun.PAYOUT, payout.id, "returned", payout.state, values, reason=fact.reason)
        progress.take(move)


def _paid_out(hold: HoldRow, debited: Money, fact: PayoutFact) -> list[Move]:
    """What a settled payout took from a hold whose own new figure has not come in yet."""
    known = hold.bank_said_at is not None and hold.bank_said_at >= fact.modified_at
    if known or hold.state not in LIVE_HOLDS - {HoldState.RELEASE_PENDING}:
        return []
    left = max(0, hold.held_minor - debited.minor)
    return [Move(Noun.HOLD, hold.id, "paid_out", hold.state, {"held_minor": left})]


def take_statement(progress: Progress, noun: Noun, subject_id: str, covers_to: datetime) -> None:
    """A statement came in for an asset or a claim's own account: the trace is due again."""
    values: dict[str, Scalar] = {"statement_to": covers_to}
    if noun is Noun.ASSET:
        asset = progress.file.asset(subject_id)
        progress.take(Move(Noun.ASSET, asset.id, "updated", asset.stage, values))
    else:
        claim = next(c for c in progress.file.claims if c.id == subject_id)
        progress.take(Move(Noun.CLAIM, claim.id, "updated", claim.state, values))
    want_trace(progress)


def want_trace(progress: Progress) -> None:
    """Mark the recovery so that the tracing flow traces it again."""
    recovery = progress.file.recovery
    if not recovery.trace_wanted:
        progress.take(
            Move(Noun.RECOVERY, recovery.id, "updated", recovery.state, {"trace_wanted": True})
        )


def take_refusal(
    progress: Progress, kind: CallKind, noun: Noun, subject_id: str, code: str
) -> None:
    """A partner refused a call for good; what the call was about says so."""
    file = progress.file
    if kind is CallKind.BALANCE:
        return
    if kind is CallKind.EXTEND:
        hold = file.hold(subject_id)
        if hold.state is HoldState.FROZEN:
            reason = f"the bank did not prolong it: {code}"
            progress.take(renewing.move(hold, "renewal_refused", Renewal.REFUSED, reason))
    elif kind is CallKind.RELEASE:
        letting_go.take_refusal(progress, subject_id, code)
    elif noun is Noun.HOLD:
        _refuse_hold(progress, file.hold(subject_id), code)
    elif noun is Noun.PAYOUT:
        _refuse_payout(progress, subject_id, code)
    elif noun is Noun.ASSET:
        asset = file.asset(subject_id)
        reason = f"the bank refused its statement: {code}"
        progress.take(Move(Noun.ASSET, asset.id, "updated", asset.stage, {"left_alone": reason}))


def _refuse_hold(progress: Progress, hold: HoldRow, code: str) -> None:
    if hold.state is HoldState.ORDERED:
        told: dict[str, Scalar] = {"reason": code}
        progress.take(Move(Noun.HOLD, hold.id, "refused", hold.state, told, reason=code))
    request = next((r for r in progress.file.requests if r.id == hold.request_id), None)
    if request is not None and request.state in _OPEN_REQUESTS:
        progress.take(Move(Noun.REQUEST, request.id, "refused", request.state, reason=code))


def _refuse_payout(progress: Progress, payout_id: str, code: str) -> None:
    """Refused, unless the feed has told of its settlement before the call was answered."""
    payout = next(p for p in progress.file.payouts if p.id == payout_id)
    if payout.state is PayoutState.INSTRUCTED:
        told: dict[str, Scalar] = {"reason": code}
        progress.take(Move(Noun.PAYOUT, payout.id, "refused", payout.state, told, reason=code))
