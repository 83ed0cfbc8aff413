"""What the demo's people do once case time has come to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from models.case_file import CaseFile
from models.queries.books.recalls import reported_as
from models.queries.cases.case_files import load_file
from models.queries.installation.clock import case_now
from recovery_flows.cli.composition import Installation
from recovery_flows.clock import wall_clock
from recovery_flows.errors import RecoveryFlowsError

DueAct = tuple[datetime, Callable[[], object]]
"""An act, and the case time from which on it is done."""


def file_of_report(
    installation: Installation, external_ref: str
) -> tuple[CaseFile | None, datetime]:
    """The recovery that a report has become, None before it came in; and case time."""
    with installation.database.reading() as session:
        now = case_now(session, wall_clock())
        recovery_id = reported_as(session, external_ref)
        return (load_file(session, recovery_id) if recovery_id else None), now


def do_due(acts: Iterable[DueAct], now: datetime) -> tuple[int, datetime | None]:
    """Do what is due; how many acts that were, and when the next one is."""
    done, following = 0, None
    for at, act in acts:
        if at > now:
            following = min(following or at, at)
            continue
        try:
            act()
        except RecoveryFlowsError:
            continue  # another act of this round has changed what it is about
        done += 1
    return done, following
