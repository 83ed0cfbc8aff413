"""Keeping the queue and the tally with each write: the recoveries that it touched, worked out anew.

`unit_of_work` calls `keep` before it commits. Whoever writes need not think of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import Call, CallState
from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry, Tally
from models.prepared import KEY, changing, looked_through, reading_any, to
from models.store.rollups.names import PENDING, series_of
from models.store.rollups.pending import forget_pending, keep_pending
from models.store.rollups.rows import (
    NOTHING,
    Row,
    chunks_of_all,
    entries_of,
    figures_in,
    kept_entries,
    readable,
)

_ENTRIES, _TALLY, _CALLS = table_of(QueueEntry), table_of(Tally), table_of(Call)
_INSERT_ENTRIES, _INSERT_TALLIES = _ENTRIES.insert(), _TALLY.insert()
_REMOVE = _TALLY.delete().where(_TALLY.c.name == sa.bindparam(KEY))
_NAMED = reading_any(_TALLY.c.name)
_ADD = (
    _TALLY.update()
    .where(_TALLY.c.name == sa.bindparam(KEY))
    .values(value=_TALLY.c.value + sa.bindparam("more", type_=_TALLY.c.value.type))
)
_CHUNK = 500


_Deadlines = Mapping[str, str | None]
_UNSENT = sa.select(_CALLS.c.recovery_id).where(
    _CALLS.c.partner_id.in_(sa.bindparam("partners", expanding=True)),
    looked_through(_CALLS.c.state) == CallState.PLANNED,
)
_FORGET = _ENTRIES.update().where(_ENTRIES.c.id.in_(_UNSENT)).values(deadlines=None)


def keep(
    session: Session,
    recovery_ids: Collection[str],
    deadlines: _Deadlines,
    rerouted: Collection[str] = (),
) -> None:
    """Bring the queue and the tally up to what these recoveries are now.

    Of one that cannot be read, what was kept last stands. What runs out only rules can tell: of
    one that is not in `deadlines` it is not known from now on. Whether an order that has not left
    is a letter follows from the channel of its partner, `rerouted` where that has changed.
    """
    ids = sorted(recovery_ids)
    for start in range(0, len(ids), _CHUNK):
        _keep(session, ids[start : start + _CHUNK], deadlines)
    if rerouted:
        session.execute(_FORGET, {"partners": sorted(rerouted)})


def keep_deadlines(session: Session, deadlines: _Deadlines) -> None:
    """Store what runs out of recoveries of which nothing else has changed."""
    rows = [{KEY: name, **to({"deadlines": text})} for name, text in deadlines.items()]
    if rows:
        session.execute(changing(_ENTRIES, ("deadlines",)), rows)


def fill(session: Session) -> None:
    """Work out everything anew, as after an upgrade."""
    session.execute(_ENTRIES.delete())
    session.execute(_TALLY.delete())
    forget_pending(session)
    for ids in chunks_of_all(session):
        _keep(session, ids, {})


def _keep(session: Session, ids: list[str], deadlines: _Deadlines) -> None:
    right, kept = readable(entries_of, session, ids), kept_entries(session, ids)
    for name, row in right.items():
        row["deadlines"] = deadlines.get(name)
    more: Counter[str] = Counter()
    for name in right:
        if right[name]["figures"] != kept.get(name, NOTHING)["figures"]:
            more.update(figures_in(right[name]))
            more.subtract(figures_in(kept.get(name, NOTHING)))
    new = [row for name, row in right.items() if name not in kept]
    if new:
        session.execute(_INSERT_ENTRIES, new)
    changed = defaultdict[tuple[str, ...], list[Row]](list)
    for name in sorted(right.keys() & kept.keys()):
        if right[name] != kept[name]:
            values = {c: v for c, v in right[name].items() if v != kept[name][c]}
            changed[tuple(values)].append({KEY: name, **to(values)})
    for columns, rows in changed.items():
        session.execute(changing(_ENTRIES, columns), rows)
    waiting = [name for name in right if _asks(right[name]) or _asks(kept.get(name, NOTHING))]
    if waiting:
        keep_pending(session, sorted(waiting))
    _add(session, {name: minor for name, minor in more.items() if minor})


def _asks(row: Row) -> bool:
    """Whether a second person is asked, as the figures of a row say."""
    return f'"{PENDING}":' in row["figures"]


def _add(session: Session, more: dict[str, int]) -> None:
    if not more:
        return
    there = {row.name: row.value for row in session.execute(_NAMED, {"of": list(more)})}
    ended = [{KEY: name} for name, value in sorted(there.items()) if value + more[name] == 0]
    changed = [
        {KEY: name, "more": more[name]} for name, value in there.items() if value + more[name]
    ]
    new = [
        {"name": name, "series": series_of(name), "value": minor}
        for name, minor in more.items()
        if name not in there
    ]
    if changed:
        session.execute(_ADD, changed)
    if new:
        session.execute(_INSERT_TALLIES, new)
    if ended:
        session.execute(_REMOVE, ended)
