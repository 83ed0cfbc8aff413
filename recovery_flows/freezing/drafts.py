"""Drafts of holds: what every kind has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.asset import AssetRow, Stage
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.ids import derive_id
from models.outcome import Transition
from recovery_flows.ledger.changeset import Changeset

if TYPE_CHECKING:
    from collections.abc import Iterable

NEVER_TRIED = frozenset({HoldState.DENIED, HoldState.CANCELLED})
NOT_ORDERED = frozenset({HoldState.DRAFT, HoldState.PENDING_APPROVAL})
UNANSWERED = frozenset({HoldState.DRAFT, HoldState.PENDING_APPROVAL, HoldState.ORDERED})

_GOING = UNANSWERED | {HoldState.QUEUED}


def supersedes(file: CaseFile, hold: HoldRow) -> bool:
    """Whether a hold keeps what another one has kept until then: nothing has left between them."""
    if not hold.supersedes_id:
        return False
    before = file.hold(hold.supersedes_id).state
    return before in LIVE_HOLDS or before is HoldState.SUPERSEDED


def draft_hold(
    changes: Changeset,
    asset: AssetRow,
    kind: HoldKind,
    requested_minor: int,
    law_row: str,
    *,
    supersedes_id: str = "",
    repeat_number: int = 0,
) -> str:
    """Draft a hold of so many minor units of the account's currency; return its id."""
    hold_id = next_hold_id(changes, asset, kind)
    changes.apply(
        Transition(
            EntityKind.HOLD,
            hold_id,
            "drafted",
            None,
            {
                "asset_id": asset.id,
                "kind": kind,
                "currency": asset.currency,
                "requested_minor": requested_minor,
                "law_row": law_row,
                "supersedes_id": supersedes_id,
                "repeat_number": repeat_number,
            },
        )
    )
    return hold_id


def next_hold_id(changes: Changeset, asset: AssetRow, kind: HoldKind) -> str:
    """The id of the next hold on an account."""
    return derive_id("hold", asset.id, kind, len(changes.file.holds_of(asset.id)) + 1)


def take_back(changes: Changeset, hold: HoldRow, reason: str) -> None:
    """Withdraw a hold that has not been ordered, and whatever yes it waits for."""
    asked = changes.file.pending(hold.id)
    if asked is not None:
        changes.apply(
            Transition(EntityKind.APPROVAL, asked.id, "voided", asked.state, reason=reason)
        )
    changes.apply(Transition(EntityKind.HOLD, hold.id, "cancelled", hold.state, reason=reason))


def is_followed(holds: Iterable[HoldRow], hold: HoldRow) -> bool:
    """Whether another hold was tried in the place of this one."""
    return any(h.supersedes_id == hold.id and h.state not in NEVER_TRIED for h in holds)


def is_followed_in_vain(holds: Iterable[HoldRow], hold: HoldRow) -> bool:
    """Whether every order that was to take a hold over is answered, and the hold stands still."""
    after = [h for h in holds if h.supersedes_id == hold.id and h.state not in NEVER_TRIED]
    return bool(after) and not any(h.state in _GOING for h in after)


def back_to_freezing(changes: Changeset, asset: AssetRow, reason: str) -> None:
    """An account on which something is to be held again has work left, also where it was closed."""
    if asset.stage is Stage.FREEZING:
        return
    event = "reopened" if asset.stage is Stage.CLOSED else "hold_needed"
    changes.apply(Transition(EntityKind.ASSET, asset.id, event, asset.stage, reason=reason))
