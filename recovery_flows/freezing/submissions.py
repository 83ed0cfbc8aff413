"""An officer sends a stop-payment, or submits a freeze for approval."""

from __future__ import annotations

from datetime import datetime

from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import orders as hold_orders, stage as freezing
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset


def order_stop(changes: Changeset, hold_id: str, actor: str, now: datetime, laws: Regimes) -> None:
    """Send a stop-payment first; another person confirms it within the regime's time.

    One that blocks more than is disputed waits for its approval instead, and so does every one
    where the regime lets none leave first.
    """
    hold = changes.file.hold(hold_id)
    if hold.kind is not HoldKind.STOP or hold.state is not HoldState.DRAFT:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: only a drafted stop can be sent",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    law = laws[changes.file.asset(hold.asset_id).regime]
    if hold.scope_reason or not law.has(Measure.CONFIRMATION):
        values: dict[str, Scalar] = {"drafted_by": actor}
        changes.apply(Transition(EntityKind.HOLD, hold.id, "submitted", hold.state, values))
        ask(changes, ApprovalKind.ORDER_STOP, hold.id, actor, now)
        return
    values = {"drafted_by": actor, "ordered_at": now}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "ordered_first", hold.state, values))
    due = terms.due_at(law.confirmation.limit, now, law)
    asked = ask(changes, ApprovalKind.ORDER_STOP, hold.id, actor, now, due_at=due, post_hoc=True)
    changes.call(hold_orders.hold_intent(changes.file, changes.file.hold(hold.id), asked))
    asset = changes.file.asset(hold.asset_id)
    if freezing.statement_is_wanted(changes.file, asset):
        changes.call(freezing.statement_intent(asset, now))


def submit_freeze(changes: Changeset, hold_id: str, actor: str, now: datetime) -> None:
    """Submit a drafted freeze for approval."""
    hold = changes.file.hold(hold_id)
    if hold.state is not HoldState.DRAFT:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: only a draft can be submitted",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    stop_ends = None
    if hold.supersedes_id:
        stop_ends = changes.file.hold(hold.supersedes_id).expires_at
    values: dict[str, Scalar] = {"drafted_by": actor}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "submitted", hold.state, values))
    ask(changes, ApprovalKind.FREEZE, hold.id, actor, now, due_at=stop_ends)
