"""Letting money go: a part of a hold, money that has nothing to do with the case, a complaint."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.facts import BankHoldState, HoldFact
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import orders as hold_orders, refused_releases, unrelated_funds
from recovery_flows.law import terms
from recovery_flows.law.rows import Measure
from recovery_flows.ledger import hold_figures
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import GOING, has_left
from recovery_flows.ledger.unclaimed_money import kept_minor

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regime, Regimes
    from recovery_flows.law.rows import Row

_IN_FORCE = LIVE_HOLDS - {HoldState.RELEASE_PENDING, HoldState.DISPOSAL_PENDING}
_KEPT = {
    HoldKind.STOP: "stop_kept",
    HoldKind.VOLUNTARY: "stop_kept",
    HoldKind.CUSTODY: "freeze_kept",
    HoldKind.FREEZE: "freeze_kept",
    HoldKind.QUEUE: "freeze_kept",
}


def ask_release(changes: Changeset, hold_id: str, actor: str, now: datetime) -> None:
    """Ask for a hold that waits behind another authority's to be given up."""
    if changes.file.pending(hold_id) is not None:
        raise StepRefusedError(
            phrase("hold {hold_id} has an approval pending: decide it first", hold_id=hold_id)
        )
    ask(changes, ApprovalKind.RELEASE, hold_id, actor, now)


def ask_part(changes: Changeset, hold_id: str, minor: int, actor: str, now: datetime) -> None:
    """Request a partial release of a hold; the rest stays held to its own term.

    That it is none of the case is the officer's finding, with a reason; who approves it is shown
    what the trace gives to victims.
    """
    hold = _in_force(changes.file, hold_id)
    _check_part(hold, minor)
    if refused_releases.waits(changes.file, hold):
        raise StepRefusedError(phrase(
            "the bank refused to release hold {hold_id}: look into that first, with `recovery "
            "discrepancy list`",
            hold_id=hold_id,
        ))  # fmt: skip
    values: dict[str, Scalar] = {"releasing_minor": minor}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "part_asked", hold.state, values))
    ask(changes, ApprovalKind.RELEASE_PART, hold.id, actor, now)


def find_unrelated(
    changes: Changeset, hold_id: str, actor: str, now: datetime, laws: Regimes
) -> datetime:
    """Record that held money has nothing to do with the case; return when it has to be free."""
    hold = _in_force(changes.file, hold_id)
    kept = kept_minor(changes.file, hold_id)
    if kept:
        raise StepRefusedError(phrase(
            "{amount} of hold {hold_id} is kept for a payee who was announced: that share is "
            "claimed or goes to the treasury first",
            amount=Money(kept, changes.file.recovery.currency), hold_id=hold_id,
        ))  # fmt: skip
    law = laws[changes.file.asset(hold.asset_id).regime]
    row = _clock_of(law, Measure.UNRELATED_RELEASE)
    due = terms.due_at(row.limit, now, law)
    values: dict[str, Scalar] = {"release_due_at": due}
    basis = f"{row.instrument}, {row.article}"
    changes.apply(
        Transition(
            EntityKind.HOLD, hold.id, "found_unrelated", hold.state, values, legal_basis=basis
        )
    )
    ask(changes, ApprovalKind.RELEASE, hold.id, actor, now, due_at=due)
    return due


def complain(
    changes: Changeset, hold_id: str, minor: int, actor: str, now: datetime, laws: Regimes
) -> datetime:
    """Take in a third party's complaint about so much of a hold; return when it is due."""
    hold = _in_force(changes.file, hold_id)
    if not 0 < minor <= hold.held_minor:
        held = Money(hold.held_minor, hold.currency)
        raise StepRefusedError(
            phrase("a complaint is about more than zero and at most {held} here", held=held)
        )
    law = laws[changes.file.asset(hold.asset_id).regime]
    row = _clock_of(law, Measure.COMPLAINT)
    due = terms.due_at(row.limit, now, law)
    values: dict[str, Scalar] = {"complained_minor": minor}
    basis = f"{row.instrument}, {row.article}"
    changes.apply(
        Transition(EntityKind.HOLD, hold.id, "complained", hold.state, values, legal_basis=basis)
    )
    ask(changes, ApprovalKind.COMPLAINT, hold.id, actor, now, due_at=due)
    return due


def part_of(hold: HoldRow, act: ApprovalKind) -> int:
    """Minor units that an approval of `act` lets go; 0 stands for the whole hold."""
    asked = hold.complained_minor if act is ApprovalKind.COMPLAINT else hold.releasing_minor
    return 0 if asked >= hold.held_minor else asked


def is_behind_a_payout(file: CaseFile, approval_id: str) -> bool:
    """Whether an approval can be given only once a bank has answered what it was told to pay."""
    asked = next((a for a in file.approvals if a.id == approval_id), None)
    if asked is None:
        return False
    if asked.action == ApprovalKind.THIRD_PARTY_CLAIM:
        holds = [t.hold_id for t in file.third_party_claims if t.id == asked.subject_id]
        return any(_is_paying(file, hold_id) for hold_id in holds if hold_id)
    is_release = asked.action in (ApprovalKind.RELEASE_PART, ApprovalKind.COMPLAINT)
    return is_release and _is_paying(file, asked.subject_id)


def _is_paying(file: CaseFile, hold_id: str) -> bool:
    going = (p for p in file.payouts if p.hold_id == hold_id and p.state in GOING)
    return any(has_left(file, payout) for payout in going)


def check_no_payout(file: CaseFile, hold: HoldRow) -> None:
    """StepRefusedError while a payout draws on a hold: what is told to be paid is a victim's."""
    if _is_paying(file, hold.id):
        raise StepRefusedError(
            phrase(
                "a payout out of hold {hold_id} is on its way: decide once its bank has answered",
                hold_id=hold.id,
            )
        )


def order_part(changes: Changeset, hold: HoldRow, minor: int, approval: str) -> None:
    """Tell the bank to let a part go, under a person's decision; not while a payout draws on it."""
    check_no_payout(changes.file, hold)
    values: dict[str, Scalar] = {"releasing_minor": minor, "complained_minor": 0}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "part_ordered", hold.state, values))
    changes.call(hold_orders.release_intent(changes.file, hold, approval))


def undo(changes: Changeset, hold: HoldRow, act: ApprovalKind, reason: str) -> None:
    """A second person said no: the money stays held."""
    event, values = STAYS[act]
    changes.apply(Transition(EntityKind.HOLD, hold.id, event, hold.state, values, reason=reason))


def apply_refusal(changes: Changeset, hold_id: str, code: str) -> None:
    """The bank would not let it go: the hold is in force as before, and a person looks again."""
    hold = changes.file.hold(hold_id)
    reason = stored_phrase("the bank did not let it go: {code}", code=code)
    if hold.state is HoldState.RELEASE_PENDING:
        unchanged: dict[str, Scalar] = {"releasing_minor": 0}
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, _kept(hold), hold.state, unchanged, reason=reason)
        )
        _give_over(changes, hold.id)
    elif hold.releasing_minor and hold.state in _IN_FORCE:
        # What has ended since, such as a stop that its freeze took over, has no part to keep.
        values: dict[str, Scalar] = {"releasing_minor": 0}
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "part_kept", hold.state, values, reason=reason)
        )


def _give_over(changes: Changeset, hold_id: str) -> None:
    """A bank that could not release a stop because a freeze took it over holds it no more."""
    stop = changes.file.hold(hold_id)
    for hold in changes.file.holds:
        if hold.supersedes_id == stop.id and hold.state in (HoldState.STOPPED, HoldState.FROZEN):
            supersede(changes, stop, hold)
            return


def supersede(changes: Changeset, stop: HoldRow, hold: HoldRow) -> None:
    """A hold in force takes the place of the stop or voluntary hold that it follows."""
    if stop.state is HoldState.STOPPED:
        changes.apply(
            Transition(EntityKind.HOLD, stop.id, "superseded", stop.state, {"held_minor": 0})
        )
        unrelated_funds.pass_on(changes, stop, changes.file.hold(hold.id))


def _kept(hold: HoldRow) -> str:
    return _KEPT[hold.kind] if hold.acted_at else "queue_kept"


def keep_remainder(changes: Changeset, hold_id: str, fact: HoldFact) -> None:
    """A bank carried a release out and holds more than was decided on: that stays held.

    `fact` answers the release itself; an older word on the hold says nothing of the kind.
    """
    hold = changes.file.hold(hold_id)
    still = fact.state in (BankHoldState.HELD, BankHoldState.PARTIALLY_HELD) and fact.held.minor
    if hold.state is not HoldState.RELEASE_PENDING or not still:
        return
    values = hold_figures.stated(fact) | hold_figures.figure(hold, fact) | {"releasing_minor": 0}
    reason = stored_phrase("the bank released what was decided, and holds more")
    changes.apply(
        Transition(EntityKind.HOLD, hold.id, _kept(hold), hold.state, values, reason=reason)
    )


STAYS: dict[ApprovalKind, tuple[str, dict[str, Scalar]]] = {
    ApprovalKind.RELEASE_PART: ("part_kept", {"releasing_minor": 0}),
    ApprovalKind.COMPLAINT: ("complaint_rejected", {"complained_minor": 0}),
    ApprovalKind.RELEASE: ("unrelated_denied", {"release_due_at": None}),
}


def _clock_of(law: Regime, measure: Measure) -> Row:
    if not law.has(measure):
        raise StepRefusedError(
            phrase(
                "the law {code} has no clock for this: let a part go, or deny its renewal",
                code=law.code,
            )
        )
    return law.measure(measure)


def _in_force(file: CaseFile, hold_id: str) -> HoldRow:
    hold = file.hold(hold_id)
    if hold.state not in _IN_FORCE or not hold.held_minor:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: it holds nothing to release",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    if file.pending(hold_id) is not None:
        raise StepRefusedError(
            phrase("hold {hold_id} has an approval pending: decide it first", hold_id=hold_id)
        )
    if hold.releasing_minor:
        raise StepRefusedError(
            phrase(
                "a part of hold {hold_id} is on its way: wait for the bank's answer",
                hold_id=hold_id,
            )
        )
    return hold


def _check_part(hold: HoldRow, minor: int) -> None:
    if not 0 < minor < hold.held_minor:
        held = Money(hold.held_minor, hold.currency)
        raise StepRefusedError(
            phrase("a part of a hold is more than zero and less than {held}", held=held)
        )
