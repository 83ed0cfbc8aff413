"""What was decided to be paid for a wrong freeze: entered by one person, confirmed by another.

The program pays nothing: a treasury, a bank or the unit's budget does, and its paper shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from models.entities.approval import ApprovalRow
from models.entities.outside.third_party_claim import (
    DamagesSource,
    ThirdPartyGround,
    ThirdPartyState,
)
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution.third_party.rows import found, move

_G, _S = ThirdPartyGround, ThirdPartyState


@dataclass(frozen=True, slots=True)
class Payment:
    """What was paid for a wrong freeze: whose money, when, by which booking, which paper."""

    source: DamagesSource
    paid_at: datetime
    booking: str
    proof: str


def enter_payment(
    changes: Changeset, name: str, amount: Money, payment: Payment, actor: str, now: datetime
) -> str:
    """Enter the payment of what was decided; returns the approval's id by which it counts."""
    row = found(changes.file, name)
    if row.state is not _S.UPHELD or row.ground is not _G.WRONG_FREEZE:
        raise StepRefusedError(
            phrase(
                "{name} is {state}: no payment is due of it",
                name=name,
                state=row.state.replace("_", " "),
            )
        )
    due = Money(row.granted_minor, row.currency)
    if amount != due:
        raise StepRefusedError(
            phrase(
                "{due} was decided to be paid, not {amount}: pay what was decided",
                due=due,
                amount=amount,
            )
        )
    if payment.paid_at > now or (row.decided_at is not None and payment.paid_at < row.decided_at):
        raise StepRefusedError(phrase("it was paid after it was decided, and before now: see --at"))
    values: dict[str, Scalar] = {
        "paid_from": payment.source, "paid_at": payment.paid_at, "booking": payment.booking,
        "payment_proof": payment.proof, "asked_by": actor,
    }  # fmt: skip
    changes.apply(move(row, "payment_entered", values))
    return ask(changes, ApprovalKind.DAMAGES_PAYMENT, name, actor, now)


def confirm_payment(
    changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes
) -> None:
    """A second person has seen the paper: it is in the books, with whose money it was."""
    del now, laws
    row = found(changes.file, approval.subject_id)
    changes.apply(move(row, "payment_confirmed", {"due_at": None}))


def deny_payment(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The paper does not show it: the payment is due as before."""
    row = found(changes.file, approval.subject_id)
    changes.apply(replace(move(row, "payment_denied"), reason=reason))
