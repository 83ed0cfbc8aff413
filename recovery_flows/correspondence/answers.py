"""What a partner's answer changes in a recovery: holds, payouts, statements, refused calls."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState, Renewal
from models.entities.payout import PayoutRow, PayoutState
from models.entities.request import UNDER_WAY, RequestRow, RequestState
from models.facts import BankHoldState, HoldFact, PayoutFact
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.correspondence import bank_disagreements, late_answers
from recovery_flows.cross_border.stage import INCOMPLETE
from recovery_flows.freezing import (
    answer_table,
    answers as hold_answers,
    reductions,
    refused_releases,
    release,
    renewal,
)
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.ledger import bank_contradictions, hold_figures
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import payout_answers
from recovery_flows.restitution.third_party import releases as third_party_releases
from recovery_flows.tracing import trace_requests

_OPEN_REQUESTS = UNDER_WAY - {RequestState.NEEDS_INFO} | {RequestState.APPROVED}
_ANSWERABLE = UNDER_WAY | {RequestState.REFUSED, RequestState.REPLACED}
_WAITS_BY_GROUND = {"postponement": "postponed", "condition": "conditional"}
"""What a partner does that has received a request and names a ground, by the ground's kind."""
_HELD_AFTER_ALL = stored_phrase("its bank holds the money after all")
_NOT_REACHED = stored_phrase("a payout has not reached its payee")
_IN_FORCE_AGAIN = ("stopped_late", "frozen_late")


def apply_hold_fact(
    changes: Changeset, hold_id: str, fact: HoldFact, laws: Regimes, now: datetime
) -> None:
    """Book what a bank states of a hold; what contradicts our records is a discrepancy too.

    A revision that was taken already changes nothing, unless it shows another figure now.
    """
    hold = changes.file.hold(hold_id)
    about = bank_contradictions.About.hold(hold)
    if hold_figures.is_renamed(changes.file, hold.asset_id, hold.bank_ref, fact.bank_ref):
        bank_contradictions.renamed(changes, about, fact.bank_ref, hold.bank_ref, now)
        return
    if fact.revision <= hold.bank_revision:
        _compare_again(changes, hold, fact, now)
        third_party_releases.measure(changes)
        return
    reading = hold_answers.read(changes.file, hold, fact, now, laws)
    _apply_reading(changes, hold, fact, reading, now)
    third_party_releases.measure(changes)
    if hold.request_id:
        _request_moves(changes, hold.request_id, fact, laws[changes.file.recovery.regime])


def confirm_figure(
    changes: Changeset, hold_id: str, fact: HoldFact, laws: Regimes, now: datetime
) -> None:
    """Book the held sum that a bank states when asked; it includes every payout so far."""
    before = changes.file.hold(hold_id)
    apply_hold_fact(changes, hold_id, fact, laws, now)
    hold = changes.file.hold(hold_id)
    if hold == before:
        reason = stored_phrase("asked what it holds, the bank confirmed its last figure")
        said = hold_figures.stated(fact)
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "stated", hold.state, said, reason=reason)
        )


def _apply_reading(
    changes: Changeset, hold: HoldRow, fact: HoldFact, reading: hold_answers.Reading, now: datetime
) -> None:
    about = bank_contradictions.About.hold(hold)
    before = changes.file
    if reading.move.event in _IN_FORCE_AGAIN:
        late_answers.make_room(changes, hold)
    changes.apply(reading.move)
    if reading.contradicts:
        bank_contradictions.contradicts(changes, about, hold.state, fact.state, fact.revision, now)
    bank_disagreements.compare_hold(changes, hold, fact, now)
    bank_disagreements.compare_fall(changes, before, hold, fact, now)
    bank_disagreements.compare_end(changes, changes.file.hold(hold.id), fact, now)
    if reading.move.event != "stated":
        bank_disagreements.news_on_closed(changes, about, fact.state, fact.revision, now)
    if reading.move.event in _IN_FORCE_AGAIN:
        bank_disagreements.reopen(changes, hold.asset_id, _HELD_AFTER_ALL)
    if reading.move.event == "no_funds":
        trace_requests.follow_what_left(changes, hold.id, now)
    _supersede(changes, changes.file.hold(hold.id))


def _compare_again(changes: Changeset, hold: HoldRow, fact: HoldFact, now: datetime) -> None:
    """Compare a second statement under one revision: a changed figure is booked as a discrepancy.

    The latest figure counts. Any other contradiction under a revision that is not newer becomes a
    discrepancy, and is not booked.
    """
    same = fact.revision == hold.bank_revision and fact.state in answer_table.HOLDING
    before = hold_figures.shown(hold)
    if not same or hold.state not in LIVE_HOLDS or fact.held == before:
        about, said = bank_contradictions.About.hold(hold), hold_figures.words(fact)
        bank_disagreements.compare_restated(changes, about, hold, fact, said, now)
    else:
        values = hold_figures.stated(fact) | hold_figures.figure(hold, fact)
        values |= reductions.columns(changes.file, hold, fact)
        reason = stored_phrase("the bank shows another figure under the same revision")
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "updated", hold.state, values, reason=reason)
        )
        about = bank_contradictions.About.hold(hold)
        bank_contradictions.compare(
            changes, about, before, fact.held, now,
            stored_phrase("revision {revision}", revision=fact.revision),
        )  # fmt: skip


def _supersede(changes: Changeset, hold: HoldRow) -> None:
    """A hold in force takes the place of the stop or voluntary hold that it follows."""
    if hold.state not in (HoldState.STOPPED, HoldState.FROZEN) or not hold.supersedes_id:
        return
    release.supersede(changes, changes.file.hold(hold.supersedes_id), hold)


def _request_moves(changes: Changeset, request_id: str, fact: HoldFact, law: Regime) -> None:
    request = _request(changes.file, request_id)
    if request.state is RequestState.APPROVED:
        # The answer to its call was lost: that the bank speaks of it says that it was sent.
        values: dict[str, Scalar] = {"sent_at": fact.modified_at}
        changes.apply(Transition(EntityKind.REQUEST, request.id, "sent", request.state, values))
        request = _request(changes.file, request_id)
    event = _request_event(request, fact, law)
    if event is None:
        return
    values = {} if event == "acknowledged" else {"answered_at": fact.modified_at}
    if event in ("refused", "needs_info", "postponed", "conditional"):
        values["reason"] = fact.reason
    changes.apply(
        Transition(EntityKind.REQUEST, request.id, event, request.state, values, reason=fact.reason)
    )


def _request(file: CaseFile, request_id: str) -> RequestRow:
    return next(r for r in file.requests if r.id == request_id)


def _request_event(request: RequestRow, fact: HoldFact, law: Regime) -> str | None:
    if fact.state in answer_table.HOLDING and request.state in _ANSWERABLE:
        asked = Money(request.requested_minor, request.currency)
        whole = fact.held.currency == asked.currency and asked <= fact.held
        return "executed" if whole else "partially_executed"
    if fact.state in answer_table.WAITING:
        return _while_it_waits(request, fact, law)
    if request.state not in UNDER_WAY - {RequestState.NEEDS_INFO}:
        return None
    if fact.state is BankHoldState.REFUSED:
        # Not a refusal in law: the request is answered in a new version.
        return "needs_info" if fact.reason == INCOMPLETE else "refused"
    if fact.state in answer_table.ENDED:
        # Carried out and ended between two of our polls, or ended before the bank has acted.
        return "executed" if fact.acted_at else "refused"
    return None


def _while_it_waits(request: RequestRow, fact: HoldFact, law: Regime) -> str | None:
    """How a partner that has a request lets it wait: postponed, conditional, acknowledged."""
    ground = law.grounds.get(fact.reason)
    event = _WAITS_BY_GROUND.get(ground.kind) if ground else None
    if event and request.state in (RequestState.SENT, RequestState.ACKNOWLEDGED):
        return event
    is_over = request.state in (RequestState.SENT, RequestState.POSTPONED)
    return "acknowledged" if is_over and event is None else None


def apply_request_sent(changes: Changeset, hold_id: str, now: datetime) -> None:
    """Record that the partner accepted the message of a request: its answer is awaited."""
    request = _request(changes.file, changes.file.hold(hold_id).request_id)
    if request.state is RequestState.APPROVED:
        move = Transition(EntityKind.REQUEST, request.id, "sent", request.state, {"sent_at": now})
        changes.apply(move)


def apply_payout_fact(changes: Changeset, payout_id: str, fact: PayoutFact, now: datetime) -> None:
    """Book what a bank states of a payout; only SETTLED with its booking counts as returned.

    The payout does not lower the hold: the bank is asked what it still holds.
    """
    payout = next(p for p in changes.file.payouts if p.id == payout_id)
    about = bank_contradictions.About.payout(payout)
    if hold_figures.is_renamed(changes.file, payout.asset_id, payout.bank_ref, fact.bank_ref):
        bank_contradictions.renamed(changes, about, fact.bank_ref, payout.bank_ref, now)
        return
    if fact.revision <= payout.bank_revision:
        said = payout_answers.words(fact)
        bank_disagreements.compare_restated(changes, about, payout, fact, said, now)
        return
    reading = payout_answers.read(payout, changes.file.hold(payout.hold_id), fact)
    if reading.move.event in ("settled", "corrected", "returned"):
        _ask_for_hold(changes, payout, fact.revision)
    changes.apply(reading.move)
    if reading.contradicts:
        bank_contradictions.contradicts(
            changes, about, payout.state, fact.state, fact.revision, now
        )
    bank_disagreements.compare_payout(changes, payout, fact, now)
    if reading.move.event != "stated":
        bank_disagreements.news_on_closed(changes, about, fact.state, fact.revision, now)
    after = next(p for p in changes.file.payouts if p.id == payout_id)
    came_back = payout.state is PayoutState.SETTLED and after.state is not PayoutState.SETTLED
    if came_back or after.credited_minor < payout.credited_minor:
        bank_disagreements.reopen(changes, payout.asset_id, _NOT_REACHED)


def _ask_for_hold(changes: Changeset, payout: PayoutRow, revision: int) -> None:
    """Ask the bank what it still holds after a payout; by letter its answer states it."""
    hold, partner = changes.file.hold(payout.hold_id), changes.file.asset(payout.asset_id)
    if hold.state in LIVE_HOLDS and partner.partner_id not in changes.file.by_letter:
        changes.call(hold_figures.query(changes.file, payout, revision))


def apply_refusal(
    changes: Changeset, kind: CallKind, noun: EntityKind, subject_id: str, code: str, now: datetime
) -> None:
    """Record that a partner finally refused a call, on the entity that the call is about."""
    file = changes.file
    if kind is CallKind.BALANCE:
        return
    if kind is CallKind.HOLD_QUERY:
        _refuse_query(changes, subject_id, code, now)
        return
    if kind is CallKind.EXTEND:
        hold = file.hold(subject_id)
        if hold.state is HoldState.FROZEN:
            reason = stored_phrase("the bank did not prolong it: {code}", code=code)
            changes.apply(renewal.move(hold, "renewal_refused", Renewal.REFUSED, reason))
    elif kind is CallKind.RELEASE:
        release.apply_refusal(changes, subject_id, code)
        refused_releases.note(changes, subject_id, code, now)
    elif noun is EntityKind.HOLD:
        _refuse_hold(changes, file.hold(subject_id), code)
    elif noun is EntityKind.PAYOUT:
        _refuse_payout(changes, subject_id, code)
    elif noun is EntityKind.ASSET:
        asset = file.asset(subject_id)
        reason = stored_phrase("the bank refused its statement: {code}", code=code)
        changes.apply(
            Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, {"left_alone": reason})
        )


def _refuse_query(changes: Changeset, subject_id: str, code: str, now: datetime) -> None:
    """A bank refuses to state what it holds: a discrepancy has a person ask it."""
    hold = hold_figures.asked_about(changes.file, subject_id)
    payout = next((p for p in changes.file.payouts if p.id == subject_id), None)
    about = bank_contradictions.About.hold(hold)
    if payout is not None:
        about = bank_contradictions.About.payout(payout)
    detail = stored_phrase(
        "the bank refuses to state what hold {hold} holds: {code}", hold=hold.id, code=code,
    )  # fmt: skip
    kind = DiscrepancyKind.QUERY_REFUSED
    bank_contradictions.find(changes, kind, about, now, detail=detail, mark=subject_id)


def _refuse_hold(changes: Changeset, hold: HoldRow, code: str) -> None:
    told: dict[str, Scalar] = {"reason": code}
    if hold.state is HoldState.ORDERED:
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "refused", hold.state, told, reason=code)
        )
    request = next((r for r in changes.file.requests if r.id == hold.request_id), None)
    if request is not None and request.state in _OPEN_REQUESTS:
        changes.apply(
            Transition(EntityKind.REQUEST, request.id, "refused", request.state, told, reason=code)
        )


def _refuse_payout(changes: Changeset, payout_id: str, code: str) -> None:
    """Record a refused payout, unless the event feed has reported its settlement before."""
    payout = next(p for p in changes.file.payouts if p.id == payout_id)
    if payout.state is PayoutState.INSTRUCTED:
        told: dict[str, Scalar] = {"reason": code}
        changes.apply(
            Transition(EntityKind.PAYOUT, payout.id, "refused", payout.state, told, reason=code)
        )
