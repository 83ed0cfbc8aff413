"""What a recall waits for: whom it makes act, until when, and when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.officer import Role
from models.entities.recall import WAITS_FOR_BANK, CreditState, RecallRow, RecallState
from models.money import Money
from models.step_wording import say
from recovery_flows.recalls.lifecycle import needs_officer, requested
from recovery_flows.recalls.returned_money import came_minor


def steps(file: CaseFile) -> Iterator[Step]:
    """An approved recall is sent, one that came to nothing is chased or ended, by the officer."""
    for row in file.recalls:
        if needs_officer(row) and not _is_looked_at(file, row):
            left = Money(row.requested_minor - came_minor(file, row), row.currency)
            text = say(
                f"recall_{row.state}", amount=requested(row), partner=row.partner_id, left=left,
                why=row.answer_code or "no reason",
            )  # fmt: skip
            action = ActionKind.FOLLOW_RECALL
            if row.state is RecallState.APPROVED:
                action = ActionKind.SEND_RECALL
            yield Step(action, Role.OFFICER, row.id, asset_of(file, row), row.due_at, text)


def _is_looked_at(file: CaseFile, row: RecallRow) -> bool:
    """Whether money of it waits for a second person: what is missing is known after that."""
    return any(c.recall_id == row.id and c.state is CreditState.ASKED for c in file.recall_credits)


def waits(file: CaseFile) -> Iterator[Step]:
    """While a bank is to answer or to pay, the recovery is not offered to be closed."""
    for row in file.recalls:
        if row.state in WAITS_FOR_BANK:
            due = f"{row.due_at:%Y-%m-%d}" if row.due_at else "no set day"
            text = say("wait_recall", partner=row.partner_id, due=due)
            yield Step(ActionKind.WAIT, Role.ENGINE, row.id, asset_of(file, row), row.due_at, text)


def asset_of(file: CaseFile, row: RecallRow) -> str:
    """The account that the payment went to, where it is one of the recovery; "" else."""
    claim = next(c for c in file.claims if c.id == row.claim_id)
    return next((a.id for a in file.assets if a.account_id == claim.payee_account_id), "")


def instants(file: CaseFile) -> Iterator[datetime]:
    """When the engine must look at a file because of what a bank was asked back."""
    for row in file.recalls:
        if row.state in WAITS_FOR_BANK and row.due_at is not None:
            yield row.due_at
        waiting = (RecallState.SENT, RecallState.PENDING, RecallState.UNANSWERED)
        if row.state in waiting and row.expires_at is not None:
            yield row.expires_at
