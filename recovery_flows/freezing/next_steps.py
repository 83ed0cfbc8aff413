"""An officer's steps about holds: drafts to send or submit, renewals, lapses to take note of."""

from __future__ import annotations

from collections.abc import Iterator

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.hold import HoldKind, HoldRow, HoldState, Renewal
from models.entities.officer import Role
from models.money import Money
from models.step_wording import say
from recovery_flows.approvals.step_figures import sum_of
from recovery_flows.freezing import lapse, unrelated_funds
from recovery_flows.freezing.renewal import TO_SUBMIT
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.reported_payments import only_reported_minor


def of(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    """Every step that a hold of this file needs from an officer."""
    for hold in file.holds:
        if hold.state is HoldState.DRAFT:
            yield _draft(file, hold, laws)
        elif hold.state is HoldState.FROZEN and hold.renewal in TO_SUBMIT:
            text = say("submit_renewal", amount=sum_of(file, ActionKind.SUBMIT_RENEWAL, hold.id))
            if hold.renewal == Renewal.AGAIN:
                text += say("again_refused")
            yield Step(
                ActionKind.SUBMIT_RENEWAL,
                Role.OFFICER,
                hold.id,
                hold.asset_id,
                hold.expires_at,
                text,
            )
    yield from unrelated_funds.steps(file)
    for hold in lapse.unseen(file):
        if lapse.may_be_repeated(file, hold, laws):
            continue  # the engine drafts another stop: to acknowledge the lapse would end it
        partner = file.asset(hold.asset_id).partner_id
        text = say("see_lapse", kind=hold.kind, partner=partner)
        yield Step(
            ActionKind.SEE_LAPSE, Role.OFFICER, hold.id, hold.asset_id, hold.expires_at, text
        )


def _draft(file: CaseFile, hold: HoldRow, laws: Regimes) -> Step:
    if hold.kind is HoldKind.STOP:
        return _draft_stop(file, hold, laws)
    due = file.hold(hold.supersedes_id).expires_at if hold.supersedes_id else None
    text = say("submit_freeze", amount=sum_of(file, ActionKind.SUBMIT_FREEZE, hold.id))
    if hold.kind is HoldKind.QUEUE:
        text += say("behind_another")
    elif only_reported_minor(file, file.asset(hold.asset_id)):
        text += say("reported_only")
    return Step(ActionKind.SUBMIT_FREEZE, Role.OFFICER, hold.id, hold.asset_id, due, text)


def _draft_stop(file: CaseFile, hold: HoldRow, laws: Regimes) -> Step:
    amount = sum_of(file, ActionKind.ORDER_STOP, hold.id)
    text = say("send_stop", amount=amount)
    before = file.hold(hold.supersedes_id) if hold.supersedes_id else None
    due = file.recovery.reported_at if not hold.repeat_number else None
    if before is not None and before.kind is HoldKind.VOLUNTARY:
        text, due = say("start_behind_voluntary", amount=amount), before.expires_at
    elif before is not None and before.state is HoldState.LAPSED:
        text, due = say("stop_again", amount=amount, kind=before.kind), before.expires_at
    elif before is not None and before.state is HoldState.NO_FUNDS:
        text = say("stop_watched", amount=amount)
    if hold.scope_reason:
        text += say("over_disputed")
    least = laws[file.asset(hold.asset_id).regime].minimum_worth(hold.currency)
    if Money(hold.requested_minor, hold.currency) < least:
        text += say("below_minimum", least=least)
    return Step(ActionKind.ORDER_STOP, Role.OFFICER, hold.id, hold.asset_id, due, text)
