"""The milestones of a recovery, the officer's step to one, and which are missing to a later."""

from __future__ import annotations

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.allocation import AllocationState
from models.entities.hold import HoldState
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.language.phrase import joined, phrase
from recovery_flows.errors import MisuseError, StepRefusedError

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


def officer_step(file: CaseFile, open_steps: list[Step], to: str) -> Step:
    """The officer's first open step, or the one on `to`: an id, or a milestone it leads to.

    MisuseError where `to` is neither; StepRefusedError where nothing is open for an officer, or
    more than one step is missing.
    """
    named = next((s for s in open_steps if to and s.subject_id == to), None)
    if named is not None and named.role is Role.OFFICER:
        return named
    if to:
        if to not in milestones():
            known = ", ".join(milestones())
            raise MisuseError(
                phrase("--to {to!r} is no milestone; there are: {known}", to=to, known=known)
            )
        missing = missing_steps(file, to)
        if len(missing) > 1:
            raise StepRefusedError(
                phrase(
                    "{ref} cannot go to {to} yet; missing: {missing}",
                    ref=file.recovery.ref,
                    to=to,
                    missing=joined("; ", missing),
                )
            )
    for step in open_steps:
        if step.role is Role.OFFICER and step.action != ActionKind.TELL_VICTIM:
            return step
    first = open_steps[0]
    if file.recovery.state not in (RecoveryState.OPEN, RecoveryState.REPORTED):
        raise StepRefusedError(
            phrase("{ref} is {sentence}", ref=file.recovery.ref, sentence=first.sentence)
        )
    raise StepRefusedError(
        phrase(
            "{ref} needs nothing from an officer now; next: {sentence} ({role})",
            ref=file.recovery.ref,
            sentence=first.sentence,
            role=first.role,
        )
    )


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
