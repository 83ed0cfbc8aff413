"""How long a bank has to pay once it was told to: counted from the decision that told it."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow
from models.entities.approval import ApprovalState
from models.entities.payout import PayoutState
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure


def settlement_due_at(file: CaseFile, allocation: AllocationRow, laws: Regimes) -> datetime | None:
    """When the payouts under way of an allocation have to be booked; None where no term runs.

    The order leaves with the decision, so its term counts from there: in China three banking days
    after the bank was served, CBRC and MPS Provisions on returning frozen funds (2016).
    """
    law = laws[file.recovery.regime]
    under_way = any(p.state is PayoutState.INSTRUCTED for p in file.payouts_of(allocation.id))
    decided = [
        a.decided_at
        for a in file.approvals
        if a.subject_id == allocation.id and a.state is ApprovalState.APPROVED and a.decided_at
    ]
    if not under_way or not decided or not law.has(Measure.BANK_RETURN):
        return None
    return terms.due_at(law.bank_return.limit, max(decided), law)
