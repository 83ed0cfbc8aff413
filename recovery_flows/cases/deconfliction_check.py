"""Before anything is sent: does another recovery know the account or the payment too?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session

from models.case_file import CaseFile, Step
from models.deconfliction_hits import (
    AlsoLine,
    ClosedTrace,
    DeconflictionHit,
    Known,
    not_known,
    without_hidden,
)
from models.entities.approval import ApprovalRow
from models.entities.hold import HoldRow, HoldState
from models.entities.officer import Role
from models.language.phrase import joined, phrase
from models.queries.books.closed_traces import closed_traces
from models.queries.cases.deconfliction import hits_of_file
from models.queries.installation.officers import OfficerView
from models.rights.sessions import who_to_ask
from models.store.unit import Unit
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import deconfliction
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing.reductions import frees_a_part
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


class ClosedTraceError(StepRefusedError):
    """A recovery that has ended lost money to the account, and nobody said that it is known."""

    def __init__(self, named: str, lines: Iterable[AlsoLine], *, is_yes: bool) -> None:
        said = joined("; ", [line.sentence for line in lines])
        yes = phrase(
            "{named}: {said}. Nothing was released: talk to them first, then approve it "
            "knowing of them (`--allow-duplicate`), or deny it",
            named=named, said=said,
        )  # fmt: skip
        no = phrase(
            "{named}: {said}. Nothing was released: talk to them first, then deny it "
            "knowing of them (`--allow-duplicate`), or approve it",
            named=named, said=said,
        )  # fmt: skip
        super().__init__(yes if is_yes else no)


def also_lines(
    found: Iterable[DeconflictionHit], viewer: OfficerView | None
) -> tuple[AlsoLine, ...]:
    """What a person may be told of them; nobody in particular is told the least."""
    roles = viewer.roles if viewer else frozenset[Role]()
    return deconfliction.also_lines(found, viewer.id if viewer else "", roles)


def closed_lines(found: Iterable[ClosedTrace], viewer: OfficerView | None) -> tuple[AlsoLine, ...]:
    """What a person may be told of recoveries that have ended."""
    roles = viewer.roles if viewer else frozenset[Role]()
    return deconfliction.closed_lines(found, viewer.id if viewer else "", roles)


def check_release(
    unit: Unit, changes: Changeset, approval_id: str, viewer: OfficerView | None, *, knowing: Known
) -> tuple[ClosedTrace, ...]:
    """The recoveries that ended without money that an approval lets go of their account.

    ClosedTraceError unless the approver said to know of them.
    """
    hold = _let_go(changes.file, approval_id)
    found = _closed(unit, changes.file, hold)
    if lines := not_known(closed_lines(found, viewer), knowing):
        raise ClosedTraceError(changes.file.recovery.ref, lines, is_yes=True)
    return found


def check_denial(
    unit: Unit, changes: Changeset, approval_id: str, viewer: OfficerView | None, *, knowing: Known
) -> tuple[ClosedTrace, ...]:
    """The same of a no that takes a stop back which its bank has: the money is free after it."""
    asked = _asked(changes.file, approval_id)
    hold = None
    if asked is not None and asked.action in deconfliction.TAKEN_BACK:
        sent = (h for h in changes.file.holds if h.state in (HoldState.ORDERED, HoldState.STOPPED))
        hold = next((h for h in sent if h.id == asked.subject_id), None)
    found = _closed(unit, changes.file, hold)
    if lines := not_known(closed_lines(found, viewer), knowing):
        raise ClosedTraceError(changes.file.recovery.ref, lines, is_yes=False)
    return found


def _asked(file: CaseFile, approval_id: str) -> ApprovalRow | None:
    return next((a for a in file.approvals if a.id == approval_id), None)


def _let_go(file: CaseFile, approval_id: str) -> HoldRow | None:
    """The hold of which money is free after a yes."""
    asked = _asked(file, approval_id)
    if asked is None or not lets_go(file, asked):
        return None
    # A third party's claim that is rejected, or paid for by others, names no hold.
    claimed = {t.id: t.hold_id for t in file.third_party_claims}
    named = claimed.get(asked.subject_id, asked.subject_id)
    return next((h for h in file.holds if h.id == named), None)


def lets_go(file: CaseFile, asked: ApprovalRow) -> bool:
    """Whether money that is held is free after a yes, or some of it."""
    if asked.action != ApprovalKind.FREEZE:
        return asked.action in deconfliction.RELEASING
    freeze = next((h for h in file.holds if h.id == asked.subject_id), None)
    return freeze is not None and frees_a_part(file, freeze)


def _closed(unit: Unit, file: CaseFile, hold: HoldRow | None) -> tuple[ClosedTrace, ...]:
    if hold is None:
        return ()
    account = file.asset(hold.asset_id).account_id
    return closed_traces(unit.session, [account], file.recovery.id)


def for_all(session: Session, found: Iterable[DeconflictionHit]) -> tuple[DeconflictionHit, ...]:
    """The hits as everybody may read of them: of a restricted recovery, whom to ask, and no more.

    Who acts may see it; who reads the history of what he did may not.
    """
    hits = tuple(found)
    return without_hidden(hits, who_to_ask(session, frozenset(one.recovery_id for one in hits)))


def carry_release(
    session: Session, changes: Changeset, approval_id: str, found: tuple[ClosedTrace, ...]
) -> None:
    """The event of a decision that lets money go says that it was known."""
    if found:
        known = deconfliction.reason_to_release(for_all(session, (one.hit for one in found)))
        changes.moves = [
            replace(m, reason=joined("; ", filter(None, (m.reason, known))))
            if m.id == approval_id and m.event in ("approved", "denied")
            else m
            for m in changes.moves
        ]


def check_step(
    session: Session, file: CaseFile, step: Step, viewer: OfficerView | None, *, knowing: Known
) -> tuple[DeconflictionHit, ...]:
    """Those that a step would meet; DeconflictionError unless the person said to know of them."""
    if step.action not in deconfliction.SENDING:
        return ()
    found = deconfliction.warns(hits_of_file(session, file), file, step)
    check(file.recovery.ref, found, viewer, knowing=knowing)
    return found


def check(
    named: str, found: Iterable[DeconflictionHit], viewer: OfficerView | None, *, knowing: Known
) -> None:
    """DeconflictionError where there are any of which nobody said to know."""
    if lines := not_known(also_lines(found, viewer), knowing):
        raise DeconflictionError(named, lines)


def carry_reason(
    session: Session, changes: Changeset, subject_id: str, found: tuple[DeconflictionHit, ...]
) -> None:
    """The event by which something leaves says that it was known."""
    if found:
        reason = deconfliction.reason(for_all(session, found))
        changes.moves = [
            replace(m, reason=reason)
            if m.id == subject_id and deconfliction.is_leaving(m.event)
            else m
            for m in changes.moves
        ]
