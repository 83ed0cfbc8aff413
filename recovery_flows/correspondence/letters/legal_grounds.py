"""What a letter rests on: the article with its status, and who approved it, by role and time."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldRow
from models.queries.cases.letters import authority_named
from models.queries.cases.work import CallLine
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.correspondence.documents.text import Basis, instant_text
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Measure, Sourced


def basis_of(file: CaseFile, call: CallLine, laws: Regimes, law: Regime) -> tuple[Basis, ...]:
    """The rows of the law that a letter rests on; none for a question apart from any measure."""
    if call.kind is CallKind.PAYOUT:
        return tuple(_basis(row) for row in _of_payout(file, call, laws))
    if call.noun is EntityKind.HOLD:
        return tuple(_basis(row) for row in _of_hold(file.hold(call.subject_id), law))
    rows = [h.law_row for h in file.holds_of(call.subject_id) if h.ordered_at and h.law_row]
    return (_basis(law.row(rows[-1])),) if rows else ()


def _of_payout(file: CaseFile, call: CallLine, laws: Regimes) -> list[Sourced]:
    law = laws[file.recovery.regime]
    payout = next(p for p in file.payouts if p.id == call.subject_id)
    method = next(a.method for a in file.allocations if a.id == payout.allocation_id)
    found: list[Sourced] = [step for step in law.ladder if step.code == method]
    return [*found, law.bank_return] if law.has(Measure.BANK_RETURN) else found


def _of_hold(hold: HoldRow, law: Regime) -> list[Sourced]:
    """The row under which money is held; what was given back is on the unit's own account."""
    if hold.law_row:
        return [law.row(hold.law_row)]
    return [law.measure(Measure.VOLUNTARY_RETURN)] if law.has(Measure.VOLUNTARY_RETURN) else []


def _basis(row: Sourced) -> Basis:
    return Basis(row.instrument, row.article, row.code, f"{row.source_text}, {row.status}")


def approval_of(
    session: Session, file: CaseFile, call: CallLine, laws: Regimes, law: Regime
) -> tuple[str, ...]:
    """Sentences on who ordered this and who approved it; roles, no names."""
    planned = next(c.planned_at for c in file.calls if c.id == call.id)
    approval = next((a for a in file.approvals if a.id == call.approval_id), None)
    if approval is None:
        asked = f"Asked by this unit on {_at(planned, law)}."
        return (asked, "A question: it changes nothing on the account and needs no approval.")
    ordered = f"Asked for by an officer of this unit on {_at(approval.asked_at, law)}."
    said = _said(file, approval, laws, law)
    authority = authority_named(session, approval.id)
    named = (f"Authority named with the approval: {authority}.",) if authority else ()
    return (ordered, said, *named)


def _said(file: CaseFile, approval: ApprovalRow, laws: Regimes, law: Regime) -> str:
    if approval.state is ApprovalState.PENDING:
        row = laws[file.recovery.regime].confirmation
        due = f" by {_at(approval.due_at, law)}" if approval.due_at else ""
        article = "" if row.article == "none" else f", {row.article}"
        return (
            f"Sent before its approval, as {row.instrument}{article} allows ({row.status}); a "
            f"second person confirms it or takes it back{due}. Approval {approval.id}."
        )
    if approval.action == ApprovalKind.ORDER_STOP and approval.state is ApprovalState.DENIED:
        when = _at(approval.decided_at, law)
        return f"A supervisor refused to confirm the stop on {when}. Approval {approval.id}."
    when = _at(approval.decided_at, law)
    return f"Approved by a supervisor of this unit on {when}. Approval {approval.id}."


def _at(at: datetime | None, law: Regime) -> str:
    return "an unknown day" if at is None else instant_text(at, law.time_zone)
