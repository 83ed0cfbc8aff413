"""What the engine cannot process: a discrepancy with its own retry times, released by a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow, DiscrepancyState
from models.entities.event import EntityKind
from models.language.phrase import stored_phrase
from models.outcome import Transition
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset

_FIRST_PAUSE_SECONDS = 30
_LONGEST_PAUSE_SECONDS = 3600
_TIMES_LONGER = 4
_DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Work:
    """What failed: the engine's decision on a recovery, one call, or a bank's news of a subject."""

    recovery_id: str
    noun: EntityKind
    subject_id: str
    asset_id: str = ""

    @property
    def discrepancy_id(self) -> str:
        """The one discrepancy of this work, however often it fails."""
        kind = DiscrepancyKind.PROCESSING_FAILED
        return discrepancies.name_of(self.recovery_id, kind, self.noun, self.subject_id)


def deciding_on(recovery_id: str) -> Work:
    """The engine's own decision on a recovery."""
    return Work(recovery_id, EntityKind.RECOVERY, recovery_id)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: growing, up to an hour."""
    seconds = _FIRST_PAUSE_SECONDS
    for _ in range(min(attempts - 1, 10)):
        seconds = min(seconds * _TIMES_LONGER, _LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds)


def failure(
    work: Work, known: DiscrepancyRow | None, detail: str, now: datetime, wall_now: datetime
) -> tuple[Transition, DiscrepancyRow]:
    """One more failed attempt at some work, and the discrepancy as it is then.

    `wall` is transport time, which retries count in.

    Attempts count on where the work went through in between by itself, and anew where a person
    has released it.
    """
    attempts = 1 if known is None or known.resolved_by else known.attempts + 1
    values: dict[str, Any] = {
        "attempts": attempts,
        "retry_at": wall_now + pause(attempts),
        "detail": detail[:_DETAIL_LENGTH],
    }
    if known is None:
        values |= {
            "kind": DiscrepancyKind.PROCESSING_FAILED, "subject_noun": work.noun,
            "subject_id": work.subject_id, "asset_id": work.asset_id, "found_at": now,
        }  # fmt: skip
        name = work.discrepancy_id
        born = DiscrepancyRow(
            id=name, recovery_id=work.recovery_id, state=DiscrepancyState.OPEN, **values
        )
        return Transition(EntityKind.DISCREPANCY, name, "found", None, values), born
    event = "updated"
    if known.state is not DiscrepancyState.OPEN:
        event = "found_again"
        values |= {"found_at": now, "resolved_by": "", "resolved_at": None}
    move = Transition(EntityKind.DISCREPANCY, known.id, event, known.state, values)
    return move, replace(known, state=DiscrepancyState.OPEN, **values)


def open_failures(file: CaseFile, noun: EntityKind, subject_id: str) -> Iterator[DiscrepancyRow]:
    """What is quarantined of this subject."""
    for found in discrepancies.open_ones(file):
        same = (found.subject_noun, found.subject_id) == (noun, subject_id)
        if found.kind is DiscrepancyKind.PROCESSING_FAILED and same:
            yield found


def went_through(changes: Changeset, noun: EntityKind, subject_id: str, now: datetime) -> None:
    """Work that had failed was done: its discrepancy is over by itself."""
    for found in open_failures(changes.file, noun, subject_id):
        reason = stored_phrase(
            "processed after {attempts} failed attempts", attempts=found.attempts
        )
        discrepancies.clear(changes, found.id, now, reason)
