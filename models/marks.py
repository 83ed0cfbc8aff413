"""Marks: columns that note what people were told, by which no rule decides anything else.

An alarm or a reminder is due again and again until it is noted that it was given. That note changes
no figure, no sum and no other rule's answer, so nobody has to be asked again because of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.catalogue import next_state
from models.entities.event import EntityKind
from models.outcome import Transition

MARKS: Mapping[EntityKind, frozenset[str]] = {
    EntityKind.APPROVAL: frozenset({"alarmed"}),
    EntityKind.HOLD: frozenset({"reminded_hours", "escalated_at"}),
}
"""Who else reads one of these has to be told of it, and takes it off this list."""


def is_mark(move: Transition) -> bool:
    """Whether a transition notes something and changes nothing else."""
    columns = MARKS.get(move.noun)
    return (
        columns is not None
        and bool(move.values)
        and move.values.keys() <= columns
        and not move.postings
        and next_state(move.noun, move.state, move.event) == move.state
    )
