"""Claims by the hundred: filed into one recovery and held against the banks' bookings at once.

The whole file is judged and written in one transaction: each row has its result, and a dry run
says the same and leaves nothing. And the class of one claim among those of a short estate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.entities.claim import ClaimState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.recovery import RecoveryState
from models.facts import ReportFact
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from models.queries.cases.work import partners
from models.store.accounts import ensure_account, ensure_party
from models.store.unit import Unit
from recovery_flows.access.acting_officer import Edit
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.claim_bookings import Rows
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing import stage as freezing
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import payouts
from recovery_flows.restitution.claim_rows import (
    TAKEN,
    Judged,
    RowResult,
)
from recovery_flows.tracing import trace_requests

_OPEN_AGAIN = frozenset(
    {RecoveryState.CLOSED_RETURNED, RecoveryState.CLOSED_PARTIAL, RecoveryState.CLOSED_NO_RECOVERY}
)


class _NothingKeptError(Exception):
    """A dry run ends its transaction with nothing written."""


@dataclass(slots=True)
class ImportResult:
    """What became of each row, in the order of the file, and the sums of what was taken."""

    ref: str
    rows: list[Judged] = field(default_factory=list)
    claimed: Money | None = None
    upheld: Money | None = None

    def counts(self) -> dict[str, int]:
        """How many rows had each result."""
        found = {str(result): 0 for result in RowResult}
        for row in self.rows:
            found[str(row.result)] += 1
        return found


def import_claims(
    acting: CaseOfficer,
    recovery_id: str,
    reports: Iterable[ReportFact],
    refused: Iterable[tuple[int, str, str]],
    raw: bytes,
    *,
    dry_run: bool = False,
) -> ImportResult:
    """File the rows of a file into one recovery; `refused` are those that could not be read."""
    result = ImportResult("")
    try:
        with acting.editing(recovery_id) as edit:
            _import(acting, edit, list(reports), result)
            result.rows += [
                Judged(row, RowResult.REFUSED, f"{name} {why}") for row, name, why in refused
            ]
            result.rows.sort(key=lambda row: row.row)
            if dry_run:
                raise _NothingKeptError
            edit.keep(raw, "claims file")
    except _NothingKeptError:
        pass
    return result


def _import(
    acting: CaseOfficer, edit: Edit, reports: list[ReportFact], result: ImportResult
) -> None:
    unit, changes, file, now = edit.unit, edit.changes, edit.file, edit.now
    result.ref = edit.ref
    _check_accepted(changes)
    banks = {p.id: p.currency for p in partners(unit.session, acting.database.vault)}
    rows = Rows(unit, file, reports, banks)
    filed: list[Transition] = []
    verified: list[Transition] = []
    for report in reports:
        row = rows.judged(report)
        result.rows.append(row)
        if row.result not in TAKEN:
            continue
        move = _filed(unit, changes, report, banks)
        filed.append(move)
        if row.result is not RowResult.UNVERIFIED:
            values = {"upheld_minor": row.upheld_minor}
            verified.append(
                Transition(EntityKind.CLAIM, move.id, "verified", ClaimState.FILED, values)
            )
    currency, taken = file.recovery.currency, [r for r in result.rows if r.result in TAKEN]
    numbers = {row.row for row in taken}
    claimed = sum(r.amount.minor for r in reports if r.row in numbers)
    result.claimed = Money(claimed, currency)
    result.upheld = Money(sum(row.upheld_minor for row in taken), currency)
    if filed:
        _open_again(changes)
        changes.apply(*filed)
        if verified:
            changes.apply(*verified)
        _own_over_booked(changes, reports, taken, now)
        freezing.draft_stops(changes, acting.laws)
        trace_requests.request_trace(changes)
    for report, claim_id in rows.twins:
        _own_duplicate(changes, report, claim_id, now)


def _check_accepted(changes: Changeset) -> None:
    recovery = changes.file.recovery
    if recovery.state not in {RecoveryState.OPEN, *_OPEN_AGAIN}:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: accept it before claims come",
                ref=recovery.ref,
                recovery_state=recovery.state,
            )
        )


def _open_again(changes: Changeset) -> None:
    """A closed recovery is open again for a late claim."""
    recovery = changes.file.recovery
    if recovery.state in _OPEN_AGAIN:
        reason = stored_phrase("late claims came in")
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
        )


def _filed(
    unit: Unit, changes: Changeset, report: ReportFact, banks: Mapping[str, str]
) -> Transition:
    victim, payee = report.victim_account, report.payee_account
    account = ensure_account(unit, victim, banks[victim.bank])
    claim_id = derive_id("claim", report.external_ref)
    return Transition(
        EntityKind.CLAIM, claim_id, "filed", None,
        {
            "external_ref": report.external_ref,
            "party_id": ensure_party(unit, report.victim_name, report.victim_contact),
            "recovery_id": changes.file.recovery.id,
            "victim_account_id": account,
            "victim_partner_id": victim.bank,
            "payee_account_id": ensure_account(unit, payee, banks[payee.bank]),
            "payout_account_id": account,
            "reported_minor": report.amount.minor,
            "currency": report.amount.currency,
            "end_to_end_id": report.end_to_end_id,
            "paid_at": report.paid_at,
            "reported_at": report.reported_at,
        },
    )  # fmt: skip


def _own_duplicate(changes: Changeset, report: ReportFact, twin: str, now: datetime) -> None:
    """Two reports of one payment under two references: somebody finds out whose it is."""
    claim = next((c for c in changes.file.claims if c.id == twin), None)
    other = derive_id("claim", report.external_ref)
    if claim is None or claim.id == other:
        return
    discrepancies.find(
        changes, DiscrepancyKind.CLAIMED_TWICE, EntityKind.CLAIM, claim.id, now,
        claim_id=claim.id,
        expected=Money(claim.reported_minor, claim.currency),
        detail=stored_phrase("also reported as {claim}", claim=other),
        mark=other,
    )  # fmt: skip


def _own_over_booked(
    changes: Changeset, reports: list[ReportFact], taken: list[Judged], now: datetime
) -> None:
    """A report above the bank's booking is looked at by an officer, who sees both sums."""
    by_row = {report.row: report for report in reports}
    for row in taken:
        if row.result is not RowResult.OVER_BOOKED:
            continue
        report = by_row[row.row]
        claim_id = derive_id("claim", report.external_ref)
        discrepancies.find(
            changes, DiscrepancyKind.CLAIM_ABOVE_BOOKED, EntityKind.CLAIM, claim_id,
            now, claim_id=claim_id, expected=report.amount,
            stated=Money(row.upheld_minor, report.amount.currency),
            detail=stored_phrase("it is upheld at the sum that was booked"),
            mark=str(row.upheld_minor),
        )  # fmt: skip


def row_lines(result: ImportResult) -> Iterator[str]:
    """One line for each row of the file, then the counts."""
    for row in result.rows:
        yield f"row {row.row}: {row.result}: {row.why}"
    told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in result.counts().items())
    yield f"{result.ref}: {told}; claimed {result.claimed}, upheld {result.upheld}"


def classify(acting: CaseOfficer, recovery_id: str, claim_id: str, code: str, reason: str) -> str:
    """Give a claim its class on an estate too short for all; "" takes it away.

    What was divided without it and has not left is drafted anew, and takes two people again.
    """
    with acting.editing(recovery_id) as edit:
        changes = edit.changes
        edit.note(f"class of {claim_id}", reason)
        claim = next((c for c in changes.file.claims if c.id == claim_id), None)
        if claim is None:
            raise MisuseError(
                phrase(
                    "{ref} has no claim {claim_id}",
                    ref=changes.file.recovery.ref,
                    claim_id=claim_id,
                )
            )
        law = acting.laws[changes.file.recovery.regime]
        codes = [row.code for row in law.priorities]
        if code and code not in codes:
            some = phrase("write one of {codes}", codes=", ".join(codes))
            words = some if codes else phrase("it names none")
            raise MisuseError(
                phrase(
                    "class {code!r} is none of the law {code2}: {words}",
                    code=code,
                    code2=law.code,
                    words=words,
                )
            )
        values: dict[str, Scalar] = {
            "priority": code, "priority_rank": codes.index(code) if code else 0,
        }  # fmt: skip
        changes.apply(Transition(EntityKind.CLAIM, claim.id, "classed", claim.state, values))
        payouts.void_changed(changes)
    return f"{changes.file.recovery.ref}: {claim_id} is of {code or 'no class'} now"
