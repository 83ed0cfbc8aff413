"""Reading a partner's change feed: one cursor per bank, however many files are open."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from models.entities.event import EntityKind
from models.entities.partner import PartnerChannel
from models.facts import FeedFact, FeedPage, HoldFact, PayoutFact, RawAnswer, RequestFact, TaskFact
from models.queries.cases.case_files import load_file
from models.queries.cases.work import PartnerLine, partner as partner_line, partners
from models.queries.partners.feeds import (
    Owned,
    holding_partners,
    next_end,
    owners_of_refs,
    pausing_subjects,
    recoveries_past_end,
    waiting_partners,
)
from models.store.documents import keep
from models.store.pacing import for_a_while, rest_of_the_lock
from models.store.partners import note_contact, plan_poll
from models.store.unit import ENGINE, Unit, savepoint, unit_of_work
from models.trouble import Trouble
from recovery_flows.cases.commit import commit_changes, refresh
from recovery_flows.cases.quarantine import Work, went_through
from recovery_flows.correspondence import answers
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import WorkFailedError, alone, sentence
from recovery_flows.engine.outbox.abroad_news import settle_request
from recovery_flows.engine.outbox.settlement import remember_breaker
from recovery_flows.engine.outbox.task_documents import settle_task
from recovery_flows.engine.quarantine import note_failure
from recovery_flows.errors import (
    AnswerUnreadableError,
    DisagreementError,
    RecoveryFlowsError,
    RefusedError,
    UnavailableError,
)
from recovery_flows.freezing.answers import CLOCKS_APART
from recovery_flows.freezing.lapse import FEED_LAG
from recovery_flows.ledger import bank_contradictions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.rbp1.paging import worth_keeping

_NOUNS: dict[type[FeedFact], EntityKind] = {
    HoldFact: EntityKind.HOLD,
    PayoutFact: EntityKind.PAYOUT,
    TaskFact: EntityKind.TASK,
    RequestFact: EntityKind.REQUEST,
}
_Told = tuple[Owned, FeedFact]
_TOLD = 300


def due_polls(engine: Engine) -> list[str]:
    """Partners whose feed is to be read now; partners newly waited for are put on the list."""
    now = engine.now()
    with engine.database.reading() as session:
        known = partners(session, None)
        waiting, holding = waiting_partners(session), holding_partners(session)
    due, unplanned = [], []
    for partner in known:
        if partner.channel is PartnerChannel.LETTER or partner.id not in waiting | holding:
            continue
        newly_waited_for = partner.id in waiting and not partner.feed_interval_seconds
        if partner.feed_due_at is not None and partner.feed_due_at <= now:
            due.append(partner.id)  # also where it is newly waited for: it is put off no more
        elif partner.feed_due_at is None or newly_waited_for:
            unplanned.append(partner)
    if unplanned:
        with unit_of_work(engine.database) as unit:
            for partner in unplanned:
                _plan(unit, engine, partner, now, heard=True)
    return due


async def poll(engine: Engine, partner_id: str) -> int:
    """Read one partner's feed and book what is new in it; return how many recoveries changed.

    What fails on our side is this partner's trouble: it is noted, and the feed is read again.
    """
    with alone() as failure:
        return await _poll(engine, partner_id)
    if failure.error is not None:
        error = failure.error
        engine.report(f"the feed of {partner_id} cannot be read: {sentence(error)}")
        await asyncio.to_thread(_note_failed, engine, partner_id, WorkFailedError(error), ())
    return 0


async def _poll(engine: Engine, partner_id: str) -> int:
    asked_at = engine.now()
    with engine.database.reading() as session:
        since = partner_line(session, None, partner_id).feed_reached_at
    try:
        bank = await engine.bank(partner_id)
        engine.count_call("feed")
        least_seconds = (await bank.learn()).poll_seconds_min
        page, raws = await bank.events(since - FEED_LAG if since else None)
    except (UnavailableError, RefusedError, DisagreementError) as error:
        unread = error.raw if isinstance(error, AnswerUnreadableError) else ()
        await asyncio.to_thread(_note_failed, engine, partner_id, error, unread)
        return 0
    return await asyncio.to_thread(_apply, engine, partner_id, page, raws, least_seconds, asked_at)


def _note_failed(
    engine: Engine, partner_id: str, error: RecoveryFlowsError, unread: tuple[RawAnswer, ...]
) -> None:
    now, wall_now = engine.now(), engine.wall_now()
    with unit_of_work(engine.database) as unit:
        partner = partner_line(unit.session, None, partner_id)
        for raw in () if partner.last_error == str(error)[:_TOLD] else worth_keeping(unread):
            keep(unit, raw.body, "feed that cannot be read", raw.media_type, wall_now)
        note_contact(unit, partner_id, error=str(error), trouble=error.trouble)
        remember_breaker(unit, engine, partner_id)
        _plan(unit, engine, partner, now, heard=False, failed=True)


def _apply(
    engine: Engine,
    partner_id: str,
    page: FeedPage,
    raws: tuple[RawAnswer, ...],
    least_seconds: int,
    asked_at: datetime,
) -> int:
    """Book a feed, each recovery by itself; then the feed counts as read.

    News that cannot be taken is quarantined, and the feed counts as read only to before it: it
    comes again with the next reading.
    """
    now, wall_now = engine.now(), engine.wall_now()
    changed, not_taken, strange = _apply_items(engine, now, partner_id, page.items)
    reached = min(page.reached, asked_at) if page.reached else None  # a stamp ahead skips nothing
    for item in not_taken:
        reached = min(reached or item.modified_at, item.modified_at)
    wrong = _wrong_with(partner_id, page, strange, asked_at)
    whole = not (page.unread or not_taken)
    with unit_of_work(engine.database) as unit:
        partner = partner_line(unit.session, None, partner_id)
        for raw in raws if changed or not_taken else worth_keeping(raws if wrong else ()):
            keep(unit, raw.body, "feed", raw.media_type, wall_now)
        code = Trouble.UNREADABLE if wrong else Trouble.NONE
        note_contact(unit, partner_id, answered_at=wall_now, error=wrong, trouble=code)
        remember_breaker(unit, engine, partner_id)
        _plan(
            unit, engine, partner, asked_at, heard=bool(changed), reached=reached,
            least_seconds=least_seconds, whole=whole,
        )  # fmt: skip
        if whole:
            ended = recoveries_past_end(unit.session, partner_id, asked_at - FEED_LAG)
            refresh(unit, now, engine.laws, ended)
    return changed


def _wrong_with(partner_id: str, page: FeedPage, strange: int, asked_at: datetime) -> str:
    """What of a feed is none of ours, could not be read or is of the future; "" for nothing."""
    found = [f"{strange} of its items are none of ours"] if strange else []
    if page.unread:
        found.append(f"{len(page.unread)} of its items cannot be read: {page.unread[0]}")
    if page.reached and page.reached > asked_at + CLOCKS_APART:
        found.append(
            f"it tells of a change at {page.reached:%Y-%m-%d %H:%M} UTC: its clock is wrong"
        )
    return f"feed of {partner_id}: {'; '.join(found)}" if found else ""


def _apply_items(
    engine: Engine, now: datetime, partner_id: str, items: tuple[FeedFact, ...]
) -> tuple[int, list[FeedFact], int]:
    """Book the items of each recovery in the order of the feed.

    Returns how many recoveries changed, what was not taken, and how many items are none of ours: a
    resource is known by its partner, its type and its id. What failed before is left until its next
    attempt, which is transport time.
    """
    with engine.database.reading() as session:
        owners = owners_of_refs(session, [i.order_ref for i in items])
        pausing = pausing_subjects(session, [o.id for o in owners], engine.wall_now())
    not_taken = [item for item in items if item.order_ref in pausing]
    by_recovery: dict[str, list[_Told]] = {}
    strange = 0
    for item in items:
        owner = _owner(owners, partner_id, item)
        strange += owner is None or not _is_his(owner, partner_id, item)
        if owner is not None and item.order_ref not in pausing:
            by_recovery.setdefault(owner.recovery_id, []).append((owner, item))
    changed, rest = 0, deque(by_recovery.items())
    while rest:
        with unit_of_work(engine.database) as unit:
            for recovery_id, told in for_a_while(rest):
                with alone() as failure, savepoint(unit):
                    changed += _apply_reported(unit, engine, now, partner_id, told)
                if failure.error is None:
                    continue
                if len(told) > 1:
                    rest.extendleft((recovery_id, [one]) for one in reversed(told))
                    continue
                owner, item = told[0]
                not_taken.append(item)
                with savepoint(unit):
                    work = Work(recovery_id, owner.noun, item.order_ref)
                    note_failure(unit, engine, work, failure.error)
        rest_of_the_lock(rest)
    return changed, not_taken, strange


def _owner(owners: list[Owned], partner_id: str, item: FeedFact) -> Owned | None:
    """What of ours an item names: best what its partner was told of, else what it points at."""
    named = [o for o in owners if o.id == item.order_ref]
    named.sort(key=lambda o: not _is_his(o, partner_id, item))
    return named[0] if named else None


def _is_his(owner: Owned, partner_id: str, item: FeedFact) -> bool:
    return (owner.partner_id, owner.noun) == (partner_id, _NOUNS[type(item)])


def _apply_reported(
    unit: Unit, engine: Engine, now: datetime, partner_id: str, told: list[_Told]
) -> bool:
    changes = Changeset(load_file(unit.session, told[0][0].recovery_id))
    for owner, item in told:
        if not _is_his(owner, partner_id, item):
            _refuse_item(changes, partner_id, owner, item, now)
            continue
        if isinstance(item, HoldFact):
            answers.apply_hold_fact(changes, item.order_ref, item, engine.laws, now)
        elif isinstance(item, PayoutFact):
            answers.apply_payout_fact(changes, item.order_ref, item, now)
        elif isinstance(item, RequestFact):
            settle_request(unit, engine, changes, item.order_ref, item, now)
        else:
            settle_task(unit, changes, item.order_ref, item, now, engine.wall_now())
        went_through(changes, owner.noun, item.order_ref, now)
    if changes.moves:
        commit_changes(unit, ENGINE, now, engine.laws, changes)
    return bool(changes.moves)


def _refuse_item(
    changes: Changeset, partner_id: str, pointed: Owned, item: FeedFact, now: datetime
) -> None:
    """An item that names something of ours that this partner was never told of, or another type."""
    about = bank_contradictions.About(pointed.noun, pointed.id, pointed.asset_id)
    noun, owner = _NOUNS[type(item)], pointed.partner_id
    bank_contradictions.reported_on(changes, about, noun, (partner_id, owner), now)


def _plan(
    unit: Unit,
    engine: Engine,
    partner: PartnerLine,
    now: datetime,
    *,
    heard: bool,
    failed: bool = False,
    reached: datetime | None = None,
    least_seconds: int = 0,
    whole: bool = False,
) -> None:
    """The next poll: soon after news, twice as long after each quiet one, up to a ceiling.

    Never sooner than the bank wishes; none of a partner that owes no answer and holds nothing.
    """
    pace = engine.pace
    waits = partner.id in waiting_partners(unit.session)
    if not waits and partner.id not in holding_partners(unit.session):
        plan_poll(unit, partner.id, due_at=None, interval_seconds=0, reached=reached)
        return
    # What it holds was not seen: asked again as soon as one that owes an answer.
    waits |= failed or not whole
    if not waits:
        seconds = pace.watch_seconds
    elif heard or not partner.feed_interval_seconds:
        seconds = pace.poll_seconds
    else:
        seconds = min(2 * partner.feed_interval_seconds, pace.poll_ceiling_seconds)
    seconds = max(seconds, least_seconds)
    due_at = now + timedelta(seconds=max(engine.jittered(seconds), least_seconds))
    # Before our clock ends a hold its bank is heard; what an order wants sooner is not put off.
    end = next_end(unit.session, partner.id, now - FEED_LAG)
    for sooner in (end and end + FEED_LAG, partner.feed_due_at):
        if sooner is not None and now + timedelta(seconds=least_seconds) < sooner < due_at:
            due_at = sooner
    plan_poll(
        unit, partner.id, due_at=due_at, interval_seconds=seconds if waits else 0, reached=reached,
        read_at=now if whole else None,
    )  # fmt: skip
