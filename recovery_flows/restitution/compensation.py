"""Somebody else has paid a victim: up to what he paid, he stands in the victim's place.

The loss stays what it is and nothing is returned by it: only the payee changes. What a division
gives to the claim is split between the victim and those who have paid him, each by what is still
open of his part, to the last unit by largest remainder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.claim import ClaimRow, CompensationRow, CompensationState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.payout import PayoutRow, PayoutState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.claim_parts import Part, confirmed, parts
from recovery_flows.ledger.outstanding_losses import LOST, has_left
from recovery_flows.ledger.recalled import counted_of
from recovery_flows.restitution.methods.proportional import by_weight


@dataclass(frozen=True, slots=True)
class Paid:
    """What somebody has paid a victim: to which claim, who, how much, when, which proof."""

    claim_id: str
    payer_account_id: str
    amount: Money
    paid_at: datetime
    proof: str
    booking: str = ""


def enter(changes: Changeset, paid: Paid, actor: str, now: datetime) -> str:
    """Enter what was paid to a victim; returns the approval's id by which it is confirmed."""
    file = changes.file
    claim = next((c for c in file.claims if c.id == paid.claim_id), None)
    if claim is None or claim.state not in LOST:
        raise StepRefusedError(
            phrase(
                "{ref} has no verified claim {claim_id}",
                ref=file.recovery.ref,
                claim_id=paid.claim_id,
            )
        )
    _check(file, claim, paid, now)
    booking = paid.booking or f"{paid.amount.minor} {paid.paid_at.isoformat()}"
    name = derive_id("compensation", claim.id, paid.payer_account_id, booking)
    if any(k.id == name and k.state is not CompensationState.DENIED for k in file.compensations):
        raise StepRefusedError(
            phrase("this payment to the victim of {claim_id} is entered already", claim_id=claim.id)
        )
    if any(k.id == name for k in file.compensations):
        raise StepRefusedError(
            phrase("this payment to the victim of {claim_id} was denied before", claim_id=claim.id)
        )
    values: dict[str, Scalar] = {
        "claim_id": claim.id, "payer_account_id": paid.payer_account_id,
        "amount_minor": paid.amount.minor, "currency": paid.amount.currency,
        "paid_at": paid.paid_at, "proof": paid.proof, "booking": paid.booking,
        "entered_by": actor, "entered_at": now,
    }  # fmt: skip
    changes.apply(Transition(EntityKind.COMPENSATION, name, "entered", None, values))
    return ask(changes, ApprovalKind.COMPENSATION, name, actor, now)


def _check(file: CaseFile, claim: ClaimRow, paid: Paid, now: datetime) -> None:
    if paid.amount.currency != claim.currency or paid.amount.minor <= 0:
        raise StepRefusedError(
            phrase("what was paid is above zero and in {currency}", currency=claim.currency)
        )
    if paid.paid_at > now:
        raise StepRefusedError(phrase("what was paid was paid before now"))
    if paid.payer_account_id in (claim.victim_account_id, claim.payout_account_id):
        raise StepRefusedError(
            phrase("who has paid the victim has another account than the victim")
        )
    known = sum(
        k.amount_minor
        for k in file.compensations
        if k.claim_id == claim.id and k.state is not CompensationState.DENIED
    )
    if known + paid.amount.minor > claim.upheld_minor:
        left = Money(max(0, claim.upheld_minor - known), claim.currency)
        raise StepRefusedError(
            phrase(
                "{amount} is more than the {left} that is left of {claim_id} to step in for",
                amount=paid.amount,
                left=left,
                claim_id=claim.id,
            )
        )


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has seen the proof: from now on the payer shares in the victim's place.

    A victim who has had more by then than his own part is somebody's to look into.
    """
    del laws
    found = _of(changes.file, approval.subject_id)
    changes.apply(Transition(EntityKind.COMPENSATION, found.id, "confirmed", found.state))
    claim = next(c for c in changes.file.claims if c.id == found.claim_id)
    victim, *_ = parts(changes.file, claim)
    got = _victim_got(changes.file, claim)
    beyond = got - victim.whole_minor
    if beyond > 0:
        discrepancies.find(
            changes, DiscrepancyKind.PAID_TWICE, EntityKind.CLAIM, claim.id, now,
            claim_id=claim.id,
            expected=Money(victim.whole_minor, claim.currency),
            stated=Money(got, claim.currency),
            detail=stored_phrase(
                "{beyond} too much, since {name} was confirmed",
            beyond=Money(beyond, claim.currency), name=found.id
            ),
            mark=found.id,
        )  # fmt: skip


def _victim_got(file: CaseFile, claim: ClaimRow) -> int:
    """What has reached the victim or may be on its way; what can be taken back is drafted anew.

    All but a payer's own is the victim's, whichever account of his it was paid to.
    """
    payers = {k.payer_account_id for k in confirmed(file, claim.id)}
    return counted_of(file, claim.id) + sum(
        p.amount_minor if p.state is PayoutState.INSTRUCTED else p.returned_minor
        for p in file.payouts
        if p.claim_id == claim.id
        and p.payee_account_id not in payers
        and not p.unclaimed_id
        and has_left(file, p)
    )


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The proof does not show it: the victim's part stays whole."""
    found = _of(changes.file, approval.subject_id)
    move = Transition(EntityKind.COMPENSATION, found.id, "denied", found.state, reason=reason)
    changes.apply(move)


def _of(file: CaseFile, name: str) -> CompensationRow:
    return next(k for k in file.compensations if k.id == name)


def split(
    shared: list[Part], minor: int, can_pay: Callable[[int], bool] = bool
) -> list[tuple[str, int]]:
    """Who gets how much of what a division gives to a claim; parts of nothing are left out.

    Where somebody's part is less than a coin that can be paid he stands back, the smallest first:
    else the same money would be ordered and refused for ever. Nobody gets more than is open of his.
    """
    weights = [part.open_minor for part in shared]
    if not sum(weights):
        return [(shared[0].payee_account_id, minor)]
    while any(weights):
        shares = by_weight(minor, weights).minor
        given = [min(share, part.open_minor) for share, part in zip(shares, shared, strict=True)]
        small = [at for at, share in enumerate(given) if share and not can_pay(share)]
        if not small:
            pairs = zip(shared, given, strict=True)
            return [(part.payee_account_id, share) for part, share in pairs if share]
        weights[min(reversed(small), key=lambda at: weights[at])] = 0
    return []


def after(shared: list[Part], given: list[tuple[str, int]]) -> list[Part]:
    """The parts once this was given to them."""
    more = dict(given)
    return [
        Part(p.payee_account_id, p.whole_minor, p.got_minor + more.get(p.payee_account_id, 0))
        for p in shared
    ]


def is_payee(file: CaseFile, payout: PayoutRow) -> bool:
    """Whether a payout goes to whom its claim belongs now: the victim's account, or a payer's."""
    claim = next(c for c in file.claims if c.id == payout.claim_id)
    payers = {k.payer_account_id for k in confirmed(file, claim.id)}
    return payout.payee_account_id in payers | {claim.payout_account_id}
