"""Accepting reports and approving several at once: each has a result of its own.

Only kinds of approval that are confirmed without being typed, and that can be taken back, are
approved together; whoever approves any other looks at its figures alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from models.case_file import CaseFile, Step
from models.engine import is_of_the_database
from models.entities.catalogue import IllegalTransitionError
from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.books.money import places
from models.queries.cases.approvals import kind_of_approval
from models.queries.cases.case_files import (
    FileUnreadableError,
    NoSuchRecoveryError,
    files_by_id,
    ids_of,
    load_file,
    recovery_id_of,
)
from models.store.permissions import NotPermittedError
from models.store.record import prefetch_events
from models.store.waiting_rows import StaleFileError
from recovery_flows.access.registers import is_change
from recovery_flows.approvals.kinds import TOGETHER, ApprovalKind, kind_word
from recovery_flows.cases import action_handlers, next_steps
from recovery_flows.cases.action_handlers import ActionContext
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.commit import refresh_others, write_changes
from recovery_flows.correspondence.free_text import UNDECIDED
from recovery_flows.errors import RecoveryFlowsError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset

_REFUSED = (
    RecoveryFlowsError, NoSuchRecoveryError, IllegalTransitionError, NotPermittedError,
    StaleFileError, FileUnreadableError,
)  # fmt: skip


_IN_ONE = 20
"""So many reports are accepted in one transaction, which is over within a tenth of a second."""


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
            if is_change(approval_id):
                raise StepRefusedError(
                    phrase("a change of officers or partners is approved by itself")
                )
            with acting.database.reading() as session:
                found = kind_of_approval(session, approval_id)
            if found is None:
                raise StepRefusedError(
                    phrase("there is no such approval: `recovery approve` lists them")
                )
            if why := why_alone(found[0], sent_first=found[1]):
                raise StepRefusedError(why)
            yield Result(approval_id, done=acting.approve(approval_id))
        except _REFUSED as error:
            yield Result(approval_id, refused=_sentence(error))


def why_alone(kind: str, *, sent_first: bool) -> str:
    """Why an approval of this kind is not given together with others; empty where it is.

    `sent_first`: what it is of was sent before it.
    """
    if kind == ApprovalKind.ORDER_STOP and not sent_first:
        return phrase("a stop-payment that leaves by its approval is approved by itself")
    if kind in TOGETHER:
        return ""
    return phrase(
        "a {act} is approved by itself: its figures are looked at alone",
        act=kind_word(kind),
    )


def accept_each(acting: CaseOfficer, named: Sequence[str], first: str) -> Iterator[Result]:
    """Accept each report under a case number, the first one's and counted up from it.

    One that is no report any more is left as it is, and its number with it. Some are accepted in
    one transaction; where that fails as a whole, each is by itself.
    """
    wanted = list(dict.fromkeys(named))
    rest = zip(wanted, counted_up(first, len(wanted)), strict=True)
    while some := list(islice(rest, _IN_ONE)):
        try:
            yield from _accept_together(acting, some)
        except Exception as error:
            if is_of_the_database(error):
                raise
            # Nothing of them is kept: one that cannot be accepted takes no other with it.
            yield from (_accept_alone(acting, ref, number) for ref, number in some)


def _accept_together(acting: CaseOfficer, some: Sequence[tuple[str, str]]) -> list[Result]:
    actor, results, written = acting.actor(Role.OFFICER), list[Result](), list[Changeset]()
    with acting.unit() as (unit, now), unit.session.gathering():
        ids = ids_of(unit.session, [ref for ref, _ in some])
        files = files_by_id(unit.session, list(ids.values()))
        claims = [claim for file in files.values() for claim in file.claims]
        where = places(unit.session, {claim.payee_account_id for claim in claims})
        prefetch_events(unit, list(files))
        for ref, number in some:
            given = ActionContext(
                actor=actor.id, now=now, laws=acting.laws, fields={}, decided=UNDECIDED,
                case_number=number, places=where, unit=unit,
            )  # fmt: skip
            try:
                file = files.pop(ids.get(ref, ""), None)
                file = file or load_file(unit.session, recovery_id_of(unit.session, ref))
                changes = Changeset(file)
                done = action_handlers.do(changes, _acceptance(file, acting), given)
            except _REFUSED as error:
                results.append(Result(ref, refused=_sentence(error)))
                continue
            write_changes(unit, actor, now, acting.laws, changes)
            written.append(changes)
            told = phrase("{ref}: {done}", ref=file.recovery.ref, done=done)
            results.append(Result(ref, done=told))
        refresh_others(unit, now, acting.laws, written)
    return results


def _accept_alone(acting: CaseOfficer, ref: str, number: str) -> Result:
    try:
        with acting.database.reading() as session:
            file = load_file(session, recovery_id_of(session, ref))
        _acceptance(file, acting)
        version = file.recovery.version
        done = acting.advance(file.recovery.id, case_number=number, seen_version=version)
    except _REFUSED as error:
        return Result(ref, refused=_sentence(error))
    return Result(ref, done=done)


def _acceptance(file: CaseFile, acting: CaseOfficer) -> Step:
    """The step that accepts a report; StepRefusedError where it is none any more."""
    step = officer_step(next_steps.steps(file, acting.laws))
    if step is None or step.action != next_steps.ActionKind.ACCEPT:
        raise StepRefusedError(
            phrase("it is {state}: there is no report to accept", state=file.recovery.state)
        )
    return step


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
    said: str = error.args[0] if error.args else type(error).__name__
    return said
