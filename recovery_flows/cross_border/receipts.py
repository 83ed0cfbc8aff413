"""Delivery receipts of a request: rows of their own, of which the strongest counts.

A weaker one never replaces a stronger; after a negative one a positive one is kept and changes
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.entities.event import EntityKind
from models.entities.request import WENT_OUT, RequestRow
from models.ids import derive_id
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from recovery_flows.cross_border import clocks
from recovery_flows.cross_border.channels import Channel
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it came: its kind, when it was made, its paper's digest, who entered it.

    `is_reported` where the connection reports it, and nobody enters it.
    """

    kind: str
    at: datetime
    proof: str
    entered_by: str
    is_reported: bool = False


_EVENTS = {False: ("came", "came_late"), True: ("reported", "reported_late")}


def take(changes: Changeset, request: RequestRow, receipt: Receipt, channel: Channel) -> bool:
    """Record a receipt; whether it counts. The same paper twice is one receipt."""
    rules = channel.receipts
    if rules is None:
        raise StepRefusedError(phrase("{code} knows no delivery receipts", code=channel.code))
    if receipt.kind not in rules.order:
        raise MisuseError(
            phrase(
                "--receipt takes one of {named}, not {kind!r}",
                named=", ".join(rules.order),
                kind=receipt.kind,
            )
        )
    if request.state not in WENT_OUT or request.sent_at is None:
        raise StepRefusedError(
            phrase(
                "{request_id} is {request_state}: nothing of it was delivered",
                request_id=request.id,
                request_state=request.state,
            )
        )
    name = derive_id("receipt", request.id, receipt.kind, receipt.proof)
    if any(r.id == name for r in changes.file.receipts):
        raise StepRefusedError(phrase("this {kind} is recorded already", kind=receipt.kind))
    counts = _counts(rules.order, rules.negative, request.receipt, receipt.kind)
    row: dict[str, Scalar] = {
        "request_id": request.id, "kind": receipt.kind, "at": receipt.at, "proof": receipt.proof,
        "force": rules.order.index(receipt.kind) + 1, "entered_by": receipt.entered_by,
    }  # fmt: skip
    event = _EVENTS[receipt.is_reported][0 if counts else 1]
    moves = [Transition(EntityKind.REQUEST_RECEIPT, name, event, None, row)]
    if counts:
        noted = clocks.awaited(channel, receipt.kind, receipt.at) | {"receipt": receipt.kind}
        if receipt.kind in rules.negative:
            noted["receipt_fails"] = receipt.kind
        moves.append(
            Transition(EntityKind.REQUEST, request.id, "receipt_noted", request.state, noted)
        )
    changes.apply(*moves)
    return counts


def _counts(order: tuple[str, ...], negative: tuple[str, ...], in_force: str, kind: str) -> bool:
    """A higher number overrides; a negative one is overridden by a stronger negative one only."""
    if not in_force:
        return True
    is_stronger = order.index(kind) > order.index(in_force)
    return is_stronger and (in_force not in negative or kind in negative)
