"""An officer's steps about holds: drafts to send or submit, renewals, lapses to take note of."""

from __future__ import annotations

from collections.abc import Iterator

from models.file import RecoveryFile, Step
from models.money import Money
from models.rows import HoldRow
from models.states import HoldKind, HoldState, Role
from recovery_flows.rules import lapsing
from recovery_flows.rules.actions import Action
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.renewing import OPEN_TO_SUBMIT, Renewal
from recovery_flows.rules.step_figures import sum_of


def of(file: RecoveryFile, laws: Laws) -> Iterator[Step]:
    """Every step that a hold of this file needs from an officer."""
    for hold in file.holds:
        if hold.state is HoldState.DRAFT:
            yield _draft(file, hold, laws)
        elif hold.state is HoldState.FROZEN and hold.renewal in OPEN_TO_SUBMIT:
            again = " again: the bank refused it" if hold.renewal == Renewal.REFUSED else ""
            text = f"submit the renewal of {sum_of(file, Action.SUBMIT_RENEWAL, hold.id)}{again}"
            yield Step(
                Action.SUBMIT_RENEWAL, Role.OFFICER, hold.id, hold.asset_id, hold.expires_at, text
            )
    for hold in lapsing.unseen(file):
        text = f"take note: the {hold.kind} at {file.asset(hold.asset_id).partner_id} has lapsed"
        yield Step(Action.SEE_LAPSE, Role.OFFICER, hold.id, hold.asset_id, hold.expires_at, text)


def _draft(file: RecoveryFile, hold: HoldRow, laws: Laws) -> Step:
    amount = Money(hold.requested_minor, hold.currency)
    if hold.kind is HoldKind.STOP:
        text = f"send the stop-payment of {amount}"
        before = file.hold(hold.supersedes_id) if hold.supersedes_id else None
        due = file.recovery.reported_at if not hold.repeat_number else None
        if before is not None and before.kind is HoldKind.VOLUNTARY:
            text, due = f"start the order behind what the bank holds: {amount}", before.expires_at
        elif before is not None and before.state is HoldState.LAPSED:
            text, due = f"stop {amount} again: the {before.kind} has lapsed", before.expires_at
        elif before is not None and before.state is HoldState.NO_FUNDS:
            text = f"money came into the watched account: stop {amount}"
        if hold.scope_reason:
            text += ", more than is disputed"
        least = laws[file.asset(hold.asset_id).regime].minimum_worth(hold.currency)
        if amount < least:
            text += f", below the minimum worth of {least}"
        return Step(Action.ORDER_STOP, Role.OFFICER, hold.id, hold.asset_id, due, text)
    due = file.hold(hold.supersedes_id).expires_at if hold.supersedes_id else None
    text = f"submit the freeze of {amount}"
    if hold.kind is HoldKind.QUEUE:
        text = f"submit the freeze of {amount} behind another authority's"
    return Step(Action.SUBMIT_FREEZE, Role.OFFICER, hold.id, hold.asset_id, due, text)
