"""A request abroad that the engine sends over the connection of the body that is asked.

A third person dispatches what two have drafted and approved, and stands on it as its sender. What
the body answers takes the way that people's entries take; what cannot be taken has an owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.request import UNDER_WAY, RequestRow, RequestState
from models.facts import DeliveryReceipt, RequestAnswer, RequestFact
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.outcome import CallIntent, Scalar
from recovery_flows.cross_border import announcements, ceiling, guard, lifecycle
from recovery_flows.cross_border.answers import Answer, take_answer
from recovery_flows.cross_border.channels import Channel
from recovery_flows.cross_border.receipts import Receipt, take as take_receipt
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing.answers import CLOCKS_APART
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset


def dispatch(
    changes: Changeset, request_id: str, channel: Channel, letter: str, actor: str
) -> None:
    """Let the engine send an approved request; `letter` is the digest of what it is to be."""
    request, approval = lifecycle.ready_to_send(changes.file, request_id, actor)
    if not request.carrier_id:
        raise StepRefusedError(
            phrase(
                "{request_id} goes by hand: `recovery xborder sent` records how it went",
                request_id=request.id,
            )
        )
    values: dict[str, Scalar] = {"sent_by": actor, "letter": letter, "reason": ""}
    values |= ceiling.dispatched(changes.file, request)
    changes.apply(lifecycle.move(request, "dispatched", values, channel.source))
    tries = sum(c.subject_id == request.id for c in changes.file.calls)
    changes.call(
        CallIntent(
            id=derive_id("call", request.id, CallKind.ABROAD, approval.id, tries),
            partner_id=request.carrier_id,
            kind=CallKind.ABROAD,
            noun=EntityKind.REQUEST,
            subject_id=request.id,
            asset_id=request.asset_id,
            approval_id=approval.id,
        )
    )


def is_dispatched(file: CaseFile, request_id: str) -> bool:
    """Whether a request waits for the engine to send it."""
    request = request_of(file, request_id)
    return request.state is RequestState.APPROVED and bool(request.sent_by)


def may_leave(file: CaseFile, request_id: str) -> bool:
    """Whether it was dispatched, and may still be asked for: by the trace, and within the loss."""
    return is_dispatched(file, request_id) and guard.allows(file, request_of(file, request_id))


def sent(
    changes: Changeset, request_id: str, partner_ref: str, proof: str, channel: Channel,
    now: datetime,
) -> None:  # fmt: skip
    """The body has it: its clock runs from now; `proof` is the digest of what says so."""
    if not is_dispatched(changes.file, request_id):
        return
    request = request_of(changes.file, request_id)
    values = lifecycle.begun(changes.file, request, channel, now)
    tried = [c.sent_at for c in changes.file.calls if c.subject_id == request_id and c.sent_at]
    values |= {"proof": proof, "carrier_ref": partner_ref, "tried_at": min((*tried, now))}
    changes.apply(lifecycle.move(request, "sent_over_connection", values, channel.source))
    lifecycle.replace_earlier(changes, request, UNDER_WAY)


def refused(changes: Changeset, request_id: str, code: str) -> None:
    """The connection would not take it: a person dispatches it again, or sends it by hand."""
    if is_dispatched(changes.file, request_id):
        request = request_of(changes.file, request_id)
        values: dict[str, Scalar] = {"sent_by": "", "reason": code}
        changes.apply(lifecycle.move(request, "connection_refused", values))


def take_news(
    changes: Changeset, request_id: str, fact: RequestFact, papers: Mapping[int, str],
    proofs: Mapping[str, str], channel: Channel, now: datetime,
) -> None:  # fmt: skip
    """Take what is new of a request; `papers` and `proofs` are the digests of what was kept.

    Each answer is taken once, by its number; receipts by their kind.
    """
    request = request_of(changes.file, request_id)
    if request.carrier_ref not in ("", fact.partner_ref):
        detail = stored_phrase("it is called by another id there")
        kind = DiscrepancyKind.WRONG_REFERENCE
        _own(changes, request, kind, detail, fact.partner_ref[:40], now)
        return
    for receipt in fact.receipts:
        _take_receipt(changes, request_id, receipt, proofs[receipt.kind], channel, now)
    for answer in fact.answers:
        if answer.number > request_of(changes.file, request_id).answers_read:
            _take_answer(changes, request_id, answer, papers[answer.number], channel, now)
    announcements.take(changes, request, fact.announced, now)


def _take_answer(
    changes: Changeset, request_id: str, told: RequestAnswer, paper: str, channel: Channel,
    now: datetime,
) -> None:  # fmt: skip
    at = counted_at(changes, request_id, told.at, f"answer {told.number}", now)
    given = Answer(
        says=told.says, document=paper, ground=told.ground, amount=told.amount, until=told.until,
        review_at=told.review_at, number=told.number, at=at,
    )  # fmt: skip
    try:
        take_answer(changes, request_id, given, channel, now)
    except (MisuseError, StepRefusedError) as error:
        request = request_of(changes.file, request_id)
        kind, mark = DiscrepancyKind.ANSWER_NOT_TAKEN, f"answer {told.number}"
        detail = stored_phrase(
            "answer {number} ({says}): {why}", number=told.number,
            says=told.says, why=error,
        )  # fmt: skip
        _own(changes, request, kind, detail, mark, now)
    request = request_of(changes.file, request_id)
    if request.answers_read < told.number:
        changes.apply(lifecycle.move(request, "answer_noted", {"answers_read": told.number}))


def _take_receipt(
    changes: Changeset, request_id: str, told: DeliveryReceipt, proof: str, channel: Channel,
    now: datetime,
) -> None:  # fmt: skip
    request = request_of(changes.file, request_id)
    rules = channel.receipts
    is_known = any(
        r.request_id == request_id and (r.kind, r.proof) == (told.kind, proof)
        for r in changes.file.receipts
    )
    if is_known or request.sent_at is None:
        return
    if rules is None or told.kind not in rules.order:
        kind, mark = DiscrepancyKind.ANSWER_NOT_TAKEN, f"receipt {told.kind}"
        detail = stored_phrase(
            "{channel} knows no receipt {kind}", channel=channel.code,
            kind=told.kind,
        )  # fmt: skip
        _own(changes, request, kind, detail, mark, told.at)
        return
    at = counted_at(changes, request_id, told.at, f"receipt {told.kind}", now)
    request = request_of(changes.file, request_id)
    take_receipt(changes, request, Receipt(told.kind, at, proof, "", is_reported=True), channel)


def counted_at(
    changes: Changeset, request_id: str, at: datetime, mark: str, now: datetime
) -> datetime:
    """A body's own time as it is taken: between the sending and now, else it has an owner.

    What is to come counts as said now, what it dates before it had the request as said when that
    was sent: no clock begins at either. Clocks that are a few minutes apart are nobody's business.
    """
    request = request_of(changes.file, request_id)
    sent = request.tried_at or request.sent_at
    dated = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    detail = stored_phrase("{mark} is dated {dated}", mark=mark, dated=dated)
    if at > now + CLOCKS_APART:
        _own(changes, request, DiscrepancyKind.CLOCK_AHEAD, detail, mark, now)
    elif sent is not None and at < sent - CLOCKS_APART:
        _own(changes, request, DiscrepancyKind.CLOCK_BEHIND, detail, mark, now)
    return min(at if sent is None else max(at, sent), now)


def changed_answer(changes: Changeset, request_id: str, number: int, now: datetime) -> None:
    """An answer that was taken is shown with another document: somebody has to look."""
    request = request_of(changes.file, request_id)
    detail = stored_phrase("answer {number} was another one when it was taken", number=number)
    kind = DiscrepancyKind.CONTRADICTS_OUTCOME
    _own(changes, request, kind, detail, f"changed {number}", now)


def _own(
    changes: Changeset, request: RequestRow, kind: DiscrepancyKind, detail: str, mark: str,
    now: datetime,
) -> None:  # fmt: skip
    discrepancies.find(
        changes, kind, EntityKind.REQUEST, request.id, now, asset_id=request.asset_id,
        detail=detail[:300], mark=mark,
    )  # fmt: skip
