"""A payout to the wrong person, or of too much, called back by an order of its own.

Two people order it, and it is followed until the money has come or two people have written it off.
What comes is money that the unit received like any other: held, then divided again. From then on
the victim has that much less, so that he is owed it where it was his.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.entities.payout import (
    OPEN_CLAWBACKS,
    ClawbackGround,
    ClawbackRow,
    ClawbackState,
    PayoutState,
)
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure, Row
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.payout_parts import clawed_minor, received_for

_S = ClawbackState
_WAITS = (_S.ORDERED, _S.OVERDUE)


def order(
    changes: Changeset,
    payout_id: str,
    amount: Money,
    ground: ClawbackGround,
    actor: str,
    reason: str,
    now: datetime,
) -> str:
    """Ask that money of a payout be ordered back; returns the approval's id.

    `reason` is the fingerprint of the note that says what was wrong with the payment.
    """
    file = changes.file
    payout = next((p for p in file.payouts if p.id == payout_id), None)
    if payout is None or payout.state is not PayoutState.SETTLED or payout.unclaimed_id:
        none = phrase("is none of {ref}", ref=file.recovery.ref)
        stands = phrase("is {state}", state=payout.state) if payout else none
        raise StepRefusedError(
            phrase(
                "{payout_id} {stands}: only what a bank has paid to a victim is ordered back",
                payout_id=payout_id,
                stands=stands,
            )
        )
    known = sum(
        c.amount_minor
        for c in file.clawbacks
        if c.payout_id == payout_id and c.state is not _S.DENIED
    )
    most = Money(payout.credited_minor - known, payout.currency)
    if amount.currency != payout.currency or not 0 < amount.minor <= most.minor:
        raise StepRefusedError(
            phrase(
                "what is ordered back of {payout_id} is above zero and at most {most}",
                payout_id=payout_id,
                most=most,
            )
        )
    _reopen(changes)
    number = len([c for c in file.clawbacks if c.payout_id == payout_id])
    name = derive_id("clawback", payout_id, number)
    values: dict[str, Scalar] = {
        "payout_id": payout_id, "claim_id": payout.claim_id, "ground": ground,
        "amount_minor": amount.minor, "currency": amount.currency, "asked_by": actor,
        "asked_at": now, "reason": reason,
    }  # fmt: skip
    changes.apply(Transition(EntityKind.CLAWBACK, name, "asked", None, values))
    return ask(changes, ApprovalKind.CLAWBACK, name, actor, now)


def _reopen(changes: Changeset) -> None:
    recovery = changes.file.recovery
    if recovery.state in CLOSED_RECOVERIES:
        reason = stored_phrase("money is ordered back")
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
        )
    elif recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: nothing is ordered back",
                ref=recovery.ref,
                recovery_state=recovery.state,
            )
        )


def approve(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person orders it: the time to pay runs from now."""
    row = found(changes.file, approval.subject_id)
    changes.apply(_timed(changes.file, row, "approved", now, laws))


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """It is not ordered: the payout stays as it is."""
    changes.apply(replace(_move(found(changes.file, approval.subject_id), "denied"), reason=reason))


def remind(changes: Changeset, name: str, now: datetime, laws: Regimes) -> ClawbackRow:
    """Record that the payee was reminded: his time runs anew."""
    row = found(changes.file, name)
    _check_waits(row)
    changes.apply(_timed(changes.file, row, "reminded", now, laws))
    return found(changes.file, name)


def write_off(changes: Changeset, name: str, actor: str, reason: str, now: datetime) -> str:
    """Ask that what has not come be written off; returns the approval's id."""
    row = found(changes.file, name)
    _check_waits(row)
    changes.apply(_move(row, "write_off_asked", {"asked_by": actor, "write_off_reason": reason}))
    return ask(changes, ApprovalKind.CLAWBACK_WRITE_OFF, name, actor, now)


def confirm_write_off(
    changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes
) -> None:
    """A second person gives it up: what a stranger has is lost, and the victim is owed it."""
    del now, laws
    changes.apply(_move(found(changes.file, approval.subject_id), "write_off_confirmed"))
    _book(changes)


def deny_write_off(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """It is still to be had: the order stands."""
    row = found(changes.file, approval.subject_id)
    changes.apply(replace(_move(row, "write_off_denied"), reason=reason))


def advance(changes: Changeset, now: datetime) -> None:
    """What came in counts; what is overdue is its officer's."""
    for row in changes.file.clawbacks:
        came = received_for(changes.file, row.id)
        is_lost = row.state is _S.WRITTEN_OFF
        if came >= row.amount_minor and (row.state in OPEN_CLAWBACKS or is_lost):
            changes.apply(_move(row, "received"))
        elif row.state is _S.ORDERED and row.due_at is not None and row.due_at <= now:
            changes.apply(_move(row, "overdue"))
    _book(changes)


def _book(changes: Changeset) -> None:
    """Each payout says what of it is with its victim no more."""
    for payout in changes.file.payouts:
        gone = clawed_minor(changes.file, payout)
        if gone > payout.clawed_minor and payout.state is PayoutState.SETTLED:
            values: dict[str, Scalar] = {"clawed_minor": gone}
            changes.apply(
                Transition(EntityKind.PAYOUT, payout.id, "clawed_back", payout.state, values)
            )


def _timed(
    file: CaseFile, row: ClawbackRow, event: str, now: datetime, laws: Regimes
) -> Transition:
    law = laws[file.recovery.regime]
    clock: Row | None = law.measure(Measure.CLAWBACK) if law.has(Measure.CLAWBACK) else None
    values: dict[str, Scalar] = {
        "due_at": terms.due_at(clock.limit, now, law) if clock else None,
        "law_row": clock.code if clock else "",
    }
    basis = f"{clock.instrument}, {clock.article}" if clock else ""
    return replace(_move(row, event, values), legal_basis=basis)


def _check_waits(row: ClawbackRow) -> None:
    if row.state not in _WAITS:
        raise StepRefusedError(
            phrase(
                "{row_id} is {state}: nobody owes it now",
                row_id=row.id,
                state=row.state.replace("_", " "),
            )
        )


def _move(row: ClawbackRow, event: str, values: dict[str, Scalar] | None = None) -> Transition:
    return Transition(EntityKind.CLAWBACK, row.id, event, row.state, values or {})


def found(file: CaseFile, name: str) -> ClawbackRow:
    """The order of that id; StepRefusedError where there is none."""
    row = next((c for c in file.clawbacks if c.id == name), None)
    if row is None:
        ref = file.recovery.ref
        raise StepRefusedError(
            phrase(
                "{ref} has no clawback {name}: `recovery clawback list {ref}` shows them",
                ref=ref,
                name=name,
            )
        )
    return row
