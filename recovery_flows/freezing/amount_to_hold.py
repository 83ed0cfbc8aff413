"""How much of the money at an account is still to be stopped, and whether that is worth a stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import HoldKind
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutRow, PayoutState
from recovery_flows.freezing import lapse
from recovery_flows.freezing.drafts import NEVER_TRIED
from recovery_flows.law.regime import Regime
from recovery_flows.ledger.third_parties import left_minor


def wanted_minor(file: CaseFile, asset: AssetRow, laws: Mapping[str, Regime]) -> int:
    """Traced money at an account that no stop was ordered for yet, in the account's currency.

    The money of a returned payout is added, unless a hold covers it, or covered it until it lapsed
    and is to be stopped again: the stop that follows it keeps what it kept.
    """
    since = _came_back_since(file, asset)
    before = after = 0
    for hold in file.holds_of(asset.id):
        if hold.kind is HoldKind.STOP and not hold.repeat_number and hold.state not in NEVER_TRIED:
            is_later = since is not None and hold.ordered_at is not None and hold.ordered_at > since
            after += hold.requested_minor if is_later else 0
            before += 0 if is_later else hold.requested_minor
    disputed = asset.traced_minor - left_minor(file, asset.id)
    return max(0, disputed - before) + _came_back_minor(file, asset, laws) - after


def _returned(file: CaseFile, asset: AssetRow) -> list[PayoutRow]:
    return [p for p in file.payouts if p.asset_id == asset.id and p.state is PayoutState.RETURNED]


def _came_back_since(file: CaseFile, asset: AssetRow) -> datetime | None:
    """The earliest settlement of a returned payout: a later stop may cover its money already."""
    settled = [p.settled_at for p in _returned(file, asset) if p.settled_at is not None]
    return min(settled, default=None)


def _came_back_minor(file: CaseFile, asset: AssetRow, laws: Mapping[str, Regime]) -> int:
    """Money of returned payouts that is on the account and under no hold."""
    returned = sum(p.debited_minor for p in _returned(file, asset))
    if not returned:
        return 0
    located = sum(
        b.asset_minor
        for b in file.balances
        if b.account is LedgerAccount.LOCATED and b.asset_id == asset.id
    )
    again = sum(
        lapse.still_wanted_minor(file, asset, hold)
        for hold in lapse.unseen(file)
        if hold.asset_id == asset.id and lapse.may_be_repeated(file, hold, laws)
    )
    return max(0, min(returned, located - again))


def is_worth_holding(
    file: CaseFile, asset: AssetRow, minor: int, laws: Mapping[str, Regime]
) -> bool:
    """Whether a stop is drafted: for a victim's own payment always, however small it is."""
    if asset.depth == 0 and not file.holds_of(asset.id):
        return minor > 0
    least = laws[file.recovery.regime].minimum_worth(file.recovery.currency).minor
    claim = asset.traced_claim_minor * minor // asset.traced_minor if asset.traced_minor else 0
    return minor > 0 and claim >= least
