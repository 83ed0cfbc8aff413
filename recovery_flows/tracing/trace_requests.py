"""Marks a recovery to be traced again: a statement arrived, or was refused."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.outcome import Scalar, Transition
from recovery_flows.freezing.answers import CLOCKS_APART
from recovery_flows.freezing.drafts import supersedes
from recovery_flows.ledger.changeset import Changeset

SILENT = "the bank refused its statement"


def request_trace_to(
    changes: Changeset,
    noun: EntityKind,
    subject_id: str,
    covers_to: datetime,
    asked_at: datetime | None = None,
) -> None:
    """Request a new trace: a statement arrived for an asset or for a claim's own account.

    `asked_at` is when the bank was asked for it; one that ends before a hold that was known then is
    not asked for again and again: a person asks once the bank can tell.
    """
    values: dict[str, Scalar] = {"statement_to": covers_to}
    if noun is EntityKind.ASSET:
        asset = changes.file.asset(subject_id)
        if asset.left_alone.startswith(SILENT):
            values["left_alone"] = ""
        if asked_at is not None and _falls_short(changes.file, asset.id, covers_to, asked_at):
            values["left_alone"] = f"{SILENT} of what came after {covers_to:%Y-%m-%d %H:%M} UTC"
        changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))
    else:
        claim = next(c for c in changes.file.claims if c.id == subject_id)
        changes.apply(Transition(EntityKind.CLAIM, claim.id, "updated", claim.state, values))
    request_trace(changes)


def _falls_short(file: CaseFile, asset_id: str, covers_to: datetime, asked_at: datetime) -> bool:
    """Whether a statement asked for after the hold ends long before it.

    One asked together with the stop may miss it by a moment: it is asked again at once.
    """
    short = covers_to + CLOCKS_APART
    return any(
        h.acted_at is not None and short < h.acted_at <= asked_at and not supersedes(file, h)
        for h in file.holds_of(asset_id)
    )


def request_trace(changes: Changeset) -> None:
    """Mark the recovery so that the tracing flow traces it again."""
    recovery = changes.file.recovery
    if not recovery.trace_wanted:
        changes.apply(
            Transition(
                EntityKind.RECOVERY, recovery.id, "updated", recovery.state, {"trace_wanted": True}
            )
        )
