"""Small sums that nobody else claims are given back without a notice, where the law says so.

A regime names the largest such sum in its figure `<CODE>_FAST_TRACK`; without that figure there is
no fast track. The decision and its second person stay what they are.
"""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow
from models.entities.asset import AssetRow
from recovery_flows.law.regime import Regime
from recovery_flows.ledger.third_parties import holds_up_return
from recovery_flows.restitution import basis, objections


def row_of(file: CaseFile, asset: AssetRow, pool_minor: int, law: Regime) -> str:
    """The row of the law by which a division needs no notice; "" where it needs one.

    The sum is within the row's, the title is clear, and neither another recovery nor a third party
    nor an objection claims the money.
    """
    limit = law.figures.get(f"{law.code}_FAST_TRACK")
    if limit is None or limit.unit != file.recovery.currency or pool_minor > limit.values[0]:
        return ""
    claimed = any(h.complained_minor for h in file.holds_of(asset.id)) or any(
        account_id == asset.account_id for account_id, _, _ in file.shared_with
    )
    claimed = claimed or holds_up_return(file, asset.id)
    is_clear = basis.ownership_stands(file, asset) and not objections.open_ones(file)
    return limit.code if is_clear and not claimed else ""


def stands(file: CaseFile, allocation: AllocationRow, law: Regime) -> bool:
    """Whether a division that was drafted for the fast track still fits it."""
    asset = file.asset(allocation.asset_id)
    row = row_of(file, asset, allocation.pool_minor, law)
    return bool(allocation.fast_track) and row == allocation.fast_track
