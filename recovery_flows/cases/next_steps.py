"""What a recovery needs next, from whom, by when; and when the engine must look at it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, OfLastFile, Step, in_order
from models.entities.allocation import AllocationState
from models.entities.asset import AssetRow, Stage
from models.entities.call import OPEN_CALLS, CallKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldState
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.money import Money
from models.step_wording import NOTHING, Wording, say
from recovery_flows.approvals import next_steps as approval_steps
from recovery_flows.approvals.step_figures import sum_of
from recovery_flows.cases import dead_ends
from recovery_flows.correspondence.letters import next_steps as letter_steps
from recovery_flows.cross_border import next_steps as request_steps
from recovery_flows.freezing import (
    account_monitoring,
    denied_stops,
    drafts as hold_drafts,
    next_steps as hold_steps,
    refusals,
    release,
)
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import discrepancies, releasable
from recovery_flows.multi_agency import next_steps as multi_agency_steps
from recovery_flows.partners import letter_channel
from recovery_flows.recalls import next_steps as recall_steps
from recovery_flows.restitution import (
    basis,
    fast_track,
    guards as return_guards,
    objections,
    payouts,
    unclaimed_steps,
    voluntary_steps,
)
from recovery_flows.restitution.clawback import steps as clawback_steps
from recovery_flows.restitution.court import steps as court_steps
from recovery_flows.restitution.settlement_clock import settlement_due_at
from recovery_flows.restitution.third_party import steps as third_party_steps
from recovery_flows.restitution.victims import news

__all__ = ["ActionKind", "asset_stage", "first_step", "stage_of", "steps"]


_KNOWN, _ALL, _FIRST = OfLastFile[list[Step]](), "all", "first"
"""A file that comes to rest is asked about twice, by its stages and for the queue."""


def steps(file: CaseFile, laws: Regimes) -> list[Step]:
    """All steps open to people, the most urgent first; waits and the engine's work after them.

    Of equally urgent ones the same is first for whoever has just decided and whoever reads it.
    """
    known = _KNOWN.answers(file, laws)
    if _ALL not in known:
        known[_ALL] = list(_in_turn(file, laws))
    return list(known[_ALL])


def first_step(file: CaseFile, laws: Regimes) -> Step:
    """The first of them; what comes behind is not worked out where people have something to do."""
    known = _KNOWN.answers(file, laws)
    if not known:
        known[_FIRST] = [next(_in_turn(file, laws))]
    return (known.get(_ALL) or known[_FIRST])[0]


def _in_turn(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    read = in_order(file)
    yield from discrepancies.steps(read)
    yield from _steps(read, laws)


def _steps(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    recovery = file.recovery
    if recovery.state is RecoveryState.REPORTED:
        yield from approval_steps.waiting(file)
        yield _step(ActionKind.ACCEPT, Role.OFFICER, recovery.id, "", None, say("accept"))
        return
    if recovery.state is not RecoveryState.OPEN:
        ended = say(f"ended_{recovery.state}")
        yield _step(ActionKind.DONE, Role.ENGINE, recovery.id, "", None, ended)
        return
    asked = list(approval_steps.waiting(file))
    behind = [s for s in asked if release.is_behind_a_payout(file, s.subject_id)]
    people = [s for s in asked if s not in behind]
    people += _of_people(file, laws)
    people.sort(key=lambda s: (s.due_at is None, s.due_at or recovery.reported_at))
    yield from people
    yield from (rest := _behind_people(file, laws, behind))
    if not people and not rest:
        yield _close_step(file)
    yield from multi_agency_steps.waits(file)
    yield from news.steps(file, laws)


def _of_people(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    yield from _officer_steps(file, laws)
    for steps_of in _OF_PEOPLE:
        yield from steps_of(file)
    yield from letter_steps.send_steps(file, laws)


_OF_PEOPLE: tuple[Callable[[CaseFile], Iterable[Step]], ...] = (
    refusals.steps, denied_stops.steps, dead_ends.steps, objections.steps, voluntary_steps.steps,
    recall_steps.steps, unclaimed_steps.steps, court_steps.steps, clawback_steps.steps,
    third_party_steps.steps,
)  # fmt: skip


def _behind_people(file: CaseFile, laws: Regimes, behind: Sequence[Step]) -> list[Step]:
    last = letter_steps.kept_back_steps(file, laws)
    return [*letter_steps.answer_steps(file, laws), *behind, *_waits(file, laws), *last]


def _step(
    action: ActionKind, role: Role, subject: str, asset: str, due: datetime | None, wording: Wording
) -> Step:
    return Step(action, role, subject, asset, due, wording)


def _officer_steps(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    yield from _joins(file)
    yield from multi_agency_steps.officer_steps(file)
    yield from hold_steps.of(file, laws)
    yield from request_steps.steps(file)
    for allocation in file.allocations:
        ready = allocation.state in (AllocationState.DRAFT, AllocationState.NOTICE_ENDED)
        if ready and not return_guards.why_not(file, allocation):
            is_fast = fast_track.stands(file, allocation, laws[file.recovery.regime])
            is_divided = allocation.method in ("pro_rata", "waterfall") and not is_fast
            notice = is_divided and allocation.notice_to is None
            action = ActionKind.PUBLISH_NOTICE if notice else ActionKind.SUBMIT_RETURN
            text = say("publish_notice") if notice else say("submit_return")
            due = _first_end(file, file.asset(allocation.asset_id))
            yield _step(action, Role.OFFICER, allocation.id, allocation.asset_id, due, text)
    for asset in file.assets:
        yield from _asset_steps(file, asset)


def _joins(file: CaseFile) -> Iterator[Step]:
    """The younger recovery joins the older one that wants the same account."""
    if not file.shared_with or payouts.is_on_its_way(file):
        return
    account_id, other, currency = file.shared_with[0]
    asset = next(a for a in file.assets if a.account_id == account_id)
    if currency == file.recovery.currency:
        text = say("join")
        yield _step(ActionKind.JOIN, Role.OFFICER, other, asset.id, None, text)
    else:
        text = say("split")  # not in which: it may be restricted
        yield _step(ActionKind.SPLIT, Role.OFFICER, asset.id, asset.id, None, text)


def _asset_steps(file: CaseFile, asset: AssetRow) -> Iterator[Step]:
    if asset.stage is not Stage.RESTITUTION:
        return
    due = _first_end(file, asset)
    if not basis.ownership_stands(file, asset) and return_guards.is_allocable(file, asset):
        held = sum(h.held_minor for h in file.live_holds(asset.id))
        text = say("establish_ownership")
        text += say("held_there", amount=Money(held, asset.currency), partner=asset.partner_id)
        yield _step(ActionKind.CHECK_TITLE, Role.OFFICER, asset.id, asset.id, due, text)
    for hold in return_guards.to_release(file, asset):
        if file.pending(hold.id) is None and hold.state is not HoldState.RELEASE_PENDING:
            amount = sum_of(file, ActionKind.SUBMIT_RELEASE, hold.id)
            text = say("ask_release", amount=amount) + releasable.residue(file, hold)
            yield _step(ActionKind.SUBMIT_RELEASE, Role.OFFICER, hold.id, asset.id, due, text)


def _first_end(file: CaseFile, asset: AssetRow) -> datetime | None:
    ends = [h.expires_at for h in file.live_holds(asset.id) if h.expires_at is not None]
    return min(ends, default=None)


def _waits(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    yield from _calls(file)
    for hold in file.holds:
        if hold.state in (HoldState.ORDERED, HoldState.RELEASE_PENDING, HoldState.QUEUED):
            partner = file.asset(hold.asset_id).partner_id
            text = say("wait_hold", partner=partner, kind=hold.kind, state=hold.state)
            yield _step(ActionKind.WAIT, Role.ENGINE, hold.id, hold.asset_id, None, text)
        elif hold.state is HoldState.DISPOSAL_PENDING:
            text = say("wait_court")
            due = hold.release_due_at
            yield _step(ActionKind.WAIT, Role.ENGINE, hold.id, hold.asset_id, due, text)
    for allocation in file.allocations:
        if allocation.state is AllocationState.NOTICE:
            text = say("wait_notice")
            yield _step(
                ActionKind.WAIT, Role.ENGINE, allocation.id, allocation.asset_id,
                allocation.notice_to, text,
            )  # fmt: skip
        elif allocation.state is AllocationState.APPROVED:
            text = say("wait_payouts")
            kept = return_guards.waits_for(file, file.asset(allocation.asset_id), but=allocation.id)
            text += say("not_sent_yet", why=str(kept)) if kept else NOTHING
            due = settlement_due_at(file, allocation, laws)
            yield _step(ActionKind.WAIT, Role.ENGINE, allocation.id, allocation.asset_id, due, text)
    yield from voluntary_steps.waits(file)
    yield from unclaimed_steps.waits(file)
    yield from clawback_steps.waits(file)
    yield from recall_steps.waits(file)
    yield from request_steps.waits(file)
    yield from _ends(file)
    if any(a.stage is not Stage.CLOSED for a in file.assets) or file.recovery.trace_wanted:
        yield _step(ActionKind.ENGINE, Role.ENGINE, file.recovery.id, "", None, _engine_text(file))


def _ends(file: CaseFile) -> Iterator[Step]:
    """Holds that only run out: a stop that no order replaces, what is stated in another currency.

    The order after a stop was refused, or had ended before its bank was heard: the stop is in our
    records then until its own end. Nothing can be paid of what is stated in another currency before
    its bank has corrected its statement.
    """
    if file.recovery.trace_wanted:
        return
    for hold in file.holds:
        asset, text = file.asset(hold.asset_id), NOTHING
        if asset.stage is not Stage.RESTITUTION or hold.expires_at is None:
            continue
        if hold.state is HoldState.STOPPED and refusals.is_refused_a_successor(file, hold):
            text = say("wait_end", kind=hold.kind, partner=asset.partner_id)
        elif hold.state is HoldState.STOPPED and hold_drafts.is_followed_in_vain(file.holds, hold):
            text = say("wait_end_after", kind=hold.kind, partner=asset.partner_id)
        elif hold.state in LIVE_HOLDS and hold.foreign_minor:
            text = say(
                "wait_currency", kind=hold.kind, partner=asset.partner_id,
                stated=Money(hold.foreign_minor, hold.foreign_currency), currency=hold.currency,
            )  # fmt: skip
        if text:
            yield _step(ActionKind.WAIT, Role.ENGINE, hold.id, asset.id, hold.expires_at, text)


def _calls(file: CaseFile) -> Iterator[Step]:
    # What is in trouble comes first, then what changes something at a bank, then questions.
    for call in sorted(
        file.calls, key=lambda c: (not c.last_error, c.kind is CallKind.STATEMENT, c.id)
    ):
        if call.state in OPEN_CALLS and not letter_channel.is_by_letter(file, call):
            text = say("wait_call", partner=call.partner_id, kind=call.kind)
            if call.last_error:
                text += say("error", error=call.last_error)
            yield _step(ActionKind.WAIT, Role.ENGINE, call.id, call.asset_id, None, text)


def _engine_text(file: CaseFile) -> Wording:
    if file.recovery.trace_wanted:
        return say("tracing")
    why = [
        return_guards.why_idle(file, a)
        for a in file.assets
        if a.stage is Stage.RESTITUTION and file.live_holds(a.id)
    ]
    return next((w for w in why if w), say("working"))


def _close_step(file: CaseFile) -> Step:
    recovery = file.recovery
    if file.pending(recovery.id) is not None:
        return _step(ActionKind.WAIT, Role.ENGINE, recovery.id, "", None, say("closing_asked"))
    monitored = len(account_monitoring.monitored(file))
    text = say("close")
    if monitored:
        accounts = f"{monitored} empty account{'s' if monitored > 1 else ''}"
        text += say("ends_watch", accounts=accounts)
    text += multi_agency_steps.closing_text(file)
    return _step(ActionKind.SUBMIT_CLOSE, Role.OFFICER, recovery.id, "", None, text)


def stage_of(file: CaseFile) -> Stage:
    """A recovery's stage: the earliest stage in which one of its assets has open work."""
    if file.recovery.state is RecoveryState.REPORTED:
        return Stage.FREEZING
    order = [Stage.FREEZING, Stage.TRACING, Stage.CROSS_BORDER, Stage.RESTITUTION]
    present = {asset_stage(file, a) for a in file.assets}
    return next((stage for stage in order if stage in present), Stage.CLOSED)


def asset_stage(file: CaseFile, asset: AssetRow) -> Stage:
    """Where an asset stands for people: freezing as long as its formal freeze is not in force."""
    states = {h.state for h in file.holds_of(asset.id) if h.kind is not HoldKind.CUSTODY}
    if asset.stage is Stage.RESTITUTION and states & _NOT_FROZEN_YET:
        return Stage.FREEZING
    return asset.stage


_NOT_FROZEN_YET = frozenset(
    {HoldState.STOPPED, HoldState.DRAFT, HoldState.PENDING_APPROVAL, HoldState.ORDERED}
)
