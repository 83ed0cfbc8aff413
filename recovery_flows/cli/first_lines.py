"""How much of a list a terminal gets: its first lines; a pipe, a file and `--json` get all."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
MOST = 200
"""More than anybody reads as it rolls by, and quickly read however long the list is."""


def is_for_terminal() -> bool:
    """Whether what is printed goes to a terminal."""
    return sys.stdout.isatty()


def first_of(lines: Iterable[T]) -> tuple[Iterator[T], bool]:
    """What of a list is printed, and whether more of it follows; where it goes on, all of it."""
    rest = iter(lines)
    if not is_for_terminal():
        return rest, False
    first = list(islice(rest, MOST))
    return iter(first), next(rest, None) is not None


def more_follow(left: int | None = None) -> str:
    """That a list was not printed to its end, and how all of it is read."""
    told = "more follow" if left is None else f"{left:,} more follow"
    return f"… {told}: with `| less` behind the command all of them are listed"
