"""What of each row of a court's list is still to be paid, and how a pool is divided among them."""

from __future__ import annotations

from collections.abc import Sequence

from models.case_file import CaseFile
from models.entities.allocation import AllocationState, CourtListRow, CourtShareRow
from models.language.phrase import phrase
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import pools
from recovery_flows.ledger.court_money import shares_of
from recovery_flows.ledger.outstanding_losses import GOING, LOST, net_loss_minor
from recovery_flows.ledger.unclaimed_money import given_up
from recovery_flows.restitution import distribution
from recovery_flows.restitution.allocation import Line
from recovery_flows.restitution.methods.proportional import by_weight


def list_of(file: CaseFile, list_id: str) -> CourtListRow:
    """The list of that id; StepRefusedError where there is none."""
    found = next((c for c in file.court_lists if c.id == list_id), None)
    if found is None:
        ref = file.recovery.ref
        raise StepRefusedError(
            phrase(
                "{ref} has no court's list {list_id}: `recovery court-list list {ref}` shows them",
                ref=ref,
                list_id=list_id,
            )
        )
    return found


def due_minor(file: CaseFile, row: CourtShareRow) -> int:
    """What of a row was not paid yet, by its list or one of the account before it, nor is going.

    A list that replaces another names the whole sums: what has left by the earlier one is of them.
    """
    mine = list_of(file, row.list_id)
    lists = {
        c.id
        for c in file.court_lists
        if c.asset_id == mine.asset_id and (c.id == mine.id or c.entered_at < mine.entered_at)
    }
    ours = {a.id: a.state for a in file.allocations if a.court_list_id in lists}
    kept = given_up(file)
    given = 0
    for payout in (p for p in file.payouts if p.claim_id == row.claim_id):
        if payout.allocation_id not in ours or payout.unclaimed_id:
            continue
        is_dead = ours[payout.allocation_id] is AllocationState.VOID
        is_going = payout.state in GOING and not (is_dead and payout.state is GOING[0])
        in_full = is_going or payout.id in kept
        given += payout.amount_minor if in_full else payout.returned_minor
    return max(0, row.amount_minor - given)


def open_shares(file: CaseFile, found: CourtListRow) -> dict[str, int]:
    """What is still to be paid by a list, by claim: at most what is open of the claim."""
    claims = {c.id: c for c in file.claims if c.state in LOST}
    due = {
        row.claim_id: min(due_minor(file, row), net_loss_minor(file, claims[row.claim_id]))
        for row in shares_of(file, found)
        if row.claim_id in claims
    }
    return {claim_id: minor for claim_id, minor in due.items() if minor}


def divided(
    file: CaseFile, found: CourtListRow, given: Sequence[pools.Pool]
) -> tuple[distribution.Part, ...]:
    """Who gets what out of which hold by a list: its open rows, in proportion where they are more.

    What is kept for rows that name nobody known is in none of these pools.
    """
    claims = {c.id: c for c in file.claims}
    due = open_shares(file, found)
    parts = by_weight(sum(pool.payable_minor for pool in given), list(due.values())).minor
    shares = zip(due, due.values(), parts, strict=True)
    lines = [Line(claim_id, minor, part) for claim_id, minor, part in shares]
    lines.sort(key=lambda line: (claims[line.claim_id].paid_at, line.claim_id))
    return distribution.parts_of(lines, given)[0]
