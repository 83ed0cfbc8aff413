"""Files a complaint file: good rows are stored, each bad row is named, nothing is half done."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from models.entities.officer import Role
from models.facts import ReportFact
from models.queries.installation.clock import case_now
from models.store.documents import keep_bytes
from models.store.reports.filing import IntakeSummary, file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import NobodyActsError
from recovery_flows.caller import read_named
from recovery_flows.cases.statement_files.unread_notes import keep_note
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.table import columns
from recovery_flows.clock import wall_clock
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.complaints import COLUMNS, OPTIONAL_COLUMNS, read_reports
from recovery_flows.intake.refusals import FileRefusedError, unreadable

_REFUSED_MAX = 10_000


def import_reports(
    installation: Installation, path: Path, acting_as: str, regime: str
) -> IntakeSummary:
    """File the reports of a CSV or JSON file as the acting officer, in one transaction.

    The bytes are kept, sealed, with a note of what no reader looks at. FileRefusedError when the
    file as a whole cannot be read; then nothing is filed or kept.
    """
    officer = installation.officer(acting_as)
    if officer is None or Role.OFFICER not in officer.roles:
        raise NobodyActsError("taking in reports takes the role officer")
    with installation.database.reading() as session:
        now = case_now(session, wall_clock())
    limits, unread = installation.limits(), Counter[str]()
    raw = read_file(path, limits)
    facts, refused = _read(path, raw, now, limits, unread)
    document = keep_bytes(
        installation.database, raw, "complaint_file", "application/octet-stream", now
    )
    keep_note(installation.database, document, unread, now)
    with unit_of_work(installation.database) as unit:
        actor = Actor(officer.id, Role.OFFICER)
        summary = file_reports(unit, actor, now, regime, facts)
    summary.refused = sorted([*summary.refused, *refused])
    summary.unread = dict(unread)
    return summary


def read_file(path: Path, limits: Limits) -> bytes:
    """What a complaint file holds, opened once; FileRefusedError where it cannot be read."""
    try:
        return read_named(path, limits.file_bytes)
    except OSError as error:
        raise unreadable(path, error) from None


def print_template() -> None:
    """A complaint file of one made-up row on standard output; beside it what each column holds."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerow(example for _, example in COLUMNS.values())
    told = [(name, _what(name, holds)) for name, (holds, _) in COLUMNS.items()]
    sys.stderr.writelines(f"{line}\n" for line in columns(told))


def _what(name: str, holds: str) -> str:
    return f"{holds} (the column may be missing)" if name in OPTIONAL_COLUMNS else holds


def _read(
    path: Path, raw: bytes, now: datetime, limits: Limits, unread: Counter[str]
) -> tuple[list[ReportFact], list[tuple[int, str, str]]]:
    facts, refused = [], []
    for row in read_reports(path, now, limits, unread, raw):
        if isinstance(row, ReportFact):
            facts.append(row)
        else:
            refused.append((row.row, row.field, row.why))
        if len(refused) > _REFUSED_MAX:
            raise FileRefusedError(
                path, f"has more than {_REFUSED_MAX:,} rows that cannot be taken, the first: "
                f"row {refused[0][0]}, {refused[0][1]}: {refused[0][2]}",
            )  # fmt: skip
    return facts, refused
