"""Shares that did not reach their payees: announced, sent to the treasury, refunded to who is late.

A share is what one payout did not bring. While its notice runs it stays held for its payee alone,
in no other round. Then a payout of its own takes it to the treasury, decided by two people like any
other. Whoever proves his claim later is refunded by the treasury; that counts once two people have
seen the proof.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.entities.payout import (
    KEPT_UNCLAIMED,
    PayoutRow,
    PayoutState,
    UnclaimedRow,
    UnclaimedState,
)
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from models.step_wording import Wording
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law import terms
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger import pools
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.unclaimed_money import keeping, to_treasury
from recovery_flows.restitution import basis, guards, payouts, refused_payouts
from recovery_flows.restitution.allocation import TREASURY
from recovery_flows.restitution.refused_payouts import NOT_PAID

_S = UnclaimedState


def announce(
    changes: Changeset, payout_id: str, actor: str, reason: str, now: datetime, laws: Regimes
) -> str:
    """Begin the notice on what a payout did not bring; returns the share's id.

    `reason` is the fingerprint of the note that says what was done to find the payee.
    """
    file = changes.file
    payout = next((p for p in file.payouts if p.id == payout_id), None)
    if payout is None or payout.unclaimed_id or payout.state not in NOT_PAID:
        none = phrase("is none of this recovery")
        stands = phrase("is {state}", state=payout.state) if payout else none
        raise StepRefusedError(phrase(
            "{payout_id} {stands}: only what was refused or came back is announced as unclaimed",
            payout_id=payout_id, stands=stands,
        ))  # fmt: skip
    name = derive_id("unclaimed", payout.id)
    if any(u.id == name for u in file.unclaimed):
        told = phrase("{payout_id} was announced before, as {name}", payout_id=payout_id, name=name)
        raise StepRefusedError(told)
    law = laws[file.recovery.regime]
    if not law.has(Measure.UNCLAIMED):
        raise StepRefusedError(
            phrase("the law {code} has no row for unclaimed money: add `unclaimed`", code=law.code)
        )
    _check_not_reissued(file, payout)
    row = law.measure(Measure.UNCLAIMED)
    values: dict[str, Scalar] = {
        "payout_id": payout.id, "claim_id": payout.claim_id, "amount_minor": payout.amount_minor,
        "currency": payout.currency, "announced_by": actor, "announced_at": now,
        "due_at": terms.due_at(row.limit, now, law), "law_row": row.code, "reason": reason,
        "refunded_minor": 0,
    }  # fmt: skip
    changes.apply(
        Transition(
            EntityKind.UNCLAIMED_SHARE, name, "announced", None, values,
            legal_basis=f"{row.instrument}, {row.article}",
        )
    )  # fmt: skip
    refused_payouts.clear_announced(changes, payout, now)
    payouts.void_changed(changes)
    return name


def _check_not_reissued(file: CaseFile, payout: PayoutRow) -> None:
    """What is ordered again, or was paid since, is not unclaimed."""
    held = {p.hold_id: p.payable_minor for p in pools.pools(file, file.asset(payout.asset_id))}
    if held.get(payout.hold_id, 0) < payout.amount_minor:
        raise StepRefusedError(phrase(
            "less than {amount} is held for {payout_id} now: it was paid in another round, or "
            "the hold has fallen", amount=Money(payout.amount_minor, payout.currency),
            payout_id=payout.id,
        ))  # fmt: skip
    later = [
        p
        for p in file.payouts
        if p.claim_id == payout.claim_id and p.state is PayoutState.INSTRUCTED
    ]
    if later:
        raise StepRefusedError(
            phrase("{payout_id} pays the same claim now: wait for its bank", payout_id=later[0].id)
        )


def notice_text(file: CaseFile, row: UnclaimedRow, law: Regime) -> str:
    """What is published: no name, no account; the sum, the end of the notice, what follows."""
    basis_row = law.rows[row.law_row]
    amount = Money(row.amount_minor, row.currency)
    return (
        f"{file.recovery.ref}: {amount} could not be paid to whom it belongs. Whoever it is may "
        f"claim it until {row.due_at:%Y-%m-%d %H:%M} UTC ({basis_row.instrument}, "
        f"{basis_row.article}, {basis_row.status}). After that it goes to the treasury; who proves "
        "his claim later may ask for a refund."
    )


def claimed(changes: Changeset, name: str, reason: str) -> None:
    """The payee came forward in time: his share is paid in the next round."""
    row = _share(changes.file, name)
    if row.state not in KEPT_UNCLAIMED:
        raise StepRefusedError(phrase(
            "{name} is {state}: a late payee is refunded by the treasury", name=name,
            state=row.state,
        ))  # fmt: skip
    if any(p.state is PayoutState.INSTRUCTED for p in to_treasury(changes.file, row)):
        told = phrase("{name} is on its way to the treasury: wait for its bank", name=name)
        raise StepRefusedError(told)
    _void_transfer(changes, row, stored_phrase("the payee came forward"))
    changes.apply(_move(row, "claimed", {"reason": reason}))


def _void_transfer(changes: Changeset, row: UnclaimedRow, why: str) -> None:
    for payout in to_treasury(changes.file, row):
        allocation = payouts.allocation_of(changes.file, payout.allocation_id)
        if allocation.state not in payouts.ENDED:
            payouts.void(changes, allocation.id, why)


def kept_back(file: CaseFile, row: UnclaimedRow) -> Wording:
    """Why a share cannot go to the treasury now, whatever its notice says; empty where it can."""
    first = next(p for p in file.payouts if p.id == row.payout_id)
    return guards.waits_for(file, file.asset(first.asset_id))


def transfer(changes: Changeset, name: str, account_id: str, actor: str, now: datetime) -> str:
    """Submit that a share goes to the treasury's account; returns the approval's id."""
    file, row = changes.file, _share(changes.file, name)
    if row.state is not _S.TERM_ENDED:
        raise StepRefusedError(phrase(
            "{name} is {row_state}: a share goes to the treasury when its notice has run, until "
            "{due_at:%Y-%m-%d %H:%M} UTC", name=name, row_state=row.state, due_at=row.due_at,
        ))  # fmt: skip
    if is_going(file, row):
        raise StepRefusedError(phrase("{name} is submitted already", name=name))
    first = next(p for p in file.payouts if p.id == row.payout_id)
    asset = file.asset(first.asset_id)
    why = kept_back(file, row)
    if why:
        raise StepRefusedError(
            phrase("{name} cannot go to the treasury yet: {why}", name=name, why=why)
        )
    held = {p.hold_id: p.payable_minor for p in pools.carried(file, asset)}
    if held.get(keeping(file, first.hold_id), 0) < row.amount_minor:
        raise StepRefusedError(phrase(
            "less than {amount} is held for it", amount=Money(row.amount_minor, row.currency),
        ))  # fmt: skip
    changes.apply(_move(row, "transfer_asked", {"treasury_account_id": account_id}))
    allocation_id = _draft(changes, _share(changes.file, name), first)
    values: dict[str, Scalar] = {
        "drafted_by": actor, "decision_ref": derive_id("decision", allocation_id, now.isoformat()),
    }  # fmt: skip
    changes.apply(
        Transition(EntityKind.ALLOCATION, allocation_id, "submitted", AllocationState.DRAFT, values)
    )
    return ask(changes, ApprovalKind.RETURN, allocation_id, actor, now)


def _draft(changes: Changeset, row: UnclaimedRow, first: PayoutRow) -> str:
    file = changes.file
    number = len([a for a in file.allocations if a.asset_id == first.asset_id]) + 1
    allocation_id = derive_id("alloc", first.asset_id, number)
    values: dict[str, Scalar] = {
        "asset_id": first.asset_id, "round_number": number, "method": TREASURY,
        "formula": stored_phrase("what nobody has claimed goes to the treasury"),
        "pool_minor": row.amount_minor, "currency": row.currency,
        "basis": basis.spelled(file, file.asset(first.asset_id)),
        "notice_from": row.announced_at, "notice_to": row.due_at,
    }  # fmt: skip
    payout: dict[str, Scalar] = {
        "allocation_id": allocation_id, "asset_id": first.asset_id, "claim_id": row.claim_id,
        "hold_id": keeping(file, first.hold_id), "payee_account_id": row.treasury_account_id,
        "amount_minor": row.amount_minor, "currency": row.currency, "unclaimed_id": row.id,
    }  # fmt: skip
    name = derive_id("payout", allocation_id, row.claim_id, first.hold_id, row.id)
    changes.apply(
        Transition(EntityKind.ALLOCATION, allocation_id, "drafted", None, values),
        Transition(EntityKind.PAYOUT, name, "prepared", None, payout),
    )
    return allocation_id


def is_going(file: CaseFile, row: UnclaimedRow) -> bool:
    """Whether a payout to the treasury is prepared or on its way."""
    dead = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    return any(
        p.state is PayoutState.INSTRUCTED
        or (p.state is PayoutState.PREPARED and p.allocation_id not in dead)
        for p in to_treasury(file, row)
    )


def enter_refund(
    changes: Changeset, name: str, refunded: Money, at: datetime, proof: str, actor: str,
    now: datetime,
) -> str:  # fmt: skip
    """Enter what the treasury has paid to a late payee; returns the approval's id."""
    row = _share(changes.file, name)
    if row.state is not _S.TREASURY:
        raise StepRefusedError(phrase(
            "{name} is {row_state}: the treasury refunds what went to it", name=name,
            row_state=row.state,
        ))  # fmt: skip
    most = Money(row.amount_minor, row.currency)
    if refunded.currency != row.currency or not 0 < refunded.minor <= row.amount_minor:
        told = phrase("a refund of {name} is above zero and at most {most}", name=name, most=most)
        raise StepRefusedError(told)
    if not row.announced_at < at <= now:
        raise StepRefusedError(phrase("a refund was paid after the notice began and before now"))
    _reopen(changes)
    values: dict[str, Scalar] = {
        "refunded_minor": refunded.minor, "refunded_at": at, "refund_proof": proof,
        "refund_entered_by": actor,
    }  # fmt: skip
    changes.apply(_move(row, "refund_entered", values))
    return ask(changes, ApprovalKind.REFUND, row.id, actor, now)


def _reopen(changes: Changeset) -> None:
    recovery = changes.file.recovery
    if recovery.state is not RecoveryState.OPEN:
        changes.apply(
            Transition(
                EntityKind.RECOVERY, recovery.id, "reopened", recovery.state,
                reason=stored_phrase("the treasury has refunded a late payee")
            )
        )  # fmt: skip


def confirm_refund(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has seen the proof: what was refunded is the victim's."""
    del now, laws
    changes.apply(_move(_share(changes.file, approval.subject_id), "refund_confirmed"))


def deny_refund(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """The proof does not show it: the share is still in the treasury."""
    row = _share(changes.file, approval.subject_id)
    values: dict[str, Scalar] = {"refunded_minor": 0, "refunded_at": None, "refund_proof": ""}
    changes.apply(replace(_move(row, "refund_denied", values), reason=reason))


def advance(changes: Changeset, now: datetime) -> None:
    """What the clock and the banks say of each share."""
    for row in changes.file.unclaimed:
        event = _event(changes.file, row, now)
        if event:
            changes.apply(_move(row, event))


def _event(file: CaseFile, row: UnclaimedRow, now: datetime) -> str:
    is_there = any(p.state is PayoutState.SETTLED for p in to_treasury(file, row))
    if row.state is _S.TREASURY and not is_there:
        return "came_back"
    if row.state is _S.TERM_ENDED and is_there:
        return "transferred"
    first = next(p for p in file.payouts if p.id == row.payout_id)
    if row.state in KEPT_UNCLAIMED and first.state is PayoutState.SETTLED:
        return "paid"
    return "term_ended" if row.state is _S.ANNOUNCED and row.due_at <= now else ""


def _move(row: UnclaimedRow, event: str, values: dict[str, Scalar] | None = None) -> Transition:
    return Transition(EntityKind.UNCLAIMED_SHARE, row.id, event, row.state, values or {})


def _share(file: CaseFile, name: str) -> UnclaimedRow:
    found = next((u for u in file.unclaimed if u.id == name), None)
    if found is None:
        ref = file.recovery.ref
        raise StepRefusedError(phrase(
            "{ref} has no unclaimed share {name}: `recovery unclaimed list {ref}` shows them",
            ref=ref, name=name,
        ))  # fmt: skip
    return found
