"""Pages of the audit trail as people look at it: from a line that is known, onwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from models.language.phrase import joined, phrase
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from models.queries.looks.changes import last_event
from models.queries.looks.trail import TrailLine, TrailLook, count_of, trail
from recovery_flows.cases.trail.terms import read_trail_filter
from recovery_flows.errors import MisuseError

NEWER_MOST = 1_000
"""How many newer events are counted at most."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which part somebody looks at: lines from the `offset`-th on, under a filter as it is typed.

    The line at `known_row` is the event `known_seq`: it is read from there. `newest` is the event
    that the first reading began with, so that no line moves while others come; None: begin anew.
    """

    text: str = ""
    oldest_first: bool = False
    offset: int = 0
    known_row: int = 0
    known_seq: int | None = None
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Lines from the `offset`-th on at case time `now`; how many follow is not counted.

    `newer` events that pass came since the first reading, counted up to NEWER_MOST; `wrong` says
    what of the filter cannot be meant.
    """

    now: datetime
    lines: tuple[TrailLine, ...]
    offset: int = 0
    has_more: bool = False
    newest: int = 0
    newer: int = 0
    wrong: tuple[str, ...] = ()


def trail_page(
    session: Session,
    wall_now: datetime,
    query: TrailQuery,
    limit: int,
    viewer: OfficerView | None,
    zone: str,
) -> TrailPage:
    """At most `limit` events of the part that is looked at."""
    now = case_now(session, wall_now)
    asked = read_trail_filter(session, query.text, now, zone)
    last = last_event(session)
    newest = last if query.newest is None or query.oldest_first else query.newest
    wanted = asked.look
    look = replace(
        wanted,
        last=newest if wanted.last is None else min(newest, wanted.last),
        oldest_first=query.oldest_first,
        begin=query.known_seq,
        skip=query.offset - query.known_row,
    )
    lines = trail(session, look, limit + 1, viewer)
    newer = 0
    if newest < last:
        since = replace(wanted, first=max(wanted.first, newest + 1))
        newer = count_of(session, since, NEWER_MOST, viewer)
    return TrailPage(
        now, lines[:limit], query.offset, len(lines) > limit, newest, newer, asked.wrong
    )


def whole_trail(
    session: Session, look: TrailLook, viewer: OfficerView | None
) -> Iterator[TrailLine]:
    """Every event of a look, a page at a time."""
    while lines := trail(session, look, _AT_ONCE, viewer):
        yield from lines
        after = 1 if look.oldest_first else -1
        look = replace(look, begin=lines[-1].seq + after)


def look_of(session: Session, text: str, now: datetime, zone: str) -> TrailLook:
    """What a filter asks for; MisuseError where any of it cannot be meant or is not finished."""
    asked = read_trail_filter(session, text, now, zone)
    if asked.wrong:
        raise MisuseError(joined("; ", asked.wrong))
    for piece in text.split():
        if read_trail_filter(session, piece, now, zone).look == TrailLook():
            raise MisuseError(phrase("{term} is not finished", term=piece))
    return asked.look
