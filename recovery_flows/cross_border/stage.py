"""Across a border: a request drafted from the file, its gaps named, sent only when approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow, Stage
from models.entities.event import EntityKind
from models.entities.hold import HoldKind
from models.entities.recovery import RecoveryState
from models.entities.request import RequestRow, RequestState
from models.ids import derive_id, digest
from models.money import Money
from models.outcome import Scalar, Transition
from models.sealing.sealed_place import SealedPlace
from recovery_flows.cross_border.channels import Recipient
from recovery_flows.cross_border.completeness import missing_fields
from recovery_flows.cross_border.disclosure import approvals_needed
from recovery_flows.freezing.orders import hold_intent
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.onward_accounts import is_traced, request_is_over

Seal = Callable[[object, SealedPlace], str]
CHANNEL = "mla"
INCOMPLETE = "INCOMPLETE"
"""The ground that asks for more; it is answered, the request is not over."""
_WAITING = frozenset(
    {
        RequestState.DRAFT,
        RequestState.PENDING_APPROVAL,
        RequestState.APPROVED,
        RequestState.SENT,
        RequestState.ACKNOWLEDGED,
        RequestState.NEEDS_INFO,
    }
)


def advance(changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    """Draft a request for traced money abroad; move assets on whose request has ended."""
    del now
    if changes.file.recovery.state is not RecoveryState.OPEN:
        return
    for asset in changes.file.assets:
        if asset.home:
            continue
        if asset.stage is Stage.CROSS_BORDER:
            _draft(changes, asset, laws[changes.file.recovery.regime], seal)
            _move_on(changes, asset)


def _draft(changes: Changeset, asset: AssetRow, law: Regime, seal: Seal) -> None:
    file = changes.file
    requests = [r for r in file.requests if r.asset_id == asset.id]
    if asset.left_alone or requests or asset.traced_minor <= 0:
        return
    draft_request(changes, asset, drafted_fields(file, asset), law, seal)


def draft_request(
    changes: Changeset, asset: AssetRow, given: Mapping[str, str], law: Regime, seal: Seal
) -> str:
    """Draft the next request for an account abroad with these fields; return its id."""
    number = 1 + sum(r.asset_id == asset.id for r in changes.file.requests)
    request_id = derive_id("request", asset.id, number)
    values: dict[str, Scalar] = {
        "asset_id": asset.id,
        "partner_id": asset.partner_id,
        "channel": CHANNEL,
        "requested_minor": asset.traced_minor,
        "currency": asset.currency,
        **field_values(law, request_id, given, seal),
    }
    row = law.channel(CHANNEL)
    basis = f"{row.instrument}, {row.article}"
    changes.apply(
        Transition(EntityKind.REQUEST, request_id, "drafted", None, values, legal_basis=basis)
    )
    return request_id


def field_values(
    law: Regime, request_id: str, given: Mapping[str, str], seal: Seal
) -> dict[str, Scalar]:
    """Columns for a request's fields: sealed text, its digest, the names still missing.

    Only what the law asks for is kept: nothing else can leave.
    """
    asked = asked_fields(law)
    kept = {name: text for name, text in given.items() if name in asked}
    missing = missing_fields(asked, kept)
    return {
        "fields_sealed": seal(kept, SealedPlace("request", request_id, "fields_sealed")),
        "fields_digest": digest(kept),
        "missing": ",".join(missing),
    }


def asked_fields(law: Regime) -> tuple[str, ...]:
    """Fields that a request must have: the channel's, and the approvals for what it discloses."""
    own = law.required_fields(CHANNEL)
    approvals = approvals_needed(law, Recipient.AUTHORITY, own)
    return tuple(dict.fromkeys((*own, *(a.reference_field for a in approvals))))


def drafted_fields(file: CaseFile, asset: AssetRow) -> dict[str, str]:
    """What the file itself can say; accounts are named by id, numbers go in when it is sent."""
    recovery = file.recovery
    loss = Money(asset.traced_claim_minor, recovery.currency)
    here = Money(asset.traced_minor, asset.currency)
    claims = ", ".join(c.id for c in file.claims)
    rule = file.trace.rule if file.trace else "the victim's bank's statement"
    return {
        "case_nature": "fraud by telephone or online",
        "facts": f"{len(file.claims)} claim(s) ({claims}); of these {loss} traced to the account",
        "assistance_sought": f"freeze {here} and send the account's bookings",
        "purpose": "return of the money to the victims",
        "link_to_case": f"traced by {rule}, {asset.depth} payment(s) after the victim's",
        "property_name": "money in an account",
        "property_features": f"balance in {asset.currency}",
        "property_quantity": str(here),
        "property_location": asset.regime,
        "institution_name": asset.partner_id,
        "account": asset.account_id,
    }


def _move_on(changes: Changeset, asset: AssetRow) -> None:
    file = changes.file
    over = request_is_over(file, asset) or bool(asset.left_alone)
    if over and (is_traced(file, asset) or asset.left_alone or not _executed(file, asset)):
        changes.apply(Transition(EntityKind.ASSET, asset.id, "request_ended", asset.stage))


def _executed(file: CaseFile, asset: AssetRow) -> bool:
    done = (RequestState.EXECUTED, RequestState.PARTIALLY_EXECUTED)
    return any(r.asset_id == asset.id and r.state in done for r in file.requests)


def is_waiting(request: RequestRow) -> bool:
    """Whether a request has not ended."""
    return request.state in _WAITING


def send(
    changes: Changeset, request: RequestRow, now: datetime, laws: Regimes, approval: str
) -> None:
    """After approval: the foreign hold is ordered under the request and its call is saved."""
    file = changes.file
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
    changes.call(hold_intent(changes.file, changes.file.hold(hold_id), approval))
