"""Recoveries that only a person can move on, where no stage has a next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.asset import AssetRow, Stage
from models.entities.call import OPEN_CALLS, CallKind, CallRow, CallState
from models.entities.claim import ClaimRow, ClaimState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import CallIntent, Scalar, Transition
from models.step_wording import say
from recovery_flows.freezing.account_monitoring import ON, SILENT
from recovery_flows.freezing.stage import statement_intent
from recovery_flows.ledger.changeset import Changeset

GIVEN_UP = stored_phrase("given up by an officer: no payment into it was found")


def steps(file: CaseFile) -> Iterator[Step]:
    """Claims unverified after a merge, money without a trace, accounts without a payment."""
    for claim in file.claims:
        if claim.state is ClaimState.FILED:
            text = say("verify_claim", amount=Money(claim.reported_minor, claim.currency))
            yield Step(ActionKind.VERIFY_CLAIM, Role.OFFICER, claim.id, "", None, text)
    for claim in _never_traced(file):
        into = next(a for a in file.assets if a.account_id == claim.payee_account_id)
        refused = any(c.subject_id == claim.id for c in file.calls)
        told = "ask_statement" if refused else "ask_first_statement"
        text = say(told, partner=claim.victim_partner_id)
        yield Step(ActionKind.ASK_STATEMENT, Role.OFFICER, claim.id, into.id, None, text)
    for asset in file.assets:
        if _is_unexplained(file, asset):
            yield from _asset_steps(file, asset)
        elif _is_silent(file, asset):
            text = say("ask_account_statement", partner=asset.partner_id)
            yield Step(ActionKind.ASK_STATEMENT, Role.OFFICER, asset.id, asset.id, None, text)


def _never_traced(file: CaseFile) -> list[ClaimRow]:
    """Claims that no statement shows, although money came in to distribute.

    That is so where an account was given up before its bank was asked, and its holder pays back.
    A trace of what there is, as another tracing rule makes one, knows nothing of such a claim.
    """
    if file.recovery.trace_wanted:
        return []
    known = _located(file)
    held = any(a.is_custody and file.live_holds(a.id) for a in file.assets)
    asked = {c.subject_id for c in file.calls if c.state in OPEN_CALLS}
    ours = {a.account_id for a in file.assets}
    return [
        c
        for c in file.claims
        if held
        and c.state is ClaimState.VERIFIED
        and c.statement_to is None
        and c.id not in asked | known
        and c.payee_account_id in ours
    ]


def _located(file: CaseFile) -> set[str]:
    """Claims whose money the trace shows, wherever it is."""
    if file.trace is None:
        return set()
    return {p.claim_id for p in file.trace.positions} | {g.claim_id for g in file.trace.gone}


def _asset_steps(file: CaseFile, asset: AssetRow) -> Iterator[Step]:
    for claim, call in _refused(file, asset):
        text = say("ask_statement", partner=call.partner_id)
        yield Step(ActionKind.ASK_STATEMENT, Role.OFFICER, claim.id, asset.id, None, text)
    text = say("give_up_account", partner=asset.partner_id)
    yield Step(ActionKind.GIVE_UP_ACCOUNT, Role.OFFICER, asset.id, asset.id, None, text)


def _is_unexplained(file: CaseFile, asset: AssetRow) -> bool:
    """Whether the available statements show no payment into a reported account."""
    if asset.stage not in (Stage.FREEZING, Stage.CROSS_BORDER) or asset.traced_minor > 0:
        return False
    tried = file.holds_of(asset.id) or any(r.asset_id == asset.id for r in file.requests)
    if tried or asset.left_alone or file.recovery.trace_wanted or file.open_calls(asset.id):
        return False
    return all(_is_answered(file, c) for c in _claims_into(file, asset))


def _is_silent(file: CaseFile, asset: AssetRow) -> bool:
    """Whether an account is in work and its bank has not stated where the money is."""
    if not asset.left_alone.startswith(SILENT):
        return False
    return asset.stage is not Stage.CLOSED or _has_left_unseen(file, asset)


def _has_left_unseen(file: CaseFile, asset: AssetRow) -> bool:
    """Whether money traced to a watched account had left it, and a person may yet ask where to.

    One that its bank refuses once more, to a person, is closed with its watch.
    """
    refused = [
        c
        for c in file.calls
        if (c.subject_id, c.kind, c.state) == (asset.id, CallKind.STATEMENT, CallState.REFUSED)
    ]
    is_open = asset.watch == ON and asset.traced_minor > 0 and len(refused) <= 1
    return is_open and not file.live_holds(asset.id)


def _claims_into(file: CaseFile, asset: AssetRow) -> list[ClaimRow]:
    return [c for c in file.claims if c.payee_account_id == asset.account_id]


def _is_answered(file: CaseFile, claim: ClaimRow) -> bool:
    """Whether the victim's bank has answered the request for a statement, and none is open.

    A verified claim for which no statement was requested is not answered: it can still be asked
    for.
    """
    calls = [c for c in file.calls if c.subject_id == claim.id]
    return not any(c.state in OPEN_CALLS for c in calls) and (
        claim.statement_to is not None or bool(calls) or claim.state is not ClaimState.VERIFIED
    )


def _refused(file: CaseFile, asset: AssetRow) -> Iterator[tuple[ClaimRow, CallRow]]:
    for claim in _claims_into(file, asset):
        calls = [c for c in file.calls if c.subject_id == claim.id]
        if claim.statement_to is None and calls and calls[-1].state is CallState.REFUSED:
            yield claim, calls[-1]


def give_up(changes: Changeset, asset_id: str) -> None:
    """Give up an account into which no payment was found, so that the recovery can be closed."""
    from recovery_flows.errors import StepRefusedError

    asset = changes.file.asset(asset_id)
    if not _is_unexplained(changes.file, asset):
        raise StepRefusedError(
            phrase(
                "account {asset_id} is being worked on: it cannot be given up", asset_id=asset_id
            )
        )
    values: dict[str, Scalar] = {"left_alone": GIVEN_UP}
    changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))


def ask_again(changes: Changeset, subject_id: str, asset_id: str, now: datetime) -> None:
    """Request again a statement that a bank refused: an account's, or the victim's own.

    It is a new call, even where the bank refused within the same instant.
    """
    before = sum(call.subject_id == subject_id for call in changes.file.calls)
    call_id = derive_id("call", subject_id, CallKind.STATEMENT, now.isoformat(), before)
    if subject_id == asset_id:
        asset = changes.file.asset(asset_id)
        values: dict[str, Scalar] = {"left_alone": ""}
        changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))
        changes.call(replace(statement_intent(asset, now), id=call_id))
        return
    claim = next(c for c in changes.file.claims if c.id == subject_id)
    changes.call(
        CallIntent(
            id=call_id,
            partner_id=claim.victim_partner_id,
            kind=CallKind.STATEMENT,
            noun=EntityKind.CLAIM,
            subject_id=claim.id,
            asset_id=asset_id,
        )
    )
