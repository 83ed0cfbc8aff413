"""A third-party claim is decided by two people, appealed, withdrawn.

What is upheld lowers a hold, told to the bank like any release (`releases`); what is asked for a
wrong freeze is paid (`damages`). A rejection can be appealed within its term, and is decided by two
people again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.hold import HoldRow, HoldState
from models.entities.outside.third_party_claim import (
    ThirdPartyGround,
    ThirdPartyRow,
    ThirdPartyState,
)
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import orders as hold_orders, release
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.third_parties import blocked_minor, disputed_minor
from recovery_flows.restitution.third_party import limits, releases
from recovery_flows.restitution.third_party.rows import (
    basis,
    clock_of,
    found,
    move,
    reopen,
    term,
)

_G, _S = ThirdPartyGround, ThirdPartyState
_IN_FORCE = (HoldState.STOPPED, HoldState.FROZEN)


def propose(
    changes: Changeset, name: str, granted: Money | None, reason: str, actor: str, now: datetime
) -> str:
    """Ask a second person to uphold a claim with this sum, or with None to reject it."""
    row = found(changes.file, name)
    if row.state is not _S.FILED:
        raise StepRefusedError(
            phrase(
                "{name} is {state}: nothing is to be decided",
                name=name,
                state=row.state.replace("_", " "),
            )
        )
    asset = changes.file.asset(row.asset_id)
    values: dict[str, Scalar] = {
        "granted_minor": 0, "hold_id": "", "asked_by": actor, "decision_reason": reason,
        "disputed_minor": disputed_minor(changes.file, asset),
        "blocked_minor": blocked_minor(changes.file, asset.id),
    }  # fmt: skip
    event = "rejection_asked"
    if granted is not None:
        event = "upholding_asked"
        values |= _granted(changes.file, row, granted)
    changes.apply(move(row, event, values))
    return ask(changes, ApprovalKind.THIRD_PARTY_CLAIM, name, actor, now, due_at=row.due_at)


def _granted(file: CaseFile, row: ThirdPartyRow, granted: Money) -> dict[str, Scalar]:
    most = Money(row.claimed_minor - row.released_minor, row.currency)
    if granted.currency != row.currency or not 0 < granted.minor <= most.minor:
        rest = phrase("what is open of it,")
        what = rest if row.released_minor else phrase("the claimed")
        raise StepRefusedError(
            phrase("what is upheld is above zero and at most {what} {most}", what=what, most=most)
        )
    if row.ground is _G.WRONG_FREEZE:
        return {"granted_minor": granted.minor}
    hold = _hold_for(file, row, granted)
    limits.check(file, row, hold, granted.minor)
    return {"granted_minor": granted.minor, "hold_id": hold.id}


def _hold_for(file: CaseFile, row: ThirdPartyRow, granted: Money) -> HoldRow:
    """The hold that this much is released of: the largest one of which no part leaves already."""
    held = [h for h in file.live_holds(row.asset_id) if h.state in _IN_FORCE]
    hold = max(held, key=lambda h: (h.held_minor, h.id), default=None)
    if hold is None or hold.held_minor < granted.minor:
        most = Money(hold.held_minor if hold else 0, row.currency)
        raise StepRefusedError(
            phrase("one hold keeps at most {most} there now: decide on that much", most=most)
        )
    enough = [h for h in held if h.held_minor >= granted.minor]
    return max(enough, key=lambda h: (not h.releasing_minor, h.held_minor, h.id))


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has decided: the bank is told, or a payment is due, or it is rejected."""
    row = found(changes.file, approval.subject_id)
    if not row.granted_minor:
        clock = clock_of(changes.file, laws, Measure.APPEAL)
        appeal_term = term(changes.file, clock, now, laws)
        values: dict[str, Scalar] = {
            "decided_at": now, "due_at": None, "appeal_until": appeal_term["due_at"],
            "law_row": appeal_term["law_row"],
        }  # fmt: skip
        changes.apply(replace(move(row, "rejected", values), legal_basis=basis(clock)))
        return
    asset = changes.file.asset(row.asset_id)
    values = {
        "decided_at": now, "due_at": None, "law_row": "",
        "disputed_minor": disputed_minor(changes.file, asset),
        "blocked_minor": blocked_minor(changes.file, asset.id),
    }  # fmt: skip
    clock = None
    if row.ground is _G.WRONG_FREEZE:
        clock = clock_of(changes.file, laws, Measure.DAMAGES_PAYMENT)
        values |= term(changes.file, clock, now, laws)
    else:
        values["standing_minor"] = releases.standing_minor(changes.file, row.hold_id)
    changes.apply(replace(move(row, "upheld", values), legal_basis=basis(clock)))
    if row.ground is not _G.WRONG_FREEZE:
        _order_release(changes, row, approval.id)


def _order_release(changes: Changeset, row: ThirdPartyRow, approval: str) -> None:
    hold = changes.file.hold(row.hold_id)
    limits.check(changes.file, row, hold, row.granted_minor)
    if row.granted_minor < hold.held_minor:
        release.order_part(changes, hold, row.granted_minor, approval)
    else:
        hold_orders.order_release(
            changes, hold.id, approval, stored_phrase("a third party's claim is upheld")
        )


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """Another decision is wanted: the claim is open as before."""
    row = found(changes.file, approval.subject_id)
    changes.apply(replace(move(row, "decision_denied", {"granted_minor": 0}), reason=reason))


def appeal(
    changes: Changeset, name: str, reason: str, now: datetime, laws: Regimes
) -> ThirdPartyRow:
    """A rejected claimant appeals within his term: it is decided anew, by two people again."""
    row = found(changes.file, name)
    if row.state is not _S.REJECTED:
        raise StepRefusedError(
            phrase(
                "{name} is {state}: only a rejection is",
                name=name,
                state=row.state.replace("_", " "),
            )
        )
    if row.appeal_until is not None and row.appeal_until < now:
        ended = f"{row.appeal_until:%Y-%m-%d %H:%M} UTC"
        raise StepRefusedError(
            phrase(
                "the time to appeal against the rejection of {name} ended {ended}",
                name=name,
                ended=ended,
            )
        )
    reopen(changes)
    void_approvals(changes, name, stored_phrase("the claimant has appealed"))
    clock = clock_of(changes.file, laws, Measure.APPEAL_DECISION)
    values: dict[str, Scalar] = {
        "appeals": row.appeals + 1, "reason": reason, "appeal_until": None,
        **term(changes.file, clock, now, laws),
    }  # fmt: skip
    changes.apply(replace(move(row, "appealed", values), legal_basis=basis(clock)))
    return found(changes.file, name)


def withdraw(changes: Changeset, name: str, reason: str) -> None:
    """The claimant takes his claim back before it is decided."""
    row = found(changes.file, name)
    if row.state is _S.PROPOSED:
        raise StepRefusedError(
            phrase("a decision on {name} waits for another person: it is denied first", name=name)
        )
    if row.state is not _S.FILED:
        raise StepRefusedError(
            phrase(
                "{name} is {state}: nothing is taken back",
                name=name,
                state=row.state.replace("_", " "),
            )
        )
    changes.apply(move(row, "withdrawn", {"decision_reason": reason, "due_at": None}))
