"""Taking in a complaint file: every good row is filed, every bad one named, nothing half done."""

from __future__ import annotations

from pathlib import Path

from models.entities.states import Role
from models.facts import ReportFact
from models.queries.installation.clock import case_now
from models.store.intake import IntakeSummary, file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import NobodyActsError
from recovery_flows.cli.composition import Installation
from recovery_flows.clock import wall_clock
from recovery_flows.intake.complaints import read_reports


def take_in(installation: Installation, path: Path, acting_as: str, regime: str) -> IntakeSummary:
    """File the reports of a CSV or JSON file as the acting officer, in one transaction.

    FileRefusedError when the file as a whole cannot be read; then nothing is filed.
    """
    officer = installation.officer(acting_as)
    if officer is None or Role.OFFICER not in officer.roles:
        raise NobodyActsError("taking in reports takes the role officer")
    with installation.database.reading() as session:
        now = case_now(session, wall_clock())
    facts, refused = [], []
    for row in read_reports(path, now):
        if isinstance(row, ReportFact):
            facts.append(row)
        else:
            refused.append((row.row, row.field, row.why))
    with unit_of_work(installation.database) as unit:
        actor = Actor(officer.id, Role.OFFICER)
        summary = file_reports(unit, actor, now, regime, facts)
    summary.refused = sorted([*summary.refused, *refused])
    return summary
