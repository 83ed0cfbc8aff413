"""A claim is upheld at most at what a bank booked and at what a person has decided of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from models.case_file import CaseFile
from models.entities.claim import ClaimRow
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import LOST


def upheld_minor(claim: ClaimRow, booked_minor: int | None) -> int:
    """What of a report is upheld by the bank's booking of the payment and by a decision on it."""
    if claim.decided_minor is not None:
        most = claim.reported_minor if booked_minor is None else booked_minor
        return min(claim.decided_minor, claim.reported_minor, most)
    if booked_minor is None:
        return claim.upheld_minor
    return min(claim.reported_minor, booked_minor)


def moves(file: CaseFile, booked: Mapping[str, int]) -> Iterator[Transition]:
    """Claims whose upheld sum is another by the bank's bookings; taken with the trace of these."""
    for claim in file.claims:
        upheld = upheld_minor(claim, booked.get(claim.id))
        if claim.state not in LOST or upheld == claim.upheld_minor:
            continue
        values: dict[str, Scalar] = {"upheld_minor": upheld}
        reason = stored_phrase(
            "a claim is upheld at most at what was booked of its payment and decided of it"
        )
        yield Transition(EntityKind.CLAIM, claim.id, "limited", claim.state, values, reason=reason)


def record(
    changes: Changeset, booked: Mapping[str, int], unbooked: Collection[str], now: datetime
) -> None:
    """A report above the bank's booking is looked at by an officer, who sees both sums.

    So is one of a payment that its banks do not show: its claim shares in nothing.
    """
    for claim in changes.file.claims:
        if claim.id in unbooked:
            discrepancies.find(
                changes, DiscrepancyKind.CLAIM_NOT_BOOKED, EntityKind.CLAIM, claim.id, now,
                claim_id=claim.id, expected=Money(claim.reported_minor, claim.currency),
            )  # fmt: skip
    for claim in changes.file.claims:
        minor = booked.get(claim.id)
        if claim.state not in LOST or minor is None or minor >= claim.reported_minor:
            continue
        discrepancies.find(
            changes, DiscrepancyKind.CLAIM_ABOVE_BOOKED, EntityKind.CLAIM, claim.id, now,
            claim_id=claim.id,
            expected=Money(claim.reported_minor, claim.currency),
            stated=Money(minor, claim.currency),
            detail=stored_phrase("it is upheld at the sum that was booked"),
            mark=str(minor),
        )  # fmt: skip
