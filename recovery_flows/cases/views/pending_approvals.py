"""Pending approvals as a second person sees them, with duplicate subjects elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from models.case_file import CaseFile
from models.deconfliction_hits import ClosedTrace, Match
from models.engine import Database
from models.entities.approval import ApprovalRow
from models.queries.books.closed_traces import closed_traces
from models.queries.cases.approvals import (
    Pending,
    all_pending,
    pending_count,
    pending_page,
    place_of_pending,
)
from models.queries.cases.case_files import load_files
from models.queries.cases.deconfliction import accounts_of, elsewhere
from models.queries.cases.figures import main_figure, shown
from models.queries.cases.names import Names, names_of
from models.queries.cases.views import ApprovalLine
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from recovery_flows.access.registers import waiting_changes
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.deconfliction_check import also_lines, closed_lines, lets_go
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.law.regime import Regimes
from recovery_flows.restitution.allocation import is_round

_AT_ONCE = 200
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
        report=_report(file, approval),
        lets_go=lets_go(file, approval),
    )


def _report(file: CaseFile, approval: ApprovalRow) -> str:
    """How the report for approval is written; a share for the treasury has none."""
    rounds = {a.id for a in file.allocations if is_round(a)}
    return f"recovery document {file.recovery.ref} report" if approval.subject_id in rounds else ""


@dataclass(frozen=True, slots=True)
class ApprovalsPage:
    """`lines` from number `offset` on, of `total`; `at_row` is the approval asked for."""

    now: datetime
    lines: tuple[ApprovalLine, ...]
    offset: int
    total: int
    at_row: int | None = None


def approvals_page(
    database: Database,
    laws: Regimes,
    wall_now: datetime,
    look: QueueQuery,
    limit: int,
    viewer: OfficerView | None = None,
) -> ApprovalsPage:
    """A page of pending approvals: register changes first, then the earliest due.

    Where an approval sends something, the line says which other recoveries name the account.
    """
    changes = waiting_changes(database)
    order, is_down = look.order_by, look.is_down
    with database.reading() as session:
        total = len(changes) + pending_count(session)
        row = _row_of(session, changes, look)
        offset = look.offset
        if row is not None and look.follows and not offset <= row < offset + limit:
            offset = row - limit // 2
        offset = max(0, min(offset, total - limit))
        start = max(0, offset - len(changes))
        left = limit - len(changes[offset : offset + limit])
        found = pending_page(session, start, left, order, is_down=is_down)
        lines = (*changes[offset : offset + limit], *_lines(session, database, laws, found))
        told = _with_others(session, lines, viewer)
        return ApprovalsPage(case_now(session, wall_now), told, offset, total, row)


def pending_approvals(database: Database, laws: Regimes) -> tuple[ApprovalLine, ...]:
    """Pending approvals of recoveries, the earliest due first."""
    with database.reading() as session:
        return tuple(line for lines in _pending(session, database, laws) for line in lines)


def waiting_approvals(
    database: Database, laws: Regimes, viewer: OfficerView | None = None
) -> Iterator[ApprovalLine]:
    """All pending approvals, one page after the other."""
    yield from waiting_changes(database)
    with database.reading() as session:
        for lines in _pending(session, database, laws):
            yield from _with_others(session, lines, viewer)


def _pending(session: Session, database: Database, laws: Regimes) -> Iterator[list[ApprovalLine]]:
    pending = all_pending(session)
    while found := list(islice(pending, _AT_ONCE)):
        yield _lines(session, database, laws, found)


def _row_of(session: Session, changes: Sequence[ApprovalLine], look: QueueQuery) -> int | None:
    ids = [line.approval_id for line in changes]
    if not look.at_id:
        return None
    if look.at_id in ids:
        return ids.index(look.at_id)
    row = place_of_pending(session, look.at_id, look.order_by, is_down=look.is_down)
    return None if row is None else row + len(ids)


def _lines(
    session: Session, database: Database, laws: Regimes, found: Sequence[Pending]
) -> list[ApprovalLine]:
    files = {f.recovery.id: f for f in load_files(session, [one.recovery_id for one in found])}
    names = names_of(session, database.vault, files.values())
    lines = []
    for one in found:
        file = files[one.recovery_id]
        approval = next(a for a in file.approvals if a.id == one.approval_id)
        lines.append(approval_line(file, approval, names, laws[file.recovery.regime].time_zone))
    return lines


def _with_others(
    session: Session, lines: Iterable[ApprovalLine], viewer: OfficerView | None
) -> tuple[ApprovalLine, ...]:
    """The lines; where an approval sends something, with other recoveries that name the account."""
    lines = with_closed(session, lines, viewer)
    asking = [line for line in lines if line.act in _SENDS]
    found = elsewhere(session, sorted({line.recovery_id for line in asking}))
    account = accounts_of(session, [line.subject_id for line in asking])
    told = []
    for line in lines:
        if line.act in _SENDS:
            others, about = found.get(line.recovery_id, ()), account.get(line.subject_id)
            same = [o for o in others if o.what is Match.PAYMENT or o.account_id == about]
            ended = {(one.account_id, one.ref, one.owner) for one in line.also}
            also = (
                one for one in also_lines(same, viewer)
                if one.is_open or (one.account_id, one.ref, one.owner) not in ended
            )  # fmt: skip
            line = replace(line, also=(*line.also, *also))  # noqa: PLW2901
        told.append(line)
    return tuple(told)


def with_closed(
    session: Session, lines: Iterable[ApprovalLine], viewer: OfficerView | None
) -> tuple[ApprovalLine, ...]:
    """The lines; what lets money go with those that ended without money traced to the account."""
    lines = tuple(lines)
    account = accounts_of(session, [line.subject_id for line in lines if line.lets_go])
    ended = defaultdict[str, list[ClosedTrace]](list)
    for found in closed_traces(session, set(account.values())) if account else ():
        ended[found.hit.account_id].append(found)
    told = []
    for line in lines:
        others = [
            one for one in ended.get(account.get(line.subject_id, ""), ())
            if one.hit.recovery_id != line.recovery_id
        ]  # fmt: skip
        told.append(replace(line, also=closed_lines(others, viewer)) if others else line)
    return tuple(told)
