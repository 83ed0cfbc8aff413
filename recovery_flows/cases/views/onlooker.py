"""Who looks, and since when something is new to him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.queries.looks.changes import last_event, last_event_before


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Who looks, the last event that he had looked past, and the zone whose midnight he means.

    Without `seen` nothing is known of an earlier look.
    """

    officer_id: str = ""
    seen: int | None = None
    zone: str = "UTC"


NOBODY = Onlooker()


def since_when(session: Session, onlooker: Onlooker, asked: str | datetime, now: datetime) -> int:
    """The last event before an instant, before midnight (`today`), or of the last look (`look`).

    To whom nothing is known of an earlier look, nothing has changed.
    """
    if isinstance(asked, datetime):
        return last_event_before(session, asked)
    if asked == "look":
        return last_event(session) if onlooker.seen is None else onlooker.seen
    zone = ZoneInfo(onlooker.zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    return last_event_before(session, midnight)
