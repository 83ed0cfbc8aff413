"""Deadlines of money that comes back by other ways than a hold, and of what is owed to others."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.payout import OPEN_CLAWBACKS, ClawbackState, UnclaimedState
from models.entities.recall import WAITS_FOR_BANK, RecallState
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.cases.due.deadline import Deadline
from recovery_flows.recalls import (
    lifecycle as recalls,
    next_steps as recall_steps,
    returned_money,
)
from recovery_flows.restitution import voluntary, voluntary_steps
from recovery_flows.restitution.clawback import steps as clawback_steps
from recovery_flows.restitution.third_party import steps as third_party_steps


def of_returns(file: CaseFile) -> Iterator[Deadline]:
    """The answer to an invitation, and the next part of what was promised."""
    for row in file.voluntary_returns:
        due = voluntary_steps.due_next(file, row)
        if due is None:
            continue
        asset_id = next((a.id for a in file.assets if a.account_id == row.account_id), "")
        said = voluntary.standing(file, row)
        part = said.next_part
        what = phrase("answer to the invitation due")
        if part is not None:
            what = phrase("part {number} of the promised return due", number=part.number)
        note = (
            phrase(
                "{received} of {promised} received", received=said.received, promised=said.promised
            )
            if part
            else phrase("invited")
        )
        yield Deadline(
            what, due, file.recovery.regime, row.law_row if part is None else "", row.id,
            asset_id, note,
        )  # fmt: skip


def of_unclaimed(file: CaseFile) -> Iterator[Deadline]:
    """The end of each notice on what nobody has claimed: then it goes to the treasury."""
    for row in file.unclaimed:
        if row.state is UnclaimedState.ANNOUNCED:
            asset_id = next(p.asset_id for p in file.payouts if p.id == row.payout_id)
            yield Deadline(
                phrase("unclaimed share goes to the treasury"),
                row.due_at,
                file.recovery.regime,
                row.law_row,
                row.id,
                asset_id,
                phrase("{amount} announced", amount=Money(row.amount_minor, row.currency)),
            )


def of_clawbacks(file: CaseFile) -> Iterator[Deadline]:
    """Until when money that was ordered back is to come."""
    for row in file.clawbacks:
        if row.state in OPEN_CLAWBACKS and row.due_at is not None:
            asset_id = next(p.asset_id for p in file.payouts if p.id == row.payout_id)
            note = phrase("{amount} has not come", amount=clawback_steps.open_of(file, row))
            yield Deadline(
                phrase("money ordered back due"),
                row.due_at,
                file.recovery.regime,
                row.law_row,
                row.id,
                asset_id,
                note,
                row.state is not ClawbackState.ORDERED,
            )


def of_others(file: CaseFile) -> Iterator[Deadline]:
    """What third parties are owed: an answer, or a payment."""
    for end in third_party_steps.ends(file):
        what, due, law_row, subject_id, asset_id, note = end
        regime = file.recovery.regime
        yield Deadline(what, due, regime, law_row, subject_id, asset_id, note)


def of_recalls(file: CaseFile) -> Iterator[Deadline]:
    """The bank's answer to a recall, or after a yes its money; then the end of the waiting."""
    for row in file.recalls:
        due = row.due_at if row.state in WAITS_FOR_BANK else None
        if row.state is RecallState.UNANSWERED:
            due = row.expires_at
        if due is None:
            continue
        is_owed = row.state is RecallState.ACCEPTED
        what = phrase("money of the recall due") if is_owed else phrase("answer to the recall due")
        if row.state is RecallState.UNANSWERED:
            what = phrase("recall without an answer expires")
        note = phrase(
            "{came} of {requested} came back",
            came=returned_money.came(file, row),
            requested=recalls.requested(row),
        )
        yield Deadline(
            what, due, file.recovery.regime, row.law_row, row.id,
            recall_steps.asset_of(file, row), note, partner_id=row.partner_id,
        )  # fmt: skip
