"""A trace that contradicts payouts: it is not adopted, or the contradiction is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile, TraceView
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow
from models.entities.event import EntityKind
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.beyond_trace import (
    SETTLED_OR_GOING,
    beyond_trace,
    returned_or_going_minor,
)
from recovery_flows.ledger.changeset import Changeset

_KIND = DiscrepancyKind.TRACE_BELOW_RETURNS


def refuse(changes: Changeset, found: TraceView, now: datetime, mark: str) -> bool:
    """Leave a trace that contradicts what was paid back, or is being paid, to a person.

    `mark` tells this result from any other one: the same contradiction is found once.

    True where it is not to be adopted; the one in force stays, and the contradiction is owned. A
    payout is a bank's word or an order that has left; a trace is a computation on what is known.
    """
    file = changes.file
    before, after = beyond_trace(file, SETTLED_OR_GOING), _beyond(file, found)
    worse = {a: minor for a, minor in after.items() if minor > before.get(a, 0)}
    for asset_id, minor in worse.items():
        _own(changes, EntityKind.TRACE, asset_id, minor, mark, now)
    if worse:
        recovery = file.recovery
        values: dict[str, Scalar] = {"trace_wanted": False}
        reason = stored_phrase("the new trace was not adopted: it contradicts what was paid back")
        changes.apply(
            Transition(
                EntityKind.RECOVERY, recovery.id, "updated", recovery.state, values, reason=reason
            )
        )
    return bool(worse)


def _beyond(file: CaseFile, found: TraceView) -> dict[str, int]:
    return beyond_trace(replace(file, trace=found), SETTLED_OR_GOING)


def _own(
    changes: Changeset, noun: EntityKind, asset_id: str, minor: int, mark: str, now: datetime
) -> None:
    currency = changes.file.recovery.currency
    discrepancies.find(
        changes, _KIND, noun, asset_id, now, asset_id=asset_id,
        expected=Money(returned_or_going_minor(changes.file, asset_id), currency),
        stated=Money(minor, currency), mark=mark,
    )  # fmt: skip


def advance(changes: Changeset, now: datetime) -> None:
    """Contradictions of the trace in force are owned; those that are over want a new trace."""
    trace = changes.file.trace
    for asset_id, minor in beyond_trace(changes.file).items():
        _own(changes, EntityKind.ASSET, asset_id, minor, trace.id if trace else "", now)
    over = [d for d in discrepancies.open_ones(changes.file) if _is_over(changes.file, d)]
    for found in over:
        discrepancies.clear(
            changes, found.id, now, stored_phrase("nothing contradicts the trace any more")
        )
    recovery = changes.file.recovery
    if over and not recovery.trace_wanted:
        values: dict[str, Scalar] = {"trace_wanted": True}
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "updated", recovery.state, values)
        )


def _is_over(file: CaseFile, found: DiscrepancyRow) -> bool:
    """Whether a payout that contradicted a trace was refused, or the trace in force is another."""
    if found.kind is not _KIND:
        return False
    if found.subject_noun is EntityKind.TRACE:
        return returned_or_going_minor(file, found.asset_id) < (found.expected_minor or 0)
    return found.asset_id not in beyond_trace(file)
