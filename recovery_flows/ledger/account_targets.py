"""What the ledger shows of one account: returned, held, in excess, given away, gone, located.

The traced money of the account is handed out in that order; what a bank debited, holds and gave
away is its own figure. What is carried in another currency than the loss has a memo leg beside it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import HoldRow
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutRow, PayoutState
from recovery_flows.ledger.account_keys import Key, Sums, memo
from recovery_flows.ledger.hold_figures import unconfirmed_minor
from recovery_flows.ledger.payout_parts import Parts
from recovery_flows.ledger.third_parties import kept_targets
from recovery_flows.ledger.unclaimed_money import refund_through

EXCHANGE = "exchange_rounding"
"""Detail of the cents of a claim that conversions lost: no account holds them any more."""


DISPOSED = "disposed"
"""Detail of what a court's order gave to others than the victims, out of a hold."""


NOT_CREDITED = "debited_not_credited"
"""Detail of what a bank says that it debited and that paid no loss back."""


OVERPAID = "paid_beyond_order"
"""Detail of what a bank says that it credited beyond our order, or beyond its payee's loss."""


CLAWED, CLAWED_RECEIVED = "clawed_back", "clawed_back_received"
"""Details of what a payout brought and its victim has no more: out of a hold, out of the unit's."""


RECEIVED = "received"
"""Detail of what the unit itself holds of money that was given back to it."""


def conversion(
    currency: str, there: str, claim_minor: int, amount_minor: int
) -> Iterator[tuple[Key, Sums]]:
    """The other side of a claim that is carried in another currency, or came back from one.

    Its source is the trace, not the entry: within one currency and without a conversion there is
    nothing here, and an entry that does not sum up then is refused.
    """
    if there == currency:
        yield memo(LedgerAccount.MEMO_EXCHANGE, currency, there, claim_minor - amount_minor)
    else:
        yield memo(LedgerAccount.MEMO_EXCHANGE, currency, currency, claim_minor)
        yield memo(LedgerAccount.MEMO_EXCHANGE, currency, there, -amount_minor)


def overdrawn(currency: str, there: str) -> LedgerAccount:
    """Where a debit goes that is above what the trace found: a cost, or a conversion's rate."""
    return LedgerAccount.MEMO_COST if there == currency else LedgerAccount.MEMO_EXCHANGE


def asset_targets(
    file: CaseFile, asset: AssetRow, traced: Sums, parts: Mapping[str, Parts]
) -> Iterator[tuple[Key, Sums]]:
    """Returned, held (up to the claim), excess and the rest located, for one account.

    `parts` are those of each settled payout of the file, by `payout_parts.parts_of`.
    """
    currency = file.recovery.currency
    left = yield from _returned_targets(file, asset, traced, parts)
    # Less was traced than was returned: the rest gives way elsewhere.
    left = Sums(max(0, left.claim_minor), left.asset_minor)
    left = yield from _not_credited_targets(file, asset, traced, left, parts)
    left = yield from _held_targets(file, asset, left)
    left = yield from _disposed_targets(file, asset, left)
    claim_left, amount_left = yield from kept_targets(file, asset, left)
    if claim_left and not amount_left:
        key = Key(LedgerAccount.GONE, asset.id, "", "", EXCHANGE, currency, asset.currency)
        yield key, Sums(claim_left, 0)
    elif claim_left or amount_left:
        key = Key(LedgerAccount.LOCATED, asset.id, "", "", "", currency, asset.currency)
        yield key, Sums(claim_left, amount_left)


_Targets = Generator[tuple[Key, Sums], None, Sums]


def _returned_targets(
    file: CaseFile, asset: AssetRow, traced: Sums, parts: Mapping[str, Parts]
) -> _Targets:
    """What payees got, as the bank says it, and what it debited for that; what is left then.

    What it credited beyond our order, or beyond what its payee has lost, is none of the loss; what
    it credited in another currency pays nothing back.
    """
    currency = file.recovery.currency
    claim_left, amount_left = traced
    for payout in settled(file, asset):
        account = _account_of(asset, payout)
        detail = RECEIVED if asset.is_custody and payout.unclaimed_id else ""
        key = Key(
            account, asset.id, payout.hold_id, payout.claim_id, detail, currency,
            payout.debited_currency,
        )  # fmt: skip
        returned, clawed, more = parts[payout.id]
        refunded = min(returned, refund_through(file, payout))
        yield key, Sums(returned - refunded, payout.debited_minor)
        if clawed:
            what = CLAWED_RECEIVED if asset.is_custody else CLAWED
            yield key._replace(account=LedgerAccount.GONE, detail=what), Sums(clawed, 0)
        if refunded:
            yield key._replace(account=LedgerAccount.RETURNED_TREASURY), Sums(refunded, 0)
        if more:
            beyond = key._replace(account=LedgerAccount.MEMO_EXCESS, detail=OVERPAID)
            yield beyond, Sums(more, 0)
            yield Key(LedgerAccount.MEMO_BANK, "", "", "", "", currency, currency), Sums(-more, 0)
        claim_left -= returned + clawed
        if payout.debited_currency == asset.currency:
            amount_left -= payout.debited_minor
        else:
            there, minor = payout.debited_currency, payout.debited_minor
            yield memo(LedgerAccount.MEMO_EXCHANGE, currency, there, -minor)
    if amount_left < 0:
        yield memo(overdrawn(currency, asset.currency), currency, asset.currency, amount_left)
    return Sums(claim_left, max(0, amount_left))


def _account_of(asset: AssetRow, payout: PayoutRow) -> LedgerAccount:
    """Whose a settled payout is: the victims', or the treasury's where nobody has claimed it."""
    if payout.unclaimed_id:
        return LedgerAccount.TREASURY
    return LedgerAccount.RETURNED_VOLUNTARY if asset.is_custody else LedgerAccount.RETURNED_HOLD


def _not_credited_targets(
    file: CaseFile, asset: AssetRow, traced: Sums, left: Sums, parts: Mapping[str, Parts]
) -> _Targets:
    """What a bank debited and no loss was paid with is located, owed; what is left then.

    It is with the bank, or with a payee who got more than he has lost.
    """
    claim_left, amount_left = left
    for payout in settled(file, asset):
        owed = min(claim_left, _not_credited_minor(payout, traced, parts[payout.id].of_loss))
        if owed:
            key = Key(
                LedgerAccount.LOCATED, asset.id, payout.hold_id, payout.claim_id, NOT_CREDITED,
                file.recovery.currency, asset.currency,
            )  # fmt: skip
            yield key, Sums(owed, 0)
            claim_left -= owed
    return Sums(claim_left, amount_left)


def _not_credited_minor(payout: PayoutRow, traced: Sums, of_loss_minor: int) -> int:
    """What of a debit paid none of the loss back, in the currency of the loss."""
    if payout.debited_currency == payout.currency:
        return max(0, payout.debited_minor - of_loss_minor)
    # Across currencies only a payee who got another sum than was ordered of his loss shows that
    # something is missing; the trace's own conversion says how much the debit would have paid.
    off = max(payout.amount_minor, payout.credited_minor) - of_loss_minor
    if off <= 0 or not traced.asset_minor:
        return 0
    debited = payout.debited_minor * traced.claim_minor // traced.asset_minor
    return min(off, max(0, debited - of_loss_minor))


def settled(file: CaseFile, asset: AssetRow) -> list[PayoutRow]:
    """The payouts that a bank carried out from an account."""
    return [p for p in file.payouts if p.asset_id == asset.id and p.state is PayoutState.SETTLED]


def _held_targets(file: CaseFile, asset: AssetRow, left: Sums) -> _Targets:
    """What banks hold of what is `left` there, and in excess of it; returns what is left then.

    What a payout took out and the bank has not confirmed since is excess: it is returned already.
    """
    currency = file.recovery.currency
    claim_left, amount_left = left
    for hold in file.live_holds(asset.id):
        yield from _foreign_targets(hold, currency)
        if not hold.held_minor:
            continue
        of_loss = min(max(0, hold.held_minor - unconfirmed_minor(file, hold)), amount_left)
        held_claim = claim_left * of_loss // amount_left if amount_left else 0
        detail = RECEIVED if asset.is_custody else ""
        key = Key(LedgerAccount.HELD, asset.id, hold.id, "", detail, currency, asset.currency)
        yield key, Sums(held_claim, of_loss)
        claim_left, amount_left = claim_left - held_claim, amount_left - of_loss
        if hold.held_minor > of_loss:
            excess = key._replace(account=LedgerAccount.MEMO_EXCESS)
            yield excess, Sums(0, hold.held_minor - of_loss)
            yield memo(LedgerAccount.MEMO_BANK, currency, asset.currency, of_loss - hold.held_minor)
    return Sums(claim_left, amount_left)


def _foreign_targets(hold: HoldRow, currency: str) -> Iterator[tuple[Key, Sums]]:
    """What a bank states to hold in another currency than the account's covers no claim."""
    if hold.foreign_minor:
        key = Key(
            LedgerAccount.MEMO_EXCESS, hold.asset_id, hold.id, "", "", currency,
            hold.foreign_currency,
        )  # fmt: skip
        yield key, Sums(0, hold.foreign_minor)
        yield memo(LedgerAccount.MEMO_BANK, currency, hold.foreign_currency, -hold.foreign_minor)


def _disposed_targets(file: CaseFile, asset: AssetRow, left: Sums) -> _Targets:
    """What courts gave to others out of holds on what is `left`; returns what is left then."""
    currency = file.recovery.currency
    claim_left, amount_left = left
    for hold in file.holds_of(asset.id):
        of_loss = min(hold.disposed_minor, amount_left)
        if of_loss:
            given = claim_left * of_loss // amount_left
            gone = LedgerAccount.GONE
            key = Key(gone, asset.id, hold.id, "", DISPOSED, currency, asset.currency)
            yield key, Sums(given, of_loss)
            claim_left, amount_left = claim_left - given, amount_left - of_loss
    return Sums(claim_left, amount_left)
