"""A court's own list of who gets what of an account: confirmed, then followed row by row.

The court's decision stands where it differs from the rule of the law; what it cannot do is give
more than is held, or more than is open of a claim: that much is paid, and a person looks into the
rest. A row that names nobody known keeps its sum until somebody has found whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import (
    CourtListState,
    CourtShareRow,
    CourtShareState,
)
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.event import EntityKind
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import payouts
from recovery_flows.restitution.court import unpaid
from recovery_flows.restitution.court.rows import list_of
from recovery_flows.wording import spoken

REFERENCE_MAX = 80


@dataclass(frozen=True, slots=True)
class ListedShare:
    """One row as it was read: its line in the file, its claim ("" for nobody known), its sum."""

    line: int
    claim_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ListOrdered:
    """A court's list: of which account, under which reference, ordered when, by which file."""

    asset_id: str
    reference: str
    ordered_at: datetime
    proof: str
    shares: tuple[ListedShare, ...]


def enter(changes: Changeset, ordered: ListOrdered, actor: str, now: datetime) -> str:
    """Enter a court's list; returns the approval's id by which another person confirms it."""
    file, name = changes.file, _name(changes.file, ordered)
    _check(file, ordered, name, now)
    currency = file.recovery.currency
    values: dict[str, Scalar] = {
        "asset_id": ordered.asset_id, "reference": ordered.reference,
        "ordered_at": ordered.ordered_at, "currency": currency, "proof": ordered.proof,
        "total_minor": sum(share.amount_minor for share in ordered.shares),
        "entered_by": actor, "entered_at": now,
    }  # fmt: skip
    moves = [Transition(EntityKind.COURT_LIST, name, "entered", None, values)]
    for share in ordered.shares:
        row: dict[str, Scalar] = {
            "list_id": name, "line": share.line, "claim_id": share.claim_id,
            "amount_minor": share.amount_minor, "currency": currency,
        }  # fmt: skip
        event = "listed" if share.claim_id else "listed_unknown"
        share_id = derive_id("court-share", name, share.line)
        moves.append(Transition(EntityKind.COURT_SHARE, share_id, event, None, row))
    changes.apply(*moves)
    return ask(changes, ApprovalKind.COURT_LIST, name, actor, now)


def _name(file: CaseFile, ordered: ListOrdered) -> str:
    """Entered again after it was denied, the same list is another one."""
    denied = [
        c
        for c in file.court_lists
        if c.reference == ordered.reference and c.state is CourtListState.DENIED
    ]
    again = [len(denied)] if denied else []
    return derive_id("court-list", file.recovery.id, ordered.asset_id, ordered.reference, *again)


def _check(file: CaseFile, ordered: ListOrdered, name: str, now: datetime) -> None:
    if any(c.id == name for c in file.court_lists):
        raise StepRefusedError(
            phrase(
                "the court's list {reference} of this account is entered already: {name}",
                reference=ordered.reference,
                name=name,
            )
        )
    if ordered.ordered_at > now:
        raise StepRefusedError(phrase("a court has ordered its list before now: see --ordered-at"))
    if file.asset(ordered.asset_id).is_custody:
        raise StepRefusedError(
            phrase("a court's list is about a held account, not about the unit's own")
        )
    lines: dict[str, int] = {}
    for share in (s for s in ordered.shares if s.claim_id):
        if share.claim_id in lines:
            raise StepRefusedError(phrase(
                "lines {told} and {line} name the same claim {claim_id}: give it one row with "
                "its whole sum",
                told=lines[share.claim_id], line=share.line, claim_id=share.claim_id,
            ))  # fmt: skip
        lines[share.claim_id] = share.line


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has held the rows against the paper: the list decides from now on.

    What was divided otherwise and has not left ends; an earlier list of the account is replaced.
    """
    del laws
    found = list_of(changes.file, approval.subject_id)
    for earlier in changes.file.court_lists:
        if earlier.asset_id == found.asset_id and earlier.state is CourtListState.IN_FORCE:
            reason = stored_phrase("replaced by {found}", found=found.id)
            _void_asked(changes, earlier.id, reason)
            changes.apply(
                Transition(
                    EntityKind.COURT_LIST, earlier.id, "replaced", earlier.state, reason=reason
                )
            )
    changes.apply(Transition(EntityKind.COURT_LIST, found.id, "confirmed", found.state))
    end_divisions(changes, found.asset_id, stored_phrase("a court has ordered who gets what"))
    _end_releases(changes, found.asset_id, stored_phrase("a court has ordered who gets what"))
    unpaid.own_what_cannot_be_paid(changes, found, now)


def _void_asked(changes: Changeset, list_id: str, reason: str) -> None:
    """That a list was to end needs no answer any more; the yes by which it counted stays."""
    asked = changes.file.pending(list_id)
    if asked is not None:
        changes.apply(
            Transition(EntityKind.APPROVAL, asked.id, "voided", asked.state, reason=reason)
        )


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The rows are not those of the paper: nothing changes."""
    found = list_of(changes.file, approval.subject_id)
    changes.apply(Transition(EntityKind.COURT_LIST, found.id, "denied", found.state, reason=reason))


def unknown_row(file: CaseFile, share_id: str) -> CourtShareRow:
    """The row of that id, which names nobody known; StepRefusedError for any other."""
    row = next((r for r in file.court_shares if r.id == share_id), None)
    if row is None or row.state is not CourtShareState.UNKNOWN:
        none = phrase("is none of this recovery")
        stands = phrase("is {state}", state=spoken(row.state)) if row else none
        raise StepRefusedError(
            phrase(
                "{share_id} {stands}: only a row that names nobody is looked into",
                share_id=share_id,
                stands=stands,
            )
        )
    return row


def look_again(changes: Changeset, row: CourtShareRow, now: datetime) -> None:
    """What is divided by a list in force is drafted anew once a row of it says something else."""
    found = list_of(changes.file, row.list_id)
    if found.state is CourtListState.IN_FORCE:
        reason = stored_phrase("line {line} of the court's list was looked into", line=row.line)
        end_divisions(changes, found.asset_id, reason)
        unpaid.own_what_cannot_be_paid(changes, found, now)


def undivided(file: CaseFile, asset_id: str) -> CaseFile:
    """The file as it is once what is divided of an account and has not left has ended."""
    trial = Changeset(file)
    end_divisions(trial, asset_id, "")
    return trial.file


def end_divisions(changes: Changeset, asset_id: str, reason: str) -> None:
    """End what is divided of an account and has not left."""
    for allocation in changes.file.allocations:
        here = allocation.asset_id == asset_id and allocation.state not in payouts.ENDED
        if here and payouts.can_be_ended(changes.file, allocation):
            payouts.void(changes, allocation.id, reason)


def _end_releases(changes: Changeset, asset_id: str, reason: str) -> None:
    """What was to be given up since no claim needs it may be what the court has given away."""
    holds = {h.id for h in changes.file.holds_of(asset_id) if h.release_due_at is None}
    for approval in changes.file.approvals:
        is_asked = approval.state is ApprovalState.PENDING
        if is_asked and approval.action == ApprovalKind.RELEASE and approval.subject_id in holds:
            changes.apply(
                Transition(
                    EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=reason
                )
            )
