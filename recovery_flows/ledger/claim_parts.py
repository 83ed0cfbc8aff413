"""Whose a claim is: the victim's, and up to what they paid him those who stand in his place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.claim import ClaimRow, CompensationRow, CompensationState
from models.entities.payout import PayoutState
from recovery_flows.ledger.recalled import counted_of
from recovery_flows.ledger.unclaimed_money import given_up


@dataclass(frozen=True, slots=True)
class Part:
    """Whom a part of a claim belongs to, and what of it he has and is still to get."""

    payee_account_id: str
    whole_minor: int
    got_minor: int

    @property
    def open_minor(self) -> int:
        """What is still to come to him."""
        return max(0, self.whole_minor - self.got_minor)


def confirmed(file: CaseFile, claim_id: str) -> list[CompensationRow]:
    """What two people have seen to be paid to the victim of a claim."""
    return [
        k
        for k in file.compensations
        if k.claim_id == claim_id and k.state is CompensationState.CONFIRMED
    ]


def parts(file: CaseFile, claim: ClaimRow, *, settled_only: bool = False) -> list[Part]:
    """The victim's part of a claim, first, and that of each who has paid him.

    What each has is what he got and what is on its way to him; `settled_only` leaves the latter
    out, since it may come back.
    """
    paid: dict[str, int] = {}
    for row in confirmed(file, claim.id):
        paid[row.payer_account_id] = paid.get(row.payer_account_id, 0) + row.amount_minor
    got = dict.fromkeys(paid, 0)
    victims = 0
    given = _got(file, claim) if settled_only else _going_or_got(file, claim)
    for minor, payee in given:
        if payee in got:
            got[payee] += minor
        else:
            victims += minor
    victims += counted_of(file, claim.id)  # a recall pays the account that the money came from
    own = max(0, claim.upheld_minor - sum(paid.values()))
    return [
        Part(claim.payout_account_id, own, victims),
        *(Part(payee, paid[payee], got[payee]) for payee in sorted(paid)),
    ]


def _got(file: CaseFile, claim: ClaimRow) -> Iterator[tuple[int, str]]:
    for payout in file.payouts:
        if payout.claim_id == claim.id and payout.returned_minor:
            yield payout.returned_minor, payout.payee_account_id


def _going_or_got(file: CaseFile, claim: ClaimRow) -> Iterator[tuple[int, str]]:
    dead = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    given = given_up(file)
    for payout in file.payouts:
        if payout.claim_id != claim.id or payout.unclaimed_id:
            continue
        if payout.id in given:
            yield payout.amount_minor, payout.payee_account_id
            continue
        prepared = payout.state is PayoutState.PREPARED and payout.allocation_id not in dead
        if prepared or payout.state is PayoutState.INSTRUCTED:
            yield payout.amount_minor, payout.payee_account_id
        elif payout.returned_minor:
            yield payout.returned_minor, payout.payee_account_id


def most_open_minor(
    file: CaseFile, claim: ClaimRow, open_minor: int, *, settled_only: bool = False
) -> int:
    """The most of an open loss that can be paid by one order: what is open of one payee's part.

    A claim that is the victim's alone can be paid as a whole. What is split among several is paid
    in parts, and where each is less than a coin nothing can be paid of it.
    """
    if not confirmed(file, claim.id):
        return open_minor
    shared = parts(file, claim, settled_only=settled_only)
    return min(open_minor, max(part.open_minor for part in shared))
