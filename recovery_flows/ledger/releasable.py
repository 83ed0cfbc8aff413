"""Which held money may be given up, and how much of it: never what a victim is still owed.

While a claim of the recovery is open, the program lets only money go that no claim needs: a stop
on what the statement shows not to be stolen, and what a bank holds beyond the traced sum. Once
every claim is paid all of it is free. So is a rounding residue: what is left of a hold in another
currency than the loss when no open loss comes to a coin that it can pay.

That money which the trace gives to a victim is none of the case, or belongs to a third party, is
a person's finding; the second person is shown what victims are still owed.
"""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState
from models.entities.ledger import LedgerAccount
from models.language.phrase import phrase
from models.money import Money
from models.step_wording import NOTHING, Wording, say
from recovery_flows.ledger import pools
from recovery_flows.ledger.claim_parts import most_open_minor
from recovery_flows.ledger.court_money import unknown_minor
from recovery_flows.ledger.outstanding_losses import owed_minor
from recovery_flows.ledger.reported_payments import only_reported_minor
from recovery_flows.ledger.unclaimed_money import kept_minor

_OURS = LIVE_HOLDS - {HoldState.DISPOSAL_PENDING}


def needless(file: CaseFile, asset: AssetRow) -> tuple[HoldRow, ...]:
    """Holds of an asset that no claim of the recovery needs, with all that they keep.

    What is stated in another currency may be anybody's: it goes once nobody is owed anything.
    """
    return tuple(
        h
        for h in file.holds_of(asset.id)
        if h.state in _OURS
        and not kept_minor(file, h.id)
        and not unknown_minor(file, asset.id)
        and (
            (h.held_minor and is_free(file, asset, h)) or (h.foreign_minor and not owed(file).minor)
        )
    )


def is_free(file: CaseFile, asset: AssetRow, hold: HoldRow) -> bool:
    """Whether nothing that a hold keeps is needed by any claim of the recovery."""
    if only_reported_minor(file, asset) and owed(file).minor:
        return False
    return not of_loss_minor(file, hold) or not is_owed_here(file, asset)


def is_owed_here(file: CaseFile, asset: AssetRow) -> bool:
    """Whether a claim is open that an asset's holds can pay something of.

    What is only on its way to a victim is still owed: it may come back.
    """
    owed_to = (
        most_open_minor(file, c, owed_minor(file, c), settled_only=True) for c in file.claims
    )
    return any(pools.is_payable(file, asset, minor) for minor in owed_to)


def of_loss_minor(file: CaseFile, hold: HoldRow) -> int:
    """What of a hold is traced to the victims, in minor units of the account's currency."""
    return sum(
        b.asset_minor
        for b in file.balances
        if b.account is LedgerAccount.HELD and b.hold_id == hold.id
    )


def why_kept(file: CaseFile, hold: HoldRow) -> str:
    """Why a hold is not free to be released, with the sums, in words."""
    if file.recovery.trace_wanted or file.trace is None:
        return phrase("the trace does not say yet whose money it is")
    if unknown := unknown_minor(file, hold.asset_id):
        given = Money(unknown, file.recovery.currency)
        return phrase(
            "a court has given {given} of it to somebody whom nobody has found yet", given=given
        )
    asset = file.asset(hold.asset_id)
    if reported := only_reported_minor(file, asset):
        paid_in = Money(reported, hold.currency)
        return phrase(
            "victims report to have paid {paid_in} in, and no statement tells of that time yet",
            paid_in=paid_in,
        )
    traced = Money(of_loss_minor(file, hold), hold.currency)
    return phrase(
        "{traced} of it are traced to victims who are still owed {owed}",
        traced=traced,
        owed=owed(file),
    )


def owed(file: CaseFile) -> Money:
    """What the victims of a recovery are still owed together."""
    return Money(sum(owed_minor(file, c) for c in file.claims), file.recovery.currency)


def residue(file: CaseFile, hold: HoldRow) -> Wording:
    """What stays unpaid for ever when a rounding residue is given up; empty where none does."""
    unpaid = owed(file)
    if not unpaid.minor or not of_loss_minor(file, hold):
        return NOTHING
    return say("residue", unpaid=unpaid)
