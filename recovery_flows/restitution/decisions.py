"""What an officer does towards a return: ownership, notice, decision, release of the rest."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.entities.payout import PayoutState
from models.ids import derive_id
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import unrelated_funds
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import releasable
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import basis, fast_track, guards as return_guards, payouts


def establish_ownership(changes: Changeset, asset_id: str, actor: str) -> None:
    """Record that the money in this account is the victims' and nobody else claims it.

    It speaks of the money and the victims that there are now: it ends when others come.
    """
    asset = changes.file.asset(asset_id)
    if basis.ownership_stands(changes.file, asset):
        raise StepRefusedError(
            phrase("the title of {asset_id} was checked before", asset_id=asset_id)
        )
    values: dict[str, Scalar] = {
        "title_checked_by": actor,
        "title_basis": basis.title(changes.file, asset),
    }
    changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))


def publish_notice(changes: Changeset, allocation_id: str, now: datetime, laws: Regimes) -> None:
    """Publish who is to get what; the time for objections runs from now."""
    allocation = next(a for a in changes.file.allocations if a.id == allocation_id)
    if allocation.state is not AllocationState.DRAFT:
        raise StepRefusedError(
            phrase(
                "allocation {allocation_id} is {allocation_state}",
                allocation_id=allocation_id,
                allocation_state=allocation.state,
            )
        )
    _check_guard(changes.file, allocation)
    law = laws[changes.file.recovery.regime]
    ends = terms.due_at(law.notice.limit, now, law)
    values: dict[str, Scalar] = {"notice_from": now, "notice_to": ends}
    legal_basis = f"{law.notice.instrument}, {law.notice.article}"
    changes.apply(
        Transition(
            EntityKind.ALLOCATION, allocation.id, "notice_published", allocation.state, values,
            legal_basis=legal_basis,
        )
    )  # fmt: skip


def submit_allocation(
    changes: Changeset, allocation_id: str, actor: str, now: datetime, laws: Regimes
) -> None:
    """Submit the decision who gets what; a pro rata one only after its notice has run."""
    allocation = next(a for a in changes.file.allocations if a.id == allocation_id)
    step = next(
        (s for s in laws[changes.file.recovery.regime].ladder if s.code == allocation.method), None
    )
    law = laws[changes.file.recovery.regime]
    is_fast = fast_track.stands(changes.file, allocation, law)
    by_rule = not allocation.court_list_id and not is_fast
    needs_notice = by_rule and (step is None or step.needs_notice)
    ended = allocation.notice_to is not None and allocation.notice_to <= now
    if needs_notice and not ended:
        raise StepRefusedError(
            phrase("a pro rata return is decided after its notice has run: publish it")
        )
    if payee_is_asked(changes.file, allocation_id):
        raise StepRefusedError(
            phrase("another payee is asked for: a second person decides that first")
        )
    _check_guard(changes.file, allocation)
    reference = derive_id("decision", allocation_id, now.isoformat())
    values: dict[str, Scalar] = {"drafted_by": actor, "decision_ref": reference}
    changes.apply(
        Transition(EntityKind.ALLOCATION, allocation.id, "submitted", allocation.state, values)
    )
    ask(changes, ApprovalKind.RETURN, allocation.id, actor, now)


def _check_guard(file: CaseFile, allocation: AllocationRow) -> None:
    why = return_guards.why_not(file, allocation)
    if why:
        raise StepRefusedError(
            phrase(
                "the return {allocation_id} cannot go on: {why}",
                allocation_id=allocation.id,
                why=why,
            )
        )


def payee_is_asked(file: CaseFile, allocation_id: str) -> bool:
    """Whether another payee is asked for one of those whom this allocation pays."""
    paid = {p.claim_id for p in file.payouts_of(allocation_id)}
    return any(c.asked_account_id for c in file.claims if c.id in paid)


def submit_release(changes: Changeset, hold_id: str, actor: str, now: datetime) -> None:
    """Ask for what is left of a hold to be given up."""
    hold = changes.file.hold(hold_id)
    asset = changes.file.asset(hold.asset_id)
    is_free = hold in return_guards.to_release(changes.file, asset)
    if not (is_free or unrelated_funds.is_kept(changes.file, hold)):
        kept = str(return_guards.waits_for(changes.file, asset))
        why = kept or releasable.why_kept(changes.file, hold)
        raise StepRefusedError(
            phrase("hold {hold_id} is not free to be released: {why}", hold_id=hold_id, why=why)
        )
    ask(changes, ApprovalKind.RELEASE, hold.id, actor, now)


def pay(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has decided on a division: the banks are told to pay exactly that."""
    del now, laws
    allocation = payouts.allocation_of(changes.file, approval.subject_id)
    why = return_guards.why_not(changes.file, allocation)
    if why:
        raise StepRefusedError(
            phrase(
                "the return {allocation_id} cannot be approved: {why}",
                allocation_id=allocation.id,
                why=why,
            )
        )
    changes.apply(Transition(EntityKind.ALLOCATION, allocation.id, "approved", allocation.state))
    going = [p for p in changes.file.payouts_of(allocation.id) if p.state is PayoutState.PREPARED]
    for payout in going:
        changes.apply(Transition(EntityKind.PAYOUT, payout.id, "instructed", payout.state))
    for intent in payouts.intents(changes.file, going, approval.id):
        changes.call(intent)


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """It is not decided so: its payouts are cancelled, but for what a bank has paid by itself."""
    del reason
    file = changes.file
    allocation = next(a for a in file.allocations if a.id == approval.subject_id)
    changes.apply(Transition(EntityKind.ALLOCATION, allocation.id, "denied", allocation.state))
    for payout in file.payouts_of(allocation.id):
        if payout.state is PayoutState.PREPARED:
            changes.apply(Transition(EntityKind.PAYOUT, payout.id, "cancelled", payout.state))
