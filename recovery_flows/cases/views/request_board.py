"""The board of requests as people look at it: a filter as it is typed, understood and read.

Words stand beside terms such as `country:gb channel:igrip turn:ours due<48h`. A term that is not
finished leaves the list as it is; one that cannot be meant says what to write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.language.phrase import phrase
from models.queries.abroad.board import (
    BoardColumn,
    BoardLook,
    BoardPage,
    BoardTerm,
    board_page,
)
from models.queries.cases.queue_filter import Compared, TermColumn
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.queue_terms import time_term

_TERM = re.compile(r"([a-z]+)([:<>])(.*)")
EXAMPLES = "country:gb channel:mla state:sent wants:freeze officer:li turn:ours way:in due<48h"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What was typed, understood; `wrong` says of each other term what to write."""

    words: tuple[str, ...] = ()
    terms: tuple[BoardTerm, ...] = ()
    wrong: tuple[str, ...] = ()


def read_board_filter(text: str, now: datetime) -> BoardFilter:
    """Understand a filter at case time `now`."""
    words: list[str] = []
    terms: list[BoardTerm] = []
    wrong: list[str] = []
    for piece in text.lower().split():
        found = _TERM.fullmatch(piece)
        if found is None:
            words.append(piece)
            continue
        try:
            term = _term(found[1], Compared(found[2]), found[3], now)
        except ValueError as error:
            wrong.append(f"{piece}: {error}")
        else:
            terms += [term] if term else []
    return BoardFilter(tuple(words), tuple(terms), tuple(wrong))


def _term(name: str, compared: Compared, value: str, now: datetime) -> BoardTerm | None:
    if name not in set(BoardColumn):
        raise ValueError(
            phrase(
                "there is no such column; there are {columns}",
                columns=", ".join(BoardColumn),
            )
        )
    column = BoardColumn(name)
    if column is BoardColumn.DUE:
        if compared is Compared.IS:
            raise ValueError(phrase("due is asked with < or >, such as due<48h"))
        found = time_term(TermColumn.ENDS, compared, value, now)
        return BoardTerm(column, compared, found.value) if found else None
    if compared is not Compared.IS:
        raise ValueError(
            phrase("{column} is asked with a colon, such as {column}:x", column=column)
        )
    return BoardTerm(column, compared, value) if value else None


def request_board(
    session: Session, wall_now: datetime, look: QueueQuery, limit: int,
    viewer: OfficerView | None = None,
) -> BoardPage:  # fmt: skip
    """At most `limit` requests across borders as they are looked at, what needs `viewer` first."""
    asked = read_board_filter(look.text, case_now(session, wall_now))
    wanted = BoardLook(
        words=asked.words, terms=asked.terms, with_closed=look.with_closed,
        order_by=look.order_by, is_down=look.is_down, offset=look.offset, at_id=look.at_id,
        follows=look.follows,
    )  # fmt: skip
    return board_page(session, wall_now, wanted, limit, viewer)


def wrong_terms(text: str, now: datetime) -> Sequence[str]:
    """What of a filter cannot be meant, each with what to write."""
    return read_board_filter(text, now).wrong
