"""The milestones of a recovery, and which steps are missing to a later one."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.hold import HoldState
from models.entities.recovery import RecoveryState

_PATH = (
    ("accepted", "accept the report (officer)"),
    ("stopped", "send the stop-payment (officer) and have it confirmed (supervisor)"),
    ("traced", "get the statement and trace the money (engine)"),
    ("frozen", "submit the freeze (officer) and have it approved (supervisor)"),
    (
        "decided",
        "check the title, publish a notice where due, submit the return (officer)",
    ),
    ("returned", "approve the return (supervisor) and see the payout booked (bank)"),
    ("closed", "submit the closing (officer) and have it approved (supervisor)"),
)

_PAID = frozenset({AllocationState.PAID, AllocationState.PAID_IN_PART})


def milestones() -> tuple[str, ...]:
    """The names that a recovery passes on its way, in order."""
    return tuple(name for name, _ in _PATH)


def missing_steps(file: CaseFile, target: str) -> tuple[str, ...]:
    """The steps that lie between where a file is and the milestone `target`, in words."""
    names = milestones()
    reached = _reached(file)
    upto = names.index(target)
    return tuple(words for name, words in _PATH[: upto + 1] if names.index(name) > reached)


def _reached(file: CaseFile) -> int:
    """Index of the last milestone of the path that is behind this file without a gap; -1: none."""
    states = {h.state for h in file.holds}
    behind = (
        file.recovery.state is not RecoveryState.REPORTED,
        bool(states & {HoldState.STOPPED, HoldState.FROZEN, HoldState.SUPERSEDED}),
        file.trace is not None,
        HoldState.FROZEN in states or HoldState.DISPOSED in states,
        any(a.state in {AllocationState.APPROVED, *_PAID} for a in file.allocations),
        any(a.state in _PAID for a in file.allocations),
        file.recovery.state not in (RecoveryState.REPORTED, RecoveryState.OPEN),
    )
    return next((i for i, done in enumerate(behind) if not done), len(behind)) - 1
