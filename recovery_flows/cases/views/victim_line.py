"""What one victim is told of a recovery: five plain lines, and nothing of anybody else.

No name, no account number, no bank and no sum of another claim is in them, so that they can be
read out on the telephone or sent as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.asset import Stage
from models.entities.claim import ClaimRow, ClaimState
from models.entities.hold import LIVE_HOLDS
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.money import Money
from recovery_flows.cases.next_steps import stage_of
from recovery_flows.ledger.outstanding_losses import GOING, owed_minor, paid_minor
from recovery_flows.restitution import objections
from recovery_flows.restitution.payouts import ENDED


@dataclass(frozen=True, slots=True)
class VictimLine:
    """The five lines, and the figures in them in minor units of the loss's currency."""

    ref: str
    claim_id: str
    currency: str
    upheld_minor: int
    paid_minor: int
    under_way_minor: int
    lines: tuple[str, str, str, str, str]


def victim_line(file: CaseFile, claim: ClaimRow, now: datetime, zone: str) -> VictimLine:
    """What the victim of `claim` is told now; days are those of the law's time zone."""
    place = ZoneInfo(zone)
    going = sum(p.amount_minor for p in file.payouts if p.claim_id == claim.id and p.state in GOING)
    paid, reported = paid_minor(file, claim), _day(claim.reported_at, place)
    as_of, ref = _day(now, place), file.recovery.ref
    return VictimLine(
        ref=ref,
        claim_id=claim.id,
        currency=claim.currency,
        upheld_minor=claim.upheld_minor,
        paid_minor=paid,
        under_way_minor=going,
        lines=(
            f"Your report: {ref} of {reported}: {_standing(claim, place)}",
            f"Your money: {_where(file, claim)}",
            f"Paid back to you: {_paid(claim, paid, going)}",
            f"What happens next: {_next(file, claim, place)}",
            f"As of {as_of}. Quote {ref} for questions or objections. {_COSTS_NOTHING}",
        ),
    )


_COSTS_NOTHING = "This costs nothing: whoever asks you for a fee or a password is not us."


def _standing(claim: ClaimRow, place: ZoneInfo) -> str:
    reported = Money(claim.reported_minor, claim.currency)
    if claim.state is ClaimState.FILED:
        return f"your loss of {reported} is being verified."
    if claim.state is ClaimState.REJECTED:
        return f"your claim of {reported} was not accepted; you were told why and can object."
    if claim.decided_minor is not None and claim.decided_minor < claim.reported_minor:
        decided = Money(claim.decided_minor, claim.currency)
        until = f" until {_day(claim.appeal_until, place)}" if claim.appeal_until else ""
        return f"{decided} of the {reported} that you reported are upheld; you may appeal{until}."
    upheld = Money(claim.upheld_minor, claim.currency)
    if claim.upheld_minor < claim.reported_minor:
        return f"of the {reported} that you reported {upheld} are verified as your loss."
    return f"your loss of {upheld} is verified."


def _where(file: CaseFile, claim: ClaimRow) -> str:
    if claim.state is ClaimState.REJECTED:
        return "nothing is looked for under this claim."
    if file.trace is None:
        return "the banks have been asked; they have not answered in full yet."
    mine = [p for p in file.trace.positions if p.claim_id == claim.id]
    found = sum(p.claim_minor for p in mine)
    gone = sum(g.claim_minor for g in file.trace.gone if g.claim_id == claim.id)
    held_at = {h.asset_id for h in file.holds if h.state in LIVE_HOLDS and h.held_minor}
    secured = {file.asset(asset_id).account_id for asset_id in held_at}
    safe = sum(p.claim_minor for p in mine if p.account_id in secured)
    said = [f"{Money(found, claim.currency)} of it was traced to accounts"]
    if safe:
        said.append(f"{Money(safe, claim.currency)} of that to accounts where money is held")
    if gone:
        said.append(f"{Money(gone, claim.currency)} has left the accounts that we can see")
    return f"{', '.join(said)}."


def _paid(claim: ClaimRow, paid: int, going: int) -> str:
    told = f"{Money(paid, claim.currency)} of {Money(claim.upheld_minor, claim.currency)}"
    on = f"; {Money(going, claim.currency)} more is decided or prepared" if going else ""
    return f"{told}{on}."


def _next(file: CaseFile, claim: ClaimRow, place: ZoneInfo) -> str:
    if claim.state is ClaimState.REJECTED:
        return "nothing under this claim, unless you object."
    objected = [o for o in objections.open_ones(file) if o.claim_id == claim.id]
    if objected:
        due = objected[0].due_at
        return f"your objection is decided{f' by {_day(due, place)}' if due else ''}."
    allocation = _open_allocation(file, claim)
    if allocation is not None:
        return _of_allocation(file, allocation, claim, place)
    if file.recovery.state is RecoveryState.REPORTED:
        return "an officer takes your report on."
    if claim.upheld_minor and not owed_minor(file, claim):
        return "nothing: you have your money back."
    if file.recovery.state is not RecoveryState.OPEN:
        return "the case is closed; it is opened again when more of your money is found."
    if any(h.state in LIVE_HOLDS and h.held_minor for h in file.holds):
        return _OF_STAGE[stage_of(file)]
    stage = stage_of(file)
    return _OF_STAGE[Stage.CLOSED if stage is Stage.RESTITUTION else stage]


_OF_STAGE = {
    Stage.FREEZING: "banks are told to hold the money.",
    Stage.TRACING: "the way of the money is traced from account to account.",
    Stage.CROSS_BORDER: "an authority abroad is asked for help; that can take months.",
    Stage.RESTITUTION: "it is established whose the held money is, then it is divided.",
    Stage.CLOSED: "no more of your money is found at present; the case is about to be closed.",
}


def _open_allocation(file: CaseFile, claim: ClaimRow) -> AllocationRow | None:
    """The youngest division under way that pays this claim."""
    mine = {p.allocation_id for p in file.payouts if p.claim_id == claim.id and p.state in GOING}
    going = [a for a in file.allocations if a.id in mine and a.state not in ENDED]
    return going[-1] if going else None


def _of_allocation(
    file: CaseFile, allocation: AllocationRow, claim: ClaimRow, place: ZoneInfo
) -> str:
    if allocation.state is AllocationState.NOTICE and allocation.notice_to is not None:
        return (
            f"who gets what was published; until {_day(allocation.notice_to, place)} "
            "you may object."
        )
    if allocation.state is AllocationState.APPROVED:
        mine = [p for p in file.payouts_of(allocation.id) if p.claim_id == claim.id]
        ordered = any(p.state is PayoutState.INSTRUCTED for p in mine)
        return "the bank was told to pay you." if ordered else "other payments are finished."
    return _OF_ALLOCATION[allocation.state]


_OF_ALLOCATION = {
    AllocationState.DRAFT: "the division of the held money is published or put up for decision.",
    AllocationState.NOTICE_ENDED: "the division is put up for decision.",
    AllocationState.PENDING_APPROVAL: "a second person decides on the division.",
}


def _day(at: datetime, place: ZoneInfo) -> str:
    return f"{at.astimezone(place):%d %b %Y}"
