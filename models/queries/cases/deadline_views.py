"""All deadlines as the screen and `recovery deadlines` show them, and as the queue keeps them.

What runs out of a recovery stands in its row of the queue, put there by the rules at each write.
With it stands what rules and law told it: under others it is not known, and the file is asked.
What a calendar says about a deadline is not kept: that follows from the law when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.language.kept import kept, read_kept
from models.money import Money
from models.prepared import reading_any
from models.queries.cases.views import DeadlineLine
from models.sqlite.answers import unnamed

_Q = table_of(QueueEntry)
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KEPT = reading_any(_Q.c.id, _Q.c.id, _Q.c.ref, _Q.c.owner_id, _Q.c.deadlines)


@dataclass(frozen=True, slots=True)
class DeadlineEntry:
    """One running deadline with its recovery; `amount` is what it is about, if money is.

    Of a request from abroad `recovery_id` is "" and `ref` its own reference.
    """

    line_id: str
    recovery_id: str
    ref: str
    owner: str
    bank: str
    amount: Money | None
    clock: DeadlineLine


@dataclass(frozen=True, slots=True)
class DeadlinesView:
    """Running deadlines, the nearest first, complete up to `until` (None: all of them)."""

    now: datetime
    lines: tuple[DeadlineEntry, ...]
    until: datetime | None


def stored_deadlines(entries: Iterable[DeadlineEntry], edition: str) -> str:
    """The deadlines of one recovery as JSON, without what its row of the queue says of it.

    `edition`, one line, names the rules and the law that told them.
    """
    return f"{edition}\n{_as_json([_row(entry) for entry in entries])}"


def _row(entry: DeadlineEntry) -> tuple[object, ...]:
    clock, amount = entry.clock, entry.amount
    return (
        entry.line_id.removesuffix(f" {clock.what}"), kept(clock.what), clock.due_at.isoformat(),
        clock.regime, clock.law_row, kept(clock.note), clock.escalated, entry.bank,
        *((amount.minor, amount.currency) if amount else ()),
    )  # fmt: skip


def kept_deadlines(
    session: Session, ids: Sequence[str], is_todays: Callable[[str], bool]
) -> tuple[list[DeadlineEntry], list[str]]:
    """The deadlines of these recoveries, and those of them whose files are to be asked.

    `is_todays`: whether rules and law of that name are those of today.
    """
    found: list[DeadlineEntry] = []
    unknown = set(ids)
    for recovery_id, ref, owner, text in unnamed(session.execute(_KEPT, {"of": list(ids)})):
        edition, _, rows = (text or "").partition("\n")
        if is_todays(edition):
            with suppress(LookupError, TypeError, ValueError):  # somebody's text, and none of ours
                found += list(read_deadlines(rows, recovery_id, ref, owner))
                unknown.discard(recovery_id)
    return found, [name for name in ids if name in unknown]


def read_deadlines(rows: str, recovery_id: str, ref: str, owner: str) -> Iterator[DeadlineEntry]:
    """What `stored_deadlines` stored of a recovery, from its second line on."""
    for subject, what, due, regime, law_row, note, escalated, bank, *amount in json.loads(rows):
        told = read_kept(what)
        clock = DeadlineLine(
            told, datetime.fromisoformat(due), regime, law_row, read_kept(note), escalated
        )
        about = Money(*amount) if amount else None
        yield DeadlineEntry(f"{subject} {told}", recovery_id, ref, owner, bank, about, clock)
