"""What rows of a file of claims are held against: bookings, and the payments claimed already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.case_file import CaseFile
from models.entities.claim import ClaimRow
from models.facts import ReportFact
from models.ids import derive_id
from models.payment_refs import is_reference
from models.queries.cases.claims import BookedPayment, booked_payments, covered
from models.store.accounts import account_id_of
from models.store.reports.known import SAME_PAYMENT_WITHIN, Payment, known_report, same_payment
from models.store.unit import Unit
from recovery_flows.restitution.claim_rows import (
    TAKEN,
    Booking,
    Judged,
    ReportedPayment,
    RowResult,
    judge,
)


class Bookings:
    """The bookings that rows of a file can be held against, and which claims have them."""

    def __init__(self, unit: Unit, file: CaseFile, told: Iterable[ReportedPayment]) -> None:
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

    def of(self, told: ReportedPayment) -> list[BookedPayment]:
        """The bookings that fit a row, claimed or not."""
        return [
            line
            for line in self.lines
            if line.is_of(told.payer, told.payee, told.reference, told.paid_at)
        ]

    def is_covered(self, told: ReportedPayment) -> bool:
        """Whether a complete statement of the payee's account has the time of the payment."""
        return any(
            since <= told.paid_at <= until for since, until in self.covered.get(told.payee, ())
        )


@dataclass(frozen=True, slots=True)
class ClaimedPayment:
    """A payment that a claim tells of; `row` is its line in the file that is read, 0 if before."""

    claim_id: str
    payment: Payment
    row: int = 0

    def is_of(self, other: Payment) -> bool:
        """Whether both tell of one payment: by reference, else by sum and time, within an hour."""
        mine, theirs = self.payment.reference.lower(), other.reference.lower()
        if is_reference(mine) and is_reference(theirs):
            return mine == theirs
        apart = abs(self.payment.paid_at - other.paid_at)
        return self.payment.minor == other.minor and apart <= SAME_PAYMENT_WITHIN


class ClaimedPayments:
    """The payments of a recovery's claims, those of the rows taken so far among them."""

    def __init__(self, file: CaseFile) -> None:
        self._by_accounts: dict[tuple[str, str], list[ClaimedPayment]] = {}
        for claim in file.claims:
            payment = Payment(
                claim.victim_account_id, claim.payee_account_id, claim.reported_minor,
                claim.currency, claim.paid_at, claim.end_to_end_id,
            )  # fmt: skip
            self.add(ClaimedPayment(claim.id, payment))

    def add(self, told: ClaimedPayment) -> None:
        """A claim tells of this payment from now on."""
        accounts = told.payment.payer, told.payment.payee
        self._by_accounts.setdefault(accounts, []).append(told)

    def same(self, payment: Payment) -> ClaimedPayment | None:
        """The first claim that tells of the same payment; None for none."""
        known = self._by_accounts.get((payment.payer, payment.payee), ())
        return next((told for told in known if told.is_of(payment)), None)


def _told(unit: Unit, report: ReportFact) -> ReportedPayment:
    payer, payee = (
        account_id_of(unit, ref) for ref in (report.victim_account, report.payee_account)
    )
    reference = report.end_to_end_id.lower()
    return ReportedPayment(report.row, payer, payee, report.amount, report.paid_at, reference)


class Rows:
    """The rows of a file, judged one after the other: each against those taken before it."""

    def __init__(
        self, unit: Unit, file: CaseFile, reports: list[ReportFact], banks: Mapping[str, str]
    ) -> None:
        self._unit, self._file, self._banks = unit, file, banks
        self._told = {report.row: _told(unit, report) for report in reports}
        self._bookings = Bookings(unit, file, self._told.values())
        self._payments = ClaimedPayments(file)
        self._claims: dict[int, str] = {}
        self._rows: dict[str, int] = {}
        self.twins: list[tuple[ReportFact, str]] = []
        """Reports of a payment that another report told of, each with the claim that has it."""

    def judged(self, report: ReportFact) -> Judged:
        """What becomes of a row; one that is taken has its payment from now on."""
        told, claim_id = self._told[report.row], derive_id("claim", report.external_ref)
        payment = Payment(
            told.payer, told.payee, told.amount.minor, told.amount.currency, told.paid_at,
            told.reference,
        )  # fmt: skip
        refusal = _refusal(self._unit, self._file, report, payment, self._banks)
        if refusal is not None:
            return refusal
        if claim_id in self._rows:
            why = f"external_ref is on row {self._rows[claim_id]} too"
            return Judged(report.row, RowResult.DUPLICATE, why)
        row = self._by_bookings(told, payment)
        if row.result is RowResult.DUPLICATE:
            self._note_twin(report, told, payment)
        elif row.result in TAKEN:
            self._claims[report.row], self._rows[claim_id] = claim_id, report.row
            self._payments.add(ClaimedPayment(claim_id, payment, report.row))
            if row.line_id:
                self._bookings.taken[row.line_id] = report.row
        return row

    def _by_bookings(self, told: ReportedPayment, payment: Payment) -> Judged:
        fit = [
            Booking(
                line.line_id,
                line.amount,
                self._bookings.claimed.get(line.line_id, ""),
                line.counter_id in ("", told.payer),
            )
            for line in self._bookings.of(told)
        ]
        twin = self._payments.same(payment) if not fit else None
        if twin is not None:
            by = f"row {twin.row}" if twin.row else f"claim {twin.claim_id}"
            return Judged(told.row, RowResult.DUPLICATE, f"the payment is claimed by {by}")
        is_covered = self._bookings.is_covered(told)
        return judge(told, fit, is_covered=is_covered, taken=self._bookings.taken)

    def _note_twin(self, report: ReportFact, told: ReportedPayment, payment: Payment) -> None:
        lines = [line.line_id for line in self._bookings.of(told)]
        by_booking = [self._bookings.claimed.get(name, "") for name in lines]
        taken = self._bookings.taken
        by_booking += [self._claims[taken[name]] for name in lines if name in taken]
        twin = self._payments.same(payment)
        claim_id = next(filter(None, by_booking), twin.claim_id if twin is not None else "")
        self.twins.append((report, claim_id))


def _refusal(
    unit: Unit, file: CaseFile, report: ReportFact, payment: Payment, banks: Mapping[str, str]
) -> Judged | None:
    """What keeps a row out whatever was booked."""
    for name, ref in (("victim_bank", report.victim_account), ("payee_bank", report.payee_account)):
        if ref.bank not in banks:
            why = f"{name} {ref.bank!r} is not a registered partner"
            return Judged(report.row, RowResult.REFUSED, why)
    known = known_report(unit.session, report.external_ref)
    if known is not None:
        why = f"external_ref is in {known.ref} already"
        return Judged(report.row, RowResult.DUPLICATE, why)
    elsewhere = [
        hit for hit in same_payment(unit.session, payment) if hit.recovery_id != file.recovery.id
    ]
    if elsewhere:
        why = (
            f"the payment is already reported as {elsewhere[0].ref}; if it is another payment, "
            "enter it with `recovery stop --another-payment`"
        )
        return Judged(report.row, RowResult.DUPLICATE, why)
    if report.amount.currency != file.recovery.currency:
        why = f"currency is {report.amount.currency}, the loss of {file.recovery.ref} is in "
        return Judged(report.row, RowResult.REFUSED, why + file.recovery.currency)
    if payment.payee not in {a.account_id for a in file.assets if not a.is_custody}:
        why = (
            f"payee_account is no account of {file.recovery.ref}: file it with "
            "`recovery intake reports`"
        )
        return Judged(report.row, RowResult.REFUSED, why)
    return None
