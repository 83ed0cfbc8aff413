"""What an approval is about, down to the exact figures: a change changes the digest."""

from __future__ import annotations

from enum import StrEnum

from models.file import RecoveryFile
from models.ids import derive_id, digest
from models.rows import ApprovalRow
from models.states import ApprovalState, Noun


class Act(StrEnum):
    """What a second person is asked to say yes to."""

    ORDER_STOP = "order_stop"
    FREEZE = "freeze"
    RELEASE = "release"
    REQUEST = "request"
    RETURN = "return"
    CLOSE = "close"
    TRACE_RULE = "trace_rule"
    RENEW = "renew"
    RELEASE_PART = "release_part"
    COMPLAINT = "complaint"
    LINKAGE = "linkage"
    LETTER_ANSWER = "letter_answer"


SUBJECT_NOUN = {
    Act.ORDER_STOP: Noun.HOLD,
    Act.FREEZE: Noun.HOLD,
    Act.RELEASE: Noun.HOLD,
    Act.REQUEST: Noun.REQUEST,
    Act.RETURN: Noun.ALLOCATION,
    Act.CLOSE: Noun.RECOVERY,
    Act.TRACE_RULE: Noun.RECOVERY,
    Act.RENEW: Noun.HOLD,
    Act.RELEASE_PART: Noun.HOLD,
    Act.COMPLAINT: Noun.HOLD,
    Act.LINKAGE: Noun.LINKAGE,
    Act.LETTER_ANSWER: Noun.CALL,
}


def subject_digest(file: RecoveryFile, act: Act, subject_id: str) -> str:
    """Digest of the bytes and figures that an approval of `act` on `subject_id` would bind."""
    return digest([str(act), subject_id, *_BODIES[act](file, subject_id)])


def _hold(file: RecoveryFile, hold_id: str) -> list[object]:
    hold = file.hold(hold_id)
    asset = file.asset(hold.asset_id)
    return [
        asset.account_id,
        str(hold.kind),
        hold.requested_minor,
        hold.currency,
        hold.supersedes_id,
        hold.law_row,
        *([hold.scope_reason] if hold.scope_reason else []),
    ]


def _release(file: RecoveryFile, hold_id: str) -> list[object]:
    hold = file.hold(hold_id)
    return [file.asset(hold.asset_id).account_id, hold.bank_ref, hold.held_minor, hold.currency]


def _renewal(file: RecoveryFile, hold_id: str) -> list[object]:
    """Which freeze, from which end it is prolonged, under which row of the law."""
    hold = file.hold(hold_id)
    ends = hold.expires_at.isoformat() if hold.expires_at else ""
    account = file.asset(hold.asset_id).account_id
    return [account, hold.bank_ref, hold.requested_minor, hold.currency, ends, hold.law_row]


def _part(file: RecoveryFile, hold_id: str) -> list[object]:
    hold = file.hold(hold_id)
    account = file.asset(hold.asset_id).account_id
    return [account, hold.bank_ref, hold.releasing_minor, hold.currency]


def _complaint(file: RecoveryFile, hold_id: str) -> list[object]:
    hold = file.hold(hold_id)
    account = file.asset(hold.asset_id).account_id
    return [account, hold.bank_ref, hold.complained_minor, hold.currency]


def _letter_answer(file: RecoveryFile, call_id: str) -> list[object]:
    """Which letter, what was typed of its answer and by whom, and the bank's document."""
    call = next(c for c in file.calls if c.id == call_id)
    typed = [call.answer_digest, call.answer_document, call.answer_by]
    return [call.partner_id, str(call.kind), call.letter_digest, *typed]


def _request(file: RecoveryFile, request_id: str) -> list[object]:
    request = next(r for r in file.requests if r.id == request_id)
    asset = file.asset(request.asset_id)
    return [
        asset.account_id,
        request.channel,
        request.requested_minor,
        request.currency,
        request.fields_digest,
    ]


def _allocation(file: RecoveryFile, allocation_id: str) -> list[object]:
    allocation = next(a for a in file.allocations if a.id == allocation_id)
    lines = [
        [p.claim_id, p.hold_id, p.payee_account_id, p.amount_minor, p.currency]
        for p in sorted(file.payouts_of(allocation_id), key=lambda p: p.id)
    ]
    return [allocation.method, allocation.formula, allocation.pool_minor, lines, allocation.basis]


def _recovery(file: RecoveryFile, recovery_id: str) -> list[object]:
    del recovery_id
    return [
        [str(b.account), b.asset_id, b.claim_minor]
        for b in sorted(file.balances, key=lambda b: (b.account, b.asset_id, b.hold_id, b.claim_id))
    ]


def _trace_rule(file: RecoveryFile, recovery_id: str) -> list[object]:
    """The rule asked for, why, how much would lie elsewhere, and the rule that it replaces."""
    recovery = file.recovery
    return [
        recovery.id == recovery_id,
        recovery.asked_rule,
        recovery.asked_among,
        recovery.asked_reason,
        recovery.asked_moved_minor,
        recovery.tracing_rule,
        recovery.tracing_among,
    ]


def _linkage(file: RecoveryFile, linkage_id: str) -> list[object]:
    """Every task of it: who is asked what, about which subject, under which row of the law."""
    linkage = next(row for row in file.linkages if row.id == linkage_id)
    tasks = [
        [t.partner_id, str(t.kind), t.subject_digest, t.law_row]
        for t in sorted(file.tasks, key=lambda t: t.id)
        if t.linkage_id == linkage_id
    ]
    return [linkage.identifiers_digest, tasks]


_BODIES = {
    Act.ORDER_STOP: _hold,
    Act.FREEZE: _hold,
    Act.RELEASE: _release,
    Act.REQUEST: _request,
    Act.RETURN: _allocation,
    Act.CLOSE: _recovery,
    Act.TRACE_RULE: _trace_rule,
    Act.RENEW: _renewal,
    Act.RELEASE_PART: _part,
    Act.COMPLAINT: _complaint,
    Act.LINKAGE: _linkage,
    Act.LETTER_ANSWER: _letter_answer,
}


def approval_id(file: RecoveryFile, act: Act, subject_id: str) -> str:
    """A new approval's id: the n-th that was asked for this act on this subject."""
    earlier = [a for a in file.approvals if a.subject_id == subject_id and a.action == act]
    return derive_id("appr", subject_id, act, len(earlier) + 1)


def is_in_force(file: RecoveryFile, approval: ApprovalRow) -> bool:
    """Whether a call may go out under this approval now.

    It was given, or the law lets the order leave before its confirmation; and what it was given
    for has not changed by a single figure since.
    """
    given = approval.state is ApprovalState.APPROVED or (
        approval.post_hoc and approval.state is ApprovalState.PENDING
    )
    now = subject_digest(file, Act(approval.action), approval.subject_id)
    return given and approval.subject_digest == now
