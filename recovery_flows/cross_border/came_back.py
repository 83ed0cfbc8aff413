"""What came back from each account abroad, and what of that a request does not ask for any more.

What was called back was taken first from what the request does not ask for: a freeze is not paid
out by a recall, and a body is not told to free money that the victims are still owed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyRow
from models.entities.hold import HoldKind
from models.entities.ledger import RETURNED
from models.entities.request import RequestRow
from recovery_flows.cross_border import announcements
from recovery_flows.ledger import recalled, received


@dataclass(frozen=True, slots=True)
class CameBack:
    """By asset, in minor units of the loss's currency; `called` is what of `total` recalls brought.

    Without what a body announced of its own: that comes out of what it was asked for. `by_request`
    is what of `total` is known to have come by which request.
    """

    total: Counter[str] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    by_request: Counter[str] = field(default_factory=Counter)


def by_account(file: CaseFile) -> CameBack:
    """What came back from each account.

    Paid out there to the victims; called back from there; received by the unit under a booking that
    the body announced which was asked about the account.
    """
    came = CameBack()
    request_of = {hold.id: hold.request_id for hold in file.holds}
    for balance in file.balances:
        if balance.account in RETURNED and balance.asset_id:
            came.total[balance.asset_id] += balance.claim_minor
            came.by_request[request_of.get(balance.hold_id, "")] += balance.claim_minor
    asset_of = {asset.account_id: asset.id for asset in file.assets}
    payee_of = {claim.id: claim.payee_account_id for claim in file.claims}
    announced = announcements.by_booking(file)
    for credit in recalled.confirmed(file):
        asset_id = asset_of.get(payee_of.get(credit.claim_id, ""), "")
        if credit.booking in announced:
            _announced(came, announced[credit.booking], credit.counted_minor)
        else:
            came.total[asset_id] += credit.counted_minor
            came.called[asset_id] += credit.counted_minor
    for hold in file.holds:
        if hold.kind is HoldKind.CUSTODY and hold.bank_ref in announced:
            _announced(came, announced[hold.bank_ref], received.received_by(file, hold))
    return came


def _announced(came: CameBack, found: DiscrepancyRow, minor: int) -> None:
    came.total[found.asset_id] += minor
    came.by_request[found.subject_id] += minor


def beside_other_parts(file: CaseFile, request: RequestRow, came: CameBack) -> int:
    """What came back from the account of a request, but by no request of another of its parts."""
    others = (
        came.by_request[other.id]
        for other in file.requests
        if other.asset_id == request.asset_id and other.account_part != request.account_part
    )
    return came.total[request.asset_id] - sum(others)


def taken_since(
    file: CaseFile, request: RequestRow, part: Fraction, came: CameBack,
    others: Fraction = Fraction(0),
) -> Fraction:  # fmt: skip
    """What came back since a request left of the part of the loss that it may reach.

    `others` is what the other parts of the account ask for: a recall takes of none of them before
    it has taken what nobody asks for.
    """
    since = max(0, beside_other_parts(file, request, came) - request.came_minor)
    called = min(since, came.called[request.asset_id])
    traced = file.asset(request.asset_id).traced_claim_minor
    beside = max(Fraction(0), traced - part - others - request.came_minor)
    return since - called + max(Fraction(0), called - beside)
