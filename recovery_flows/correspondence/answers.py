"""What a partner's answer changes in a recovery: holds, payouts, statements, refused calls."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState, Renewal
from models.entities.payout import PayoutRow, PayoutState
from models.entities.request import RequestRow, RequestState
from models.facts import BankHoldState, HoldFact, PayoutFact
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.correspondence import (
    bank_disagreements,
    late_answers,
)
from recovery_flows.cross_border.stage import INCOMPLETE
from recovery_flows.freezing import (
    answer_table,
    answers as hold_answers,
    reductions,
    refused_releases,
    release,
    renewal,
)
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import bank_contradictions, hold_figures
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import payout_answers
from recovery_flows.tracing import trace_requests

_OPEN_REQUESTS = (RequestState.APPROVED, RequestState.SENT, RequestState.ACKNOWLEDGED)
_ANSWERABLE = (
    RequestState.SENT, RequestState.ACKNOWLEDGED, RequestState.NEEDS_INFO, RequestState.REFUSED,
)  # fmt: skip
_IN_FORCE_AGAIN = ("stopped_late", "frozen_late")


def take_hold_fact(
    progress: Changeset, hold_id: str, fact: HoldFact, laws: Regimes, now: datetime
) -> None:
    """Book what a bank states of a hold; what contradicts our records is a discrepancy too.

    A revision that was taken already changes nothing, unless it shows another figure now.
    """
    hold = progress.file.hold(hold_id)
    about = bank_contradictions.About.hold(hold)
    if hold_figures.is_renamed(progress.file, hold.asset_id, hold.bank_ref, fact.bank_ref):
        detail = f"the bank calls it {fact.bank_ref}, and has called it {hold.bank_ref}"
        wrong = DiscrepancyKind.WRONG_REFERENCE
        bank_contradictions.find(progress, wrong, about, now, detail=detail, mark=fact.bank_ref)
        return
    if fact.revision <= hold.bank_revision:
        _compare_again(progress, hold, fact, now)
        return
    reading = hold_answers.read(progress.file, hold, fact, now, laws)
    _take_reading(progress, hold, fact, reading, now)
    if hold.request_id:
        _request_moves(progress, hold.request_id, fact)


def confirm_figure(
    progress: Changeset, hold_id: str, fact: HoldFact, laws: Regimes, now: datetime
) -> None:
    """A bank was asked what it holds: what it shows now has every payout in it."""
    before = progress.file.hold(hold_id)
    take_hold_fact(progress, hold_id, fact, laws, now)
    hold = progress.file.hold(hold_id)
    if hold == before:
        reason = "the bank was asked, and holds what it stated last"
        said = hold_figures.stated(fact)
        progress.take(
            Transition(EntityKind.HOLD, hold.id, "stated", hold.state, said, reason=reason)
        )


def _take_reading(
    progress: Changeset, hold: HoldRow, fact: HoldFact, reading: hold_answers.Reading, now: datetime
) -> None:
    about = bank_contradictions.About.hold(hold)
    before = progress.file
    if reading.move.event in _IN_FORCE_AGAIN:
        late_answers.make_room(progress, hold)
    progress.take(reading.move)
    if reading.contradicts:
        bank_contradictions.contradicts(progress, about, hold.state, fact.state, fact.revision, now)
    bank_disagreements.compare_hold(progress, hold, fact, now)
    bank_disagreements.compare_fall(progress, before, hold, fact, now)
    bank_disagreements.compare_end(progress, progress.file.hold(hold.id), fact, now)
    if reading.move.event != "stated":
        bank_disagreements.news_on_closed(progress, about, fact.state, fact.revision, now)
    if reading.move.event in _IN_FORCE_AGAIN:
        bank_disagreements.reopen(progress, hold.asset_id, "its bank holds the money after all")
    _supersede(progress, progress.file.hold(hold.id))


def _compare_again(progress: Changeset, hold: HoldRow, fact: HoldFact, now: datetime) -> None:
    """A bank that shows two figures under one revision contradicts itself: the last one counts.

    Whatever else it states under a revision that is not newer is owned, and not booked.
    """
    same = fact.revision == hold.bank_revision and fact.state in answer_table.HOLDING
    before = hold_figures.shown(hold)
    if not same or hold.state not in LIVE_HOLDS or fact.held == before:
        about, said = bank_contradictions.About.hold(hold), hold_figures.words(fact)
        bank_disagreements.compare_restated(progress, about, hold, fact, said, now)
    else:
        values = hold_figures.stated(fact) | hold_figures.figure(hold, fact)
        values |= reductions.columns(progress.file, hold, fact)
        reason = "the bank shows another figure under the same revision"
        progress.take(
            Transition(EntityKind.HOLD, hold.id, "updated", hold.state, values, reason=reason)
        )
        about = bank_contradictions.About.hold(hold)
        bank_contradictions.compare(
            progress, about, before, fact.held, now, f"revision {fact.revision}"
        )


def _supersede(progress: Changeset, hold: HoldRow) -> None:
    """A hold in force takes the place of the stop or voluntary hold that it follows."""
    if hold.state not in (HoldState.STOPPED, HoldState.FROZEN) or not hold.supersedes_id:
        return
    release.take_over(progress, progress.file.hold(hold.supersedes_id), hold)


def _request_moves(progress: Changeset, request_id: str, fact: HoldFact) -> None:
    request = _request(progress.file, request_id)
    if request.state is RequestState.APPROVED:
        # The answer to its call was lost: that the bank speaks of it says that it was sent.
        values: dict[str, Scalar] = {"sent_at": fact.modified_at}
        progress.take(Transition(EntityKind.REQUEST, request.id, "sent", request.state, values))
        request = _request(progress.file, request_id)
    event = _request_event(request, fact)
    if event is None:
        return
    values = {} if event == "acknowledged" else {"answered_at": fact.modified_at}
    if event in ("refused", "needs_info"):
        values["reason"] = fact.reason
    progress.take(
        Transition(EntityKind.REQUEST, request.id, event, request.state, values, reason=fact.reason)
    )


def _request(file: CaseFile, request_id: str) -> RequestRow:
    return next(r for r in file.requests if r.id == request_id)


def _request_event(request: RequestRow, fact: HoldFact) -> str | None:
    if fact.state in answer_table.HOLDING and request.state in _ANSWERABLE:
        asked = Money(request.requested_minor, request.currency)
        whole = fact.held.currency == asked.currency and asked <= fact.held
        return "executed" if whole else "partially_executed"
    if fact.state in answer_table.WAITING:
        return "acknowledged" if request.state is RequestState.SENT else None
    if request.state not in (RequestState.SENT, RequestState.ACKNOWLEDGED):
        return None
    if fact.state is BankHoldState.REFUSED:
        # Not a refusal in law: the request is answered in a new version.
        return "needs_info" if fact.reason == INCOMPLETE else "refused"
    if fact.state in answer_table.ENDED:
        # Carried out and ended between two of our polls, or ended before the bank has acted.
        return "executed" if fact.acted_at else "refused"
    return None


def take_request_sent(progress: Changeset, hold_id: str, now: datetime) -> None:
    """The partner took the request in: it is sent, and its answer is waited for."""
    request = _request(progress.file, progress.file.hold(hold_id).request_id)
    if request.state is RequestState.APPROVED:
        move = Transition(EntityKind.REQUEST, request.id, "sent", request.state, {"sent_at": now})
        progress.take(move)


def take_payout_fact(progress: Changeset, payout_id: str, fact: PayoutFact, now: datetime) -> None:
    """Book what a bank states of a payout; only SETTLED with its booking is money returned.

    Its hold is not lowered by that: the bank is asked what it still holds.
    """
    payout = next(p for p in progress.file.payouts if p.id == payout_id)
    about = bank_contradictions.About.payout(payout)
    if hold_figures.is_renamed(progress.file, payout.asset_id, payout.bank_ref, fact.bank_ref):
        detail = f"the bank calls it {fact.bank_ref}, and has called it {payout.bank_ref}"
        wrong = DiscrepancyKind.WRONG_REFERENCE
        bank_contradictions.find(progress, wrong, about, now, detail=detail, mark=fact.bank_ref)
        return
    if fact.revision <= payout.bank_revision:
        said = payout_answers.words(fact)
        bank_disagreements.compare_restated(progress, about, payout, fact, said, now)
        return
    reading = payout_answers.read(payout, progress.file.hold(payout.hold_id), fact)
    if reading.move.event in ("settled", "corrected", "returned"):
        _ask_for_hold(progress, payout, fact.revision)
    progress.take(reading.move)
    if reading.contradicts:
        bank_contradictions.contradicts(
            progress, about, payout.state, fact.state, fact.revision, now
        )
    bank_disagreements.compare_payout(progress, payout, fact, now)
    if reading.move.event != "stated":
        bank_disagreements.news_on_closed(progress, about, fact.state, fact.revision, now)
    after = next(p for p in progress.file.payouts if p.id == payout_id)
    came_back = payout.state is PayoutState.SETTLED and after.state is not PayoutState.SETTLED
    if came_back or after.returned_minor < payout.returned_minor:
        bank_disagreements.reopen(progress, payout.asset_id, "a payout has not reached its payee")


def _ask_for_hold(progress: Changeset, payout: PayoutRow, revision: int) -> None:
    """After a payout the bank says itself what it still holds; by letter the answer tells it."""
    hold, partner = progress.file.hold(payout.hold_id), progress.file.asset(payout.asset_id)
    if hold.state in LIVE_HOLDS and partner.partner_id not in progress.file.by_letter:
        progress.call(hold_figures.query(progress.file, payout, revision))


def take_refusal(
    progress: Changeset, kind: CallKind, noun: EntityKind, subject_id: str, code: str, now: datetime
) -> None:
    """A partner refused a call for good; what the call was about says so."""
    file = progress.file
    if kind is CallKind.BALANCE:
        return
    if kind is CallKind.HOLD_QUERY:
        _refuse_query(progress, subject_id, code, now)
        return
    if kind is CallKind.EXTEND:
        hold = file.hold(subject_id)
        if hold.state is HoldState.FROZEN:
            reason = f"the bank did not prolong it: {code}"
            progress.take(renewal.move(hold, "renewal_refused", Renewal.REFUSED, reason))
    elif kind is CallKind.RELEASE:
        release.take_refusal(progress, subject_id, code)
        refused_releases.note(progress, subject_id, code, now)
    elif noun is EntityKind.HOLD:
        _refuse_hold(progress, file.hold(subject_id), code)
    elif noun is EntityKind.PAYOUT:
        _refuse_payout(progress, subject_id, code)
    elif noun is EntityKind.ASSET:
        asset = file.asset(subject_id)
        reason = f"{trace_requests.SILENT}: {code}"
        progress.take(
            Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, {"left_alone": reason})
        )


def _refuse_query(progress: Changeset, subject_id: str, code: str, now: datetime) -> None:
    """A bank that does not say what a hold holds: a person asks it."""
    hold = hold_figures.asked_about(progress.file, subject_id)
    payout = next((p for p in progress.file.payouts if p.id == subject_id), None)
    about = bank_contradictions.About.hold(hold)
    if payout is not None:
        about = bank_contradictions.About.payout(payout)
    detail = f"the bank refuses to state what hold {hold.id} holds: {code}"
    bank_contradictions.find(
        progress, DiscrepancyKind.QUERY_REFUSED, about, now, detail=detail, mark=subject_id
    )


def _refuse_hold(progress: Changeset, hold: HoldRow, code: str) -> None:
    if hold.state is HoldState.ORDERED:
        told: dict[str, Scalar] = {"reason": code}
        progress.take(
            Transition(EntityKind.HOLD, hold.id, "refused", hold.state, told, reason=code)
        )
    request = next((r for r in progress.file.requests if r.id == hold.request_id), None)
    if request is not None and request.state in _OPEN_REQUESTS:
        progress.take(
            Transition(
                EntityKind.REQUEST,
                request.id,
                "refused",
                request.state,
                {"reason": code},
                reason=code,
            )
        )


def _refuse_payout(progress: Changeset, payout_id: str, code: str) -> None:
    """Refused, unless the feed has told of its settlement before the call was answered."""
    payout = next(p for p in progress.file.payouts if p.id == payout_id)
    if payout.state is PayoutState.INSTRUCTED:
        told: dict[str, Scalar] = {"reason": code}
        progress.take(
            Transition(EntityKind.PAYOUT, payout.id, "refused", payout.state, told, reason=code)
        )
