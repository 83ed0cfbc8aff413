"""Every deadline of a recovery: what ends, when, under which row of law, what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.entities.multi_agency import TaskRenewal, TaskRow, TaskState
from models.entities.payout import PayoutState
from models.entities.request import CARRIED_OUT, UNDER_WAY, RequestState
from models.language.phrase import Phrase, phrase
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.due.deadline import Deadline
from recovery_flows.cases.due.money_back import (
    of_clawbacks,
    of_others,
    of_recalls,
    of_returns,
    of_unclaimed,
)
from recovery_flows.freezing import reminders
from recovery_flows.law import terms
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.multi_agency import stage as multi_agency
from recovery_flows.restitution import objections
from recovery_flows.restitution.settlement_clock import settlement_due_at


def running(file: CaseFile, laws: Regimes) -> list[Deadline]:
    """All clocks of a file, the nearest end first, each with what its calendar says."""
    return [_with_calendar(clock, laws) for clock in clocks(file, laws)]


def _with_calendar(clock: Deadline, laws: Regimes) -> Deadline:
    note = calendar_note(clock.due_at, clock.regime, clock.law_row, clock.note, laws)
    return clock if note is clock.note else replace(clock, note=note)


def clocks(file: CaseFile, laws: Regimes) -> list[Deadline]:
    """The same without the calendars; what "time left" counts to is the first."""
    found = [
        *_holds(file, laws), *_approvals(file, laws), *_notices(file, laws),
        *_settlements(file, laws), *_objections(file), *of_returns(file),
        *of_unclaimed(file), *of_clawbacks(file), *of_others(file), *of_recalls(file),
        *_requests(file), *_tasks(file, laws),
    ]  # fmt: skip
    return sorted(found, key=lambda clock: (clock.due_at, clock.subject_id))


def calendar_note(due_at: datetime, regime: str, law_row: str, note: str, laws: Regimes) -> str:
    """The note of a clock; that it counts banking days of a year not published yet goes before."""
    law = laws[regime]
    row = law.rows.get(law_row)
    year = terms.unpublished_year(row.limit, due_at, law) if row else None
    if year is None:
        return note
    said = phrase("calendar of {year} not published", year=year)
    return phrase("{said}; {note}", said=said, note=note) if note else said


def _holds(file: CaseFile, laws: Regimes) -> Iterator[Deadline]:
    for hold in file.holds:
        ends, what, row = _end_of(file, hold, laws)
        if ends is not None:
            regime = file.asset(hold.asset_id).regime
            note = reminders.state_of_things(file, hold)
            escalated = hold.escalated_at is not None
            yield Deadline(what, ends, regime, row, hold.id, hold.asset_id, note, escalated)


def _end_of(file: CaseFile, hold: HoldRow, laws: Regimes) -> tuple[datetime | None, str, str]:
    if hold.state is HoldState.DISPOSAL_PENDING:
        row = laws[file.asset(hold.asset_id).regime].measures.get(Measure.DISPOSAL, "")
        return hold.release_due_at, phrase("court's order due"), row
    if hold.state is HoldState.ORDERED:
        return (
            reminders.ends_at(file, hold, laws),
            _unanswered(hold.kind),
            hold.law_row,
        )
    if hold.state in LIVE_HOLDS and hold.held_minor:
        return hold.expires_at, _ends(hold.kind), hold.law_row
    return None, "", ""


@cache
def _unanswered(kind: HoldKind) -> Phrase:
    return phrase("{kind} unanswered", kind=phrase(kind))


@cache
def _ends(kind: HoldKind) -> Phrase:
    return phrase("{kind} ends", kind=phrase(kind))


_DUE = {
    ApprovalKind.ORDER_STOP: phrase("confirmation due"),
    ApprovalKind.FREEZE: phrase("freeze to be approved"),
    ApprovalKind.RENEW: phrase("renewal to be approved"),
    ApprovalKind.RELEASE: phrase("release due"),
    ApprovalKind.COMPLAINT: phrase("complaint to be answered"),
    ApprovalKind.THIRD_PARTY_CLAIM: phrase("third party's claim to be decided"),
    ApprovalKind.MULTI_AGENCY_REQUEST: phrase("multi-agency confirmation due"),
}


@cache
def _to_be_approved(action: str) -> str:
    return phrase("{action} to be approved", action=phrase(action))


def _approvals(file: CaseFile, laws: Regimes) -> Iterator[Deadline]:
    for approval in file.approvals:
        if approval.state is not ApprovalState.PENDING or approval.due_at is None:
            continue
        hold = _hold_of(file, approval)
        law = laws[file.asset(hold.asset_id).regime if hold else file.recovery.regime]
        what = _DUE.get(ApprovalKind(approval.action), _to_be_approved(approval.action))
        note = (
            phrase("the time for it is over")
            if approval.alarmed
            else phrase("asked by {asked_by}", asked_by=approval.asked_by)
        )
        yield Deadline(
            what, approval.due_at, law.code, _row_of(file, approval, hold, law), approval.id,
            hold.asset_id if hold else "", note, approval.alarmed,
        )  # fmt: skip


def _hold_of(file: CaseFile, approval: ApprovalRow) -> HoldRow | None:
    return file.hold(approval.subject_id) if approval.subject_noun is EntityKind.HOLD else None


def _row_of(file: CaseFile, approval: ApprovalRow, hold: HoldRow | None, law: Regime) -> str:
    """The row of the law that an approval's clock is counted by."""
    measure = {
        ApprovalKind.ORDER_STOP: Measure.CONFIRMATION,
        ApprovalKind.RELEASE: Measure.UNRELATED_RELEASE,
        ApprovalKind.COMPLAINT: Measure.COMPLAINT,
        ApprovalKind.MULTI_AGENCY_REQUEST: Measure.MULTI_AGENCY_REQUEST,
    }.get(ApprovalKind(approval.action))
    if measure is not None:
        return law.measures.get(measure, "")
    if hold is None:
        named = approval.subject_id
        return next((t.law_row for t in file.third_party_claims if t.id == named), "")
    before = file.hold(hold.supersedes_id) if hold.supersedes_id else hold
    return before.law_row


def _notices(file: CaseFile, laws: Regimes) -> Iterator[Deadline]:
    law = laws[file.recovery.regime]
    for allocation in file.allocations:
        if allocation.state is AllocationState.NOTICE and allocation.notice_to is not None:
            yield Deadline(
                phrase("notice ends"),
                allocation.notice_to,
                law.code,
                law.notice.code,
                allocation.id,
                allocation.asset_id,
            )


def _settlements(file: CaseFile, laws: Regimes) -> Iterator[Deadline]:
    law = laws[file.recovery.regime]
    for allocation in file.allocations:
        due = settlement_due_at(file, allocation, laws)
        if due is not None:
            count = sum(p.state is PayoutState.INSTRUCTED for p in file.payouts_of(allocation.id))
            yield Deadline(
                phrase("payout to be booked")
                if count == 1
                else phrase("{count} payouts to be booked", count=count),
                due,
                law.code,
                law.bank_return.code,
                allocation.id,
                allocation.asset_id,
            )


def _objections(file: CaseFile) -> Iterator[Deadline]:
    for found in objections.open_ones(file):
        if found.due_at is not None:
            yield Deadline(
                phrase("objection to be decided"),
                found.due_at,
                file.recovery.regime,
                found.law_row,
                found.id,
                "",
                phrase(
                    "{kind}, entered by {entered_by}",
                    kind=phrase(found.kind),
                    entered_by=found.entered_by,
                ),
            )


def _requests(file: CaseFile) -> Iterator[Deadline]:
    """The answer of another State, our own to its question, and the end of a freeze by it."""
    for row in file.requests:
        due, what = row.due_at, phrase("answer from abroad due")
        if row.state is RequestState.NEEDS_INFO:
            what = phrase("our answer to another State due")
        elif row.state in CARRIED_OUT:
            due, what = row.hold_ends_at, phrase("freeze abroad ends")
        elif row.state is RequestState.POSTPONED:
            due, what = row.review_at, phrase("postponed request to be looked at")
        if due is not None and row.state in UNDER_WAY | CARRIED_OUT:
            note = phrase("{channel} to {authority}", channel=row.channel, authority=row.authority)
            yield Deadline(
                what, due, file.recovery.regime, row.law_row, row.id, row.asset_id, note,
                partner_id=row.partner_id,
            )  # fmt: skip


def _tasks(file: CaseFile, laws: Regimes) -> Iterator[Deadline]:
    """The deadline that a multi-agency request's tasks share, and the end of each preservation."""
    law = laws[file.recovery.regime]
    for multi_agency_request in file.multi_agency_requests:
        owed = [
            t for t in multi_agency.tasks_of(file, multi_agency_request.id) if _is_first_answer(t)
        ]
        if owed and multi_agency_request.due_at is not None:
            row = law.measures.get(Measure.MULTI_AGENCY_ANSWER, "")
            what = (
                phrase("{owed} answers due", owed=len(owed))
                if len(owed) > 1
                else phrase("an answer due")
            )
            late = any(task.escalated_at for task in owed)
            note = phrase(
                "of {partners}", partners=", ".join(sorted({task.partner_id for task in owed}))
            )
            yield Deadline(
                what,
                multi_agency_request.due_at,
                law.code,
                row,
                multi_agency_request.id,
                owed[0].asset_id,
                note,
                late,
            )
    for task in file.tasks:
        if task.state is TaskState.CANCEL_PENDING and task.due_at is not None:
            row = law.measures.get(Measure.MULTI_AGENCY_ANSWER, "")
            yield Deadline(
                phrase("taking back due"),
                task.due_at,
                law.code,
                row,
                task.id,
                task.asset_id,
                phrase("{kind} is to be undone", kind=phrase(task.kind)),
                task.escalated_at is not None,
                task.partner_id,
            )
        if task.state is TaskState.PRESERVED and task.expires_at is not None:
            yield Deadline(
                phrase("preservation ends"), task.expires_at, law.code, task.law_row, task.id,
                task.asset_id, _renewal_of(task), task.escalated_at is not None, task.partner_id,
            )  # fmt: skip


def _is_first_answer(task: TaskRow) -> bool:
    return multi_agency.is_owed(task) and task.state is not TaskState.CANCEL_PENDING


def _renewal_of(task: TaskRow) -> Phrase:
    """How far a renewal is; one that may be asked for again was refused before."""
    again = task.renewal == TaskRenewal.AGAIN
    renewal = TaskRenewal.REFUSED if again else task.renewal
    return (
        phrase("renewal {renewal}", renewal=phrase(renewal)) if renewal else phrase("not renewed")
    )
