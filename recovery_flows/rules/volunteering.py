"""What a bank holds of its own accord: recorded with its own clock, followed by an order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models.moves import reopened
from models.outcome import Move, Scalar
from models.rows import AssetRow
from models.states import HoldKind, Noun, Stage
from recovery_flows.rules import clocks
from recovery_flows.rules.acts import StepRefusedError
from recovery_flows.rules.drafting import next_hold_id
from recovery_flows.rules.law import Measure
from recovery_flows.rules.progress import Progress

if TYPE_CHECKING:
    from recovery_flows.rules.freezing import Laws


def record_voluntary(
    progress: Progress,
    asset_id: str,
    minor: int,
    since: datetime,
    until: datetime | None,
    laws: Laws,
) -> datetime:
    """Record that a bank holds `minor` units since an instant; return when that fades.

    The earlier of what the bank said and the regime's own figure ends it. The order behind it is
    drafted at once: that is the task that its clock is for.
    """
    file = progress.file
    asset = file.asset(asset_id)
    law = laws[asset.regime]
    if not law.has(Measure.VOLUNTARY):
        raise StepRefusedError(f"the law {law.code} knows no voluntary hold")
    if minor <= 0 or (until is not None and until <= since):
        raise StepRefusedError("a voluntary hold is above zero and ends after it began")
    row = law.measure(Measure.VOLUNTARY)
    ends = clocks.due_at(row.limit, since, law)
    ends = ends if until is None else min(ends, until)
    _attend_to(progress, asset)
    progress.take(
        Move(
            Noun.HOLD,
            next_hold_id(progress, asset, HoldKind.VOLUNTARY),
            "volunteered",
            None,
            {
                "asset_id": asset.id,
                "kind": HoldKind.VOLUNTARY,
                "currency": asset.currency,
                "requested_minor": minor,
                "held_minor": minor,
                "acted_at": since,
                "expires_at": ends,
                "law_row": row.code,
            },
            legal_basis=f"{row.instrument}, {row.article}",
        )
    )
    return ends


def _attend_to(progress: Progress, asset: AssetRow) -> None:
    """An account that was left alone is not any more: somebody holds money there for the case."""
    if asset.left_alone:
        values: dict[str, Scalar] = {"left_alone": ""}
        progress.take(Move(Noun.ASSET, asset.id, "updated", asset.stage, values))
    if asset.stage is Stage.CLOSED:
        progress.take(Move(Noun.ASSET, asset.id, reopened(asset), asset.stage))
