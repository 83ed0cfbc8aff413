"""What a person may do to a recovery as a whole; each act has a guard that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile, Place
from models.entities.claim import ClaimRow, ClaimState
from models.entities.event import EntityKind
from models.entities.ledger import RETURNED, LedgerAccount
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryRow, RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals import upkeep
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import stage as freezing
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset


def accept(
    changes: Changeset, owner: str, case_number: str, laws: Regimes, places: Mapping[str, Place]
) -> None:
    """Take a report on: owner named, loss verified, the payee's account becomes an asset."""
    file = changes.file
    if file.recovery.state is not RecoveryState.REPORTED:
        raise StepRefusedError(phrase("{ref} was accepted before", ref=file.recovery.ref))
    if not case_number.strip():
        raise StepRefusedError(
            phrase(
                "a recovery is accepted under a case number, and none was given (`--case-number`)"
            )
        )
    moves = [
        Transition(
            EntityKind.RECOVERY, file.recovery.id, "accepted", file.recovery.state,
            {"owner_id": owner, "case_number": case_number, "asked_reason": ""},
        )
    ]  # fmt: skip
    moves += [
        Transition(EntityKind.CLAIM, c.id, "verified", c.state, {"upheld_minor": c.reported_minor})
        for c in file.claims
        if c.state is ClaimState.FILED
    ]
    changes.apply(*moves, *_first_assets(file, places))
    freezing.draft_stops(changes, laws)


def ask_refusal(changes: Changeset, reason: str, actor: str, now: datetime) -> None:
    """Ask another person to refuse a report that nobody has accepted.

    `reason` is the fingerprint of the note that says why.
    """
    recovery = changes.file.recovery
    if recovery.state is not RecoveryState.REPORTED:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: only a report that nobody has accepted is refused",
                ref=recovery.ref,
                recovery_state=recovery.state,
            )
        )
    if recovery.asked_reason:
        raise StepRefusedError(
            phrase("the refusal of {ref} is asked for already", ref=recovery.ref)
        )
    changes.apply(_about_refusal(recovery, "refusal_asked", reason))
    ask(changes, ApprovalKind.REFUSE_REPORT, recovery.id, actor, now)


def refuse(changes: Changeset, now: datetime) -> None:
    """Another person has agreed: the report is refused, and nothing of its claims is upheld."""
    recovery = changes.file.recovery
    values: dict[str, Scalar] = {"closed_at": now, "asked_reason": ""}
    moves = [Transition(EntityKind.RECOVERY, recovery.id, "rejected", recovery.state, values)]
    moves += [
        Transition(EntityKind.CLAIM, c.id, "rejected", c.state)
        for c in changes.file.claims
        if c.state is ClaimState.FILED
    ]
    changes.apply(*moves)


def keep(changes: Changeset, why: str) -> None:
    """Another person has not agreed: the report waits to be accepted, as before."""
    recovery = changes.file.recovery
    if recovery.state is RecoveryState.REPORTED:
        changes.apply(_about_refusal(recovery, "refusal_denied", "", why))


def _about_refusal(recovery: RecoveryRow, event: str, asked: str, why: str = "") -> Transition:
    values: dict[str, Scalar] = {"asked_reason": asked}
    return Transition(EntityKind.RECOVERY, recovery.id, event, recovery.state, values, reason=why)


def reopen(changes: Changeset, reason: str) -> None:
    """Open a recovery again that was closed, or a report that was refused.

    `reason` is what history keeps of it: the words are in a note.
    """
    recovery = changes.file.recovery
    if recovery.state not in CLOSED_RECOVERIES - {RecoveryState.JOINED}:
        is_merged = recovery.state is RecoveryState.JOINED
        merged = phrase("work in the one that it was merged into")
        where = merged if is_merged else phrase("it is open")
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state} and not opened again: {where}",
                ref=recovery.ref,
                recovery_state=recovery.state,
                where=where,
            )
        )
    values: dict[str, Scalar] = {"closed_at": None}
    moves = [
        Transition(
            EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, values, reason=reason
        )
    ]
    if recovery.state is RecoveryState.REJECTED:
        moves += [
            Transition(EntityKind.CLAIM, c.id, "reopened", c.state)
            for c in changes.file.claims
            if c.state is ClaimState.REJECTED
        ]
    changes.apply(*moves)


def verify_claim(
    changes: Changeset, claim_id: str, laws: Regimes, places: Mapping[str, Place]
) -> None:
    """Verify a claim that came into an open recovery unverified; its account becomes an asset."""
    file = changes.file
    claim = next((c for c in file.claims if c.id == claim_id), None)
    if claim is None or claim.state is not ClaimState.FILED:
        raise StepRefusedError(
            phrase("claim {claim_id} is not waiting to be verified", claim_id=claim_id)
        )
    values: dict[str, Scalar] = {"upheld_minor": claim.reported_minor}
    moves = [Transition(EntityKind.CLAIM, claim.id, "verified", claim.state, values)]
    if claim.payee_account_id not in {a.account_id for a in file.assets}:
        moves += _first_assets(replace(file, claims=(claim,)), places)
    changes.apply(*moves)
    freezing.draft_stops(changes, laws)


def _first_assets(file: CaseFile, places: Mapping[str, Place]) -> list[Transition]:
    by_account: dict[str, list[ClaimRow]] = {}
    for claim in file.claims:
        by_account.setdefault(claim.payee_account_id, []).append(claim)
    moves = []
    for account_id, claims in by_account.items():
        place = places[account_id]
        lost = sum(c.reported_minor for c in claims)
        same = place.currency == file.recovery.currency
        values: dict[str, Scalar] = {
            "account_id": account_id,
            "partner_id": place.partner_id,
            "currency": place.currency,
            "home": place.home,
            "regime": place.regime,
            "depth": 0,
            "traced_minor": lost if same else 0,
            "traced_claim_minor": lost,
        }
        asset_id = derive_id("asset", file.recovery.id, account_id)
        event = "found" if place.home else "found_abroad"
        moves.append(Transition(EntityKind.ASSET, asset_id, event, None, values))
    return moves


def split(changes: Changeset, asset_id: str) -> None:
    """Keep an account in two files: each holds and returns only what its own trace finds there."""
    asset = changes.file.asset(asset_id)
    values: dict[str, Scalar] = {"shared_decision": "split"}
    reason = stored_phrase("the account stays in both files; what each traced there is disjoint")
    changes.apply(
        Transition(EntityKind.ASSET, asset.id, "split", asset.stage, values, reason=reason)
    )


def submit_close(changes: Changeset, actor: str, now: datetime) -> None:
    """Ask for the recovery to be closed; every asset has to be closed before, and nothing held."""
    file = changes.file
    still_open = upkeep.still_open(file)
    if still_open or file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} has open work: {named}", ref=file.recovery.ref, named=", ".join(still_open)
            )
        )
    ask(changes, ApprovalKind.CLOSE, file.recovery.id, actor, now)


def closing_event(file: CaseFile) -> str:
    """The closing event by the ledger: all upheld loss returned, a part of it, or nothing."""
    returned = sum(b.claim_minor for b in file.balances if b.account in RETURNED)
    upheld = -sum(
        b.claim_minor
        for b in file.balances
        if b.account in (LedgerAccount.REPORTED, LedgerAccount.NOT_UPHELD)
    )
    if returned == 0:
        return "closed_no_recovery"
    return "closed_returned" if returned >= upheld else "closed_partial"
