"""Reading some parts of recovery files, many at a time, for lists that need no more of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlmodel import Session

from models.case_file import CaseFile
from models.queries.file_parts import read_parts
from models.queries.partners.feeds import letters_and_feeds


class PartNotReadError(Exception):
    """A file was asked for a part that it was read without."""


class _NotRead:
    """Stands for a part that was not read: whatever is done with it fails."""

    def _fail(self, *_: object) -> Any:  # noqa: ANN401 - it never answers
        raise PartNotReadError

    __bool__ = __contains__ = __eq__ = __getitem__ = __hash__ = __iter__ = __len__ = _fail

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        raise PartNotReadError


_NOT_READ: Any = _NotRead()
_READ_FROM_ROWS = [
    f.name for f in fields(CaseFile) if f.name not in ("recovery", "by_letter", "feeds_read")
]


def load_in_part(
    session: Session, recovery_ids: Sequence[str], wanted: Collection[str]
) -> list[CaseFile]:
    """The files of these recoveries with the `wanted` parts alone, in the order asked.

    Whoever asks such a file for another part gets a PartNotReadError, never an answer.
    """
    ids = list(dict.fromkeys(recovery_ids))
    parts, _ = read_parts(session, ids, {"recovery", *wanted})
    letters, read_to = letters_and_feeds(session)
    recoveries, unread = parts.pop("recovery"), dict.fromkeys(_READ_FROM_ROWS, _NOT_READ)
    return [
        CaseFile(
            recovery=recoveries[i][0],
            **(unread | {name: tuple(rows.get(i, ())) for name, rows in parts.items()}),
            by_letter=letters,
            feeds_read=read_to,
        )
        for i in ids
        if i in recoveries
    ]
