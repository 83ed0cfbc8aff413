"""Holds that lapse or are released prematurely: recorded, escalated and followed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.language.phrase import stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.freezing import denied_stops, unrelated_funds
from recovery_flows.freezing.drafts import (
    NOT_ORDERED,
    UNANSWERED,
    back_to_freezing,
    draft_hold,
    is_followed,
    take_back,
)
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.hold_figures import nothing
from recovery_flows.ledger.outstanding_losses import most_owed_minor
from recovery_flows.ledger.third_parties import left_minor

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regime, Regimes

FEED_LAG = timedelta(seconds=10)
"""A change may come into a bank's feed some seconds after it was made."""
_PATIENCE = timedelta(minutes=15)
_NOT_RENEWED = stored_phrase("its term ended: the bank had refused to renew it")
_WITH_A_CLOCK = (HoldState.STOPPED, HoldState.FROZEN, HoldState.RELEASE_PENDING)


def record_lapse(changes: Changeset, hold: HoldRow, now: datetime, laws: Regimes) -> None:
    """Record that a hold lapsed by our deadline, even where the bank is silent.

    A bank with an interface may have prolonged it: its feed is read past the end first. One that
    cannot be reached then leaves neither a lapse nor a hold that is taken for granted.
    """
    if hold.state not in _WITH_A_CLOCK or hold.expires_at is None or hold.expires_at > now:
        return
    if not end_is_known(changes.file, hold):
        _escalate_unknown_end(changes, hold, now)
        return
    law = laws[changes.file.asset(hold.asset_id).regime]
    reason = {
        "denied": stored_phrase("its term ended: its renewal had been refused by a second person"),
        "refused": _NOT_RENEWED,
        "again": _NOT_RENEWED,
    }.get(hold.renewal, stored_phrase("its term ended without a renewal"))
    changes.apply(
        Transition(
            EntityKind.HOLD, hold.id, "lapsed", hold.state, nothing(hold),
            reason=reason, legal_basis=_basis(law, hold.law_row),
        )
    )  # fmt: skip


def end_is_known(file: CaseFile, hold: HoldRow) -> bool:
    """Whether everything that the bank stated up to the end of a hold has been read."""
    partner = file.asset(hold.asset_id).partner_id
    if hold.expires_at is None or not hold.bank_ref or partner in file.by_letter:
        return True
    read_to = file.feeds_read.get(partner)
    return read_to is not None and read_to >= hold.expires_at + FEED_LAG


def wakes(file: CaseFile, hold: HoldRow) -> Iterator[datetime]:
    """When the engine next has to check the end of a hold in force."""
    if hold.state not in LIVE_HOLDS or hold.expires_at is None:
        return
    if end_is_known(file, hold):
        yield hold.expires_at
    elif not _unknown_end(file, hold):
        yield hold.expires_at + _PATIENCE


def _escalate_unknown_end(changes: Changeset, hold: HoldRow, now: datetime) -> None:
    """Escalate once that a hold's end has passed and its bank was not reached since."""
    if hold.expires_at is None or hold.expires_at + _PATIENCE > now:
        return
    if _unknown_end(changes.file, hold) is None:
        partner = changes.file.asset(hold.asset_id).partner_id
        detail = stored_phrase(
            "{partner} has not been reached since the term ended", partner=partner
        )
        discrepancies.find(
            changes, DiscrepancyKind.END_UNCONFIRMED, EntityKind.HOLD, hold.id, now,
            asset_id=hold.asset_id, detail=detail, mark=hold.expires_at.isoformat(),
        )  # fmt: skip
        values: dict[str, Scalar] = {"escalated_at": now}
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "escalated", hold.state, values, reason=detail)
        )


def _unknown_end(file: CaseFile, hold: HoldRow) -> DiscrepancyRow | None:
    """The discrepancy recorded because the present end of a hold could not be confirmed."""
    mark = hold.expires_at.isoformat() if hold.expires_at else ""
    for found in file.discrepancies:
        of_hold = found.subject_id == hold.id and found.mark == mark
        if of_hold and found.kind is DiscrepancyKind.END_UNCONFIRMED:
            return found
    return None


def clear_known_ends(changes: Changeset, now: datetime) -> None:
    """Resolve it where the bank was reached at last or has prolonged the hold."""
    holds = {h.id: h for h in changes.file.holds}
    for found in discrepancies.open_ones(changes.file):
        if found.kind is not DiscrepancyKind.END_UNCONFIRMED:
            continue
        hold = holds[found.subject_id]
        ends = hold.expires_at.isoformat() if hold.expires_at else ""
        waits = hold.state in _WITH_A_CLOCK and ends == found.mark
        if not waits or end_is_known(changes.file, hold):
            discrepancies.clear(changes, found.id, now, stored_phrase("its bank was reached"))


def unseen(file: CaseFile) -> list[HoldRow]:
    """Lapsed holds without a follow-on hold that nobody has acknowledged.

    A stop that a second person denied was to end: it is not stopped again.
    """
    return [
        h
        for h in file.holds
        if h.state is HoldState.LAPSED
        and not h.lapse_seen_by
        and not _is_kept(file.holds, h)
        and denied_stops.denial_of(file, h.id) is None
    ]


def _is_kept(holds: Iterable[HoldRow], hold: HoldRow) -> bool:
    """Whether another hold was ordered in its place; a refused freeze does not count."""
    others = [
        h for h in holds if h.state is not HoldState.REJECTED_BY_BANK or h.kind is HoldKind.STOP
    ]
    return is_followed(others, hold)


def draft_again(changes: Changeset, asset: AssetRow, laws: Regimes) -> None:
    """Draft another stop for a lapsed domestic hold, as often as the law allows.

    A stop comes first also after a freeze: it may leave before its approval.
    """
    _withdraw_followers(changes, asset, laws)
    file = changes.file
    if any(h.state in UNANSWERED for h in file.holds_of(asset.id)):
        return
    for hold in unseen(file):
        if hold.asset_id == asset.id and may_be_repeated(file, hold, laws):
            back_to_freezing(changes, asset, stored_phrase("a hold here has lapsed"))
            draft_hold(
                changes, asset, HoldKind.STOP, still_wanted_minor(file, asset, hold),
                laws[asset.regime].stop.code,
                supersedes_id=hold.id, repeat_number=hold.repeat_number + 1,
            )  # fmt: skip
            return


def may_be_repeated(file: CaseFile, hold: HoldRow, laws: Regimes) -> bool:
    """Whether a lapsed hold at home is stopped again: there is something left, and the law lets."""
    asset = file.asset(hold.asset_id)
    if not asset.home:
        return False
    law = laws[asset.regime].stop
    is_allowed = law.repeats is None or hold.repeat_number < law.repeats
    return is_allowed and still_wanted_minor(file, asset, hold) > 0


def _withdraw_followers(changes: Changeset, asset: AssetRow, laws: Regimes) -> None:
    """A freeze that was still to be approved when its stop lapsed comes later: nothing is held now.

    Where the law allows no further stop it stays: it is all that can follow.
    """
    file, law = changes.file, laws[asset.regime].stop
    lapsed = {
        h.id
        for h in file.holds_of(asset.id)
        if h.state is HoldState.LAPSED
        and not h.lapse_seen_by
        and (law.repeats is None or h.repeat_number < law.repeats)
        and still_wanted_minor(file, asset, h) > 0
    }
    for hold in file.holds_of(asset.id):
        waits = hold.state in NOT_ORDERED
        if hold.supersedes_id in lapsed and waits and hold.kind is not HoldKind.STOP:
            take_back(
                changes,
                hold,
                stored_phrase("what it was to follow lapsed: that is stopped again first"),
            )


def still_wanted_minor(file: CaseFile, asset: AssetRow, hold: HoldRow) -> int:
    """The sum of a lapsed hold that is still to be held, in minor units of the account's currency.

    As much as was asked for, until a statement has shown how much of it is stolen, and no more than
    the victims can still be owed. What a third party keeps by decision is not held again.
    """
    if unrelated_funds.is_decided(file, hold):
        return 0
    paid = sum(p.taken_minor for p in file.payouts if p.hold_id == hold.id)
    # A part whose release was on its way when the bank let all of it go is not stopped again.
    let_go = 0 if file.pending(hold.id) else hold.releasing_minor
    asked = hold.requested_minor - paid - let_go
    if asset.currency == file.recovery.currency:
        asked = min(asked, most_owed_minor(file))
    if file.trace is None or file.recovery.trace_wanted or asset.statement_to is None:
        return asked
    kept = sum(h.held_minor for h in file.live_holds(asset.id))
    returned = sum(p.taken_minor for p in file.payouts if p.asset_id == asset.id)
    disputed = asset.traced_minor - left_minor(file, asset.id)
    return min(asked, max(0, disputed - kept - returned))


def acknowledge_lapse(changes: Changeset, hold_id: str, actor: str) -> None:
    """Record that the owner has acknowledged a lapse without a follow-on hold."""
    hold = changes.file.hold(hold_id)
    changes.apply(
        Transition(EntityKind.HOLD, hold.id, "lapse_seen", hold.state, {"lapse_seen_by": actor})
    )


def _basis(law: Regime, code: str) -> str:
    row = law.rows.get(code)
    return f"{row.instrument}, {row.article}" if row else ""
