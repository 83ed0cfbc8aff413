"""After its midnight each partner's books are compared; who parted from whom is told, once.

`partner.reconciled_to` goes only as far as all is equal: what differs is compared again each night
until either side has put it right, and stands on the Partners screen so long.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.queries.books.daily_books import BookedPartner, booked_partners, partners_with_books
from models.store.partner_register import note_reconciled
from models.store.partners import note_contact
from models.store.unit import unit_of_work
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Night
from recovery_flows.engine.legal_days import PartnerDays, Wanted, reconcile_days
from recovery_flows.ledger.legal_days import day_begins, day_of

_DAY = timedelta(days=1)
_GRACE = timedelta(minutes=10)  # a feed may lag: news of the last seconds of a day come in it
_TRY_AGAIN = timedelta(minutes=15)
_DAYS_BACK_MAX = 366 * _DAY


def due_nights(engine: Engine) -> list[str]:
    """Partners with a legal day that is over and was not compared yet."""
    now, wall_now = engine.now(), engine.wall_now()
    with engine.database.reading() as session:
        partners, booked = booked_partners(session), partners_with_books(session)
    return [
        p.id
        for p in partners
        if p.id in booked and not p.by_letter and _is_due(engine, p, now, wall_now)
    ]


def _is_due(engine: Engine, partner: BookedPartner, now: datetime, wall_now: datetime) -> bool:
    midnight = _last_midnight(engine, partner, now)
    last = engine.nights.get(partner.id)
    if last is not None and (last.compared_to == midnight or wall_now < last.not_before):
        return False
    every = engine.pace.reconcile_days * _DAY - _DAY
    return partner.reconciled_to is None or partner.reconciled_to + every < midnight


def _last_midnight(engine: Engine, partner: BookedPartner, now: datetime) -> datetime:
    zone = engine.laws[partner.regime].time_zone
    return day_begins(day_of(now - _GRACE, zone), zone)


async def reconcile_night(engine: Engine, partner_id: str) -> bool:
    """Read a partner's news, then compare its days; True when they could be compared.

    Nothing is stored but how far the books agree, and a difference when it is news.
    """
    now = engine.now()
    with engine.database.reading() as session:
        partner = next(p for p in booked_partners(session) if p.id == partner_id)
    midnight = _last_midnight(engine, partner, now)
    engine.nights[partner_id] = Night(None, engine.wall_now() + _TRY_AGAIN)
    await event_feed.poll(engine, partner_id)
    zone = engine.laws[partner.regime].time_zone
    begun = max(partner.reconciled_to or midnight - _DAY, midnight - _DAYS_BACK_MAX)
    wanted = Wanted(
        day_of(min(begun, midnight - _DAY), zone), day_of(midnight, zone) - _DAY, partner_id
    )
    (found,) = (await reconcile_days(engine, wanted)).partners
    with unit_of_work(engine.database) as unit:
        if found.failed:
            note_contact(unit, partner_id, error=found.not_asked, trouble=found.trouble)
            return False
        note_reconciled(unit, now, partner_id, *_result(found, midnight))
    engine.nights[partner_id] = Night(midnight, engine.wall_now())
    return True


def _result(found: PartnerDays, midnight: datetime) -> tuple[datetime, str]:
    """To where the books agree, and the first difference after it in words."""
    parted = found.first_difference
    if parted is None:
        return midnight, ""
    return day_begins(parted.day, found.time_zone), parted.sentence
