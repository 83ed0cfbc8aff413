"""Holds that a bank refused: told to the officer, ordered again once what was wrong is right."""

from __future__ import annotations

from collections.abc import Iterator

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.asset import Stage
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState
from models.entities.officer import Role
from models.language.phrase import phrase, stored_phrase
from models.outcome import Transition
from models.step_wording import say
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing.drafts import (
    UNANSWERED,
    back_to_freezing,
    draft_hold,
    is_followed,
)
from recovery_flows.ledger.changeset import Changeset


def is_refused_a_successor(file: CaseFile, hold: HoldRow) -> bool:
    """Whether a bank was asked to take a hold over by another one, and did not."""
    refused = (HoldState.REJECTED_BY_BANK, HoldState.NO_FUNDS)
    return any(h.supersedes_id == hold.id and h.state in refused for h in file.holds)


def unseen(file: CaseFile) -> list[HoldRow]:
    """Holds that a bank would not or could not give, which nothing follows and nobody has noted.

    An account at home that was empty is watched instead, unless the hold was to take over one
    that is in force.
    """
    return [
        h
        for h in file.holds
        if h.state in (HoldState.REJECTED_BY_BANK, HoldState.NO_FUNDS)
        and not (h.lapse_seen_by or is_followed(file.holds, h) or _is_monitored(file, h))
    ]


def _is_monitored(file: CaseFile, hold: HoldRow) -> bool:
    if hold.state is not HoldState.NO_FUNDS or not file.asset(hold.asset_id).home:
        return False
    return not hold.supersedes_id or file.hold(hold.supersedes_id).state not in LIVE_HOLDS


def steps(file: CaseFile) -> Iterator[Step]:
    """What the officer is to take note of, before the hold that it was to follow ends."""
    for hold in unseen(file):
        partner = file.asset(hold.asset_id).partner_id
        text = say("see_refusal", partner=partner, kind=hold.kind)
        if hold.reason:
            text += say("reason", reason=hold.reason)
        due = file.hold(hold.supersedes_id).expires_at if hold.supersedes_id else None
        yield Step(ActionKind.SEE_REFUSAL, Role.OFFICER, hold.id, hold.asset_id, due, text)


def see(changes: Changeset, hold_id: str, actor: str) -> None:
    """The owner takes note that a bank refused a hold."""
    hold = changes.file.hold(hold_id)
    values = {"lapse_seen_by": actor}
    changes.apply(Transition(EntityKind.HOLD, hold.id, "refusal_seen", hold.state, values))


def order_again(changes: Changeset, hold_id: str, actor: str) -> str:
    """Draft a refused hold at home once more, with the same sum; return the draft's id."""
    file = changes.file
    hold = file.hold(hold_id)
    asset = file.asset(hold.asset_id)
    if hold.state not in (HoldState.REJECTED_BY_BANK, HoldState.NO_FUNDS):
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: the bank has not refused it",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    if _is_monitored(file, hold):
        raise StepRefusedError(
            phrase("hold {hold_id} found an empty account: that is watched", hold_id=hold_id)
        )
    if not asset.home:
        words = f"`recovery request resubmit {file.recovery.ref} {hold.request_id}`"
        raise StepRefusedError(
            phrase(
                "hold {hold_id} was asked for by a request: {words}", hold_id=hold_id, words=words
            )
        )
    if is_followed(file.holds, hold) or any(
        h.state in UNANSWERED and h.kind is hold.kind for h in file.holds_of(asset.id)
    ):
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is followed by another {kind} already",
                hold_id=hold_id,
                kind=hold.kind,
            )
        )
    if not hold.lapse_seen_by:
        see(changes, hold_id, actor)
    if asset.stage is Stage.CLOSED:
        back_to_freezing(changes, asset, stored_phrase("a refused hold is ordered again"))
    return draft_hold(
        changes, asset, hold.kind, hold.requested_minor, hold.law_row,
        supersedes_id=hold.supersedes_id, repeat_number=hold.repeat_number,
    )  # fmt: skip
