"""How much of a held account may be released for a third party: none that leaves or is kept.

It is asked when an officer proposes a decision and again when a second person takes it, since
another release, a share kept for its payee or a court's list may have come in between.
"""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState
from models.entities.outside.third_party_claim import (
    ThirdPartyGround,
    ThirdPartyRow,
    ThirdPartyState,
)
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import refused_releases, release
from recovery_flows.ledger.court_money import in_force, shares_of
from recovery_flows.ledger.third_parties import disputed_minor
from recovery_flows.ledger.unclaimed_money import kept_minor
from recovery_flows.restitution.court.rows import due_minor

_IN_FORCE = (HoldState.STOPPED, HoldState.FROZEN)


def check(file: CaseFile, row: ThirdPartyRow, hold: HoldRow, minor: int) -> None:
    """StepRefusedError where so much of a hold cannot be released for a claim now, and why."""
    if hold.state not in _IN_FORCE or hold.held_minor < minor:
        held = Money(hold.held_minor, hold.currency)
        raise StepRefusedError(phrase(
            "hold {hold_id} is {hold_state} and keeps {held}: deny what was asked, and decide "
            "anew",
            hold_id=hold.id, hold_state=hold.state, held=held,
        ))  # fmt: skip
    if file.pending(hold.id) is not None or hold.releasing_minor:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} has another decision on its way: that comes first", hold_id=hold.id
            )
        )
    if refused_releases.waits(file, hold):
        raise StepRefusedError(phrase(
            "the bank refused to release hold {hold_id}: look into that first, with `recovery "
            "discrepancy list`",
            hold_id=hold.id,
        ))  # fmt: skip
    release.check_no_payout(file, hold)
    _check_kept(file, hold, minor)
    if waits_for_trace(file, row):
        raise StepRefusedError(phrase(
            "what of this account is traced to victims is being worked out anew: what is held "
            "beyond that is decided once the trace is there, see `recovery trace`",
        ))  # fmt: skip
    asset = file.asset(row.asset_id)
    most = Money(_free_minor(file, asset, row.ground), row.currency)
    if minor > most.minor:
        raise StepRefusedError(_too_much(row.ground, most))


def is_overtaken(file: CaseFile, row: ThirdPartyRow) -> bool:
    """Whether the money that a proposed decision would release is not there any more.

    Its hold has ended, as a stop does that a freeze takes over, or keeps less by now, or more of
    the account is traced to victims: no yes could carry it out. While a release of the account is
    on its way, the bank's answer to that comes first.
    """
    if row.state is not ThirdPartyState.PROPOSED or not row.hold_id:
        return False
    hold, asset = file.hold(row.hold_id), file.asset(row.asset_id)
    if hold.state not in LIVE_HOLDS or hold.held_minor < row.granted_minor:
        return True
    if waits_for_trace(file, row) or any(map(_leaving_minor, file.live_holds(asset.id))):
        return False
    return row.granted_minor > _free_minor(file, asset, row.ground)


def waits_for_trace(file: CaseFile, row: ThirdPartyRow) -> bool:
    """Whether what is held beyond the disputed sum is not known before a trace that is due."""
    return row.ground is ThirdPartyGround.EXCESS and file.recovery.trace_wanted


def is_still_free(file: CaseFile, row: ThirdPartyRow) -> bool:
    """Whether an order for a claim that has not left leaves what victims are traced to there.

    A trace since the decision may have found more of it to be theirs.
    """
    if row.ground is not ThirdPartyGround.EXCESS:
        return True
    staying, needed = _staying_and_needed(file, file.asset(row.asset_id), row.ground)
    return staying >= needed


def _check_kept(file: CaseFile, hold: HoldRow, minor: int) -> None:
    kept = Money(kept_minor(file, hold.id), file.recovery.currency)
    is_left = kept.currency == hold.currency and hold.held_minor - kept.minor >= minor
    if kept.minor and not is_left:
        raise StepRefusedError(phrase(
            "{kept} of hold {hold_id} is kept for a payee who was announced: that share is "
            "claimed or goes to the treasury first",
            kept=kept, hold_id=hold.id,
        ))  # fmt: skip


def _free_minor(file: CaseFile, asset: AssetRow, ground: ThirdPartyGround) -> int:
    """What of an account may go to third parties, in its currency, less what is leaving it."""
    if asset.currency != file.recovery.currency and _given_by_court(file, asset):
        return 0
    staying, needed = _staying_and_needed(file, asset, ground)
    return max(0, staying - needed)


def _staying_and_needed(
    file: CaseFile, asset: AssetRow, ground: ThirdPartyGround
) -> tuple[int, int]:
    staying = sum(h.held_minor - _leaving_minor(h) for h in file.live_holds(asset.id))
    given = _given_by_court(file, asset)
    is_excess = ground is ThirdPartyGround.EXCESS
    return staying, max(given, disputed_minor(file, asset)) if is_excess else given


def _leaving_minor(hold: HoldRow) -> int:
    if hold.state is HoldState.RELEASE_PENDING:
        return hold.held_minor
    return min(hold.held_minor, hold.releasing_minor)


def _given_by_court(file: CaseFile, asset: AssetRow) -> int:
    """What a court's list in force still gives out of an account, in the loss's currency."""
    found = in_force(file, asset.id)
    return sum(due_minor(file, share) for share in shares_of(file, found)) if found else 0


def _too_much(ground: ThirdPartyGround, most: Money) -> str:
    if ground is ThirdPartyGround.EXCESS:
        return phrase(
            "only {most} of what is held is not traced to victims, given by a court or leaving "
            "already: to leave more to a third party is a claim on the ground good-faith",
            most=most,
        )
    return phrase(
        "a court's list gives the rest of this account to others: {most} are left beside it",
        most=most,
    )
