"""What a voluntary return waits for: whom it makes act, until when, and when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.officer import Role
from models.entities.voluntary_return import (
    OPEN_INSTALMENTS,
    InstalmentState,
    ReturnRow,
    ReturnState,
)
from models.money import Money
from models.step_wording import say
from recovery_flows.restitution.voluntary import instalments_of


def steps(file: CaseFile) -> Iterator[Step]:
    """An unanswered invitation and each overdue promise wait for the officer."""
    for row in file.voluntary_returns:
        asset_id = next((a.id for a in file.assets if a.account_id == row.account_id), "")
        if row.state is ReturnState.UNANSWERED:
            text = say("invitation_unanswered")
            yield Step(
                ActionKind.FOLLOW_RETURN, Role.OFFICER, row.id, asset_id, row.answer_due_at, text
            )
        parts = instalments_of(file, row.id)
        late = [p for p in parts if p.state is InstalmentState.OVERDUE]
        if late:
            amount = Money(sum(p.amount_minor for p in late), row.currency)
            text = say("instalment_overdue", number=late[0].number, amount=amount)
            yield Step(
                ActionKind.FOLLOW_RETURN, Role.OFFICER, row.id, asset_id, late[0].due_at, text
            )


def waits(file: CaseFile) -> Iterator[Step]:
    """While somebody is to answer or to pay, the recovery is not offered to be closed."""
    for row in file.voluntary_returns:
        due = due_next(file, row)
        if due is not None and row.state in (ReturnState.INVITED, ReturnState.PROMISED):
            text = say("wait_return", due=f"{due:%Y-%m-%d}")
            yield Step(ActionKind.WAIT, Role.ENGINE, row.id, "", due, text)


def due_next(file: CaseFile, row: ReturnRow) -> datetime | None:
    """When the next answer or part of a voluntary return is due; None where none is expected."""
    if row.state in (ReturnState.INVITED, ReturnState.UNANSWERED):
        return row.answer_due_at
    if row.state is not ReturnState.PROMISED:
        return None
    dues = [
        part.answer_due_at or part.due_at
        for part in instalments_of(file, row.id)
        if part.state in OPEN_INSTALMENTS
    ]
    return min(dues, default=None)


def instants(file: CaseFile) -> Iterator[datetime]:
    """When the engine must look at a file because of what was promised."""
    for row in file.voluntary_returns:
        if row.state is ReturnState.INVITED and row.answer_due_at is not None:
            yield row.answer_due_at
    for part in file.instalments:
        if part.state is InstalmentState.DUE:
            yield part.due_at
        elif part.state is InstalmentState.REMINDED and part.answer_due_at is not None:
            yield part.answer_due_at
