"""Across a border: a request drafted from the file, its gaps named, sent only when approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.asset import AssetRow, Stage
from models.entities.event import EntityKind
from models.entities.hold import HoldKind
from models.entities.recovery import RecoveryState
from models.entities.request import AT_HOME, CARRIED_OUT, UNDER_WAY, RequestRoute, RequestRow
from models.ids import derive_id, digest
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar, Transition
from models.sealing.sealed_place import SealedPlace
from recovery_flows.cross_border import announcements, ceiling, clocks, guard, messages, parts
from recovery_flows.cross_border.channels import Recipient
from recovery_flows.cross_border.disclosure import approvals_needed
from recovery_flows.cross_border.plans import (
    CHANNEL,
    Plan,
    missing_fields,
    next_version,
    split_asked,
)
from recovery_flows.cross_border.sums import unasked
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing.orders import hold_intent
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.methods.catalogue import rule_words
from recovery_flows.tracing.onward_accounts import is_traced, request_is_over

Seal = Callable[[object, SealedPlace], str]
INCOMPLETE = "INCOMPLETE"
"""The ground that asks for more; it is answered, the request is not over."""


def advance(changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    """Draft a request for traced money abroad; move assets on whose request has ended.

    What runs out without anybody's act is an event: a silence, a reminder, a freeze abroad.
    """
    if changes.file.recovery.state is not RecoveryState.OPEN:
        return
    clocks.advance(changes, now)
    announcements.clear_what_came(changes, now)
    messages.advance(changes)
    guard.advance(changes)
    unasked.advance(changes, now)
    for asset in changes.file.assets:
        if not asset.home and asset.stage is Stage.CLOSED and _is_to_ask(changes.file, asset):
            changes.apply(Transition(EntityKind.ASSET, asset.id, "reopened_abroad", asset.stage))
    for asset in changes.file.assets:
        if asset.stage is Stage.CROSS_BORDER:
            _draft(changes, asset, laws[changes.file.recovery.regime], seal)
            _move_on(changes, asset)


def _draft(changes: Changeset, asset: AssetRow, law: Regime, seal: Seal) -> None:
    file = changes.file
    if _is_to_ask(file, asset):
        requested = Money(guard.draftable_minor(file, asset), asset.currency)
        fields = drafted_fields(file, asset, requested)
        draft_request(changes, asset, fields, law, seal, Plan(requested=requested))


def _is_to_ask(file: CaseFile, asset: AssetRow) -> bool:
    """Whether nothing was asked yet about traced money that the loss still has room for."""
    return _is_unasked(file, asset) and guard.draftable_minor(file, asset) > 0


def _is_unasked(file: CaseFile, asset: AssetRow) -> bool:
    asked = any(r.asset_id == asset.id for r in file.requests)
    return not asset.left_alone and not asked and asset.traced_minor > 0


def draft_request(
    changes: Changeset,
    asset: AssetRow,
    given: Mapping[str, str],
    law: Regime,
    seal: Seal,
    plan: Plan | None = None,
) -> str:
    """Draft the next request for an account abroad with these fields; return its id."""
    plan = plan or Plan()
    file = changes.file
    number = 1 + sum(r.asset_id == asset.id for r in file.requests)
    request_id = derive_id("request", asset.id, number)
    requested = plan.requested or Money(asset.traced_minor, asset.currency)
    supported = parts.supported_minor(file, asset, plan.part, requested.minor)
    values: dict[str, Scalar] = {
        "asset_id": asset.id,
        "partner_id": asset.partner_id,
        "channel": plan.channel,
        "requested_minor": requested.minor,
        "currency": asset.currency,
        "route": plan.route,
        "wanted": plan.wanted,
        "recipient": plan.recipient,
        "authority": plan.authority,
        "language": plan.language,
        "version": plan.version,
        "replaces_id": plan.replaces_id,
        "asked": plan.asked,
        "left_seconds": plan.left_seconds,
        "carrier_id": plan.carrier_id,
        "claim_minor": ceiling.traced_part(asset, requested.minor),
        "account_part": plan.part,
        "supported_minor": max(supported, min(requested.minor, plan.supported_minor)),
        **field_values(law, request_id, given, seal, plan.asked),
    }
    basis = plan.basis
    if not basis and plan.channel in law.channels:
        row = law.channel(plan.channel)
        basis = f"{row.instrument}, {row.article}"
    changes.apply(
        Transition(EntityKind.REQUEST, request_id, "drafted", None, values, legal_basis=basis[:200])
    )
    return request_id


def draft_next(
    changes: Changeset, asset: AssetRow, request: RequestRow, fields: Mapping[str, str],
    law: Regime, seal: Seal, plan: Plan | None = None,
) -> str:  # fmt: skip
    """Draft the next version of a request, as far as it may be asked for; return its id."""
    plan = plan or next_version(request)
    if request.route is RequestRoute.PARTNER:
        most = guard.draftable_minor(changes.file, asset, request.account_part)
        plan = replace(plan, requested=Money(most, asset.currency))
    if plan.requested is not None and not plan.requested.minor and parts.is_of_money(request):
        raise StepRefusedError(
            phrase("nothing is left to ask for in the place of {id}", id=request.id)
        )
    draft_id = draft_request(changes, asset, fields, law, seal, plan)
    guard.check(changes.file, _request_of(changes.file, draft_id), is_new=True)
    return draft_id


def _request_of(file: CaseFile, request_id: str) -> RequestRow:
    return next(r for r in file.requests if r.id == request_id)


def field_values(
    law: Regime, request_id: str, given: Mapping[str, str], seal: Seal, asked: str = ""
) -> dict[str, Scalar]:
    """Columns for a request's fields: sealed text, its digest, the names still missing.

    Only what is asked for is kept: nothing else can leave.
    """
    names = asked_fields(law, asked)
    kept = {name: text for name, text in given.items() if name in names}
    missing = missing_fields(split_asked(asked)[1] if asked else names, kept)
    return {
        "fields_sealed": seal(kept, SealedPlace("request", request_id, "fields_sealed")),
        "fields_digest": digest(kept),
        "missing": ",".join(missing),
    }


def asked_fields(law: Regime, asked: str = "") -> tuple[str, ...]:
    """Fields that a request may have: the channel's, and the approvals for what it discloses."""
    if asked:
        return split_asked(asked)[0]
    own = law.required_fields(CHANNEL)
    approvals = approvals_needed(law, Recipient.AUTHORITY, own)
    return tuple(dict.fromkeys((*own, *(a.reference_field for a in approvals))))


def drafted_fields(file: CaseFile, asset: AssetRow, requested: Money) -> dict[str, str]:
    """What the file itself can say; accounts are named by id, numbers go in when it is sent."""
    recovery = file.recovery
    loss = Money(asset.traced_claim_minor, recovery.currency)
    claims = ", ".join(c.id for c in file.claims)
    rule = rule_words(file.trace.rule) if file.trace else "the victim's bank's statement"
    return {
        "case_nature": "fraud by telephone or online",
        "facts": f"{len(file.claims)} claim(s) ({claims}); of these {loss} traced to the account",
        "assistance_sought": f"freeze {requested} and send the account's bookings",
        "purpose": "return of the money to the victims",
        "link_to_case": f"traced by {rule}, {asset.depth} payment(s) after the victim's",
        "property_name": "money in an account",
        "property_features": f"balance in {asset.currency}",
        "property_quantity": str(requested),
        "property_location": asset.regime,
        "institution_name": asset.partner_id,
        "account": asset.account_id,
    }


def known_fields(file: CaseFile, asset: AssetRow, requested: Money) -> dict[str, str]:
    """What the file can say for any channel: what is drafted, and the payment and the States."""
    recovery = file.recovery
    paid = [c for c in file.claims if c.payee_account_id == asset.account_id] or [*file.claims]
    return {
        **drafted_fields(file, asset, requested),
        "amount": requested.text(),
        "currency": requested.currency,
        "property_kind": "amount",
        "paid_at": min(c.paid_at for c in paid).isoformat(timespec="minutes") if paid else "",
        "reference": next((c.end_to_end_id for c in paid if c.end_to_end_id), recovery.ref),
        "case_number": recovery.case_number,
        "file_number": recovery.case_number,
        "victim_country": recovery.regime,
        "issuing_state": recovery.regime,
        "executing_state": asset.regime,
    }


def _move_on(changes: Changeset, asset: AssetRow) -> None:
    """What was asked has ended, or the victims have everything before anything was asked."""
    file = changes.file
    needless = _is_unasked(file, asset) and not guard.draftable_minor(file, asset)
    over = request_is_over(file, asset) or bool(asset.left_alone) or needless
    if over and (is_traced(file, asset) or asset.left_alone or not _executed(file, asset)):
        changes.apply(Transition(EntityKind.ASSET, asset.id, "request_ended", asset.stage))


def _executed(file: CaseFile, asset: AssetRow) -> bool:
    return any(r.asset_id == asset.id and r.state in CARRIED_OUT for r in file.requests)


def is_waiting(request: RequestRow) -> bool:
    """Whether a request has not ended."""
    return request.state in AT_HOME | UNDER_WAY


def send(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """After approval: the foreign hold is ordered under the request and its call is saved.

    What people send themselves waits for one of them, who has neither drafted nor approved it.
    """
    file = changes.file
    request = _request_of(file, approval.subject_id)
    guard.check(file, request)
    if request.route is RequestRoute.PEOPLE:
        changes.apply(Transition(EntityKind.REQUEST, request.id, "approved", request.state))
        return
    asset = file.asset(request.asset_id)
    # Numbered: one that was taken back before it left, or amended, is ordered once more.
    number = 1 + sum(h.request_id == request.id for h in file.holds)
    hold_id = derive_id("hold", request.id, HoldKind.FREEZE, number)
    changes.apply(
        Transition(EntityKind.REQUEST, request.id, "approved", request.state),
        Transition(
            EntityKind.HOLD, hold_id, "ordered_by_request", None,
            {
                "asset_id": asset.id,
                "kind": HoldKind.FREEZE,
                "currency": request.currency,
                "requested_minor": request.requested_minor,
                "law_row": laws[asset.regime].freeze.code,
                "request_id": request.id,
                "ordered_at": now,
            },
        ),
    )  # fmt: skip
    changes.call(hold_intent(changes.file, changes.file.hold(hold_id), approval.id))
