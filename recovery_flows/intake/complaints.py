"""Complaint files: victims' reports as CSV or JSON, row by row, to facts or refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from datetime import datetime
from pathlib import Path

from models.facts import ReportFact
from models.safe_text import safe
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.cells import read_account, read_instant, read_money, read_text
from recovery_flows.intake.refusals import CellRefusedError, RowRefusal
from recovery_flows.intake.rows import Row, read_rows

REQUIRED_COLUMNS = (
    "external_ref", "victim_name", "victim_contact", "victim_bank", "victim_account", "payee_bank",
    "payee_account", "payee_name", "amount", "currency", "paid_at", "reported_at",
)  # fmt: skip
OPTIONAL_COLUMNS = ("end_to_end_id", "method")
_READ = frozenset({*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS})
_NAME_MAX, _NAMES_MAX = 40, 1_000
_LIMITS = Limits()


def read_reports(
    path: Path,
    now: datetime,
    limits: Limits = _LIMITS,
    unread: Counter[str] | None = None,
) -> Iterator[ReportFact | RowRefusal]:
    """Each row of a complaint file as a fact, or as a refusal with row, field and reason.

    Nothing may lie after `now` (aware). Of two rows that say the same the first is taken. Names of
    columns that no reader looks at are counted in `unread`, each row that says something there.
    FileRefusedError, one sentence, for a file that is unreadable as a whole: it can come after
    some rows, so take up nothing before the iterator has ended.
    """
    seen: dict[Hashable, int] = {}
    for row in read_rows(path, REQUIRED_COLUMNS, OPTIONAL_COLUMNS, limits):
        if unread is not None:
            _count_unread(row, unread)
        try:
            report = read_report(row, now)
        except CellRefusedError as refusal:
            yield RowRefusal(row.number, refusal.field, refusal.why)
        else:
            yield _duplicate(report, seen) or report


def _count_unread(row: Row, unread: Counter[str]) -> None:
    for name in row.cells.keys() - _READ:
        if row.cells[name] not in (None, ""):
            told = safe(name[:_NAME_MAX]) or "a column without a name"
            unread[told if told in unread or len(unread) < _NAMES_MAX else "other names"] += 1


def read_report(row: Row, now: datetime) -> ReportFact:
    """One row as a fact; CellRefusedError names the first field that cannot be taken."""
    if row.flaw:
        raise CellRefusedError("row", row.flaw)
    cells = row.cells
    paid_at = read_instant(cells, "paid_at", now)
    reported_at = read_instant(cells, "reported_at", now)
    if reported_at < paid_at:
        raise CellRefusedError("reported_at", "lies before paid_at")
    return ReportFact(
        row=row.number,
        external_ref=read_text(cells, "external_ref", 80),
        victim_name=read_text(cells, "victim_name", 200, is_name=True),
        victim_contact=read_text(cells, "victim_contact", 200, optional=True, is_name=True),
        victim_account=read_account(cells, "victim", "victim_name"),
        payee_account=read_account(cells, "payee", "payee_name"),
        amount=read_money(cells),
        paid_at=paid_at,
        reported_at=reported_at,
        end_to_end_id=read_text(cells, "end_to_end_id", 64, optional=True),
        method=read_text(cells, "method", 64, optional=True),
    )


def _duplicate(report: ReportFact, seen: dict[Hashable, int]) -> RowRefusal | None:
    """A refusal if an earlier row has the same reference or tells of the same payment."""
    victim, payee = report.victim_account, report.payee_account
    payment = (victim.bank, victim.number, payee.bank, payee.number, report.amount, report.paid_at)
    for key, field, what in (
        (report.external_ref, "external_ref", "is the same as"),
        (payment, "payment", "has the same accounts, amount and time as"),
    ):
        earlier = seen.get(key)
        if earlier is not None:
            why = f"{what} in row {earlier}"
            return RowRefusal(report.row, field, why, duplicate_of=earlier)
    seen[report.external_ref] = seen[payment] = report.row
    return None
