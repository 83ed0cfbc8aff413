"""Money that came by other ways than a hold, and how it makes a loss good that is elsewhere.

It is none of the traced money: the thief has spent that, or it was never found. So what comes in
stands in the place of what is gone, not located, located and not held, or kept by a third party.
What is held gives way last, but it does: money in the unit's hand pays the victims before money
that a bank only holds. What is more than the whole loss is excess, for no claim needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import LIVE_HOLDS, HoldRow
from models.entities.ledger import LedgerAccount
from recovery_flows.ledger.account_keys import Key, Sums
from recovery_flows.ledger.account_targets import asset_targets, settled
from recovery_flows.ledger.payout_parts import Parts
from recovery_flows.ledger.recalled import counted_minor, recalled_targets

MADE_GOOD = "made_good"
"""Detail of what of a place of the loss was made good by money that the unit received."""
_PLACES = (
    LedgerAccount.GONE, LedgerAccount.NOT_LOCATED, LedgerAccount.LOCATED,
    LedgerAccount.THIRD_PARTY, LedgerAccount.HELD,
)  # fmt: skip
"""Where the loss is, in the order in which it is made good: what is held gives way last."""


def received_minor(file: CaseFile, asset: AssetRow) -> int:
    """What is on the unit's account for this recovery, with what was paid on from there."""
    return sum(received_by(file, hold) for hold in file.holds_of(asset.id))


def received_by(file: CaseFile, hold: HoldRow) -> int:
    """What of one booking on the unit's account is there, with what was paid on of it."""
    return min(hold.requested_minor, standing_minor(file, hold))


def standing_minor(file: CaseFile, hold: HoldRow) -> int:
    """What a hold keeps, with what was paid out of it."""
    ours = settled(file, file.asset(hold.asset_id))
    paid = sum(p.debited_minor for p in ours if p.hold_id == hold.id)
    return paid + (hold.held_minor if hold.state in LIVE_HOLDS else 0)


def _paid_on(file: CaseFile, parts: Mapping[str, Parts]) -> int:
    """What was paid on out of the unit's own account and did not come back there."""
    return sum(
        parts[p.id].returned
        for asset in file.assets
        if asset.is_custody
        for p in settled(file, asset)
    )


def _lost(target: dict[Key, list[int]]) -> dict[LedgerAccount, int]:
    return {
        account: sum(sums[0] for key, sums in target.items() if key.account is account)
        for account in _PLACES
    }


def received_targets(
    file: CaseFile, target: dict[Key, list[int]], parts: Mapping[str, Parts]
) -> Iterator[tuple[Key, Sums]]:
    """What was received, and the places of the loss in `target` that it makes good.

    What was paid on from there has its room in the loss before what is only kept.
    """
    if not file.recall_credits and not any(asset.is_custody for asset in file.assets):
        return
    lost, to_come = _lost(target), _paid_on(file, parts)
    yield from _recalled(file, lost, parts)
    for asset in file.assets:
        if not asset.is_custody:
            continue
        ours = [parts[p.id] for p in settled(file, asset)]
        # What was paid on and called back is a loss again, which the money that came makes good.
        lost[LedgerAccount.GONE] += sum(p.clawed for p in ours)
        to_come -= sum(p.returned for p in ours)
        there = max(received_minor(file, asset), sum(p.of_loss for p in ours))
        good = min(there, max(0, sum(lost.values()) - to_come))
        yield from asset_targets(file, asset, Sums(good, good), parts)
        yield from _made_good(file, lost, good)


def _recalled(
    file: CaseFile, lost: dict[LedgerAccount, int], parts: Mapping[str, Parts]
) -> Iterator[tuple[Key, Sums]]:
    """What came back by recalls; what the unit has paid on keeps its room beside it.

    What a bank still holds for a victim who has his money back covers no claim any more.
    """
    good = min(counted_minor(file), max(0, sum(lost.values()) - _paid_on(file, parts)))
    yield from recalled_targets(file, good)
    yield from _made_good(file, lost, good)


def _made_good(
    file: CaseFile, lost: dict[LedgerAccount, int], good: int
) -> Iterator[tuple[Key, Sums]]:
    """Take `good` from the places of the loss, one after another; `lost` is lowered by it."""
    currency = file.recovery.currency
    for account in _PLACES:
        taken = min(good, lost[account])
        if taken:
            key = Key(account, "", "", "", MADE_GOOD, currency, currency)
            yield key, Sums(-taken, -taken)
        lost[account], good = lost[account] - taken, good - taken
