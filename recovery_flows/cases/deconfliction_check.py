"""Before anything is sent: does another recovery know the account or the payment too?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session

from models.case_file import CaseFile, Step
from models.deconfliction_hits import AlsoLine, DeconflictionHit
from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.cases.deconfliction import hits_of_file
from models.queries.installation.officers import OfficerView
from recovery_flows.cases import deconfliction
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset


class DeconflictionError(StepRefusedError):
    """Another recovery knows the same account or payment, and nobody said that it is known."""

    def __init__(self, named: str, lines: Iterable[AlsoLine]) -> None:
        said = "; ".join(line.sentence for line in lines)
        super().__init__(
            phrase(
                "{named}: {said}. Nothing was sent: talk to them first, then send it knowing of "
                "them (`--allow-duplicate`)",
                named=named,
                said=said,
            )
        )


def also_lines(
    found: Iterable[DeconflictionHit], viewer: OfficerView | None
) -> tuple[AlsoLine, ...]:
    """What a person may be told of them; nobody in particular is told the least."""
    roles = viewer.roles if viewer else frozenset[Role]()
    return deconfliction.also_lines(found, viewer.id if viewer else "", roles)


def check_step(
    session: Session, file: CaseFile, step: Step, viewer: OfficerView | None, *, knowing: bool
) -> tuple[DeconflictionHit, ...]:
    """Those that a step would meet; DeconflictionError unless the person said to know of them."""
    if step.action not in deconfliction.SENDING:
        return ()
    found = deconfliction.warns(hits_of_file(session, file), file, step)
    check(file.recovery.ref, found, viewer, knowing=knowing)
    return found


def check(
    named: str, found: Iterable[DeconflictionHit], viewer: OfficerView | None, *, knowing: bool
) -> None:
    """DeconflictionError where there are any and nobody said to know of them."""
    lines = also_lines(found, viewer)
    if lines and not knowing:
        raise DeconflictionError(named, lines)


def carry_reason(changes: Changeset, subject_id: str, found: tuple[DeconflictionHit, ...]) -> None:
    """The event by which something leaves says that it was known."""
    if found:
        reason = deconfliction.reason(found)
        changes.moves = [
            replace(m, reason=reason)
            if m.id == subject_id and deconfliction.is_leaving(m.event)
            else m
            for m in changes.moves
        ]
