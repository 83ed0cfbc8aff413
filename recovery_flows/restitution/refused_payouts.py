"""Payouts that a bank did not carry out: none is ordered again on the same facts.

Paying again takes another fact: another account of the victim, a smaller sum where a conversion
came to more than is held, or a person who has asked the bank what was wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.payout import PayoutRow, PayoutState
from models.language.phrase import stored_phrase
from models.money import Money
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import owed_minor
from recovery_flows.ledger.pools import MOST_COINS_LESS, NO_BALANCE, pools, short_rounds
from recovery_flows.restitution import compensation

NOT_PAID = frozenset({PayoutState.REFUSED, PayoutState.RETURNED})


def blocking(file: CaseFile, asset: AssetRow, *, but: str = "") -> PayoutRow | None:
    """A payout of this asset that was not carried out and of which nothing has changed since.

    `but` names an allocation whose own refusals do not hold up the rest of it.
    """
    here = (p for p in _same_facts(file) if p.asset_id == asset.id and p.allocation_id != but)
    return next(here, None)


def _same_facts(file: CaseFile) -> Iterator[PayoutRow]:
    claims, given = {c.id: c for c in file.claims}, {u.payout_id for u in file.unclaimed}
    for payout in file.payouts:
        claim = claims[payout.claim_id]
        if payout.state not in NOT_PAID or not owed_minor(file, claim):
            continue
        if payout.id in given:
            continue  # whoever it belongs to is looked for by a notice, or has come forward
        same_payee = bool(payout.unclaimed_id) or compensation.is_payee(file, payout)
        if same_payee and not _asks_less(file, payout) and not _looked_into(file, payout):
            yield payout


def _asks_less(file: CaseFile, payout: PayoutRow) -> bool:
    """Whether the next orders out of that hold are smaller: its conversion came to too much.

    Where the hold is worth more than was asked, a coin less of it changes no order.
    """
    hold = file.hold(payout.hold_id)
    if not _is_short(payout) or payout.currency == hold.currency:
        return False
    together = (p for p in file.payouts_of(payout.allocation_id) if p.hold_id == hold.id)
    asked = sum(p.amount_minor for p in together if _is_short(p))
    left = (p.payable_minor for p in pools(file, file.asset(hold.asset_id)) if p.hold_id == hold.id)
    return len(short_rounds(file, hold)) <= MOST_COINS_LESS and sum(left) < asked


def _is_short(payout: PayoutRow) -> bool:
    return payout.state is PayoutState.REFUSED and payout.reason == NO_BALANCE


def _looked_into(file: CaseFile, payout: PayoutRow) -> bool:
    return any(
        d.kind is DiscrepancyKind.PAYOUT_NOT_PAID
        and (d.subject_id, d.mark) == (payout.id, str(payout.state))
        and d.state is DiscrepancyState.RESOLVED
        for d in file.discrepancies
    )


def record(changes: Changeset, now: datetime) -> None:
    """Each payout that blocks is owned by a person until its facts have changed."""
    for payout in tuple(_same_facts(changes.file)):
        discrepancies.find(
            changes, DiscrepancyKind.PAYOUT_NOT_PAID, EntityKind.PAYOUT, payout.id, now,
            claim_id=payout.claim_id,
            expected=Money(payout.amount_minor, payout.currency),
            detail=stored_phrase(
                "{told}: ask the bank why, or name another account of the victim",
            told=", ".join(filter(None, (payout.state, payout.reason)))
            ),
            mark=str(payout.state),
        )  # fmt: skip


def unsettled(file: CaseFile) -> Iterator[PayoutRow]:
    """The payouts that were not carried out and of which nothing has changed since."""
    return _same_facts(file)


def clear_announced(changes: Changeset, payout: PayoutRow, now: datetime) -> None:
    """A notice looks for its payee: what was not paid to him is nobody's to look into."""
    for found in discrepancies.open_ones(changes.file):
        if found.kind is DiscrepancyKind.PAYOUT_NOT_PAID and found.subject_id == payout.id:
            discrepancies.clear(
                changes, found.id, now, stored_phrase("it is announced as unclaimed")
            )


def clear_for(changes: Changeset, claim_id: str, now: datetime) -> None:
    """Another account of the victim was named: what was not paid to the old one is over."""
    for found in discrepancies.open_ones(changes.file):
        if found.kind is DiscrepancyKind.PAYOUT_NOT_PAID and found.claim_id == claim_id:
            reason = stored_phrase("another account of the victim was named")
            discrepancies.clear(changes, found.id, now, reason)
