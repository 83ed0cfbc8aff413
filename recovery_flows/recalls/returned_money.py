"""Money that came back by a recall: entered with its proof, confirmed by another person, counted.

What the bank states is booked. What came in another currency makes no loss good before it was
credited in the loss's own; what is missing of a sum that was granted is somebody's to look into.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.claim import ClaimRow
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.payout import PayoutState
from models.entities.recall import (
    WENT_OUT,
    CreditState,
    MatchedBy,
    RecallCreditRow,
    RecallRow,
    RecallState,
)
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import discrepancies, recalled
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import LOST, owed_minor, paid_minor
from recovery_flows.ledger.unclaimed_money import in_treasury_minor
from recovery_flows.recalls.lifecycle import recall_of, requested

_BOOKING_MAX = 80
_REOPENED = frozenset(
    {RecoveryState.CLOSED_RETURNED, RecoveryState.CLOSED_PARTIAL, RecoveryState.CLOSED_NO_RECOVERY}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Money as the bank says it; `booking` is the bank's reference of the return.

    `is_further` says that it came besides what was entered before: without it, whatever else is
    told of the recall is taken for the same money.
    """

    amount: Money
    costs: Money | None
    booking: str
    matched_by: MatchedBy
    arrived_at: datetime
    proof: str
    is_further: bool = False


def enter(
    changes: Changeset, recall_id: str, credit: Credit, actor: str, now: datetime
) -> str | None:
    """Enter money that came back; the approval's id by which it counts, None where it is known."""
    file = changes.file
    row = recall_of(file, recall_id)
    if row.state not in WENT_OUT or row.sent_at is None:
        raise StepRefusedError(
            phrase(
                "{row_id} is {row_state}: no money comes by what was not sent",
                row_id=row.id,
                row_state=row.state,
            )
        )
    if len(credit.booking) > _BOOKING_MAX:
        raise StepRefusedError(phrase(
            "the reference of the return has {count} characters, a bank's has at most "
            "{booking_max}: ask the bank for it",
            count=len(credit.booking), booking_max=_BOOKING_MAX,
        ))  # fmt: skip
    mine = [c for c in file.recall_credits if c.claim_id == row.claim_id]
    if _is_known(row, mine, credit):
        return None
    _check(row, mine, credit, now)
    again = [sum(c.booking == credit.booking for c in mine)]
    name = derive_id("credit", row.id, credit.booking, *(again if again[0] else []))
    costs = credit.costs or Money(0, credit.amount.currency)
    values: dict[str, Scalar] = {
        "recall_id": row.id, "claim_id": row.claim_id,
        "amount_minor": credit.amount.minor, "currency": credit.amount.currency,
        "costs_minor": costs.minor, "costs_currency": costs.currency,
        "booking": credit.booking, "matched_by": credit.matched_by,
        "arrived_at": credit.arrived_at, "proof": credit.proof, "entered_by": actor,
        "entered_at": now,
    }  # fmt: skip
    reopen(changes, stored_phrase("money came back by a recall"))
    changes.apply(Transition(EntityKind.RECALL_CREDIT, name, "entered", None, values))
    return ask(changes, ApprovalKind.RECALL_CREDIT, name, actor, now)


def _is_known(row: RecallRow, mine: list[RecallCreditRow], credit: Credit) -> bool:
    """Whether this very money was entered; the same name for another sum is somebody's to clear."""
    for known in mine:
        if known.booking != credit.booking or known.state is CreditState.DENIED:
            continue
        amount = Money(known.amount_minor, known.currency)
        if known.state is CreditState.REVERSED:
            raise StepRefusedError(phrase(
                "{amount} under {booking!r} was taken back by its bank: where it came once more, "
                "enter it by its reference on the statement: `recovery recall receive`",
                amount=amount, booking=credit.booking,
            ))  # fmt: skip
        if amount == credit.amount:
            return True
        raise StepRefusedError(phrase(
            "{amount} of {row_id} is entered under {booking!r} already, and this is {amount2}: "
            "ask the bank which it paid, or enter it by its reference on the statement: "
            "`recovery recall receive`",
            amount=amount, row_id=row.id, booking=credit.booking, amount2=credit.amount,
        ))  # fmt: skip
    return False


def _check(row: RecallRow, mine: list[RecallCreditRow], credit: Credit, now: datetime) -> None:
    if credit.amount.minor <= 0:
        raise StepRefusedError(phrase("money that came back is above zero"))
    if credit.arrived_at > now:
        raise StepRefusedError(phrase("money that came back came before now"))
    live = [c for c in mine if c.state in (CreditState.ASKED, CreditState.CONFIRMED)]
    same = [c for c in live if c.currency == credit.amount.currency]
    known = sum(c.amount_minor for c in same)
    is_more = known + credit.amount.minor > row.requested_minor
    if credit.amount.currency == row.currency and is_more:
        raise StepRefusedError(phrase(
            "{amount} with {amount2} entered before is more than the payment of {requested} that "
            "was called back: enter it where it belongs",
            amount=credit.amount, amount2=Money(known, row.currency), requested=requested(row),
        ))  # fmt: skip
    if same and not credit.is_further:
        # A message and the statement may tell of one return by two names and with two sums.
        before = ", ".join(f"{Money(c.amount_minor, c.currency)} {c.booking!r}" for c in same)
        raise StepRefusedError(phrase(
            "money of {row_id} is entered already ({before}): where {amount} came besides, say "
            "--further",
            row_id=row.id, before=before, amount=credit.amount,
        ))  # fmt: skip


def reopen(changes: Changeset, reason: str) -> None:
    """Open a closed recovery; StepRefusedError where it was joined or rejected."""
    recovery = changes.file.recovery
    if recovery.state is RecoveryState.OPEN:
        return
    if recovery.state not in _REOPENED:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: nothing is entered",
                ref=recovery.ref,
                recovery_state=recovery.state,
            )
        )
    changes.apply(
        Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
    )


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has held it against its proof: it counts, up to what the victim is owed."""
    del laws
    credit = credit_of(changes.file, approval.subject_id)
    claim = next(c for c in changes.file.claims if c.id == credit.claim_id)
    is_same = credit.currency == claim.currency
    counted = min(credit.amount_minor, owed_minor(changes.file, claim)) if is_same else 0
    values: dict[str, Scalar] = {"counted_minor": counted}
    changes.apply(
        Transition(EntityKind.RECALL_CREDIT, credit.id, "confirmed", credit.state, values)
    )
    row = recall_of(changes.file, credit.recall_id)
    is_whole = came_minor(changes.file, row) >= row.requested_minor
    event = "all_came" if is_whole else "money_came"
    changes.apply(Transition(EntityKind.RECALL, row.id, event, row.state, {"due_at": None}))
    _compare(changes, row, credit, claim, counted, now)


def recount(changes: Changeset) -> None:
    """What of confirmed money makes a loss good follows what banks paid the victim beside it.

    A payout that was on its way when the money came leaves no room for it once it is settled; one
    that comes back makes the room again.
    """
    for credit in recalled.confirmed(changes.file):
        claim = next(c for c in changes.file.claims if c.id == credit.claim_id)
        if claim.state not in LOST or credit.currency != claim.currency:
            continue
        counted = min(credit.amount_minor, _room_minor(changes.file, claim, credit))
        if counted == credit.counted_minor:
            continue
        values: dict[str, Scalar] = {"counted_minor": counted}
        reason = stored_phrase("what the victim was paid otherwise has changed")
        changes.apply(
            Transition(
                EntityKind.RECALL_CREDIT, credit.id, "recounted", credit.state, values,
                reason=reason,
            )
        )  # fmt: skip


def _room_minor(file: CaseFile, claim: ClaimRow, credit: RecallCreditRow) -> int:
    """What a victim is owed without a credit, in minor units of the loss's currency."""
    returned = sum(p.returned_minor for p in file.payouts if p.claim_id == claim.id)
    others = recalled.counted_of(file, claim.id) - credit.counted_minor
    in_treasury = in_treasury_minor(file, claim.id)
    return max(0, claim.upheld_minor - returned - others - in_treasury)


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The proof does not show it: nothing counts."""
    credit = credit_of(changes.file, approval.subject_id)
    move = Transition(EntityKind.RECALL_CREDIT, credit.id, "denied", credit.state, reason=reason)
    changes.apply(move)


def _compare(
    changes: Changeset, row: RecallRow, credit: RecallCreditRow, claim: ClaimRow, counted: int,
    now: datetime,
) -> None:  # fmt: skip
    """What is not as it was granted, or beyond what the victim is owed, has an owner."""
    stated = Money(credit.amount_minor, credit.currency)
    if credit.currency != row.currency:
        discrepancies.find(
            changes, DiscrepancyKind.CURRENCY_DIFFERS, EntityKind.RECALL, row.id, now,
            claim_id=claim.id, expected=requested(row), stated=stated, mark=credit.id,
            detail=stored_phrase(
                "it counts once the victim's bank shows what it credited"
            ),
        )  # fmt: skip
        return
    going = sum(
        p.amount_minor
        for p in changes.file.payouts
        if p.claim_id == claim.id and p.state is PayoutState.INSTRUCTED
    )
    above = paid_minor(changes.file, claim) + going - claim.upheld_minor
    if counted < credit.amount_minor or (going > 0 and above > 0):
        beyond = Money(max(credit.amount_minor - counted, above), row.currency)
        discrepancies.find(
            changes, DiscrepancyKind.PAID_TWICE, EntityKind.CLAIM, claim.id, now,
            claim_id=claim.id, expected=Money(counted, row.currency), stated=stated,
            detail=stored_phrase(
                "{beyond} too much by {recall}, with what is on its way to the victim",
            beyond=beyond, recall=row.id
            ),
            mark=credit.id,
        )  # fmt: skip
    granted_whole = row.state is RecallState.ACCEPTED and not row.is_part
    is_short = granted_whole and came_minor(changes.file, row) < row.requested_minor
    if credit.costs_minor or is_short:
        costs = Money(credit.costs_minor, credit.costs_currency or row.currency)
        none = stored_phrase("the bank names no costs")
        some = stored_phrase("the bank kept {costs}", costs=costs)
        kept = some if credit.costs_minor else none
        discrepancies.find(
            changes, DiscrepancyKind.AMOUNT_DIFFERS, EntityKind.RECALL, row.id, now,
            claim_id=claim.id, expected=requested(row), stated=stated, detail=kept, mark=credit.id,
        )  # fmt: skip


def came_minor(file: CaseFile, row: RecallRow) -> int:
    """What came back by a recall and was confirmed, in the currency of the payment."""
    return sum(
        c.amount_minor
        for c in file.recall_credits
        if c.recall_id == row.id and c.state is CreditState.CONFIRMED and c.currency == row.currency
    )


def came(file: CaseFile, row: RecallRow) -> Money:
    """The same as money."""
    return Money(came_minor(file, row), row.currency)


def credit_of(file: CaseFile, credit_id: str) -> RecallCreditRow:
    """The credit of that id."""
    return next(c for c in file.recall_credits if c.id == credit_id)
