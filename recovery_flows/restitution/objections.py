"""Objections against a return: entered by one person, decided by another, each with its clock.

While one is open, no division that it touches is published, approved or sent. One that is upheld
ends the division, its notice and its title check: what comes after is a new round with a new
notice. A decision may also set what of a claim's loss is upheld; it counts with the next trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.asset import AssetRow, Stage
from models.entities.claim import ClaimRow, ObjectionKind, ObjectionRow, ObjectionState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from models.step_wording import say
from recovery_flows.errors import StepRefusedError
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import committed_minor
from recovery_flows.restitution import payouts
from recovery_flows.tracing import trace_requests

_CLOCK = {
    ObjectionKind.ROWS: Measure.OBJECTION_TO_ROWS,
    ObjectionKind.SHARE: Measure.OBJECTION_TO_SHARE,
    ObjectionKind.CLAIM: Measure.OBJECTION_TO_CLAIM,
    ObjectionKind.APPEAL: Measure.APPEAL_DECISION,
}
_BEFORE_APPROVAL = frozenset(
    {AllocationState.DRAFT, AllocationState.NOTICE, AllocationState.NOTICE_ENDED}
)

_LOSS_CHANGED = stored_phrase("an objection was upheld: the loss of a claim has changed")
_OPEN_AGAIN = frozenset(
    {RecoveryState.CLOSED_RETURNED, RecoveryState.CLOSED_PARTIAL, RecoveryState.CLOSED_NO_RECOVERY}
)


def open_ones(file: CaseFile) -> tuple[ObjectionRow, ...]:
    """The objections that nobody has decided yet, the oldest first."""
    return tuple(o for o in file.objections if o.state is ObjectionState.OPEN)


def holds_up(file: CaseFile, asset: AssetRow, claim_ids: set[str]) -> bool:
    """Whether an open objection touches a division of this account among these claims."""
    here = {a.id for a in file.allocations if a.asset_id == asset.id}
    return any(o.allocation_id in here or o.claim_id in claim_ids for o in open_ones(file))


def enter(
    changes: Changeset,
    kind: ObjectionKind,
    claim_id: str,
    actor: str,
    reason: str,
    now: datetime,
    laws: Regimes,
) -> str:
    """Enter an objection; return its id. `reason` is the fingerprint of the note that holds it.

    StepRefusedError where nothing is there to object to, or its time is over.
    """
    file = changes.file
    _check_claim(file, kind, claim_id, now)
    allocation = _division(file, kind, claim_id, now)
    named = allocation.id if allocation is not None else ""
    if any(
        (o.kind, o.claim_id, o.allocation_id) == (kind, claim_id, named) for o in open_ones(file)
    ):
        raise StepRefusedError(
            phrase("this objection to {told} is open already: decide it", told=named or claim_id)
        )
    law = laws[file.recovery.regime]
    row = law.measure(_CLOCK[kind]) if law.has(_CLOCK[kind]) else None
    name = derive_id("objection", file.recovery.id, kind, claim_id, named, len(file.objections))
    values: dict[str, Scalar] = {
        "kind": kind, "claim_id": claim_id, "allocation_id": named, "entered_by": actor,
        "entered_at": now, "reason": reason, "law_row": row.code if row else "",
        "due_at": terms.due_at(row.limit, now, law) if row else None,
    }  # fmt: skip
    basis = f"{row.instrument}, {row.article}" if row else ""
    changes.apply(
        Transition(EntityKind.OBJECTION, name, "entered", None, values, legal_basis=basis)
    )
    return name


def _check_claim(file: CaseFile, kind: ObjectionKind, claim_id: str, now: datetime) -> None:
    if not claim_id and kind is ObjectionKind.SHARE:
        return
    claim = _claim(file, claim_id)
    if kind is not ObjectionKind.APPEAL:
        return
    if claim.decided_minor is None or claim.decided_minor >= claim.reported_minor:
        raise StepRefusedError(
            phrase("no decision has left {claim_id} with less than was reported", claim_id=claim_id)
        )
    if claim.appeal_until is not None and claim.appeal_until <= now:
        raise StepRefusedError(
            phrase(
                "the time to appeal for {claim_id} ended on {appeal_until:%Y-%m-%d}",
                claim_id=claim_id,
                appeal_until=claim.appeal_until,
            )
        )


def _division(
    file: CaseFile, kind: ObjectionKind, claim_id: str, now: datetime
) -> AllocationRow | None:
    """The division that an objection is about: one to a share needs a notice that still runs."""
    mine = {p.allocation_id for p in file.payouts if p.claim_id == claim_id}
    going = [a for a in file.allocations if a.state in _BEFORE_APPROVAL]
    if kind is ObjectionKind.SHARE:
        noticed = [a for a in going if a.notice_to is not None]
        running = [a for a in noticed if a.notice_to is not None and a.notice_to > now]
        if not running:
            last = noticed[-1].notice_to if noticed else None
            ended = phrase(": it ended on {day:%Y-%m-%d}", day=last) if last else ""
            raise StepRefusedError(
                phrase("no notice of a division runs to which one can object{ended}", ended=ended)
            )
        return next((a for a in running if a.id in mine), running[-1])
    if kind is ObjectionKind.ROWS:
        return next((a for a in going if a.id in mine), None)
    return None


def decide(
    changes: Changeset,
    objection_id: str,
    *,
    is_upheld: bool,
    loss: Money | None,
    actor: str,
    reason: str,
    now: datetime,
    laws: Regimes,
) -> None:
    """Decide an objection; `loss` is what of the claim's loss is upheld from now on.

    StepRefusedError for a sum that is no part of the report, or below what was paid already.
    """
    found = next((o for o in open_ones(changes.file) if o.id == objection_id), None)
    if found is None:
        raise StepRefusedError(
            phrase("there is no open objection {objection_id}", objection_id=objection_id)
        )
    if loss is not None:
        _check_loss(changes.file, found, loss, is_upheld=is_upheld)
    values: dict[str, Scalar] = {
        "decided_by": actor, "decided_at": now, "decision_reason": reason,
        "loss_minor": loss.minor if loss is not None else None,
    }  # fmt: skip
    event = "upheld" if is_upheld else "rejected"
    changes.apply(Transition(EntityKind.OBJECTION, found.id, event, found.state, values))
    if not is_upheld:
        return
    if loss is not None:
        _set_loss(changes, _claim(changes.file, found.claim_id), loss.minor, now, laws)
    if found.allocation_id:
        _end(changes, found.allocation_id)
    if loss is not None:
        _draft_anew(changes)


def _check_loss(file: CaseFile, found: ObjectionRow, loss: Money, *, is_upheld: bool) -> None:
    if not is_upheld:
        raise StepRefusedError(
            phrase("an objection that is rejected changes no loss: leave --loss out")
        )
    if not found.claim_id:
        raise StepRefusedError(
            phrase("objection {found_id} is about no claim: leave --loss out", found_id=found.id)
        )
    claim = _claim(file, found.claim_id)
    if loss.currency != claim.currency or not 0 <= loss.minor <= claim.reported_minor:
        most = Money(claim.reported_minor, claim.currency)
        raise StepRefusedError(
            phrase(
                "what is upheld of {claim_id} is at least zero and at most {most}",
                claim_id=claim.id,
                most=most,
            )
        )
    gone = committed_minor(file, claim, without={a.id for a in file.allocations})
    if loss.minor < gone:
        raise StepRefusedError(
            phrase(
                "{amount} of {claim_id} has been paid or is being paid: less cannot be upheld",
                amount=Money(gone, claim.currency),
                claim_id=claim.id,
            )
        )


def _set_loss(
    changes: Changeset, claim: ClaimRow, minor: int, now: datetime, laws: Regimes
) -> None:
    law = laws[changes.file.recovery.regime]
    until = None
    if minor < claim.reported_minor and law.has(Measure.APPEAL):
        until = terms.due_at(law.measure(Measure.APPEAL).limit, now, law)
    values: dict[str, Scalar] = {"decided_minor": minor, "appeal_until": until}
    changes.apply(Transition(EntityKind.CLAIM, claim.id, "decided", claim.state, values))
    recovery = changes.file.recovery
    if recovery.state in _OPEN_AGAIN:
        reason = _LOSS_CHANGED
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
        )
    # The sum is upheld together with the trace that counts it, so that the books stay whole.
    trace_requests.request_trace(changes)


def _draft_anew(changes: Changeset) -> None:
    """Divisions that counted on another loss end, as far as no order of them may have left."""
    reason = _LOSS_CHANGED
    for allocation in changes.file.allocations:
        if allocation.state not in payouts.ENDED and payouts.can_be_ended(changes.file, allocation):
            payouts.void(changes, allocation.id, reason)


def _end(changes: Changeset, allocation_id: str) -> None:
    """End a division to which an objection was upheld: its title is to be checked anew."""
    allocation = payouts.allocation_of(changes.file, allocation_id)
    if allocation.state in payouts.ENDED:
        return
    reason = stored_phrase("an objection to it was upheld")
    payouts.void(changes, allocation_id, reason)
    asset = changes.file.asset(allocation.asset_id)
    if asset.title_checked_by and asset.stage is not Stage.CLOSED:
        values: dict[str, Scalar] = {"title_checked_by": "", "title_basis": ""}
        changes.apply(
            Transition(
                EntityKind.ASSET, asset.id, "title_ended", asset.stage, values, reason=reason
            )
        )


def steps(file: CaseFile) -> Iterator[Step]:
    """Each open objection waits for the person who decides it."""
    for found in open_ones(file):
        asset = next((a.asset_id for a in file.allocations if a.id == found.allocation_id), "")
        text = say("decide_objection", kind=found.kind)
        yield Step(
            ActionKind.DECIDE_OBJECTION, Role.SUPERVISOR, found.id, asset, found.due_at, text
        )


def _claim(file: CaseFile, claim_id: str) -> ClaimRow:
    claim = next((c for c in file.claims if c.id == claim_id), None)
    if claim is None:
        raise StepRefusedError(
            phrase(
                "{ref} has no claim {told}",
                ref=file.recovery.ref,
                told=claim_id or phrase("without a name"),
            )
        )
    return claim
