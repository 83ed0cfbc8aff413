"""Steps and deadlines of clawbacks: who has to act, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.officer import Role
from models.entities.payout import ClawbackRow, ClawbackState
from models.money import Money
from models.step_wording import Wording, say
from recovery_flows.ledger.payout_parts import received_for


def steps(file: CaseFile) -> Iterator[Step]:
    """The officer's step for an overdue clawback: remind the payee, or request the write-off."""
    for row in file.clawbacks:
        if row.state is ClawbackState.OVERDUE:
            text = say("clawback_overdue", amount=open_of(file, row))
            yield _step(file, ActionKind.FOLLOW_CLAWBACK, Role.OFFICER, row, text)


def waits(file: CaseFile) -> Iterator[Step]:
    """Whether money is due, so that closing the recovery is not proposed."""
    for row in file.clawbacks:
        if row.state is ClawbackState.ORDERED:
            due = f"{row.due_at:%Y-%m-%d}" if row.due_at else "no set day"
            text = say("wait_clawback", due=due)
            yield _step(file, ActionKind.WAIT, Role.ENGINE, row, text)


def _step(file: CaseFile, action: ActionKind, role: Role, row: ClawbackRow, text: Wording) -> Step:
    asset_id = next(p.asset_id for p in file.payouts if p.id == row.payout_id)
    return Step(action, role, row.id, asset_id, row.due_at, text)


def open_of(file: CaseFile, row: ClawbackRow) -> Money:
    """The part of an order that was not paid back."""
    return Money(max(0, row.amount_minor - received_for(file, row.id)), row.currency)


def instants(file: CaseFile) -> Iterator[datetime]:
    """The instants at which a time to pay ends, when the engine looks at the recovery again."""
    for row in file.clawbacks:
        if row.state is ClawbackState.ORDERED and row.due_at is not None:
            yield row.due_at
