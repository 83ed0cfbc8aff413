"""A claim on a held account by somebody who is no victim, as it is filed.

It says that more is held than is disputed, that the disputed money was acquired in good faith, or
that a freeze was wrong and has done harm. Its clock is a row of the law; `decisions` has what
follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.event import EntityKind
from models.entities.outside.third_party_claim import ThirdPartyGround, ThirdPartyRow
from models.ids import derive_id
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.third_parties import disputed_minor, held_minor
from recovery_flows.restitution.third_party.rows import basis, clock_of, found, reopen, term

_G = ThirdPartyGround
_MEASURES: Mapping[ThirdPartyGround, Measure] = {
    _G.EXCESS: Measure.THIRD_PARTY_CLAIM,
    _G.GOOD_FAITH: Measure.THIRD_PARTY_CLAIM,
    _G.WRONG_FREEZE: Measure.FREEZE_DAMAGES,
}


@dataclass(frozen=True, slots=True)
class Filed:
    """What a third party says: about which account, on which ground, how much, with which paper.

    `amount` None means all that is held beyond what is disputed. `reason` is a fingerprint.
    """

    asset_id: str
    ground: ThirdPartyGround
    amount: Money | None
    reason: str
    proof: str


def file_claim(
    changes: Changeset, filed: Filed, actor: str, now: datetime, laws: Regimes
) -> ThirdPartyRow:
    """Take in a claim of a third party; its clock is that of the recovery's law."""
    file = changes.file
    asset = file.asset(filed.asset_id)
    amount = filed.amount or _beyond_dispute(file, asset, filed.ground)
    _check_filed(file, asset, filed.ground, amount)
    reopen(changes)
    number = len([t for t in file.third_party_claims if t.asset_id == asset.id])
    name = derive_id("third_party", file.recovery.id, asset.id, number)
    clock = clock_of(file, laws, _MEASURES[filed.ground])
    values: dict[str, Scalar] = {
        "asset_id": asset.id, "ground": filed.ground, "claimed_minor": amount.minor,
        "currency": amount.currency, "filed_by": actor, "filed_at": now, "reason": filed.reason,
        "proof": filed.proof, **term(file, clock, now, laws),
    }  # fmt: skip
    filing = Transition(
        EntityKind.THIRD_PARTY_CLAIM, name, "filed", None, values, legal_basis=basis(clock)
    )
    changes.apply(filing)
    return found(changes.file, name)


def _beyond_dispute(file: CaseFile, asset: AssetRow, ground: ThirdPartyGround) -> Money:
    if ground is not _G.EXCESS:
        raise StepRefusedError(phrase("say how much is claimed: --amount"))
    beyond = held_minor(file, asset.id) - disputed_minor(file, asset)
    return Money(max(0, beyond), asset.currency)


def _check_filed(file: CaseFile, asset: AssetRow, ground: ThirdPartyGround, amount: Money) -> None:
    if asset.is_custody:
        raise StepRefusedError(
            phrase("this is the unit's own account: nobody's money is frozen on it")
        )
    if amount.currency != asset.currency:
        raise StepRefusedError(
            phrase("the account is in {currency}: name a sum in it", currency=asset.currency)
        )
    if ground is _G.WRONG_FREEZE:
        if amount.minor <= 0:
            raise StepRefusedError(phrase("what is asked for a wrong freeze is above zero"))
        if not any(hold.acted_at for hold in file.holds_of(asset.id)):
            raise StepRefusedError(
                phrase("this account was never held: no freeze has done harm there")
            )
        return
    held, disputed = held_minor(file, asset.id), disputed_minor(file, asset)
    if not held:
        raise StepRefusedError(
            phrase("nothing is held on this account now: there is nothing to claim")
        )
    is_excess = ground is _G.EXCESS
    most = Money(max(0, held - disputed) if is_excess else disputed, asset.currency)
    if not 0 < amount.minor <= most.minor:
        beyond = phrase("beyond what is disputed")
        what = beyond if is_excess else phrase("and disputed")
        raise StepRefusedError(
            phrase(
                "what is claimed is above zero and at most {most}, held there {what}",
                most=most,
                what=what,
            )
        )
