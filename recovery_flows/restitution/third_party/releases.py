"""What banks release for third parties: each order is held against the hold that it lowers.

What another hold of the account does meanwhile says nothing of it. What a bank has not released of
an order, and is not going to, is decided anew by two people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import OPEN_CALLS, CallKind, CallState
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState
from models.entities.outside.third_party_claim import ThirdPartyRow, ThirdPartyState
from models.language.phrase import stored_phrase
from models.outcome import Scalar
from recovery_flows.approvals.requests import void_approvals
from recovery_flows.freezing import refused_releases
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.third_parties import blocked_minor
from recovery_flows.restitution.third_party import limits
from recovery_flows.restitution.third_party.rows import basis, clock_of, move, term

_LET_GO = frozenset({HoldState.RELEASED, HoldState.LAPSED})


def standing_minor(file: CaseFile, hold_id: str) -> int:
    """What a hold keeps, or whatever took its place, with what was paid or given away out of it.

    A freeze that takes over a stop keeps its money, so that the stop has released none of that.
    """
    return sum(
        hold.held_minor + hold.payouts_shown_minor + hold.disposed_minor
        for hold in _with_successors(file, hold_id)
    )


def _with_successors(file: CaseFile, hold_id: str) -> list[HoldRow]:
    found = [file.hold(hold_id)]
    for hold in found:  # which grows as it is read: a stop, its freeze, what followed that
        found += [h for h in file.holds if h.supersedes_id == hold.id and h not in found]
    return found


def came_minor(file: CaseFile, row: ThirdPartyRow) -> int:
    """What of the order in force the bank has carried out, as its figures of that hold show."""
    if row.state is not ThirdPartyState.UPHELD or not row.hold_id:
        return 0
    if _is_still_here(file, row):
        return 0  # a fall by nobody's order: looked into as one
    state = file.hold(row.hold_id).state
    if not row.standing_minor:  # decided by an earlier version, which measured the account
        if state in _LET_GO:
            return row.granted_minor
        fell = row.blocked_minor - blocked_minor(file, row.asset_id)
    else:
        fell = row.standing_minor - standing_minor(file, row.hold_id)
    return max(0, min(fell, row.granted_minor))


def measure(changes: Changeset) -> None:
    """What a hold keeps as long as an order about it has not left is where the order begins.

    A fall before that is by nobody's order, whatever becomes of the order later.
    """
    for row in changes.file.third_party_claims:
        waits = row.state is ThirdPartyState.UPHELD and row.standing_minor
        if not waits or not _is_still_here(changes.file, row):
            continue
        standing = standing_minor(changes.file, row.hold_id)
        if standing not in (0, row.standing_minor):
            changes.apply(move(row, "standing_measured", {"standing_minor": standing}))


def _is_without_a_hold(file: CaseFile, row: ThirdPartyRow) -> bool:
    """Whether nothing is left to be released by an order that has not left."""
    return _is_still_here(file, row) and not standing_minor(file, row.hold_id)


def _is_still_here(file: CaseFile, row: ThirdPartyRow) -> bool:
    """Whether the order in force has not left yet, by the interface or on paper."""
    given = {a.id for a in file.approvals if a.subject_id == row.id}
    return any(
        c.state is CallState.PLANNED and not c.may_have_arrived
        for c in file.calls
        if c.kind is CallKind.RELEASE and c.approval_id in given
    )


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """What a bank has released by a decision is said of the claim: from then on it is his.

    A proposal that rests on money which is not there any more ends: it is decided anew.
    """
    measure(changes)
    for row in changes.file.third_party_claims:
        if limits.is_overtaken(changes.file, row):
            gone: dict[str, Scalar] = {"granted_minor": 0, "hold_id": ""}
            reason = stored_phrase("what it was to be released of is not held for it any more")
            changes.apply(replace(move(row, "decision_overtaken", gone), reason=reason))
        if row.state is not ThirdPartyState.UPHELD or not row.hold_id:
            continue
        came = came_minor(changes.file, row)
        values: dict[str, Scalar] = {"released_minor": row.released_minor + came}
        if came == row.granted_minor:
            changes.apply(move(row, "released", values))
        elif _is_without_a_hold(changes.file, row) or _is_over(changes.file, row):
            _open_again(changes, row, values, now, laws)


def _is_over(file: CaseFile, row: ThirdPartyRow) -> bool:
    """Whether nothing more leaves by the order: carried out as far as it is, refused, taken back.

    A refusal is its officer's to look into first.
    """
    given = {a.id for a in file.approvals if a.subject_id == row.id}
    is_open = any(
        c.kind is CallKind.RELEASE and c.approval_id in given and c.state in OPEN_CALLS
        for c in file.calls
    )
    hold = file.hold(row.hold_id)
    leaves = hold.state in LIVE_HOLDS and hold.releasing_minor > 0
    return not (is_open or leaves or refused_releases.waits(file, hold))


def _open_again(
    changes: Changeset, row: ThirdPartyRow, values: dict[str, Scalar], now: datetime, laws: Regimes
) -> None:
    reason = stored_phrase("the bank has not released what was decided")
    void_approvals(changes, row.id, reason)
    clock = clock_of(changes.file, laws, Measure.THIRD_PARTY_CLAIM)
    values = {
        **values, "granted_minor": 0, "hold_id": "", "standing_minor": 0, "decided_at": None,
        **term(changes.file, clock, now, laws),
    }  # fmt: skip
    again = move(row, "not_released", values)
    changes.apply(replace(again, reason=reason, legal_basis=basis(clock)))
