"""Claims of people who are no victims, as the restitution screen shows them, with what is open."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.hold import LIVE_HOLDS
from models.entities.outside.third_party_claim import (
    UNSETTLED_THIRD_PARTY,
    ThirdPartyRow,
    ThirdPartyState,
)
from models.entities.recovery import RecoveryState
from models.language.phrase import one_of, phrase
from models.money import Money
from models.queries.cases.names import Names
from recovery_flows.cases.views.other_ways import Doable, Way, WayAct
from recovery_flows.ledger.third_parties import released_minor
from recovery_flows.restitution.third_party.releases import came_minor
from recovery_flows.restitution.third_party.steps import is_unpaid

_S = ThirdPartyState


def ways(file: CaseFile, names: Names) -> Iterator[Way]:
    """Each claim with what was claimed and what was given of it."""
    for row in file.third_party_claims:
        is_paid = row.state is _S.PAID
        came = row.granted_minor if is_paid else released_minor(row) + came_minor(file, row)
        account = names.account(file.asset(row.asset_id).account_id)
        yield Way(
            phrase("third party's claim"),
            row.id,
            f"{account}, {row.ground.replace('_', ' ')}",
            row.state,
            Money(came, row.currency),
            Money(row.claimed_minor, row.currency),
            row.due_at if row.state in UNSETTLED_THIRD_PARTY else row.appeal_until,
            is_late=False,
            parts=tuple(_parts(file, row)),
        )


def _parts(file: CaseFile, row: ThirdPartyRow) -> Iterator[str]:
    granted = Money(row.granted_minor, row.currency)
    if row.state is _S.PROPOSED:
        yield (
            phrase("to be upheld with {granted}", granted=granted)
            if row.granted_minor
            else phrase("to be rejected")
        )
    elif row.granted_minor and row.state is _S.UPHELD:
        yield (
            phrase("{granted} to be paid", granted=granted)
            if is_unpaid(row)
            else _released(file, row)
        )
    elif row.released_minor and row.state is not _S.RELEASED:
        yield phrase(
            "{released} released, the rest is not", released=Money(row.released_minor, row.currency)
        )
    if row.appeals:
        yield one_of(row.appeals, "appealed {number} time", "appealed {number} times")


def _released(file: CaseFile, row: ThirdPartyRow) -> str:
    """What was asked of which hold, and what of it came back."""
    granted, came = (Money(m, row.currency) for m in (row.granted_minor, came_minor(file, row)))
    return phrase(
        "{granted} to be released of hold {hold_id}, {came} came back",
        granted=granted,
        hold_id=row.hold_id,
        came=came,
    )


def doable(file: CaseFile, names: Names) -> Iterator[Doable]:
    """What an officer may do now about them."""
    if file.recovery.state is not RecoveryState.OPEN:
        return
    for row in file.third_party_claims:
        of = phrase(
            "the claim of {amount} by a third party",
            amount=Money(row.claimed_minor, row.currency),
        )
        if row.state is _S.FILED:
            yield Doable(
                WayAct.THIRD_PARTY_DECIDE, row.id, phrase("propose a decision on {of}", of=of)
            )
            yield Doable(WayAct.THIRD_PARTY_WITHDRAW, row.id, phrase("{of} is taken back", of=of))
        elif row.state is _S.REJECTED:
            yield Doable(
                WayAct.THIRD_PARTY_APPEAL, row.id, phrase("enter the appeal about {of}", of=of)
            )
        elif is_unpaid(row):
            granted = Money(row.granted_minor, row.currency)
            yield Doable(
                WayAct.THIRD_PARTY_PAY,
                row.id,
                phrase("enter how {granted} were paid", granted=granted),
            )
    for asset in file.assets:
        was_held = any(h.acted_at or h.state in LIVE_HOLDS for h in file.holds_of(asset.id))
        if was_held and not asset.is_custody:
            whose = phrase(
                "{account} at {partner_id}",
                account=names.account(asset.account_id),
                partner_id=asset.partner_id,
            )
            yield Doable(
                WayAct.THIRD_PARTY_FILE,
                asset.id,
                phrase("file a third party's claim on {whose}", whose=whose),
            )
