"""When the engine must look at a recovery again."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalState
from recovery_flows.correspondence.letters import deadlines as letter_deadlines
from recovery_flows.cross_border import clocks as request_clocks
from recovery_flows.freezing import (
    account_monitoring,
    freeze_plan,
    lapse,
    reminders,
    renewal,
)
from recovery_flows.law.regime import Regimes
from recovery_flows.multi_agency import stage as multi_agency
from recovery_flows.recalls import next_steps as recall_steps
from recovery_flows.restitution import unclaimed_steps, voluntary_steps
from recovery_flows.restitution.clawback import steps as clawback_steps


def next_run(file: CaseFile, laws: Regimes) -> datetime | None:
    """When the engine must look at this file even if nothing else happens."""
    ends: list[datetime | None] = [at for h in file.holds for at in lapse.wakes(file, h)]
    ends += freeze_plan.instants(file)
    ends += reminders.instants(file, laws)
    ends += multi_agency.instants(file, laws)
    ends += voluntary_steps.instants(file)
    ends += unclaimed_steps.instants(file)
    ends += clawback_steps.instants(file)
    ends += recall_steps.instants(file)
    ends += request_clocks.instants(file)
    ends += letter_deadlines.instants(file, laws)
    ends += [renewal.drafted_from(file, h, laws) for h in file.holds if not h.renewal]
    ends += [
        min(_instants(a.watch_due_at, a.watch_until)) for a in account_monitoring.monitored(file)
    ]
    ends += [a.due_at for a in file.approvals if a.state is ApprovalState.PENDING and not a.alarmed]
    ends += [a.notice_to for a in file.allocations if a.state is AllocationState.NOTICE]
    return min((end for end in ends if end is not None), default=None)


def _instants(*found: datetime | None) -> list[datetime]:
    return [at for at in found if at is not None]
