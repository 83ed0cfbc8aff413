"""Pending approvals with the exact figures that a yes would bind."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.engine import Database
from models.file import RecoveryFile
from models.money import Money
from models.officer import Approval
from models.queries.files import load_files
from models.queries.names import Names, names_of
from models.queries.views import ApprovalLine
from models.rows import ApprovalRow, AssetRow, CallRow, HoldRow
from models.states import ApprovalState, Noun
from models.tables import table_of

_APPROVALS = table_of(Approval)
_TRACE_RULE = "trace_rule"


def recovery_of_approval(session: Session, approval_id: str) -> str | None:
    """The id of the recovery that an approval belongs to."""
    query = sa.select(_APPROVALS.c.recovery_id).where(_APPROVALS.c.id == approval_id)
    found: str | None = session.execute(query).scalar()
    return found


def pending_approvals(database: Database) -> tuple[ApprovalLine, ...]:
    """All approvals that wait for a second person, the most urgent first."""
    with database.reading() as session:
        query = (
            sa.select(_APPROVALS.c.recovery_id)
            .where(_APPROVALS.c.state == ApprovalState.PENDING)
            .distinct()
        )
        files = load_files(session, list(session.execute(query).scalars()))
        names = names_of(session, database.vault, files)
    lines = [
        approval_line(file, approval, names)
        for file in files
        for approval in file.approvals
        if approval.state is ApprovalState.PENDING
    ]
    return tuple(sorted(lines, key=lambda a: (a.due_at is None, a.due_at or a.asked_at, a.ref)))


def approval_line(file: RecoveryFile, approval: ApprovalRow, names: Names) -> ApprovalLine:
    """One approval as it is shown, accounts and names masked."""
    return ApprovalLine(
        approval_id=approval.id,
        recovery_id=file.recovery.id,
        ref=file.recovery.ref,
        act=approval.action,
        subject_id=approval.subject_id,
        asked_by=approval.asked_by,
        asked_at=approval.asked_at,
        due_at=approval.due_at,
        post_hoc=approval.post_hoc,
        figures=tuple(_figures(file, approval, names)),
        digest=approval.subject_digest,
    )


def _figures(file: RecoveryFile, approval: ApprovalRow, names: Names) -> list[tuple[str, str]]:
    subject = approval.subject_id
    hold = next((h for h in file.holds if h.id == subject), None)
    if hold is not None:
        asset = file.asset(hold.asset_id)
        amount: int = getattr(hold, _AMOUNT_OF.get(approval.action, "requested_minor"))
        return [
            ("bank", asset.partner_id),
            ("account", names.account(asset.account_id)),
            ("measure", f"{hold.kind} under {hold.law_row}"),
            ("amount", str(Money(amount, hold.currency))),
            *_more_than_disputed(hold, asset, names),
        ]
    request = next((r for r in file.requests if r.id == subject), None)
    if request is not None:
        asset = file.asset(request.asset_id)
        return [
            ("to", f"{request.partner_id} by {request.channel}"),
            ("account", names.account(asset.account_id)),
            ("amount", str(Money(request.requested_minor, request.currency))),
            ("fields", f"digest {request.fields_digest[:12]}"),
        ]
    if approval.subject_noun is Noun.CALL:
        return _answer_figures(file, subject, names)
    allocation = next((a for a in file.allocations if a.id == subject), None)
    if allocation is not None:
        lines = [
            ("method", allocation.method),
            ("pool", str(Money(allocation.pool_minor, allocation.currency))),
        ]
        for payout in file.payouts_of(allocation.id):
            to = names.account(payout.payee_account_id)
            who = names.victim(payout.claim_id)
            lines.append((f"{who} → {to}", str(Money(payout.amount_minor, payout.currency))))
        return lines
    tasks = [t for t in file.tasks if t.linkage_id == subject]
    if tasks:
        return [(t.partner_id, f"{t.kind.replace('_', ' ')}: {t.subject_hint}") for t in tasks]
    if approval.action == _TRACE_RULE:
        return _rule_figures(file, names)
    return [
        (str(b.account), str(Money(b.claim_minor, b.claim_currency)))
        for b in file.balances
        if b.claim_minor
    ]


_AMOUNT_OF = {
    "release": "held_minor",
    "renew": "held_minor",
    "release_part": "releasing_minor",
    "complaint": "complained_minor",
}


def _more_than_disputed(hold: HoldRow, asset: AssetRow, names: Names) -> list[tuple[str, str]]:
    if not hold.scope_reason:
        return []
    disputed = Money(asset.traced_minor, asset.currency)
    return [("disputed", str(disputed)), ("reason", names.reasons.get(hold.scope_reason, ""))]


def _answer_figures(file: RecoveryFile, call_id: str, names: Names) -> list[tuple[str, str]]:
    """What was typed of a letter, by whom, and by which digest its document is found."""
    call = next(c for c in file.calls if c.id == call_id)
    answer = names.answers.get(call_id)
    return [
        ("bank", call.partner_id),
        ("account", names.account(_account_of(file, call))),
        ("letter", f"{call.kind}{_asked_by(file, call)}"),
        ("it went", call.sent_how),
        *(answer.figures() if answer else ()),
        ("document", f"sha256 {call.answer_document[:24]}"),
        ("typed by", call.answer_by),
        ("to see it", f"recovery letter document {call.id}"),
    ]


def _asked_by(file: RecoveryFile, call: CallRow) -> str:
    """The sum that a letter asks for, to be held against the answer."""
    sums = [Money(h.requested_minor, h.currency) for h in file.holds if h.id == call.subject_id]
    sums += [Money(p.amount_minor, p.currency) for p in file.payouts if p.id == call.subject_id]
    return f" of {sums[0]}" if sums else ""


def _account_of(file: RecoveryFile, call: CallRow) -> str:
    claim = next((c for c in file.claims if c.id == call.subject_id), None)
    return claim.victim_account_id if claim else file.asset(call.asset_id).account_id


def _rule_figures(file: RecoveryFile, names: Names) -> list[tuple[str, str]]:
    recovery = file.recovery
    elsewhere = Money(recovery.asked_moved_minor, recovery.currency)
    return [
        ("rule", _rule(recovery.asked_rule, recovery.asked_among)),
        ("instead of", _rule(recovery.tracing_rule, recovery.tracing_among)),
        ("would lie elsewhere", f"{elsewhere} when it was asked"),
        ("reason", names.reasons.get(recovery.asked_reason, "")),
    ]


def _rule(name: str, among: str) -> str:
    return f"{name}, among victims {among}" if among else name


def pending_ids(session: Session) -> list[str]:
    """Ids of all pending approvals, the longest waiting first."""
    query = (
        sa.select(_APPROVALS.c.id)
        .where(_APPROVALS.c.state == ApprovalState.PENDING)
        .order_by(_APPROVALS.c.asked_at, _APPROVALS.c.id)
    )
    return list(session.execute(query).scalars())
