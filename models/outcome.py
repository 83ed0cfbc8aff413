"""What a rule returns: moves (one event each), balanced postings, calls to make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.entities.call import CallKind
from models.entities.catalogue import next_state
from models.entities.event import EntityKind
from models.entities.ledger import LedgerAccount

Scalar = str | int | bool | datetime | None
Values = Mapping[str, Scalar]


def spelled(value: Scalar) -> str | int | bool | None:
    """A column's value as an event spells it: instants as ISO text in UTC, the rest as is."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant without a zone reached an event")
        return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()
    return value


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg of a ledger entry; debit positive, credit negative.

    `claim_minor` is in the currency of the loss and feeds the identity; `asset_minor` is in the
    currency of the account where the money lies and feeds reconciliation.
    """

    account: LedgerAccount
    claim_minor: int
    claim_currency: str
    asset_minor: int
    asset_currency: str
    asset_id: str = ""
    hold_id: str = ""
    claim_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One object takes one event: a row is born (`state` None) or changes.

    `values` are the columns that change, every one of them covered by the event's digest.
    """

    noun: EntityKind
    id: str
    event: str
    state: str | None
    values: Values = field(default_factory=dict)
    postings: tuple[Posting, ...] = ()
    reason: str = ""
    legal_basis: str = ""


MARKS: Mapping[EntityKind, frozenset[str]] = {
    EntityKind.APPROVAL: frozenset({"alarmed"}),
    EntityKind.HOLD: frozenset({"reminded_hours", "escalated_at"}),
}
"""Columns that note what people were told, by which no rule decides anything else.

An alarm or a reminder is due again and again until it is noted that it was given. That note changes
no figure, no sum and no other rule's answer, so nobody has to be asked again because of it. Who
else reads one of these has to be told of it, and takes it off this list.
"""


def is_mark(move: Transition) -> bool:
    """Whether a transition notes what was told and changes nothing else."""
    columns = MARKS.get(move.noun)
    return (
        columns is not None
        and bool(move.values)
        and move.values.keys() <= columns
        and not move.postings
        and next_state(move.noun, move.state, move.event) == move.state
    )


@dataclass(frozen=True, slots=True)
class CallIntent:
    """A call that is to be saved before it is sent; `id` is its idempotency key.

    `subject_*` name what it is about; the body is built and frozen when it is saved.
    """

    id: str
    partner_id: str
    kind: CallKind
    noun: EntityKind
    subject_id: str
    asset_id: str
    approval_id: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that one decision changes, recorded in one transaction or not at all."""

    moves: tuple[Transition, ...] = ()
    calls: tuple[CallIntent, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.moves + other.moves, self.calls + other.calls)

    def __bool__(self) -> bool:
        return bool(self.moves or self.calls)


def unbalanced(postings: Sequence[Posting]) -> dict[str, int]:
    """Sums that are not zero, per currency of claim and of asset; empty for a balanced entry."""
    sums: dict[str, int] = {}
    for posting in postings:
        for side, minor in (
            (f"claim {posting.claim_currency}", posting.claim_minor),
            (f"asset {posting.asset_currency}", posting.asset_minor),
        ):
            sums[side] = sums.get(side, 0) + minor
    return {side: minor for side, minor in sums.items() if minor}
