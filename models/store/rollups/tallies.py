"""Reading the counts and sums that each write keeps, without what is hidden from whoever reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry, Tally
from models.prepared import reading_any
from models.rights.hidden import hidden_here
from models.rights.sessions import is_picture, of_all
from models.store.rollups.names import series_of
from models.store.rollups.rows import figures_in

_ENTRIES, _TALLY = table_of(QueueEntry), table_of(Tally)
_ALL = sa.select(_TALLY)
_OF_SERIES = reading_any(_TALLY.c.series)
_NAMED = reading_any(_TALLY.c.name)
_KEPT = reading_any(_ENTRIES.c.id)
_NAMES_MAX = 10_000
"""In one question: SQLite takes 32,766 parameters as it is built commonly, PostgreSQL 65,535."""


def tally(session: Session) -> dict[str, int]:
    """All counts and sums of the unit as a whole, by name: as many with the years as now."""
    return tally_of_series(session, ("",))


def tally_of_series(session: Session, series: Sequence[str]) -> dict[str, int]:
    """All counts and sums of these series, by name."""
    wanted = frozenset(series)
    found = (
        session.execute(_OF_SERIES, {"of": list(series[start : start + _NAMES_MAX])})
        for start in range(0, len(series), _NAMES_MAX)
    )
    return _seen(session, chain(*found), lambda name: series_of(name) in wanted)


def whole_tally(session: Session) -> dict[str, int]:
    """All counts and sums by name."""
    return _seen(session, session.execute(_ALL), lambda _name: True)


def tally_of(session: Session, names: Sequence[str]) -> dict[str, int]:
    """The counts and sums of these names, as far as there are any."""
    rows = session.execute(_NAMED, {"of": list(names)})
    return _seen(session, rows, frozenset(names).__contains__)


def _seen(session: Session, rows: Iterable[Any], is_asked: Callable[[str], bool]) -> dict[str, int]:
    """What was found in the tally, without the share of what is hidden.

    A sum of nothing is not stored, but may be what is seen and as much less of what is hidden.
    """
    found = Counter({row.name: row.value for row in rows})
    if is_picture(session):
        for less in hidden_figures(session):
            found.subtract({name: less[name] for name in less if is_asked(name)})
        return {name: left for name, left in found.items() if left}
    return dict(found)


def hidden_figures(session: Session) -> list[Counter[str]]:
    """What each recovery adds to the tally that is hidden from whoever reads."""
    rows = of_all(session, _KEPT, {"of": sorted(hidden_here(session))}).mappings()
    return [figures_in(row) for row in rows]
