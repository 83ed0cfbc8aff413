"""Approvals as a second person sees them: with what other recoveries know of the same account."""

from __future__ import annotations

from dataclasses import replace

from models.case_file import CaseFile
from models.deconfliction_hits import Match
from models.engine import Database
from models.entities.approval import ApprovalRow, ApprovalState
from models.queries.cases.approvals import files_with_pending
from models.queries.cases.deconfliction import accounts_of, elsewhere
from models.queries.cases.figures import main_figure, shown
from models.queries.cases.names import Names, names_of
from models.queries.cases.views import ApprovalLine
from models.queries.installation.officers import OfficerView
from recovery_flows.access.registers import waiting_changes
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.deconfliction_check import also_lines
from recovery_flows.law.regime import Regimes

_SENDS = frozenset({ApprovalKind.ORDER_STOP, ApprovalKind.FREEZE, ApprovalKind.REQUEST})


def approval_line(file: CaseFile, approval: ApprovalRow, names: Names, zone: str) -> ApprovalLine:
    """One approval as it is shown: exactly the figures that a yes binds, instants in `zone`."""
    subject = subject_of(file, ApprovalKind(approval.action), approval.subject_id)
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
        figures=shown(subject.figures, names, zone),
        headline=main_figure(subject.figures, names),
        digest=approval.subject_digest,
    )


def pending_approvals(database: Database, laws: Regimes) -> tuple[ApprovalLine, ...]:
    """All approvals that wait for a second person, the most urgent first."""
    with database.reading() as session:
        files = files_with_pending(session)
        names = names_of(session, database.vault, files)
    lines = [
        approval_line(file, approval, names, laws[file.recovery.regime].time_zone)
        for file in files
        for approval in file.approvals
        if approval.state is ApprovalState.PENDING
    ]
    return tuple(sorted(lines, key=lambda a: (a.due_at is None, a.due_at or a.asked_at, a.ref)))


def waiting_approvals(
    database: Database, laws: Regimes, viewer: OfficerView | None = None
) -> tuple[ApprovalLine, ...]:
    """What waits for a second person, the most urgent first; who else asks, where a yes sends."""
    lines = (*waiting_changes(database), *pending_approvals(database, laws))
    asking = [line for line in lines if line.act in _SENDS]
    with database.reading() as session:
        found = elsewhere(session, sorted({line.recovery_id for line in asking}))
        account = accounts_of(session, [line.subject_id for line in asking])
    return tuple(
        replace(
            line,
            also=also_lines(
                (
                    one
                    for one in found.get(line.recovery_id, ())
                    if one.what is Match.PAYMENT or one.account_id == account.get(line.subject_id)
                ),
                viewer,
            ),
        )
        if line in asking
        else line
        for line in lines
    )
