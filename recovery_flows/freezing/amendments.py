"""What an officer does to a hold of his own: its sum before it is ordered, its renewal after."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState, Renewal
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import freeze_plan, refused_releases, renewal
from recovery_flows.freezing.renewal import OPEN_TO_SUBMIT
from recovery_flows.ledger.changeset import Changeset

_REFERENCE_LENGTH = 80


def submit_renewal(changes: Changeset, hold_id: str, actor: str, now: datetime) -> None:
    """Submit the drafted renewal of a freeze for approval."""
    hold = changes.file.hold(hold_id)
    if hold.renewal not in OPEN_TO_SUBMIT or hold.state is not HoldState.FROZEN:
        raise StepRefusedError(
            phrase("hold {hold_id} has no renewal that could be submitted", hold_id=hold_id)
        )
    if hold.expires_at is not None and hold.expires_at <= now:
        partner = changes.file.asset(hold.asset_id).partner_id
        raise StepRefusedError(phrase(
            "the term of hold {hold_id} is over: {partner} prolongs nothing now; wait for what "
            "it states, then order the hold anew",
            hold_id=hold_id, partner=partner,
        ))  # fmt: skip
    changes.apply(renewal.move(hold, "renewal_submitted", Renewal.ASKED))
    ask(changes, ApprovalKind.RENEW, hold.id, actor, now, due_at=hold.expires_at)


def disputed_minor(file: CaseFile, hold: HoldRow) -> int:
    """What is disputed at a hold's account: the stolen money traced to it, in its currency."""
    return file.asset(hold.asset_id).traced_minor


def amend_hold(
    changes: Changeset, hold_id: str, requested_minor: int, scope_reason: str = ""
) -> None:
    """Change the sum of a hold that has not been ordered; an approval asked for it is void.

    `scope_reason`, the fingerprint of a note, is needed to block more than is disputed.
    """
    hold = changes.file.hold(hold_id)
    if hold.kind is HoldKind.CUSTODY:
        raise StepRefusedError(
            phrase("what came in has the sum that came in: withdraw it, enter it again")
        )
    if hold.state not in (HoldState.DRAFT, HoldState.PENDING_APPROVAL):
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: its sum is fixed",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    if requested_minor <= 0:
        raise StepRefusedError(phrase("the sum of a hold must be above zero"))
    disputed = Money(disputed_minor(changes.file, hold), hold.currency)
    free = freeze_plan.lets_go_minor(changes.file, replace(hold, requested_minor=requested_minor))
    if free:
        raise StepRefusedError(
            phrase(
                "{amount} of victims' money that is stopped there would be free",
                amount=Money(free, hold.currency),
            )
        )
    over = requested_minor > disputed.minor
    if over and not scope_reason:
        raise StepRefusedError(phrase(
            "only {disputed} is disputed there: blocking more takes a reason (--reason), and a "
            "second person before it is sent",
            disputed=disputed,
        ))  # fmt: skip
    reason = scope_reason if over else ""
    values: dict[str, Scalar] = {"requested_minor": requested_minor, "scope_reason": reason}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "amended", hold.state, values))
    void_approvals(changes, hold.id, stored_phrase("the sum was changed"))


def name_at_bank(changes: Changeset, hold_id: str, bank_ref: str, now: datetime) -> None:
    """Enter the bank's own reference of a hold that was recorded without one, or correct it.

    What a bank holds of its own accord comes without an answer of its interface: orders about it
    need the reference that its desk tells. One under which the bank has stated anything stays.
    """
    hold = changes.file.hold(hold_id)
    if hold.bank_ref and (hold.kind is not HoldKind.VOLUNTARY or hold.bank_revision):
        raise StepRefusedError(
            phrase("hold {hold_id} has its reference from the bank itself", hold_id=hold_id)
        )
    if hold.state not in LIVE_HOLDS:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: no order about it can be sent",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    if not bank_ref.strip() or len(bank_ref.strip()) > _REFERENCE_LENGTH:
        raise StepRefusedError(
            phrase(
                "a reference has 1 to {reference_length} characters",
                reference_length=_REFERENCE_LENGTH,
            )
        )
    of_account = changes.file.holds_of(hold.asset_id)
    if other := next((h for h in of_account if h.bank_ref == bank_ref.strip()), None):
        raise StepRefusedError(
            phrase(
                "{bank_ref} is hold {other_id}: ask the bank which reference this one has",
                bank_ref=bank_ref.strip(),
                other_id=other.id,
            )
        )
    values: dict[str, Scalar] = {"bank_ref": bank_ref.strip()}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "updated", hold.state, values))
    refused_releases.clear_renamed(changes, hold.id, now)
