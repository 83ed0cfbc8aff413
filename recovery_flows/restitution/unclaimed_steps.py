"""What unclaimed shares wait for: whom they make act, until when, and when they are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.officer import Role
from models.entities.payout import UnclaimedRow, UnclaimedState
from models.money import Money
from models.step_wording import Wording, say
from recovery_flows.restitution import refused_payouts
from recovery_flows.restitution.unclaimed import is_going, kept_back

_S = UnclaimedState


def steps(file: CaseFile) -> Iterator[Step]:
    """A share whose notice has run waits for the officer who sends it to the treasury."""
    looked_into = {p.unclaimed_id for p in refused_payouts.unsettled(file)}
    for row in file.unclaimed:
        is_free = row.id not in looked_into and not is_going(file, row)
        if row.state is _S.TERM_ENDED and is_free and not kept_back(file, row):
            text = say("transfer_unclaimed", amount=Money(row.amount_minor, row.currency))
            yield _step(file, ActionKind.FOLLOW_UNCLAIMED, Role.OFFICER, row, text)


def waits(file: CaseFile) -> Iterator[Step]:
    """While a notice runs the recovery is not offered to be closed."""
    for row in file.unclaimed:
        if row.state is _S.ANNOUNCED:
            text = say("wait_unclaimed", due=f"{row.due_at:%Y-%m-%d}")
            yield _step(file, ActionKind.WAIT, Role.ENGINE, row, text)
        elif row.state is _S.TERM_ENDED and (why := kept_back(file, row)):
            text = say("transfer_unclaimed", amount=Money(row.amount_minor, row.currency))
            text += say("not_sent_yet", why=str(why))
            step = _step(file, ActionKind.WAIT, Role.ENGINE, row, text)
            yield replace(step, due_at=None)


def _step(file: CaseFile, action: ActionKind, role: Role, row: UnclaimedRow, text: Wording) -> Step:
    first = next(p for p in file.payouts if p.id == row.payout_id)
    return Step(action, role, row.id, first.asset_id, row.due_at, text)


def instants(file: CaseFile) -> Iterator[datetime]:
    """When the engine must look at a file because a notice ends."""
    return (u.due_at for u in file.unclaimed if u.state is _S.ANNOUNCED)
