"""The bookings that rows of a file of claims are held against, and which claims have them."""

from __future__ import annotations

from collections.abc import Iterable

from models.case_file import CaseFile
from models.entities.claim import ClaimRow
from models.payment_refs import is_reference
from models.queries.cases.claims import BookedPayment, booked_payments, covered
from models.store.unit import Unit
from recovery_flows.restitution.claim_rows import ToldPayment


class Bookings:
    """The bookings that rows of a file can be held against, and which claims have them."""

    def __init__(self, unit: Unit, file: CaseFile, told: Iterable[ToldPayment]) -> None:
        rows = list(told)
        payees = {c.payee_account_id for c in file.claims} | {a.account_id for a in file.assets}
        payers = {row.payer for row in rows} | {c.victim_account_id for c in file.claims}
        names = {row.reference for row in rows} | {c.end_to_end_id.lower() for c in file.claims}
        self.lines = booked_payments(unit.session, payees, payers, names)
        self.covered = covered(unit.session, payees)
        self.claimed: dict[str, str] = {}
        self.taken: dict[str, int] = {}
        for claim in sorted(file.claims, key=lambda c: (c.paid_at, c.id)):
            self._give(claim)

    def _give(self, claim: ClaimRow) -> None:
        fit = [
            line
            for line in self.lines
            if line.line_id not in self.claimed
            and line.is_of(
                claim.victim_account_id, claim.payee_account_id, claim.end_to_end_id.lower(),
                claim.paid_at,
            )
        ]  # fmt: skip
        if fit:
            same = min(fit, key=lambda line: (line.amount.minor != claim.reported_minor,))
            self.claimed[same.line_id] = claim.id

    def of(self, told: ToldPayment) -> list[BookedPayment]:
        """The bookings that fit a row, claimed or not."""
        return [
            line
            for line in self.lines
            if line.is_of(told.payer, told.payee, told.reference, told.paid_at)
        ]

    def is_covered(self, told: ToldPayment) -> bool:
        """Whether a complete statement of the payee's account has the time of the payment."""
        return any(
            since <= told.paid_at <= until for since, until in self.covered.get(told.payee, ())
        )


def same_claim(file: CaseFile, told: ToldPayment) -> str:
    """The claim that names the same payment where no bank has told of it yet; "" for none."""
    for claim in file.claims:
        if (claim.victim_account_id, claim.payee_account_id) != (told.payer, told.payee):
            continue
        theirs = claim.end_to_end_id.lower()
        if is_reference(told.reference) and is_reference(theirs):
            if told.reference == theirs:
                return claim.id
        elif (claim.paid_at, claim.reported_minor) == (told.paid_at, told.amount.minor):
            return claim.id
    return ""
