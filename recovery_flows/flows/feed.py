"""Reading a partner's change feed: one cursor per bank, however many files are open."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.facts import FeedFact, HoldFact, TaskFact
from models.queries.files import load_files
from models.queries.work import (
    PartnerLine,
    holding_partners,
    owners_of_refs,
    partners,
    waiting_partners,
)
from models.queries.work import partner as partner_line
from models.states import Noun, PartnerChannel
from models.store.documents import keep
from models.store.partners import note_contact, plan_poll
from models.store.unit import ENGINE, Unit, unit_of_work
from recovery_flows.desk.recording import conclude
from recovery_flows.errors import (
    AnswerUnreadableError,
    DisagreementError,
    RefusedError,
    UnavailableError,
)
from recovery_flows.flows.context import Engine
from recovery_flows.flows.settling import remember_breaker
from recovery_flows.flows.task_documents import take_task
from recovery_flows.rules import answers
from recovery_flows.rules.progress import Progress

_OVERLAP = timedelta(seconds=10)


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
    since = partner.feed_reached_at - _OVERLAP if partner.feed_reached_at else None
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
            note_contact(unit, partner_id, error=str(error), trouble=error.trouble)
            remember_breaker(unit, engine, partner_id)
            _plan(unit, engine, partner, now, heard=False, failed=True)
        return 0
    with unit_of_work(engine.database) as unit:
        new = _take_items(unit, engine, now, page.items)
        if new:
            for raw in raws:
                keep(unit, raw.body, "feed", raw.media_type, wall)
        note_contact(unit, partner_id, answered_at=wall)
        remember_breaker(unit, engine, partner_id)
        _plan(
            unit, engine, partner, now, heard=bool(new), reached=page.reached,
            least_seconds=least_seconds,
        )  # fmt: skip
    return new


def _take_items(unit: Unit, engine: Engine, now: datetime, items: tuple[FeedFact, ...]) -> int:
    owners = owners_of_refs(unit.session, [i.order_ref for i in items])
    ids = list({recovery_id for _, recovery_id in owners.values()})
    files = {f.recovery.id: Progress(f) for f in load_files(unit.session, ids)}
    for item in items:
        if item.order_ref not in owners:
            continue
        noun, recovery_id = owners[item.order_ref]
        progress = files[recovery_id]
        if isinstance(item, HoldFact):
            answers.take_hold_fact(progress, item.order_ref, item, engine.laws)
        elif isinstance(item, TaskFact):
            if noun is Noun.TASK:
                take_task(unit, progress, item.order_ref, item, engine.wall())
        elif noun is Noun.PAYOUT:
            answers.take_payout_fact(progress, item.order_ref, item)
    changed = [p for p in files.values() if p.moves]
    for progress in changed:
        conclude(unit, ENGINE, now, engine.laws, progress)
    return len(changed)


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
    waits |= failed  # what it holds was not seen: asked again as soon as one that owes an answer
    if not waits:
        seconds = pace.watch_seconds
    elif heard or not partner.feed_interval_seconds:
        seconds = pace.poll_seconds
    else:
        seconds = min(2 * partner.feed_interval_seconds, pace.poll_ceiling_seconds)
    seconds = max(seconds, least_seconds)
    plan_poll(
        unit,
        partner.id,
        due_at=now + timedelta(seconds=max(engine.jittered(seconds), least_seconds)),
        interval_seconds=seconds if waits else 0,
        reached=reached,
    )
