"""Checks the stored queue and counts against their source rows: a difference means tampering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import PendingApproval, QueueEntry, Tally
from models.entities.recovery import Recovery
from models.store.rollups.names import series_of
from models.store.rollups.pending import apart, kept_pending, pending_of
from models.store.rollups.rows import (
    NOTHING,
    Row,
    chunks_of_all,
    entries_of,
    figures_in,
    kept_entries,
    readable,
)
from models.store.rollups.tallies import whole_tally

_R, _ENTRIES, _TALLY = table_of(Recovery), table_of(QueueEntry), table_of(Tally)
_PENDING = table_of(PendingApproval)
_COUNT = sa.select(sa.func.count()).select_from(_ENTRIES)
_SERIES = sa.select(_TALLY.c.name, _TALLY.c.series).order_by(_TALLY.c.name)
_STRAY = sa.select(_ENTRIES.c.id).where(_ENTRIES.c.id.not_in(sa.select(_R.c.id)))
_STRAY_PENDING = (
    sa.select(_PENDING.c.recovery_id)
    .where(_PENDING.c.recovery_id.not_in(sa.select(_R.c.id)))
    .distinct()
)


def rollup_differences(session: Session) -> Iterator[tuple[str, str, str]]:
    """(table, key, sentence) of each stored queue row or count that its source rows contradict."""
    sums: Counter[str] = Counter()
    known = 0
    for ids in chunks_of_all(session):
        right, kept = (readable(read, session, ids) for read in (entries_of, kept_entries))
        known += len(kept)
        for name in ids:
            sums.update(figures_in(right.get(name, kept.get(name, NOTHING))))
            if name in right and not _is_right(right[name], kept.get(name)):
                yield _ENTRIES.name, name, _apart(name, right[name], kept.get(name))
    if session.execute(_COUNT).scalar_one() != known:
        for name in session.execute(_STRAY).scalars():
            yield _ENTRIES.name, name, f"the queue names a recovery {name} that is not there"
    yield from _pending_apart(session)
    there = whole_tally(session)
    for name in sorted(sums.keys() | there.keys()):
        if sums[name] != there.get(name, 0) or (name in there and not there[name]):
            kept_as = f"the count {name!r} is kept as {there.get(name, 0)}"
            yield _TALLY.name, name, f"{kept_as}, the recoveries come to {sums[name]}"
    for name, series in session.execute(_SERIES):
        if series != series_of(name):
            yield _TALLY.name, name, f"the count {name!r} is kept in the series {series!r}"


def _pending_apart(session: Session) -> Iterator[tuple[str, str, str]]:
    """What the list of pending approvals has, or lacks, otherwise than the approvals tell."""
    for ids in chunks_of_all(session):
        right, kept = (readable(read, session, ids) for read in (pending_of, kept_pending))
        for name in apart(right, kept):
            told = f"the list of pending approvals says otherwise of {name} than its rows tell"
            yield _PENDING.name, name, told
    for name in session.execute(_STRAY_PENDING).scalars():
        told = f"the list of pending approvals names a recovery {name} that is not there"
        yield _PENDING.name, name, told


def _is_right(right: Row, kept: Row | None) -> bool:
    """Whether a kept row says what its rows come to; its deadlines only rules can tell."""
    return kept is not None and right.items() <= kept.items()


def _apart(name: str, right: Row, kept: Row | None) -> str:
    if kept is None:
        return f"the recovery {name} is missing in the queue, or cannot be read there"
    columns = ", ".join(c for c in right if right[c] != kept[c])
    return f"the recovery {name} stands in the queue with another {columns} than its rows tell"
