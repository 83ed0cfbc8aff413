"""Accepting reports and approving several at once: each is an act of its own with its result.

Only kinds of approval that are confirmed without being typed, and that can be taken back, are
approved together; whoever approves any other looks at its figures alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.case_file import Step
from models.entities.catalogue import IllegalTransitionError
from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.cases.approvals import kind_of_approval
from models.queries.cases.case_files import (
    FileUnreadableError,
    NoSuchRecoveryError,
    load_file,
    recovery_id_of,
)
from models.store.permissions import NotPermittedError
from models.store.waiting_rows import StaleFileError
from recovery_flows.approvals.kinds import TOGETHER, kind_word
from recovery_flows.cases import next_steps
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import RecoveryFlowsError, StepRefusedError

_REFUSED = (
    RecoveryFlowsError, NoSuchRecoveryError, IllegalTransitionError, NotPermittedError,
    StaleFileError, FileUnreadableError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several: what was done, or why nothing was."""

    named: str
    done: str = ""
    refused: str = ""


def approve_each(acting: CaseOfficer, approval_ids: Sequence[str]) -> Iterator[Result]:
    """Approve each by itself, in this order; one twice is approved once."""
    for approval_id in dict.fromkeys(approval_ids):
        try:
            with acting.database.reading() as session:
                kind = kind_of_approval(session, approval_id)
            if kind is None:
                raise StepRefusedError(
                    phrase("there is no such approval: `recovery approve` lists them")
                )
            if why := why_alone(kind):
                raise StepRefusedError(why)
            yield Result(approval_id, done=acting.approve(approval_id))
        except _REFUSED as error:
            yield Result(approval_id, refused=_sentence(error))


def why_alone(kind: str) -> str:
    """Why an approval of this kind is not given together with others; empty where it is."""
    if kind in TOGETHER:
        return ""
    return phrase(
        "a {act} is approved by itself: its figures are looked at alone",
        act=kind_word(kind),
    )


def accept_each(acting: CaseOfficer, named: Sequence[str], first: str) -> Iterator[Result]:
    """Accept each report by itself under a case number, the first one's and counted up from it.

    One that is no report any more is left as it is, and its number with it.
    """
    wanted = list(dict.fromkeys(named))
    numbers = counted_up(first, len(wanted))
    for ref, number in zip(wanted, numbers, strict=True):
        try:
            yield Result(ref, done=_accept(acting, ref, number))
        except _REFUSED as error:
            yield Result(ref, refused=_sentence(error))


def _accept(acting: CaseOfficer, ref: str, number: str) -> str:
    with acting.database.reading() as session:
        recovery_id = recovery_id_of(session, ref)
        file = load_file(session, recovery_id)
    step = officer_step(next_steps.steps(file, acting.laws))
    if step is None or step.action != next_steps.ActionKind.ACCEPT:
        raise StepRefusedError(
            phrase("it is {state}: there is no report to accept", state=file.recovery.state)
        )
    return acting.advance(recovery_id, case_number=number, seen_version=file.recovery.version)


def officer_step(steps: Sequence[Step]) -> Step | None:
    """The officer's first open step."""
    return next((step for step in steps if step.role is Role.OFFICER), None)


def counted_up(first: str, count: int) -> list[str]:
    """The first case number, then counted up at its end; [] where it does not end in digits.

    One alone may be any text.
    """
    digits = re.search(r"\d*$", first)
    number = digits[0] if digits else ""
    if count == 1:
        return [first]
    start = first.removesuffix(number)
    return [f"{start}{int(number) + n:0{len(number)}}" for n in range(count)] if number else []


def _sentence(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
