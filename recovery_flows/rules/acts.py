"""What a person may do to a file, each act with its guard; what may not be says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from models.file import Place, RecoveryFile
from models.ids import derive_id
from models.outcome import Move, Scalar
from models.rows import AllocationRow, ApprovalRow, ClaimRow
from models.states import (
    AllocationState,
    ApprovalState,
    ClaimState,
    HoldKind,
    HoldState,
    Noun,
    RecoveryState,
)
from recovery_flows.errors import StepRefusedError
from recovery_flows.rules import (
    basis,
    clocks,
    freezing,
    hold_orders,
    releasing,
    restitution,
    unrelated_funds,
)
from recovery_flows.rules.approval_subjects import approval_id, subject_digest
from recovery_flows.rules.law import Measure
from recovery_flows.rules.progress import Progress
from recovery_flows.rules.regime import Laws
from recovery_flows.rules.subjects import SUBJECT_NOUN, Act

Seal = Callable[[object], str]


def accept(
    progress: Progress, owner: str, case_number: str, laws: Laws, places: Mapping[str, Place]
) -> None:
    """Take a report on: owner named, loss verified, the payee's account becomes an asset."""
    file = progress.file
    if file.recovery.state is not RecoveryState.REPORTED:
        raise StepRefusedError(f"{file.recovery.ref} was accepted before")
    if not case_number.strip():
        raise StepRefusedError("a recovery is accepted under a case number: none was given")
    moves = [
        Move(
            Noun.RECOVERY, file.recovery.id, "accepted", file.recovery.state,
            {"owner_id": owner, "case_number": case_number},
        )
    ]  # fmt: skip
    moves += [
        Move(Noun.CLAIM, c.id, "verified", c.state, {"upheld_minor": c.reported_minor})
        for c in file.claims
        if c.state is ClaimState.FILED
    ]
    progress.take(*moves, *_first_assets(file, places))
    freezing.draft_stops(progress, laws)


def verify_claim(
    progress: Progress, claim_id: str, laws: Laws, places: Mapping[str, Place]
) -> None:
    """Verify a claim that came into an open recovery unverified; its account becomes an asset."""
    file = progress.file
    claim = next((c for c in file.claims if c.id == claim_id), None)
    if claim is None or claim.state is not ClaimState.FILED:
        raise StepRefusedError(f"claim {claim_id} is not waiting to be verified")
    values: dict[str, Scalar] = {"upheld_minor": claim.reported_minor}
    moves = [Move(Noun.CLAIM, claim.id, "verified", claim.state, values)]
    if claim.payee_account_id not in {a.account_id for a in file.assets}:
        moves += _first_assets(replace(file, claims=(claim,)), places)
    progress.take(*moves)
    freezing.draft_stops(progress, laws)


def _first_assets(file: RecoveryFile, places: Mapping[str, Place]) -> list[Move]:
    by_account: dict[str, list[ClaimRow]] = {}
    for claim in file.claims:
        by_account.setdefault(claim.payee_account_id, []).append(claim)
    moves = []
    for account_id, claims in by_account.items():
        place = places[account_id]
        lost = sum(c.reported_minor for c in claims)
        same = place.currency == file.recovery.currency
        values: dict[str, Scalar] = {
            "account_id": account_id,
            "partner_id": place.partner_id,
            "currency": place.currency,
            "home": place.home,
            "regime": place.regime,
            "depth": 0,
            "traced_minor": lost if same else 0,
            "traced_claim_minor": lost,
        }
        asset_id = derive_id("asset", file.recovery.id, account_id)
        event = "found" if place.home else "found_abroad"
        moves.append(Move(Noun.ASSET, asset_id, event, None, values))
    return moves


def order_stop(progress: Progress, hold_id: str, actor: str, now: datetime, laws: Laws) -> None:
    """Send a stop-payment first; another person confirms it within the regime's time.

    One that blocks more than is disputed waits for its approval instead, and so does every one
    where the regime lets none leave first.
    """
    hold = progress.file.hold(hold_id)
    if hold.kind is not HoldKind.STOP or hold.state is not HoldState.DRAFT:
        raise StepRefusedError(f"hold {hold_id} is {hold.state}: only a drafted stop can be sent")
    law = laws[progress.file.asset(hold.asset_id).regime]
    if hold.scope_reason or not law.has(Measure.CONFIRMATION):
        values: dict[str, Scalar] = {"drafted_by": actor}
        progress.take(Move(Noun.HOLD, hold.id, "submitted", hold.state, values))
        ask(progress, Act.ORDER_STOP, hold.id, actor, now)
        return
    values = {"drafted_by": actor, "ordered_at": now}
    progress.take(Move(Noun.HOLD, hold.id, "ordered_first", hold.state, values))
    due = clocks.due_at(law.confirmation.limit, now, law)
    asked = ask(progress, Act.ORDER_STOP, hold.id, actor, now, due_at=due, post_hoc=True)
    progress.call(hold_orders.hold_intent(progress.file, progress.file.hold(hold.id), asked))
    asset = progress.file.asset(hold.asset_id)
    if freezing.statement_is_wanted(progress.file, asset):
        progress.call(freezing.statement_intent(asset, now))


def ask(
    progress: Progress,
    act: Act,
    subject_id: str,
    actor: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    post_hoc: bool = False,
) -> str:
    """Ask a second person for a yes to exactly what stands there now; return the approval's id."""
    asked = approval_id(progress.file, act, subject_id)
    progress.take(
        Move(
            Noun.APPROVAL, asked, "asked", None,
            {
                "subject_noun": SUBJECT_NOUN[act],
                "subject_id": subject_id,
                "action": act,
                "subject_digest": subject_digest(progress.file, act, subject_id),
                "asked_by": actor,
                "asked_at": now,
                "due_at": due_at,
                "post_hoc": post_hoc,
            },
        )
    )  # fmt: skip
    return asked


def submit_freeze(progress: Progress, hold_id: str, actor: str, now: datetime) -> None:
    """Submit a drafted freeze for approval."""
    hold = progress.file.hold(hold_id)
    if hold.state is not HoldState.DRAFT:
        raise StepRefusedError(f"hold {hold_id} is {hold.state}: only a draft can be submitted")
    stop_ends = None
    if hold.supersedes_id:
        stop_ends = progress.file.hold(hold.supersedes_id).expires_at
    values: dict[str, Scalar] = {"drafted_by": actor}
    progress.take(Move(Noun.HOLD, hold.id, "submitted", hold.state, values))
    ask(progress, Act.FREEZE, hold.id, actor, now, due_at=stop_ends)


def void_approvals(progress: Progress, subject_id: str, reason: str) -> None:
    """Approvals asked or given for a subject no longer count."""
    for approval in progress.file.approvals:
        live = approval.state in (ApprovalState.PENDING, ApprovalState.APPROVED)
        if approval.subject_id == subject_id and live:
            progress.take(Move(Noun.APPROVAL, approval.id, "voided", approval.state, reason=reason))


def split(progress: Progress, asset_id: str) -> None:
    """Keep an account in two files: each holds and returns only what its own trace finds there."""
    asset = progress.file.asset(asset_id)
    values: dict[str, Scalar] = {"shared_decision": "split"}
    reason = "losses in two currencies cannot be one file; what is traced is disjoint"
    progress.take(Move(Noun.ASSET, asset.id, "split", asset.stage, values, reason=reason))


def check_title(progress: Progress, asset_id: str, actor: str) -> None:
    """Record that the money in this account is the victims' and nobody else claims it.

    It speaks of the money and the victims that there are now: it ends when others come.
    """
    asset = progress.file.asset(asset_id)
    if basis.title_stands(progress.file, asset):
        raise StepRefusedError(f"the title of {asset_id} was checked before")
    values: dict[str, Scalar] = {
        "title_checked_by": actor,
        "title_basis": basis.title(progress.file, asset),
    }
    progress.take(Move(Noun.ASSET, asset.id, "updated", asset.stage, values))


def publish_notice(progress: Progress, allocation_id: str, now: datetime, laws: Laws) -> None:
    """Publish who is to get what; the time for objections runs from now."""
    allocation = next(a for a in progress.file.allocations if a.id == allocation_id)
    if allocation.state is not AllocationState.DRAFT:
        raise StepRefusedError(f"allocation {allocation_id} is {allocation.state}")
    _check_guard(progress.file, allocation)
    law = laws[progress.file.recovery.regime]
    ends = clocks.due_at(law.notice.limit, now, law)
    values: dict[str, Scalar] = {"notice_from": now, "notice_to": ends}
    legal_basis = f"{law.notice.instrument}, {law.notice.article}"
    progress.take(
        Move(
            Noun.ALLOCATION, allocation.id, "notice_published", allocation.state, values,
            legal_basis=legal_basis,
        )
    )  # fmt: skip


def submit_allocation(
    progress: Progress, allocation_id: str, actor: str, now: datetime, laws: Laws
) -> None:
    """Submit the decision who gets what; a pro rata one only after its notice has run."""
    allocation = next(a for a in progress.file.allocations if a.id == allocation_id)
    step = next(
        (s for s in laws[progress.file.recovery.regime].ladder if s.code == allocation.method), None
    )
    needs_notice = step is None or step.needs_notice
    ended = allocation.notice_to is not None and allocation.notice_to <= now
    if needs_notice and not ended:
        raise StepRefusedError("a pro rata return is decided after its notice has run: publish it")
    if payee_is_asked(progress.file, allocation_id):
        raise StepRefusedError("another payee is asked for: a second person decides that first")
    _check_guard(progress.file, allocation)
    reference = derive_id("decision", allocation_id, now.isoformat())
    values: dict[str, Scalar] = {"drafted_by": actor, "decision_ref": reference}
    progress.take(Move(Noun.ALLOCATION, allocation.id, "submitted", allocation.state, values))
    ask(progress, Act.RETURN, allocation.id, actor, now)


def _check_guard(file: RecoveryFile, allocation: AllocationRow) -> None:
    why = restitution.why_not(file, allocation)
    if why:
        raise StepRefusedError(f"the return {allocation.id} cannot go on: {why}")


def payee_is_asked(file: RecoveryFile, allocation_id: str) -> bool:
    """Whether another payee is asked for one of those whom this allocation pays."""
    paid = {p.claim_id for p in file.payouts_of(allocation_id)}
    return any(c.asked_account_id for c in file.claims if c.id in paid)


def submit_release(progress: Progress, hold_id: str, actor: str, now: datetime) -> None:
    """Ask for what is left of a hold to be given up."""
    hold = progress.file.hold(hold_id)
    asset = progress.file.asset(hold.asset_id)
    is_free = hold in restitution.to_release(progress.file, asset)
    if not (is_free or unrelated_funds.is_kept(progress.file, hold)):
        kept = str(restitution.waits_for(progress.file, asset))
        why = kept or releasing.why_kept(progress.file, hold)
        raise StepRefusedError(f"hold {hold_id} is not free to be released: {why}")
    ask(progress, Act.RELEASE, hold.id, actor, now)


def submit_close(progress: Progress, actor: str, now: datetime) -> None:
    """Ask for the recovery to be closed; every asset has to be closed before."""
    file = progress.file
    still_open = [a.id for a in file.assets if a.stage != "closed"]
    if still_open or file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(f"{file.recovery.ref} has open work: {', '.join(still_open)}")
    ask(progress, Act.CLOSE, file.recovery.id, actor, now)


def pending_approval(file: RecoveryFile, named: str) -> ApprovalRow:
    """The pending approval of that id; StepRefusedError when it is not there or not pending."""
    for approval in file.approvals:
        if approval.id == named:
            if approval.state is not ApprovalState.PENDING:
                raise StepRefusedError(f"approval {named} is {approval.state} already")
            return approval
    raise StepRefusedError(f"there is no approval {named} in {file.recovery.ref}")
