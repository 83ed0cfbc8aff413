"""Reading a partner's change feed: one cursor per bank, however many files are open."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.facts import FeedFact, FeedPage, HoldFact, PayoutFact, TaskFact
from models.queries.files import load_files
from models.queries.work import (
    Owned,
    PartnerLine,
    holding_partners,
    next_end,
    owners_of_refs,
    partners,
    recoveries_past_end,
    waiting_partners,
)
from models.queries.work import partner as partner_line
from models.states import DiscrepancyKind, Noun, PartnerChannel
from models.store.documents import keep
from models.store.partners import note_contact, plan_poll
from models.store.unit import ENGINE, Unit, unit_of_work
from recovery_flows.desk.recording import conclude, refresh
from recovery_flows.errors import (
    AnswerUnreadableError,
    DisagreementError,
    RefusedError,
    UnavailableError,
)
from recovery_flows.flows.context import Engine
from recovery_flows.flows.settling import remember_breaker
from recovery_flows.flows.task_documents import take_task
from recovery_flows.rules import answers, disagreeing
from recovery_flows.rules.lapsing import FEED_LAG
from recovery_flows.rules.progress import Progress

_NOUNS: dict[type[FeedFact], Noun] = {
    HoldFact: Noun.HOLD,
    PayoutFact: Noun.PAYOUT,
    TaskFact: Noun.TASK,
}


def due_polls(engine: Engine) -> list[str]:
    """Partners whose feed is to be read now; partners newly waited for are put on the list."""
    now = engine.now()
    with engine.database.reading() as session:
        known = partners(session, engine.database.vault)
        waiting, holding = waiting_partners(session), holding_partners(session)
    due, unplanned = [], []
    for partner in known:
        if partner.channel is PartnerChannel.LETTER or partner.id not in waiting | holding:
            continue
        newly_waited_for = partner.id in waiting and not partner.feed_interval_seconds
        if partner.feed_due_at is None or newly_waited_for:
            unplanned.append(partner)
        elif partner.feed_due_at <= now:
            due.append(partner.id)
    if unplanned:
        with unit_of_work(engine.database) as unit:
            for partner in unplanned:
                _plan(unit, engine, partner, now, heard=True)
    return due


async def poll(engine: Engine, partner_id: str) -> int:
    """Read one partner's feed and book what is new in it; return how many items were new."""
    now, wall = engine.now(), engine.wall()
    with engine.database.reading() as session:
        partner = partner_line(session, engine.database.vault, partner_id)
    since = partner.feed_reached_at - FEED_LAG if partner.feed_reached_at else None
    try:
        bank = await engine.bank(partner_id)
        engine.count_call("feed")
        least_seconds = (await bank.learn()).poll_seconds_min
        page, raws = await bank.events(since)
    except (UnavailableError, RefusedError, DisagreementError) as error:
        with unit_of_work(engine.database) as unit:
            if isinstance(error, AnswerUnreadableError):
                for raw in error.raw:
                    keep(unit, raw.body, "feed that cannot be read", raw.media_type, wall)
            note_contact(unit, partner_id, error=str(error))
            remember_breaker(unit, engine, partner_id)
            _plan(unit, engine, partner, now, heard=False, failed=True)
        return 0
    with unit_of_work(engine.database) as unit:
        new, strange = _take_items(unit, engine, now, partner_id, page.items)
        trouble = _trouble(partner_id, page, strange)
        if new or trouble:
            for raw in raws:
                keep(unit, raw.body, "feed", raw.media_type, wall)
        note_contact(unit, partner_id, answered_at=wall, error=trouble)
        remember_breaker(unit, engine, partner_id)
        _plan(
            unit, engine, partner, now, heard=bool(new), reached=page.reached,
            least_seconds=least_seconds, unread=bool(page.unread),
        )  # fmt: skip
        if not page.unread:
            ended = recoveries_past_end(unit.session, partner_id, now - FEED_LAG)
            refresh(unit, now, engine.laws, ended)
    return new


def _trouble(partner_id: str, page: FeedPage, strange: int) -> str:
    """What of a feed that was read is none of ours or could not be read; "" for nothing."""
    found = [f"{strange} of its items are none of ours"] if strange else []
    if page.unread:
        found.append(f"{len(page.unread)} of its items cannot be read: {page.unread[0]}")
    return f"feed of {partner_id}: {'; '.join(found)}" if found else ""


def _take_items(
    unit: Unit, engine: Engine, now: datetime, partner_id: str, items: tuple[FeedFact, ...]
) -> tuple[int, int]:
    """Book what is new; return how many recoveries changed and how many items are none of ours.

    A resource is known by its partner, its type and its id: what names one of another partner or
    type changes nothing but is recorded where it points at.
    """
    owners = owners_of_refs(unit.session, [i.order_ref for i in items])
    at_home = {(o.noun, o.id): o for o in owners if o.partner_id == partner_id}
    elsewhere = {o.id: o for o in owners}
    files = {
        f.recovery.id: Progress(f)
        for f in load_files(unit.session, [o.recovery_id for o in owners])
    }
    strange = 0
    for item in items:
        owner = at_home.get((_NOUNS[type(item)], item.order_ref))
        if owner is not None:
            _take_item(unit, engine, now, files[owner.recovery_id], item)
            continue
        strange += 1
        pointed = elsewhere.get(item.order_ref)
        if pointed is not None:
            _refuse_item(files[pointed.recovery_id], partner_id, pointed, item, now)
    changed = [p for p in files.values() if p.moves]
    for progress in changed:
        conclude(unit, ENGINE, now, engine.laws, progress)
    return len(changed), strange


def _take_item(
    unit: Unit, engine: Engine, now: datetime, progress: Progress, item: FeedFact
) -> None:
    if isinstance(item, HoldFact):
        answers.take_hold_fact(progress, item.order_ref, item, engine.laws, now)
    elif isinstance(item, PayoutFact):
        answers.take_payout_fact(progress, item.order_ref, item, now)
    else:
        take_task(unit, progress, item.order_ref, item, engine.wall())


def _refuse_item(
    progress: Progress, partner_id: str, pointed: Owned, item: FeedFact, now: datetime
) -> None:
    """An item that names something of ours that this partner was never told of, or another type."""
    noun = _NOUNS[type(item)]
    detail = (
        f"{partner_id} reports on it as a {noun}; it is a {pointed.noun} at {pointed.partner_id}"
    )
    about = disagreeing.About(pointed.noun, pointed.id, pointed.asset_id)
    kind, mark = DiscrepancyKind.WRONG_REFERENCE, f"{partner_id} {noun}"
    disagreeing.find(progress, kind, about, now, detail=detail, mark=mark)


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
    unread: bool = False,
) -> None:
    """The next poll: soon after news, twice as long after each quiet one, up to a ceiling.

    Never sooner than the bank wishes (`least_seconds`); none of a partner that owes no answer
    and holds nothing, as when only its days were compared.
    """
    pace = engine.pace
    waits = partner.id in waiting_partners(unit.session)
    if not waits and partner.id not in holding_partners(unit.session):
        plan_poll(unit, partner.id, due_at=None, interval_seconds=0, reached=reached)
        return
    read_at = None if failed or unread else now
    waits |= (
        failed or unread
    )  # what it holds was not seen: asked again as soon as one that owes an answer
    if not waits:
        seconds = pace.watch_seconds
    elif heard or not partner.feed_interval_seconds:
        seconds = pace.poll_seconds
    else:
        seconds = min(2 * partner.feed_interval_seconds, pace.poll_ceiling_seconds)
    seconds = max(seconds, least_seconds)
    due_at = now + timedelta(seconds=max(engine.jittered(seconds), least_seconds))
    # Before our clock ends a hold, what its bank has said by then is read.
    end = next_end(unit.session, partner.id, now - FEED_LAG)
    if end is not None and now + timedelta(seconds=least_seconds) < end + FEED_LAG < due_at:
        due_at = end + FEED_LAG
    plan_poll(
        unit,
        partner.id,
        due_at=due_at,
        interval_seconds=seconds if waits else 0,
        reached=reached,
        read_at=read_at,
    )
