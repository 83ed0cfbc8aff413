"""Marks a recovery to be traced again: a statement arrived, or was refused."""

from __future__ import annotations

from datetime import datetime

from models.entities.event import EntityKind
from models.outcome import Scalar, Transition
from recovery_flows.ledger.changeset import Changeset

SILENT = "the bank refused its statement"


def take_statement(
    progress: Changeset, noun: EntityKind, subject_id: str, covers_to: datetime
) -> None:
    """A statement came in for an asset or a claim's own account: the trace is due again."""
    values: dict[str, Scalar] = {"statement_to": covers_to}
    if noun is EntityKind.ASSET:
        asset = progress.file.asset(subject_id)
        if asset.left_alone.startswith(SILENT):
            values["left_alone"] = ""
        progress.take(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))
    else:
        claim = next(c for c in progress.file.claims if c.id == subject_id)
        progress.take(Transition(EntityKind.CLAIM, claim.id, "updated", claim.state, values))
    want_trace(progress)


def want_trace(progress: Changeset) -> None:
    """Mark the recovery so that the tracing flow traces it again."""
    recovery = progress.file.recovery
    if not recovery.trace_wanted:
        progress.take(
            Transition(
                EntityKind.RECOVERY, recovery.id, "updated", recovery.state, {"trace_wanted": True}
            )
        )
