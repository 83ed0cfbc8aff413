"""Money that comes in on the unit's own account: entered by one, confirmed by another, then held.

Nothing counts before the second person has held it against the bank's booking. From then on it is
held money like any other: the same title check, ladder, notice, decision and payouts give it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile, Place
from models.entities.approval import ApprovalRow
from models.entities.asset import CUSTODY, AssetRow, Stage
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset

RECEIVED = frozenset({*LIVE_HOLDS, HoldState.DISPOSED, HoldState.RELEASED})
"""States of a receipt that a second person has confirmed."""
_ENDED = frozenset(
    {RecoveryState.CLOSED_RETURNED, RecoveryState.CLOSED_PARTIAL, RecoveryState.CLOSED_NO_RECOVERY}
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money as it came in: its sum, when, under which booking of the unit's bank, which proof.

    `return_id` is the voluntary return that it belongs to, "" where it was not announced; `again`
    how often it was entered before and denied or withdrawn.
    """

    account_id: str
    amount: Money
    received_at: datetime
    booking: str
    proof: str
    return_id: str = ""
    again: int = 0


def receive(changes: Changeset, receipt: Receipt, place: Place, actor: str, now: datetime) -> str:
    """Enter money that came in; returns the approval's id by which another person confirms it."""
    _check(changes.file, receipt, place, now)
    _open(changes, receipt, place)
    asset = _custody_of(changes.file, receipt.account_id)
    values: dict[str, Scalar] = {
        "asset_id": asset.id, "kind": HoldKind.CUSTODY, "currency": receipt.amount.currency,
        "requested_minor": receipt.amount.minor, "acted_at": receipt.received_at,
        "bank_ref": receipt.booking, "drafted_by": actor, "return_id": receipt.return_id,
        "proof": receipt.proof,
    }  # fmt: skip
    name = receipt_id(receipt)
    changes.apply(Transition(EntityKind.HOLD, name, "received", None, values))
    return ask(changes, ApprovalKind.RECEIPT, name, actor, now)


def receipt_id(receipt: Receipt) -> str:
    """The id of the receipt of one booking: the same money comes in once, in any recovery."""
    again = [receipt.again] if receipt.again else []
    return derive_id("hold", receipt.account_id, HoldKind.CUSTODY, receipt.booking, *again)


def _check(file: CaseFile, receipt: Receipt, place: Place, now: datetime) -> None:
    if file.recovery.state is not RecoveryState.OPEN and file.recovery.state not in _ENDED:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: nothing is received",
                ref=file.recovery.ref,
                recovery_state=file.recovery.state,
            )
        )
    if receipt.amount.currency != file.recovery.currency or receipt.amount.minor <= 0:
        raise StepRefusedError(phrase(
            "what is received is above zero and in {currency}, the currency of the loss, not "
            "{amount}: have it converted, and enter what was credited",
            currency=file.recovery.currency, amount=receipt.amount,
        ))  # fmt: skip
    if place.currency != file.recovery.currency:
        raise StepRefusedError(
            phrase(
                "the account is kept in {currency}, the loss is in {currency2}",
                currency=place.currency,
                currency2=file.recovery.currency,
            )
        )
    if place.partner_id not in file.by_letter:
        raise StepRefusedError(phrase(
            "{partner_id} takes orders by its interface, which pays only out of holds that it "
            "keeps: register the bank of the unit's own account with `--channel letter`",
            partner_id=place.partner_id,
        ))  # fmt: skip
    if receipt.received_at > now:
        raise StepRefusedError(phrase("money that came in came before now"))
    if any(a.account_id == receipt.account_id and not a.is_custody for a in file.assets):
        raise StepRefusedError(phrase("this is an account of the case, none of the unit's own"))


def _open(changes: Changeset, receipt: Receipt, place: Place) -> None:
    """The unit's account becomes an account of this recovery, which is open again."""
    recovery = changes.file.recovery
    reason = stored_phrase("money was given back")
    if recovery.state in _ENDED:
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
        )
    known = next((a for a in changes.file.assets if a.account_id == receipt.account_id), None)
    if known is None:
        values: dict[str, Scalar] = {
            "account_id": receipt.account_id, "partner_id": place.partner_id,
            "currency": place.currency, "home": True, "regime": recovery.regime,
            "left_alone": stored_phrase("the unit's own account"),
            "shared_decision": CUSTODY,
        }  # fmt: skip
        name = derive_id("asset", recovery.id, receipt.account_id)
        changes.apply(Transition(EntityKind.ASSET, name, "custody_opened", None, values))
    elif known.stage is Stage.CLOSED:
        event = "custody_reopened"
        changes.apply(Transition(EntityKind.ASSET, known.id, event, known.stage, reason=reason))


def _custody_of(file: CaseFile, account_id: str) -> AssetRow:
    return next(a for a in file.assets if a.account_id == account_id)


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has held it against its proof: the money is there, and held."""
    del now, laws
    hold = changes.file.hold(approval.subject_id)
    values: dict[str, Scalar] = {"held_minor": hold.requested_minor}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "receipt_confirmed", hold.state, values))


def is_received(hold: HoldRow) -> bool:
    """Whether a hold is money that came in and that two people have seen."""
    return hold.kind is HoldKind.CUSTODY and hold.state in RECEIVED


def correct(changes: Changeset) -> None:
    """What left the unit's account is there no more, and again once it came back.

    No bank is asked what it holds of it: the unit's own records of its payouts say so.
    """
    for hold in changes.file.holds:
        if not is_received(hold) or hold.state in (HoldState.RELEASED, HoldState.RELEASE_PENDING):
            continue
        paid = sum(p.taken_minor for p in changes.file.payouts if p.hold_id == hold.id)
        if paid == hold.payouts_shown_minor:
            continue
        there = max(0, hold.held_minor + hold.payouts_shown_minor - paid)
        _now_holds(changes, hold, there, paid)


def _now_holds(changes: Changeset, hold: HoldRow, there: int, paid: int) -> None:
    values: dict[str, Scalar] = {"held_minor": there, "payouts_shown_minor": paid}
    is_back = hold.state not in LIVE_HOLDS
    event, reason = "paid_out", stored_phrase("payouts were booked")
    if is_back:
        event, reason = (
            "frozen_late",
            stored_phrase("a payout came back to the unit's account"),
        )
    changes.apply(Transition(EntityKind.HOLD, hold.id, event, hold.state, values, reason=reason))
    asset = changes.file.asset(hold.asset_id)
    if not there and not is_back:
        reason = stored_phrase("all of it was paid out")
        changes.apply(Transition(EntityKind.HOLD, hold.id, "disposed", hold.state, reason=reason))
    elif is_back and asset.stage is Stage.CLOSED:
        changes.apply(
            Transition(EntityKind.ASSET, asset.id, "custody_reopened", asset.stage, reason=reason)
        )
