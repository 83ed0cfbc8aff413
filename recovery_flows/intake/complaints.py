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

COLUMNS = {
    "external_ref": ("the report's own number, once a file", "SYN-0001"),
    "victim_name": ("the victim's name", "Synthetic Victim"),
    "victim_contact": ("phone or mail; may be empty", "victim@synthetic.example"),
    "victim_bank": ("the partner that keeps the victim's account, by its id", "bank-a"),
    "victim_account": ("4 to 34 letters and digits", "999901107123804588"),
    "payee_bank": ("the partner that keeps the account paid to, by its id", "bank-b"),
    "payee_account": ("4 to 34 letters and digits", "999905615107564574"),
    "payee_name": ("the name that the payment was made out to; may be empty", "Synthetic Payee"),
    "amount": ("a plain decimal such as 1234.50", "13985.85"),
    "currency": ("ISO 4217", "CNY"),
    "paid_at": ("time of the payment with its offset from UTC", "2026-03-02T17:00:00+08:00"),
    "reported_at": ("time of the report, not before the payment", "2026-03-02T17:20:00+08:00"),
    "end_to_end_id": ("the payment's reference, by which banks find it", "SYN-00013"),
    "method": ("how the victim paid", "bank app"),
}
"""Every column that is read: what it holds, and a made-up example."""

OPTIONAL_COLUMNS = ("end_to_end_id", "method")
REQUIRED_COLUMNS = tuple(name for name in COLUMNS if name not in OPTIONAL_COLUMNS)
_READ = COLUMNS.keys()
_NAME_MAX, _NAMES_MAX = 40, 1_000
_LIMITS = Limits()


def read_reports(
    path: Path,
    now: datetime,
    limits: Limits = _LIMITS,
    unread: Counter[str] | None = None,
    raw: bytes | None = None,
) -> Iterator[ReportFact | RowRefusal]:
    """Each row of a complaint file as a fact, or as a refusal with row, field and reason.

    Nothing may lie after `now` (aware). Of two rows that say the same the first is taken. Names of
    columns that no reader looks at are counted in `unread`, each row that says something there.
    `raw` is what the file holds, where it was read already: a pipe can be read once.
    FileRefusedError, one sentence, for a file that is unreadable as a whole: it can come after
    some rows, so take up nothing before the iterator has ended.
    """
    seen: dict[Hashable, int] = {}
    for row in read_rows(path, REQUIRED_COLUMNS, OPTIONAL_COLUMNS, limits, raw):
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
