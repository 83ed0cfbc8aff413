"""Adopts a trace and adds the accounts it found, each with the stage where its work begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from models.case_file import CaseFile, DissipatedPart, Place, Position, TraceView
from models.entities.asset import AssetRow, Stage
from models.entities.call import CallKind
from models.entities.claim import ClaimRow, ClaimState
from models.entities.event import EntityKind
from models.entities.request import UNDER_WAY, WENT_OUT, RequestState
from models.ids import derive_id, digest
from models.language.phrase import stored_phrase
from models.outcome import CallIntent, Transition
from recovery_flows.freezing import account_monitoring, stage as freezing
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import claim_limits
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.reported_payments import traced_at
from recovery_flows.tracing import contradictions


def adopt(
    changes: Changeset,
    now: datetime,
    laws: Regimes,
    found: TraceView,
    result_json: str,
    places: dict[str, Place],
    depth_of: dict[str, int],
    stale: frozenset[str],
    limited: tuple[Transition, ...] = (),
    untold: Collection[str] = (),
) -> None:
    """Put a new trace in force: what is located and gone is re-booked, new accounts become assets.

    `places` tells where each account lies, `depth_of` how many payments from the victim it is,
    `stale` which accounts received traced money after their statement ends, `limited` what the
    bookings change in the claims: both go into one entry, since the trace is of these claims.
    `untold` are claims of whose payment no bank can have told yet: what they report stays disputed.
    """
    file = changes.file
    recovery = file.recovery
    moves = [
        Transition(
            EntityKind.RECOVERY, recovery.id, "updated", recovery.state, {"trace_wanted": False}
        )
    ]
    if file.trace is None or _content(file.trace) != _content(found):
        if file.trace is not None:
            moves.append(Transition(EntityKind.TRACE, file.trace.id, "replaced", "adopted"))
        moves.append(
            Transition(
                EntityKind.TRACE, found.id, "adopted", None,
                {
                    "rule": found.rule,
                    "as_of": now,
                    "result_digest": digest(result_json),
                    "result_json": result_json,
                },
                reason=stored_phrase(
                    "{rule} is the rule chosen for this recovery", rule=found.rule
                ),
            )
        )  # fmt: skip
    else:
        found = file.trace
    moves += _asset_moves(file, laws, found, places, depth_of, stale, untold)
    changes.adopt(found, *moves, *limited)
    account_monitoring.hasten_traced(changes, now, laws)


def _content(
    trace: TraceView,
) -> tuple[str, Counter[Position], Counter[DissipatedPart], frozenset[str]]:
    """What a trace says, in no order: of two files that were joined it stands in their order.

    Which accounts are mixed is a part of it: traces of two victims that stood side by side may name
    the same places, and only the trace of both knows that times do not tell whose money it is.
    """
    return trace.rule, Counter(trace.positions), Counter(trace.gone), trace.mixed


def _asset_moves(
    file: CaseFile,
    laws: Regimes,
    trace: TraceView,
    places: dict[str, Place],
    depth_of: dict[str, int],
    stale: frozenset[str],
    untold: Collection[str],
) -> list[Transition]:
    sums = traced_at(trace)
    moves = []
    for asset in file.assets:
        amount, claim = sums.pop(asset.account_id, (0, 0))
        reported = _reported_minor(file, asset, untold)
        amount, claim = amount + reported, claim + reported
        values: dict[str, int | datetime | None] = {}
        if (amount, claim) != (asset.traced_minor, asset.traced_claim_minor):
            values = {"traced_minor": amount, "traced_claim_minor": claim}
        if asset.account_id in stale and asset.statement_to is not None:
            values["statement_to"] = None
        if values:
            moves.append(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))
    for account_id in sorted(sums, key=lambda a: (depth_of.get(a, 0), a)):
        amount, claim = sums[account_id]
        if account_id in places:
            depth = depth_of.get(account_id, 1)
            moves.append(_found(file, laws, account_id, places[account_id], amount, claim, depth))
    return moves


def _reported_minor(file: CaseFile, asset: AssetRow, untold: Collection[str]) -> int:
    """What claims report to have paid into an account of which its bank has not told yet.

    Nothing where the account is in another currency: what arrived there is not known.
    """
    if asset.currency != file.recovery.currency:
        return 0
    return sum(
        claim_limits.upheld_minor(c, None)
        for c in file.claims
        if c.id in untold and c.payee_account_id == asset.account_id
    )


def _found(
    file: CaseFile,
    laws: Regimes,
    account_id: str,
    place: Place,
    amount_minor: int,
    claim_minor: int,
    depth: int,
) -> Transition:
    law = laws[file.recovery.regime]
    left_alone = ""
    if claim_minor < law.minimum_worth(file.recovery.currency).minor:
        left_alone = stored_phrase(
            "below the minimum worth ({law})", law=f"{law.code}_MINIMUM_WORTH"
        )
    elif law.maximum_hops is not None and depth > law.maximum_hops:
        left_alone = stored_phrase(
            "further than {hops} payments ({law})",
            hops=law.maximum_hops, law=f"{law.code}_MAXIMUM_HOPS",
        )  # fmt: skip
    return Transition(
        EntityKind.ASSET,
        derive_id("asset", file.recovery.id, account_id),
        "found" if place.home else "found_abroad",
        None,
        {
            "account_id": account_id,
            "partner_id": place.partner_id,
            "currency": place.currency,
            "home": place.home,
            "regime": place.regime,
            "depth": depth,
            "traced_minor": amount_minor,
            "traced_claim_minor": claim_minor,
            "left_alone": left_alone,
        },
    )


def advance(changes: Changeset, now: datetime) -> None:
    """What tracing asks for now: statements; and assets that are traced move on."""
    contradictions.advance(changes, now)
    for asset in changes.file.assets:
        if freezing.statement_is_wanted(changes.file, asset):
            changes.call(freezing.statement_intent(asset, now))
    for claim in changes.file.claims:
        _ask_victims_bank(changes, claim)
    for asset in changes.file.assets:
        if asset.stage is Stage.TRACING and is_traced(changes.file, asset):
            changes.apply(Transition(EntityKind.ASSET, asset.id, "traced", asset.stage))


def _ask_victims_bank(changes: Changeset, claim: ClaimRow) -> None:
    """Money that crossed currencies: the victim's own bank says what arrived, in the payee's."""
    file = changes.file
    asset = next((a for a in file.assets if a.account_id == claim.payee_account_id), None)
    known = asset is None or asset.currency == claim.currency
    asked = claim.statement_to is not None or any(c.subject_id == claim.id for c in file.calls)
    if asset is None or known or asked or claim.state is not ClaimState.VERIFIED:
        return
    changes.call(
        CallIntent(
            id=derive_id("call", claim.id, CallKind.STATEMENT),
            partner_id=claim.victim_partner_id,
            kind=CallKind.STATEMENT,
            noun=EntityKind.CLAIM,
            subject_id=claim.id,
            asset_id=asset.id,
        )
    )


def is_traced(file: CaseFile, asset: AssetRow) -> bool:
    """Whether an account's statement is in, current, and part of the adopted trace."""
    if file.recovery.trace_wanted or file.open_calls(asset.id):
        return False
    if freezing.statement_is_wanted(file, asset):
        return False
    return bool(asset.left_alone) or (file.trace is not None and asset.statement_to is not None)


def request_is_over(file: CaseFile, asset: AssetRow) -> bool:
    """Whether the request for a foreign asset has ended in any way."""
    requests = [r for r in file.requests if r.asset_id == asset.id]
    ended = WENT_OUT - UNDER_WAY | {RequestState.DENIED}
    return bool(requests) and all(r.state in ended for r in requests)
