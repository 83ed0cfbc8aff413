"""The queue as people see it: in order of urgency, what nobody owns or moves marked in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Stage
from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import RecoveryState
from models.language.phrase import phrase
from models.queries.cases.queue import queue_lines, queue_page, status
from models.queries.cases.queue_filter import (
    Term,
    TermColumn,
    Wanted,
    Word,
    banks_called,
)
from models.queries.cases.search import MOST_NAMES, FoundBy, Sought, sought, ways_found
from models.queries.installation.clock import case_now
from models.urgency import Attention
from recovery_flows.cases.views.onlooker import NOBODY, Onlooker, since_when
from recovery_flows.cases.views.queue_terms import read_filter
from recovery_flows.cases.views.state_names import recovery_word, stage_word
from recovery_flows.errors import MisuseError
from recovery_flows.reports.unattended import Idle, Patience, idle

if TYPE_CHECKING:
    from models.queries.cases.queue_views import QueueLine, QueuePage
    from models.sealing.vault import Vault

LOOSE = "~"
"""Before letters that are to be found in their order, whatever stands between them."""
ALSO_ELSEWHERE = "duplicate subject"
"""How a recovery is marked that another one knows something of."""
_Q = table_of(QueueEntry)


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """Which part of the queue somebody looks at.

    `text` is a filter as it was typed (`queue_terms`): all of it must be found. `offset` is the
    first line wanted; with `follows` those around `at_id` are, where its line is elsewhere.
    """

    text: str = ""
    stands: str = ""
    owner: str = ""
    with_closed: bool = False
    order_by: str = ""
    is_down: bool = False
    offset: int = 0
    at_id: str = ""
    follows: bool = True
    only_found: bool = False
    """Leave out what stands in red and does not pass the filter."""
    onlooker: Onlooker = NOBODY
    """Who looks, and since when something is new to him."""
    changed: frozenset[str] = frozenset()
    """What is to be marked as changed."""


def queue(
    session: Session,
    wall_now: datetime,
    patience: Patience,
    limit: int,
    look: QueueQuery | None = None,
    vault: Vault | None = None,
) -> QueuePage:
    """At most `limit` recoveries of the part that is looked at; those in red pass every filter.

    With a vault a filter finds accounts and references too.
    """
    look = look or QueueQuery()
    wanted = _wanted(session, wall_now, patience, look, vault)
    return queue_page(
        session, wall_now, wanted, limit, look.offset, look.at_id, follows=look.follows
    )


def found(
    session: Session,
    wall_now: datetime,
    patience: Patience,
    limit: int,
    text: str,
    vault: Vault,
    *,
    with_names: bool = False,
) -> tuple[QueuePage, dict[str, tuple[FoundBy, ...]]]:
    """At most `limit` recoveries, ended ones too, that `text` finds, and by what each is found.

    A recovery that only its own line names (reference, sum, step, officer) has no way.

    Raises:
        MisuseError: more than `MOST_NAMES` people are called so.
    """
    word = _word(text.lower(), sought(session, vault, text, with_names=with_names))
    if word.sought and word.sought.names_too_many:
        raise MisuseError(
            phrase(
                "more than {most_names} people are called {text!r}: give more of it",
                most_names=MOST_NAMES,
                text=text,
            )
        )
    wanted = replace(
        _wanted(session, wall_now, patience, QueueQuery(with_closed=True)),
        words=(word,),
        only_found=True,
    )
    page = queue_page(session, wall_now, wanted, limit)
    ids = [line.recovery_id for line in page.lines]
    return page, ways_found(session, word.sought, ids) if word.sought else {}


def whole_queue(
    session: Session,
    wall_now: datetime,
    patience: Patience,
    look: QueueQuery,
    vault: Vault | None = None,
) -> Iterator[QueueLine]:
    """Every recovery that is looked at, one after the other, in the order that is asked for."""
    return queue_lines(session, wall_now, _wanted(session, wall_now, patience, look, vault))


def counts(session: Session, wall_now: datetime, patience: Patience) -> QueuePage:
    """Case time, the engine's sign of life and the counts, without any line."""
    return status(session, wall_now, _wanted(session, wall_now, patience, QueueQuery()))


def idle_of(session: Session, now: datetime, patience: Patience, recovery_id: str) -> Idle | None:
    """Why a recovery stands in red at `now`, and since when; None where it does not."""
    query = sa.select(_Q.c.waits_for, _Q.c.waits_since).where(_Q.c.id == recovery_id)
    row = session.execute(query).first()
    return idle(row.waits_for, row.waits_since, now, patience) if row else None


def _wanted(
    session: Session,
    wall_now: datetime,
    patience: Patience,
    look: QueueQuery,
    vault: Vault | None = None,
) -> Wanted:
    now = case_now(session, wall_now)
    asked = read_filter(look.text, now)
    return Wanted(
        red_from=patience.red_from(now),
        with_closed=look.with_closed,
        words=tuple(
            Word(word[1:], loose=True) if word.startswith(LOOSE)
            else _word(word, sought(session, vault, word) if vault else None)
            for word in asked.words
            if word != LOOSE
        ),
        terms=tuple(_known(session, term, look.onlooker, now) for term in asked.terms),
        only_found=look.only_found,
        changed=look.changed,
        stands=look.stands,
        owner=look.owner,
        order_by=look.order_by,
        is_down=look.is_down,
    )  # fmt: skip


def _known(session: Session, term: Term, onlooker: Onlooker, now: datetime) -> Term:
    """A term with what is looked up: banks, and since which event and whose acts are no news."""
    if term.column is TermColumn.BANK:
        return replace(term, banks=banks_called(session, term.value))
    if term.column is not TermColumn.CHANGED:
        return term
    since = since_when(session, onlooker, term.value, now)
    return replace(term, value=(since, onlooker.officer_id))


def _word(text: str, meant: Sought | None) -> Word:
    """A word of a filter with everything that is called by it."""
    return Word(
        text,
        frozenset(
            state
            for state in RecoveryState
            if state is not RecoveryState.OPEN and text in " ".join(recovery_word(state)).lower()
        ),
        frozenset(stage for stage in Stage if text in " ".join(stage_word(stage)).lower()),
        frozenset(reason for reason in Attention if text in reason),
        shared=text in ALSO_ELSEWHERE,
        sought=meant,
    )
