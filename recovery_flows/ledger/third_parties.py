"""What third parties keep of traced money, what of a held account is disputed, and damages paid.

Money that somebody has acquired in good faith is his once two people have decided so and the bank
has released it; the victims are owed it still. What is paid for the harm of a wrong freeze is none
of the victims' money: it stands in memo accounts, with whose money it was.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.ledger import LedgerAccount
from models.entities.outside.third_party_claim import (
    OPEN_THIRD_PARTY,
    ThirdPartyGround,
    ThirdPartyRow,
    ThirdPartyState,
)
from recovery_flows.ledger.account_keys import Key, Sums, memo
from recovery_flows.ledger.reported_payments import only_reported_minor


def released_minor(row: ThirdPartyRow) -> int:
    """What banks have released by the decisions on a claim until now."""
    is_of_an_earlier_version = row.state is ThirdPartyState.RELEASED and not row.released_minor
    return row.granted_minor if is_of_an_earlier_version else row.released_minor


def given_minor(row: ThirdPartyRow) -> int:
    """What a claimant has or is to get by decision: released already, and on its way."""
    on_its_way = row.granted_minor if row.state is ThirdPartyState.UPHELD else 0
    return released_minor(row) + on_its_way


def left_minor(file: CaseFile, asset_id: str) -> int:
    """What of the money traced to an account is a third party's by decision: no hold wants it."""
    return sum(
        given_minor(row)
        for row in file.third_party_claims
        if row.asset_id == asset_id and row.ground is ThirdPartyGround.GOOD_FAITH
    )


def kept(file: CaseFile, asset_id: str) -> list[ThirdPartyRow]:
    """The claims of third parties that acquired in good faith what banks have released to them."""
    return [
        row
        for row in file.third_party_claims
        if row.asset_id == asset_id
        and row.ground is ThirdPartyGround.GOOD_FAITH
        and released_minor(row)
    ]


def kept_targets(
    file: CaseFile, asset: AssetRow, left: Sums
) -> Generator[tuple[Key, Sums], None, Sums]:
    """What third parties keep of what is `left` at an account; returns what is left then.

    What they keep beyond what the trace finds there is no part of the loss.
    """
    currency = file.recovery.currency
    claim_left, amount_left = left
    for row in kept(file, asset.id):
        released = released_minor(row)
        of_loss = min(released, amount_left)
        theirs = claim_left * of_loss // amount_left if amount_left else 0
        account = LedgerAccount.THIRD_PARTY
        key = Key(account, asset.id, row.hold_id, "", "", currency, asset.currency)
        yield key, Sums(theirs, released)
        beyond = released - of_loss
        if beyond:
            yield memo(LedgerAccount.MEMO_BANK, currency, asset.currency, -beyond)
        claim_left, amount_left = claim_left - theirs, amount_left - of_loss
    return Sums(claim_left, amount_left)


def damages_targets(file: CaseFile) -> Iterator[tuple[Key, Sums]]:
    """What was paid for wrong freezes, and whose money that was."""
    currency = file.recovery.currency
    for row in file.third_party_claims:
        if row.state is ThirdPartyState.PAID:
            paid = Key(
                LedgerAccount.MEMO_DAMAGES, row.asset_id, "", "", row.paid_from, currency,
                row.currency,
            )  # fmt: skip
            yield paid, Sums(0, row.granted_minor)
            payer = paid._replace(account=LedgerAccount.MEMO_PAYER, asset_id="")
            yield payer, Sums(0, -row.granted_minor)


def held_minor(file: CaseFile, asset_id: str) -> int:
    """What is held on an account now, in its currency."""
    return sum(hold.held_minor for hold in file.live_holds(asset_id))


def blocked_minor(file: CaseFile, asset_id: str) -> int:
    """What is held on an account, with what its bank shows to have been paid out of holds there."""
    shown = sum(hold.payouts_shown_minor for hold in file.holds_of(asset_id))
    return held_minor(file, asset_id) + shown


def disputed_minor(file: CaseFile, asset: AssetRow) -> int:
    """What of the held money of an account is disputed: traced to victims, in its currency.

    Before a bank has told of it, what the victims say that they have paid there counts as well.
    """
    held = held_minor(file, asset.id)
    if file.trace is None or file.recovery.trace_wanted:
        return min(held, asset.traced_minor)
    live = {hold.id for hold in file.live_holds(asset.id)}
    traced = sum(
        b.asset_minor
        for b in file.balances
        if b.account is LedgerAccount.HELD and b.hold_id in live
    )
    return min(held, traced + only_reported_minor(file, asset))


def holds_up_return(file: CaseFile, asset_id: str) -> bool:
    """Whether somebody who is no victim claims held money of an account, undecided yet."""
    return any(
        row.asset_id == asset_id
        and row.state in OPEN_THIRD_PARTY
        and row.ground is not ThirdPartyGround.WRONG_FREEZE
        for row in file.third_party_claims
    )
