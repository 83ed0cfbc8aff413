"""The scripted officer and supervisor; they act through the same functions as the screens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from models.entities.discrepancy import DiscrepancyKind
from models.entities.multi_agency import SubjectKind
from models.entities.officer import Role
from models.queries.cases.approvals import pending_ids
from models.queries.cases.discrepancies import discrepancy
from models.queries.cases.multi_agency import unlinked
from models.queries.cases.open_steps import OpenStep, open_steps
from models.queries.installation.clock import case_now
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.next_steps import ActionKind
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.abroad import AskedAbroad, ask_for_what_is_left
from recovery_flows.cli.demo.claimants import Claimants
from recovery_flows.cli.demo.folder import OFFICER, SUPERVISOR, read_plan
from recovery_flows.cli.demo.giving_back import GivingBack
from recovery_flows.cli.demo.objections import Objectors
from recovery_flows.cli.demo.recalls import Recalls
from recovery_flows.clock import wall_clock
from recovery_flows.errors import StepRefusedError
from recovery_flows.multi_agency import actions as multi_agency_actions
from recovery_flows.multi_agency.identifiers import Subject, identifier
from recovery_flows.sandbox.worlds.synthetic import LURES

# What a real officer would look up; here it is invented and says so.
REQUEST_FIELDS: Mapping[str, str] = {
    "requesting_authority": "Synthetic Anti-Fraud Unit",
    "central_authority_reference": "SYN-CA-0001",
    "personal_data_export_reference": "SYN-PI-0001",
    "persons": "account holder as named by the bank (synthetic)",
    "applicable_law": "fraud statute of the requesting side (synthetic extract)",
    "wanted_by": "within 30 days",
    "basis": "promise of reciprocity",
    "property_title_proof": "victim's bank statement (synthetic)",
    "institution_address": "see the partner register",
    "order_copy": "freeze order attached (synthetic)",
    "measure_law": "law on the measure attached (synthetic)",
    "interested_persons_law": "rights of interested persons attached (synthetic)",
}
# What two victims could tell of who called them, and of the page that they were sent to.
FOUND: Mapping[str, tuple[Subject, ...]] = {
    ref: (identifier(SubjectKind.NUMBER, number), identifier(SubjectKind.DOMAIN, domain))
    for ref, (number, domain) in zip(("R-2026-0001", "R-2026-0006"), LURES, strict=True)
}
TITLE_TIME = timedelta(days=3)
"""How long Lin takes to make sure that nobody else claims the money: others may still report."""
_NOT_FOR_LIN = (DiscrepancyKind.PAYOUT_NOT_PAID, DiscrepancyKind.PROCESSING_FAILED)
LOOKED_INTO = "asked the bank, which has confirmed what it stated (synthetic)"
AUTHORITY = "county-level head, approval SYN-2026 (synthetic)"


class People:
    """Lin drafts and sends, Chen confirms and approves."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.busy_until: datetime | None = None
        self._found = FOUND if read_plan(installation.data_dir).world == "synthetic" else {}
        self._lin = self._desk(OFFICER)
        self._chen = self._desk(SUPERVISOR)
        self._objectors = Objectors(installation, self._lin, self._chen)
        self._recalls = Recalls(installation, self._lin)
        self._asked_abroad = AskedAbroad(installation, self._lin)
        self._giving_back = GivingBack(installation, self._lin)
        self._claimants = Claimants(installation, self._lin)

    def _desk(self, handle: str) -> CaseOfficer:
        return CaseOfficer(
            self._installation.database,
            self._installation.laws,
            self._installation.officer(handle),
        )

    async def act(self) -> int:
        """Do every step that is open to a person now; return how many were done."""
        done = 0
        self.busy_until = None
        while step := await self._once():
            done += step
            self.busy_until = None
        return done

    def _is_looking_into(self, line: OpenStep, now: datetime) -> bool:
        ready_at = line.reported_at + TITLE_TIME
        if line.action != ActionKind.CHECK_TITLE or now >= ready_at:
            return False
        self.busy_until = min(self.busy_until or ready_at, ready_at)
        return True

    def _advance(self, line: OpenStep) -> int:
        if line.action == ActionKind.RESOLVE_DISCREPANCY:
            if self._is_not_for_lin(line):
                return 0
            discrepancy_actions.resolve(self._lin, line.recovery_id, line.subject_id, LOOKED_INTO)
            return 1
        if line.action == ActionKind.FOLLOW_REQUEST:
            return ask_for_what_is_left(self._lin, line.recovery_id, line.subject_id)
        number = f"SYN-{line.ref.removeprefix('R-')}"
        try:
            # All files of the demo are Lin's own, who joins those that want the same account.
            self._lin.advance(
                line.recovery_id, fields=REQUEST_FIELDS, case_number=number, knowing=True
            )
        except StepRefusedError:
            # The queue was read before a join in this very round changed this file's next step.
            return 0
        return 1

    def _is_not_for_lin(self, line: OpenStep) -> bool:
        """Where else to pay only the victim could tell; what the program cannot process no look of
        a person mends: the engine tries it again by itself.
        """
        with self._installation.database.reading() as session:
            found = discrepancy(session, line.subject_id)
        return found is not None and found.kind in _NOT_FOR_LIN

    async def _once(self) -> int:
        done = 0
        with self._installation.database.reading() as session:
            now = case_now(session, wall_clock())
            steps = open_steps(session, Role.OFFICER)
            to_link = unlinked(session, list(self._found))
        joined: set[str] = set()
        for line in steps:
            if line.recovery_id in joined or self._is_looking_into(line, now):
                continue
            if line.action == ActionKind.JOIN:
                # The other file changes too: its steps are looked at anew in the next round.
                joined |= {line.recovery_id, line.subject_id}
            done += self._advance(line)
            await asyncio.sleep(0)
        for recovery_id, ref in to_link:
            multi_agency_actions.start(self._lin, recovery_id, self._found[ref])
            done += 1
        with self._installation.database.reading() as session:
            approvals = pending_ids(session)
        for approval_id in approvals:
            done += self._approve(approval_id)
            await asyncio.sleep(0)
        done += self._asked_abroad.act()
        for others in (self._objectors, self._recalls, self._giving_back, self._claimants):
            done += others.act()
            if (at := others.busy_until) is not None:
                self.busy_until = min(self.busy_until or at, at)
        return done

    def _approve(self, approval_id: str) -> int:
        try:
            self._chen.approve(approval_id, AUTHORITY, knowing=True)
        except StepRefusedError:
            # What it is about waits for something, or was made void by an act of this very round.
            return 0
        return 1
