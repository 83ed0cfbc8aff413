"""What a second person sees of each kind of approval is what the approval binds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from models.case_file import CaseFile
from models.queries.cases.figures import shown
from models.queries.cases.names import Names, names_of
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind

_ROWS = (
    "claims",
    "assets",
    "holds",
    "requests",
    "allocations",
    "payouts",
    "multi_agency_requests",
    "tasks",
    "compensations",
    "unclaimed",
    "voluntary_returns",
    "instalments",
    "recalls",
    "recall_credits",
    "clawbacks",
    "court_lists",
    "court_shares",
    "third_party_claims",
)
_MASKED = {"tasks.subject_digest": "the subject is shown masked, its keyed digest is bound"}
_NAMES_A_ROW = {
    "id",
    "recovery_id",
    "asset_id",
    "hold_id",
    "linkage_id",
    "allocation_id",
    "return_id",
    "unclaimed_id",
    "recall_id",
    "payout_id",
    "list_id",
    "recalls.claim_id",
    "recall_credits.claim_id",
}


def _other(value: object) -> object:
    """Another value of the same kind; an id that nothing else has."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case datetime():
            return value + timedelta(days=1)
        case StrEnum():
            return next((m for m in type(value) if m != value), value)
        case str():
            return "USD" if value in ("CNY", "GBP") else f"x{value}"
    return value


def _row_changes(file: CaseFile) -> Iterator[tuple[str, CaseFile]]:
    """The file with one column of one row changed, for every column of every row."""
    for table in (*_ROWS, "calls", "balances"):
        rows = getattr(file, table)
        for at, row in enumerate(rows):
            for field in fields(row):
                changed = _other(getattr(row, field.name))
                if {field.name, f"{table}.{field.name}"} & _NAMES_A_ROW or changed == getattr(
                    row, field.name
                ):
                    continue
                new = (*rows[:at], replace(row, **{field.name: changed}), *rows[at + 1 :])
                yield f"{table}.{field.name}", replace(file, **{table: new})
    for field in fields(file.recovery):
        changed = _other(getattr(file.recovery, field.name))
        if field.name not in _NAMES_A_ROW and changed != getattr(file.recovery, field.name):
            new = replace(file.recovery, **{field.name: changed})
            yield f"recovery.{field.name}", replace(file, recovery=new)


def _names(unit: Any, file: CaseFile) -> Names:
    with unit.database.reading() as session:
        return names_of(session, unit.database.vault, [file])


def test_whatever_is_changed_in_a_real_file_the_screen_changes_exactly_when_the_digest_does(
    case: Any, kind: ApprovalKind
) -> None:
    file = case.file()
    names, subject_id = _names(case.unit, file), case.pending(kind).subject_id
    before = subject_of(file, kind, subject_id)
    seen = shown(before.figures, names)
    changed = set()
    for column, other in _row_changes(file):
        after = subject_of(other, kind, subject_id)
        digest_differs = after.digest != before.digest
        if column in _MASKED:
            continue
        assert (shown(after.figures, names) != seen) is digest_differs, column
        if digest_differs:
            changed.add(column)
    assert changed, "nothing of the file is bound"


def test_each_shown_line_belongs_to_a_figure_without_which_the_digest_is_another(
    case: Any, kind: ApprovalKind
) -> None:
    file = case.file()
    names = _names(case.unit, file)
    subject = subject_of(file, kind, case.pending(kind).subject_id)
    lines = shown(subject.figures, names)
    assert lines
    assert all(text.strip() for _, text in lines)
    for figure in subject.figures:
        without = replace(subject, figures=tuple(f for f in subject.figures if f is not figure))
        assert without.digest != subject.digest
        assert shown(without.figures, names) != lines
