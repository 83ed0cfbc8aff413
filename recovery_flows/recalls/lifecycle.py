"""A recall from its drafting to its end; what a bank promises is no money.

A recall undoes one payment: what comes back by it is the victim's whose payment it was, and is
divided among nobody (decision 0038). It is sent by the victim's bank, and only what arrived at the
victim's account and was confirmed by a second person counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.claim import ClaimRow
from models.entities.event import EntityKind
from models.entities.recall import NEEDS_OFFICER, OPEN_RECALLS, WENT_OUT, RecallRow, RecallState
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.figures import is_in_force
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.cross_border.channels import Channel, ChannelClock, ClockKind, Recipient
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.law.terms import due_at
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import LOST, owed_minor

REASON = "FRAD"
"""The ISO reason of every recall of this unit: the payment is of fraudulent origin."""
_OUT_OF_TIME = "the time for a recall by {channel} was over on {due:%Y-%m-%d %H:%M} UTC: {article}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a recall is made of; `message` is the digest of its camt.056."""

    claim_id: str
    channel: str
    case_ref: str
    uetr: str
    message: str


def check_draft(file: CaseFile, claim_id: str, channel: Channel, now: datetime) -> ClaimRow:
    """The claim whose payment may be called back now; StepRefusedError says why it may not."""
    if file.recovery.state is not RecoveryState.OPEN:
        state = file.recovery.state
        raise StepRefusedError(phrase("a recovery that is {state} recalls nothing", state=state))
    claim = next((c for c in file.claims if c.id == claim_id), None)
    if claim is None or claim.state not in LOST:
        raise StepRefusedError(phrase(
            "{ref} has no verified claim {claim_id}", ref=file.recovery.ref, claim_id=claim_id,
        ))  # fmt: skip
    if channel.recipient is not Recipient.BANK:
        raise StepRefusedError(phrase("{code} goes to no bank: a recall does", code=channel.code))
    if channel.currencies and claim.currency not in channel.currencies:
        only = ", ".join(channel.currencies)
        raise StepRefusedError(phrase(
            "{code} is for {only}; the payment was in {currency}", code=channel.code, only=only,
            currency=claim.currency,
        ))  # fmt: skip
    _refuse_late(claim, channel, now)
    going = next(
        (r for r in file.recalls if r.claim_id == claim.id and r.state in OPEN_RECALLS), None
    )
    if going is not None:
        raise StepRefusedError(phrase(
            "the payment of {claim_id} is called back already ({going_id}, {going_state}): "
            "`recovery recall end {ref} {going_id}` ends that one", claim_id=claim.id,
            going_id=going.id, going_state=going.state, ref=file.recovery.ref,
        ))  # fmt: skip
    _refuse_needless(file, claim)
    return claim


def _refuse_late(claim: ClaimRow, channel: Channel, now: datetime) -> None:
    for clock in channel.clock:
        ends = due_at(clock.limit, claim.paid_at, channel)
        if clock.kind is ClockKind.SEND and ends <= now:
            told = _OUT_OF_TIME.format(channel=channel.code, due=ends, article=clock.source)
            raise StepRefusedError(told)


def _refuse_needless(file: CaseFile, claim: ClaimRow) -> None:
    """Asked at drafting, approving and sending: money may have come or been held meanwhile."""
    if claim.state not in LOST or not owed_minor(file, claim):
        raise StepRefusedError(phrase(
            "the victim of {claim_id} has everything back: nothing is recalled", claim_id=claim.id,
        ))  # fmt: skip
    _refuse_held(file, claim)


def _refuse_held(file: CaseFile, claim: ClaimRow) -> None:
    for asset in file.assets:
        if asset.account_id != claim.payee_account_id or asset.currency != claim.currency:
            continue
        held = sum(h.held_minor for h in file.live_holds(asset.id))
        if held >= claim.reported_minor:
            raise StepRefusedError(phrase(
                "the whole sum is held at {partner_id}: it is returned out of the hold, and its "
                "bank cannot pay back what it holds", partner_id=asset.partner_id,
            ))  # fmt: skip


def draft(changes: Changeset, given: Draft, actor: str, now: datetime) -> str:
    """Enter a recall and ask a second person for it; returns the approval's id."""
    claim = next(c for c in changes.file.claims if c.id == given.claim_id)
    values: dict[str, Scalar] = {
        "claim_id": claim.id, "partner_id": claim.victim_partner_id, "channel": given.channel,
        "case_ref": given.case_ref, "uetr": given.uetr, "end_to_end_id": claim.end_to_end_id,
        "requested_minor": claim.reported_minor, "currency": claim.currency,
        "message": given.message, "drafted_by": actor, "drafted_at": now,
    }  # fmt: skip
    name = next_id(changes.file, claim.id)
    changes.apply(Transition(EntityKind.RECALL, name, "asked", None, values))
    return ask(changes, ApprovalKind.RECALL, name, actor, now)


def next_id(file: CaseFile, claim_id: str) -> str:
    """The id of the next recall of a claim's payment."""
    number = 1 + sum(r.claim_id == claim_id for r in file.recalls)
    return derive_id("recall", claim_id, number)


def approve(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has said yes to exactly this message."""
    del now, laws
    row = recall_of(changes.file, approval.subject_id)
    try:
        _refuse_needless(changes.file, claim_of(changes.file, row))
    except StepRefusedError as refusal:
        raise StepRefusedError(phrase("{refusal}; deny it", refusal=refusal)) from refusal
    changes.apply(Transition(EntityKind.RECALL, row.id, "approved", row.state))


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """A second person has said no: nothing is sent."""
    row = recall_of(changes.file, approval.subject_id)
    changes.apply(Transition(EntityKind.RECALL, row.id, "denied", row.state, reason=reason))


def send(changes: Changeset, recall_id: str, how: str, channel: Channel, now: datetime) -> None:
    """Record that the approved message went to the bank; its clocks run from now."""
    file = changes.file
    row = recall_of(file, recall_id)
    if row.state is not RecallState.APPROVED:
        raise StepRefusedError(phrase(
            "{row_id} is {row_state}: only an approved recall is sent", row_id=row.id,
            row_state=row.state,
        ))  # fmt: skip
    _refuse_needless(file, claim_of(file, row))
    _refuse_late(claim_of(file, row), channel, now)
    if not any(a.subject_id == row.id and is_in_force(file, a) for a in file.approvals):
        raise StepRefusedError(
            phrase("{row_id} has changed since it was approved: draft it anew", row_id=row.id)
        )
    values: dict[str, Scalar] = {"sent_at": now, "sent_how": how, **_answer_clock(channel, now)}
    ends = _clock(channel, ClockKind.EXPIRY)
    if ends is not None:
        values["expires_at"] = due_at(ends.limit, now, channel)
    changes.apply(_move(row, "sent", values, channel.source))


def _answer_clock(channel: Channel, now: datetime) -> dict[str, Scalar]:
    return _due(_clock(channel, ClockKind.ANSWER), channel, now)


def money_clock(channel: Channel, now: datetime) -> dict[str, Scalar]:
    """By when the money of a recall is due that was accepted now, and by which clock."""
    return _due(_clock(channel, ClockKind.MONEY), channel, now)


def _clock(channel: Channel, kind: ClockKind) -> ChannelClock | None:
    return next((c for c in channel.clock if c.kind is kind), None)


def _due(clock: ChannelClock | None, channel: Channel, now: datetime) -> dict[str, Scalar]:
    if clock is None:
        return {"due_at": None, "law_row": ""}
    return {"due_at": due_at(clock.limit, now, channel), "law_row": clock.code}


def chase(changes: Changeset, recall_id: str, channel: Channel, reason: str, now: datetime) -> None:
    """Record that the bank was asked again; `reason` is the fingerprint of the note of how."""
    row = recall_of(changes.file, recall_id)
    match row.state:
        case RecallState.UNANSWERED:
            clock = _answer_clock(channel, now)
        case RecallState.UNPAID | RecallState.PARTLY_RETURNED:
            clock = money_clock(channel, now)
        case _:
            raise StepRefusedError(phrase(
                "{row_id} is {row_state}: nothing of it is overdue", row_id=row.id,
                row_state=row.state,
            ))  # fmt: skip
    changes.apply(_move(row, "chased", {**clock, "reason": reason}))


def end(changes: Changeset, recall_id: str, reason: str) -> None:
    """Nothing more is expected of it; `reason` is the fingerprint of the note that says why."""
    row = recall_of(changes.file, recall_id)
    if row.state not in OPEN_RECALLS:
        raise StepRefusedError(
            phrase("{row_id} is {row_state}: it has ended", row_id=row.id, row_state=row.state)
        )
    if row.state is RecallState.PENDING_APPROVAL:
        void_approvals(changes, row.id, stored_phrase("the recall was ended before it was decided"))
    changes.apply(_move(row, "ended", {"due_at": None, "reason": reason}))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a camt.029 says: its move, the bank's reason code, the document's digest."""

    event: str
    code: str
    document: str
    is_part: bool = False


def take_answer(
    changes: Changeset, recall_id: str, answer: Answer, channel: Channel, now: datetime
) -> bool:
    """Record a bank's answer; whether it was new. The same document twice changes nothing."""
    row = recall_of(changes.file, recall_id)
    if row.state not in WENT_OUT or row.sent_at is None:
        raise StepRefusedError(phrase(
            "{row_id} is {row_state}: no bank can answer what was not sent", row_id=row.id,
            row_state=row.state,
        ))  # fmt: skip
    if row.answer_document == answer.document:
        return False
    values: dict[str, Scalar] = {
        "answer_code": answer.code, "answer_document": answer.document, "is_part": answer.is_part,
    }  # fmt: skip
    if answer.event == "bank_accepted" and row.state not in _MONEY_CAME:
        values |= money_clock(channel, now)
    elif answer.event == "bank_rejected" and row.state not in _MONEY_CAME:
        values["due_at"] = None
    changes.apply(_move(row, answer.event, values))
    return True


_MONEY_CAME = (RecallState.PARTLY_RETURNED, RecallState.RETURNED)


def advance(changes: Changeset, now: datetime) -> None:
    """What is overdue is an event, once; who has not answered in the time that is set never will.

    A yes without its money stays open: the bank owes it.
    """
    for row in changes.file.recalls:
        waiting = (RecallState.SENT, RecallState.PENDING, RecallState.UNANSWERED)
        if row.state in waiting and row.expires_at is not None and row.expires_at <= now:
            changes.apply(_move(row, "expired", {"due_at": None}))
        elif row.due_at is not None and row.due_at <= now:
            if row.state in (RecallState.SENT, RecallState.PENDING):
                changes.apply(_move(row, "answer_overdue"))
            elif row.state is RecallState.ACCEPTED:
                changes.apply(_move(row, "money_overdue"))


def needs_officer(row: RecallRow) -> bool:
    """Whether a recall waits for an officer: to chase, to end it, or to go another way."""
    return row.state in NEEDS_OFFICER or row.state is RecallState.APPROVED


def requested(row: RecallRow) -> Money:
    """The sum of the payment that is called back."""
    return Money(row.requested_minor, row.currency)


def _move(
    row: RecallRow, event: str, values: dict[str, Scalar] | None = None, basis: str = ""
) -> Transition:
    return Transition(
        EntityKind.RECALL, row.id, event, row.state, values or {}, legal_basis=basis[:200]
    )


def claim_of(file: CaseFile, row: RecallRow) -> ClaimRow:
    """The claim whose payment is called back."""
    return next(c for c in file.claims if c.id == row.claim_id)


def recall_of(file: CaseFile, recall_id: str) -> RecallRow:
    """The recall of that id; StepRefusedError where there is none."""
    found = next((r for r in file.recalls if r.id == recall_id), None)
    if found is None:
        raise StepRefusedError(phrase(
            "{ref} has no recall {recall_id}: `recovery recall list {ref}` shows them",
            ref=file.recovery.ref, recall_id=recall_id,
        ))  # fmt: skip
    return found
