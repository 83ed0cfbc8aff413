"""The tracing rule of a recovery: requested with a reason, in force once approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import UNDECIDED, AllocationRow, AllocationState
from models.entities.approval import ApprovalState
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.methods.catalogue import RULES, RuleName, Standing
from recovery_flows.tracing.methods.two_parts import Among
from recovery_flows.wording import spoken

_WHY_NOT = {
    Standing.LEAD: "it says where to look, no court attributes by it",
    Standing.EXPOSURE: "it counts what came near, the sums do not add up to the loss",
}
_DECIDED = (AllocationState.APPROVED, AllocationState.PAID, AllocationState.PAID_IN_PART)
_NOTHING_ASKED: dict[str, Scalar] = {
    "asked_rule": "", "asked_among": "", "asked_reason": "", "asked_moved_minor": 0,
}  # fmt: skip


def among_of(rule: RuleName, among: str) -> str:
    """How victims are told apart under a rule that leaves it open; "" under any other."""
    return (among or Among.FIFO) if rule is RuleName.LIBR else ""


def check_choice(file: CaseFile, rule: RuleName, among: str) -> None:
    """Raise StepRefusedError, with the reason, unless this rule may be asked for now."""
    recovery, info = file.recovery, RULES[rule]
    if info.standing is not Standing.RULE:
        raise StepRefusedError(
            phrase(
                "{label} cannot be the rule of {ref}: {told}",
                label=info.label,
                ref=recovery.ref,
                told=_WHY_NOT[info.standing],
            )
        )
    if (recovery.tracing_rule, recovery.tracing_among) == (rule, among_of(rule, among)):
        raise StepRefusedError(
            phrase("{label} is the rule of {ref} already", label=info.label, ref=recovery.ref)
        )
    check_free(file)


def check_free(file: CaseFile) -> None:
    """Raise StepRefusedError where the rule cannot change any more; the sentence names why."""
    recovery = file.recovery
    if recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} is {state}: its rule cannot change",
                ref=recovery.ref,
                state=spoken(recovery.state),
            )
        )
    for allocation in file.allocations:
        if allocation.state in _DECIDED:
            raise _decided(file, allocation, spoken(allocation.state))
        states = {p.state for p in file.payouts_of(allocation.id)}
        if PayoutState.SETTLED in states:
            raise _decided(file, allocation, phrase("paid in part"))
        if PayoutState.INSTRUCTED in states:
            raise _decided(file, allocation, phrase("with the bank"))


def _decided(file: CaseFile, allocation: AllocationRow, how: str) -> StepRefusedError:
    pool = Money(allocation.pool_minor, allocation.currency)
    return StepRefusedError(
        phrase(
            "the rule of {ref} cannot change: the return {allocation} of {pool} by the trace in "
            "force is {how}",
            ref=file.recovery.ref,
            allocation=allocation.id,
            pool=pool,
            how=how,
        )
    )


def choose(
    changes: Changeset,
    rule: RuleName,
    among: str,
    reason: str,
    moved_minor: int,
    actor: str,
    now: datetime,
) -> str:
    """Ask for another rule; return the approval's id. What was asked before is void.

    `reason` is the fingerprint of the note that tells why, `moved_minor` how much of the loss would
    lie elsewhere (in its currency) as of now.
    """
    check_choice(changes.file, rule, among)
    void_choice(changes, stored_phrase("another rule was asked for"))
    recovery = changes.file.recovery
    values: dict[str, Scalar] = {
        "asked_rule": rule,
        "asked_among": among_of(rule, among),
        "asked_reason": reason,
        "asked_moved_minor": moved_minor,
    }
    changes.apply(
        Transition(EntityKind.RECOVERY, recovery.id, "rule_asked", recovery.state, values)
    )
    return ask(changes, ApprovalKind.TRACE_RULE, recovery.id, actor, now)


def void_choice(changes: Changeset, reason: str) -> None:
    """A rule that was asked for and waits is not asked for any more."""
    for approval in changes.file.approvals:
        if approval.action == ApprovalKind.TRACE_RULE and approval.state is ApprovalState.PENDING:
            changes.apply(
                Transition(
                    EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=reason
                )
            )


def put_in_force(changes: Changeset) -> None:
    """The rule that was asked for is the rule; the trace is due again, drafts by the old one end.

    Raises StepRefusedError where a return has been decided since it was asked.
    """
    check_free(changes.file)
    recovery = changes.file.recovery
    values: dict[str, Scalar] = {
        "tracing_rule": recovery.asked_rule,
        "tracing_among": recovery.asked_among,
        "tracing_reason": recovery.asked_reason,
        **_NOTHING_ASKED,
        "trace_wanted": True,
    }
    changes.apply(
        Transition(EntityKind.RECOVERY, recovery.id, "rule_changed", recovery.state, values),
        *_void_drafts(changes.file),
    )


def drop(changes: Changeset, reason: str) -> None:
    """The rule that was asked for is refused: the one in force stays."""
    recovery = changes.file.recovery
    if recovery.state is RecoveryState.OPEN:
        changes.apply(
            Transition(
                EntityKind.RECOVERY, recovery.id, "rule_denied", recovery.state, _NOTHING_ASKED,
                reason=reason,
            )
        )  # fmt: skip


def _void_drafts(file: CaseFile) -> Iterator[Transition]:
    """Returns and freezes drafted by the old trace: the new one has other sums for them.

    A drafted stop stays: it is urgent, and what it stops too much is released.
    """
    reason = stored_phrase("the tracing rule was changed")
    for hold in file.holds:
        if hold.kind is HoldKind.FREEZE and hold.state in (
            HoldState.DRAFT,
            HoldState.PENDING_APPROVAL,
        ):
            yield Transition(EntityKind.HOLD, hold.id, "cancelled", hold.state, reason=reason)
            yield from _void_asked(file, hold.id, reason)
    for allocation in file.allocations:
        if allocation.state not in UNDECIDED:
            continue
        yield Transition(
            EntityKind.ALLOCATION, allocation.id, "voided", allocation.state, reason=reason
        )
        for payout in file.payouts_of(allocation.id):
            if payout.state is PayoutState.PREPARED:
                yield Transition(EntityKind.PAYOUT, payout.id, "cancelled", payout.state)
        yield from _void_asked(file, allocation.id, reason)


def _void_asked(file: CaseFile, subject_id: str, reason: str) -> Iterator[Transition]:
    for approval in file.approvals:
        if approval.subject_id == subject_id and approval.state is ApprovalState.PENDING:
            yield Transition(
                EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=reason
            )
