"""What a bank holds of its own accord: recorded with its own clock, followed by an order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models.entities.asset import AssetRow, Stage, reopened
from models.entities.event import EntityKind
from models.entities.hold import HoldKind
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing.drafts import next_hold_id
from recovery_flows.law import terms
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regimes


def record_voluntary(
    changes: Changeset,
    asset_id: str,
    minor: int,
    since: datetime,
    until: datetime | None,
    laws: Regimes,
) -> datetime:
    """Record that a bank holds `minor` units since an instant; return when that fades.

    The earlier of what the bank said and the regime's own figure ends it. The order behind it is
    drafted at once: that is the task that its clock is for.
    """
    file = changes.file
    asset = file.asset(asset_id)
    law = laws[asset.regime]
    if not law.has(Measure.VOLUNTARY):
        raise StepRefusedError(phrase("the law {code} knows no voluntary hold", code=law.code))
    if minor <= 0 or (until is not None and until <= since):
        raise StepRefusedError(phrase("a voluntary hold is above zero and ends after it began"))
    row = law.measure(Measure.VOLUNTARY)
    ends = terms.due_at(row.limit, since, law)
    ends = ends if until is None else min(ends, until)
    _attend_to(changes, asset)
    changes.apply(
        Transition(
            EntityKind.HOLD,
            next_hold_id(changes, asset, HoldKind.VOLUNTARY),
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


def _attend_to(changes: Changeset, asset: AssetRow) -> None:
    """An account that was left alone is not any more: somebody holds money there for the case."""
    if asset.left_alone:
        values: dict[str, Scalar] = {"left_alone": ""}
        changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))
    if asset.stage is Stage.CLOSED:
        changes.apply(Transition(EntityKind.ASSET, asset.id, reopened(asset), asset.stage))
