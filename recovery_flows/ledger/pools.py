"""Held money that can be paid: per hold, in whole coins of the account, never more than it holds.

A bank that pays in another currency than it holds rounds what it debits by up to a coin, and its
rate is not known before it has paid. So what is asked of such a hold is counted in coins of the
account, each rounded up by the rate at which the trace carries the claim; a sum worth one coin or
less cannot be paid at all, and after a refusal for want of money a coin less is asked for. Where
that does not do, the rate has moved: a person looks at each further refusal, and one part of a
hundred less is asked for, then two, four; once the bank has paid, its own rate is known, and less
than that is asked for only where it refuses that too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.case_file import Balance, CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import HoldRow
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutState
from recovery_flows.ledger.court_money import unknown_minor
from recovery_flows.ledger.unclaimed_money import kept_minor

NO_BALANCE = "NO_BALANCE"
MOST_COINS_LESS = 3
"""How often a conversion is tried with a coin less before a person has to look."""
_MOST_PARTS_LESS = 50
"""Of a hundred: no refusal of its bank makes all of a hold one that cannot be paid."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What a hold can pay: a claim in the loss's currency, and the account's coins behind it.

    `claim_minor` and `asset_minor` are what the ledger carries; `coins` of these may be paid out.
    """

    hold_id: str
    claim_minor: int
    asset_minor: int
    coins: int
    is_foreign: bool
    coin_minor: int = 0
    """What a coin of the account is worth, rounded down.

    What is left after payouts carries another ratio: banks round what they debit.
    """

    @property
    def payable_minor(self) -> int:
        """The most that can be promised from it, in the currency of the loss."""
        if not self.is_foreign:
            return min(self.claim_minor, self.coins)
        return self.claim_minor * self.coins // self.asset_minor if self.coins > 1 else 0

    def can_pay(self, minor: int) -> bool:
        """Whether so much of a loss, as far as it goes, is worth more than one coin."""
        part = min(minor, self.payable_minor)
        if not self.is_foreign:
            return part > 0
        return part * self.asset_minor > self.claim_minor and part > self.coin_minor

    def less(self, minor: int) -> Pool:
        """What it can still pay after so much was promised; coins are rounded up."""
        used = -(-minor * self.asset_minor // self.claim_minor) if self.is_foreign else minor
        return replace(self, coins=max(0, self.coins - used))


def pools(file: CaseFile, asset: AssetRow) -> tuple[Pool, ...]:
    """The holds of an asset that carry money of the loss, as the ledger shows it.

    Money that crossed currencies and came back may be a cent short of the claim that it carries:
    no more is there to pay than the account holds, and what is kept for a payee is not; nor is what
    a court has given to somebody whom nobody has found yet.
    """
    found = []
    unknown = unknown_minor(file, asset.id)
    for pool in carried(file, asset):
        free = pool.less(kept_minor(file, pool.hold_id))
        kept = min(unknown, free.payable_minor)
        unknown -= kept
        found.append(free.less(kept))
    return tuple(found)


def carried(file: CaseFile, asset: AssetRow) -> tuple[Pool, ...]:
    """The same with what is kept there for payees who have not come forward."""
    foreign = asset.currency != file.recovery.currency
    coin = _coin_minor(file, asset) if foreign else 0
    return tuple(
        _converted(file, b, coin)
        if foreign
        else Pool(b.hold_id, b.claim_minor, b.asset_minor, b.asset_minor, is_foreign=False)
        for b in file.balances
        if b.account is LedgerAccount.HELD
        and b.asset_id == asset.id
        and b.claim_minor > 0
        and b.asset_minor > 0
    )  # fmt: skip


def _converted(file: CaseFile, balance: Balance, coin_minor: int) -> Pool:
    """What a hold in another currency can pay, at the rate its bank has paid where it is dearer."""
    hold, asset_minor = file.hold(balance.hold_id), balance.asset_minor
    claim_minor = balance.claim_minor
    if len(short_rounds(file, hold)) > MOST_COINS_LESS and (paid := _paid(file, hold)):
        claim_minor = max(1, min(claim_minor, asset_minor * paid[0] // paid[1]))
    coins = asset_minor - coins_less(file, hold, asset_minor)
    return Pool(hold.id, claim_minor, asset_minor, coins, is_foreign=True, coin_minor=coin_minor)


def _paid(file: CaseFile, hold: HoldRow) -> tuple[int, int] | None:
    """What came of payouts out of a hold, in the currency of the loss, and what they cost."""
    paid = [p for p in file.payouts if p.hold_id == hold.id and p.credited_minor]
    cost = sum(p.debited_minor for p in paid)
    return (sum(p.credited_minor for p in paid), cost) if cost else None


def _coin_minor(file: CaseFile, asset: AssetRow) -> int:
    """What a coin of a foreign account is worth: by its trace, or as its bank has paid if more.

    A bank that pays at another rate than the money came by makes a coin worth more than that.
    """
    paid = [p for p in file.payouts if p.asset_id == asset.id and p.credited_minor]
    rates = (
        (asset.traced_claim_minor, asset.traced_minor),
        (sum(p.credited_minor for p in paid), sum(p.debited_minor for p in paid)),
    )
    return max((claim // coins for claim, coins in rates if coins > 0), default=0)


def payable_minor(file: CaseFile, asset: AssetRow) -> int:
    """What an asset's holds can pay together, in the currency of the loss."""
    return sum(pool.payable_minor for pool in pools(file, asset))


def is_payable(file: CaseFile, asset: AssetRow, minor: int) -> bool:
    """Whether an asset's holds can pay something of an open loss."""
    return any(pool.can_pay(minor) for pool in pools(file, asset))


def coins_less(file: CaseFile, hold: HoldRow, held_minor: int) -> int:
    """Coins of those held that a conversion leaves: one for each refusal for want of money.

    After more of these than MOST_COINS_LESS a part of all, which each doubles, until it has paid;
    once it has, what is asked for at its own rate is refused before a part of it is left.
    """
    rounds = len(short_rounds(file, hold))
    looks = rounds - MOST_COINS_LESS
    if _paid(file, hold):
        looks = min(looks - 1, _short_since_paid(file, hold))
    if looks <= 0:
        return min(rounds, MOST_COINS_LESS)
    parts: int = min(_MOST_PARTS_LESS, 2 ** (looks - 1))
    return MOST_COINS_LESS + held_minor * parts // 100


def _short_since_paid(file: CaseFile, hold: HoldRow) -> int:
    """In how many allocations its bank had not enough after the last in which it has paid."""
    number = {a.id: a.round_number for a in file.allocations}
    last = max(
        number.get(p.allocation_id, 0)
        for p in file.payouts
        if p.hold_id == hold.id and p.credited_minor
    )
    return sum(number.get(name, 0) > last for name in short_rounds(file, hold))


def short_rounds(file: CaseFile, hold: HoldRow) -> frozenset[str]:
    """The allocations in which a bank had not enough for a conversion out of this hold."""
    return frozenset(
        p.allocation_id
        for p in file.payouts
        if p.hold_id == hold.id
        and p.state is PayoutState.REFUSED
        and p.reason == NO_BALANCE
        and p.currency != hold.currency
    )
