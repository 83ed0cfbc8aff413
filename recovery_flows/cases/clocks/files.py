"""The deadlines of many recoveries as their files tell them, each read as far as it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from models.case_file import CaseFile
from models.queries.cases.case_files import load_whichever
from models.queries.cases.deadline_views import DeadlineEntry
from models.queries.partial_files import PartNotReadError, load_in_part
from recovery_flows.cases.clocks.entries import entries
from recovery_flows.cases.deadlines import clocks
from recovery_flows.law.regime import Regimes

CLOCK_PARTS = frozenset(
    {"assets", "holds", "requests", "allocations", "payouts", "approvals", "calls",
     "multi_agency_requests", "tasks", "objections", "voluntary_returns", "instalments",
     "unclaimed", "clawbacks", "third_party_claims", "recalls", "recall_credits"}
)  # fmt: skip
"""What clocks are counted by; what else a file has is three tenths of what reading it costs."""


def deadlines_of_files(
    session: Session, ids: Sequence[str], laws: Regimes
) -> Iterator[tuple[CaseFile, list[DeadlineEntry]]]:
    """The clocks of these recoveries; of one whose rules ask for more the whole file is read."""
    for file in load_in_part(session, ids, CLOCK_PARTS) if ids else ():
        try:
            found = list(entries(file, clocks(file, laws)))
        except PartNotReadError:
            whole = load_whichever(session, file.recovery.id)
            found = list(entries(whole, clocks(whole, laws)))
        yield file, found
