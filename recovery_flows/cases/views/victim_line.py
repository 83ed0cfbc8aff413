"""What one victim is told of a recovery: five plain lines, and nothing of anybody else.

Where others have paid the victim each is told of his own part alone: the victim of what is left to
him, a payer of what he has stepped in for.

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
from models.entities.payout import PayoutRow, PayoutState
from models.entities.recovery import RecoveryState
from models.money import Money
from recovery_flows.cases.next_steps import stage_of
from recovery_flows.ledger import claim_parts
from recovery_flows.ledger.outstanding_losses import GOING, LOST
from recovery_flows.ledger.recalled import counted_of
from recovery_flows.ledger.unclaimed_money import given_up, refund_of
from recovery_flows.restitution import objections
from recovery_flows.restitution.payouts import ENDED


@dataclass(frozen=True, slots=True)
class VictimLine:
    """The five lines, and the figures in them in minor units of the loss's currency.

    `upheld_minor` is the part of the upheld loss that belongs to whom the lines are for.
    """

    ref: str
    claim_id: str
    currency: str
    upheld_minor: int
    paid_minor: int
    under_way_minor: int
    lines: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Own:
    """The part of a claim that belongs to one person, in minor units, and what is paid of it."""

    whole_minor: int
    by_others_minor: int
    payouts: tuple[PayoutRow, ...]
    late_minor: int = 0
    """What came by recalls, and what the treasury refunded."""

    @property
    def paid_minor(self) -> int:
        """What has reached this person of it."""
        return self.late_minor + sum(p.returned_minor for p in self.payouts)

    @property
    def going_minor(self) -> int:
        """What is decided or prepared for this person."""
        return sum(p.amount_minor for p in self.payouts if p.state in GOING)


def own_part(file: CaseFile, claim: ClaimRow) -> Own:
    """The victim's own part of a claim: what nobody has stepped in for."""
    return _own(file, claim, "")


def _own(file: CaseFile, claim: ClaimRow, payer_account_id: str) -> Own:
    """The payer's part, or without one the victim's: what nobody has stepped in for."""
    victim, *payers = claim_parts.parts(file, claim)
    theirs = {part.payee_account_id: part.whole_minor for part in payers}
    mine = tuple(
        p
        for p in file.payouts
        if p.claim_id == claim.id
        and not p.unclaimed_id
        and (
            p.payee_account_id == payer_account_id
            if payer_account_id
            else p.payee_account_id not in theirs
        )
    )
    whole = theirs[payer_account_id] if payer_account_id else victim.whole_minor
    given = given_up(file)
    refunded = sum(refund_of(given[p.id]) for p in mine if p.id in given)
    if payer_account_id:
        return Own(whole, 0, mine, refunded)
    return Own(whole, sum(theirs.values()), mine, refunded + counted_of(file, claim.id))


def victim_line(file: CaseFile, claim: ClaimRow, now: datetime, zone: str) -> VictimLine:
    """What the victim of `claim` is told now; days are those of the law's time zone."""
    place, own = ZoneInfo(zone), _own(file, claim, "")
    reported, ref = _day(claim.reported_at, place), file.recovery.ref
    return _told(file, claim, own, (
        f"Your report: {ref} of {reported}: {_standing(claim, place)}",
        f"Your money: {_where(file, claim)}",
        f"Paid back to you: {_paid(claim, own)}",
        f"What happens next: {_next(file, claim, own, place)}",
        _as_of(file, now, place),
    ))  # fmt: skip


def payer_line(
    file: CaseFile, claim: ClaimRow, payer_account_id: str, now: datetime, zone: str
) -> VictimLine:
    """What somebody who has paid the victim of `claim` is told: of his own part alone.

    KeyError where he has not, or nobody has confirmed it.
    """
    place, own = ZoneInfo(zone), _own(file, claim, payer_account_id)
    whole, ref = Money(own.whole_minor, claim.currency), file.recovery.ref
    return _told(file, claim, own, (
        f"Your payment: {ref}: {whole} that you paid to a victim are confirmed.",
        f"Your part: for {whole} you stand in the victim's place.",
        f"Paid to you: {_paid(claim, own)}",
        f"What happens next: {_next_of_payer(file, own, place)}",
        _as_of(file, now, place),
    ))  # fmt: skip


def _told(
    file: CaseFile, claim: ClaimRow, own: Own, lines: tuple[str, str, str, str, str]
) -> VictimLine:
    return VictimLine(
        ref=file.recovery.ref,
        claim_id=claim.id,
        currency=claim.currency,
        upheld_minor=own.whole_minor,
        paid_minor=own.paid_minor,
        under_way_minor=own.going_minor,
        lines=lines,
    )


def _as_of(file: CaseFile, now: datetime, place: ZoneInfo) -> str:
    quote = f"Quote {file.recovery.ref} for questions or objections."
    return f"As of {_day(now, place)}. {quote} {_COSTS_NOTHING}"


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
    found, safe, gone = places(file, claim)
    said = [f"{Money(found, claim.currency)} of it was traced to accounts"]
    if safe:
        said.append(f"{Money(safe, claim.currency)} of that to accounts where money is held")
    if gone:
        said.append(f"{Money(gone, claim.currency)} has left the accounts that we can see")
    return f"{', '.join(said)}."


def places(file: CaseFile, claim: ClaimRow) -> tuple[int, int, int]:
    """What of a claim was traced to accounts, what of that where money is held, what has left."""
    if file.trace is None:
        return 0, 0, 0
    mine = [p for p in file.trace.positions if p.claim_id == claim.id]
    found = sum(p.claim_minor for p in mine)
    gone = sum(g.claim_minor for g in file.trace.gone if g.claim_id == claim.id)
    held_at = {h.asset_id for h in file.holds if h.state in LIVE_HOLDS and h.held_minor}
    secured = {file.asset(asset_id).account_id for asset_id in held_at}
    return found, sum(p.claim_minor for p in mine if p.account_id in secured), gone


def is_held(file: CaseFile) -> bool:
    """Whether money of a recovery is held now."""
    return any(h.state in LIVE_HOLDS and h.held_minor for h in file.holds)


def _paid(claim: ClaimRow, own: Own) -> str:
    paid, whole = Money(own.paid_minor, claim.currency), Money(own.whole_minor, claim.currency)
    told, going = f"{paid} of {whole}", own.going_minor
    on = f"; {Money(going, claim.currency)} more is decided or prepared" if going else ""
    others = Money(own.by_others_minor, claim.currency)
    by = f"; others paid you {others} and stand in your place for it" if others.minor else ""
    return f"{told}{on}{by}."


def _next_of_payer(file: CaseFile, own: Own, place: ZoneInfo) -> str:
    """As for the victim, but of what the victim has objected nothing is said."""
    allocation = open_allocation(file, own)
    if allocation is not None:
        return _of_allocation(allocation, own, place)
    if own.whole_minor <= own.paid_minor:
        return "nothing: you have got your part."
    return _of_recovery(file)


def _next(file: CaseFile, claim: ClaimRow, own: Own, place: ZoneInfo) -> str:
    if claim.state is ClaimState.REJECTED:
        return "nothing under this claim, unless you object."
    objected = [o for o in objections.open_ones(file) if o.claim_id == claim.id]
    if objected:
        due = objected[0].due_at
        return f"your objection is decided{f' by {_day(due, place)}' if due else ''}."
    allocation = open_allocation(file, own)
    if allocation is not None:
        return _of_allocation(allocation, own, place)
    if file.recovery.state is RecoveryState.REPORTED:
        return "an officer takes your report on."
    if claim.upheld_minor and claim.state in LOST and own.whole_minor <= own.paid_minor:
        return "nothing: you have your money back."
    return _of_recovery(file)


def _of_recovery(file: CaseFile) -> str:
    if file.recovery.state is not RecoveryState.OPEN:
        return "the case is closed; it is opened again when more of your money is found."
    if is_held(file):
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


def open_allocation(file: CaseFile, own: Own) -> AllocationRow | None:
    """The youngest division under way that pays this person."""
    mine = {p.allocation_id for p in own.payouts if p.state in GOING}
    going = [a for a in file.allocations if a.id in mine and a.state not in ENDED]
    return going[-1] if going else None


def _of_allocation(allocation: AllocationRow, own: Own, place: ZoneInfo) -> str:
    if allocation.state is AllocationState.NOTICE and allocation.notice_to is not None:
        return (
            f"who gets what was published; until {_day(allocation.notice_to, place)} "
            "you may object."
        )
    if allocation.state is AllocationState.APPROVED:
        mine = [p for p in own.payouts if p.allocation_id == allocation.id]
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
