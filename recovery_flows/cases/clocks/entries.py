"""The deadlines of a file as a list of many recoveries tells them: with bank, sum and officer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.case_file import CaseFile
from models.money import Money
from models.queries.cases.deadline_views import DeadlineEntry
from models.queries.cases.views import DeadlineLine
from recovery_flows.cases.due.deadline import Deadline


def entries(file: CaseFile, clocks: Iterable[Deadline]) -> Iterator[DeadlineEntry]:
    """Each of these clocks of a file as an entry of the list."""
    recovery = file.recovery
    for clock in clocks:
        asset = next((a for a in file.assets if a.id == clock.asset_id), None)
        yield DeadlineEntry(
            line_id=f"{clock.subject_id} {clock.what}",
            recovery_id=recovery.id,
            ref=recovery.ref,
            owner=recovery.owner_id,
            bank=clock.partner_id or (asset.partner_id if asset else ""),
            amount=_amount(file, clock),
            clock=DeadlineLine(
                clock.what, clock.due_at, clock.regime, clock.law_row, clock.note, clock.escalated
            ),
        )


def _amount(file: CaseFile, clock: Deadline) -> Money | None:
    """What the clock is about: a hold's or request's sum (reached, else asked for), or a pool."""
    subject = next((a.subject_id for a in file.approvals if a.id == clock.subject_id), "")
    named = {clock.subject_id, subject}
    for hold in file.holds:
        if hold.id in named:
            return Money(hold.held_minor or hold.requested_minor, hold.currency)
    for request in file.requests:
        if request.id in named:
            return Money(request.executed_minor or request.requested_minor, request.currency)
    pools = (Money(a.pool_minor, a.currency) for a in file.allocations if a.id in named)
    return next(pools, None)
