"""Text for a terminal or a pipe: aligned columns, and nothing in it that a terminal would obey."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from zoneinfo import ZoneInfo

from models.safe_text import FIRST_STRONG_ISOLATE, POP_ISOLATE, closed, safe
from recovery_flows.cli.output import say_json
from recovery_flows.wording import zoned

_FIRST_ROWS = 1_000
_ZONE: ContextVar[Callable[[], str]] = ContextVar("zone", default=lambda: "UTC")
_NO_WIDTH = FIRST_STRONG_ISOLATE + POP_ISOLATE


class SafeLine(str):
    """A line of a table: its cells are safe, and nothing stands behind the last."""

    __slots__ = ()


def tell(lines: Iterable[str]) -> None:
    """Print lines, made safe."""
    for line in lines:
        sys.stdout.write(f"{line if type(line) is SafeLine else safe(line).rstrip()}\n")
    sys.stdout.flush()


def tell_what(done: str, *, as_json: bool) -> None:
    """Print one sentence of what was done, or the same as a JSON document."""
    if as_json:
        say_json({"done": done})
    else:
        tell([done])


def _safe(text: object) -> str:
    given = text if type(text) is str else str(text)
    return given if given.isascii() and given.isprintable() else _made_safe(given)


@lru_cache(maxsize=4096)
def _made_safe(text: str) -> str:
    # Of a list most cells come again: states with their signs, steps, who acts.
    return safe(text)


def width_of(text: str) -> int:
    """Cells of a terminal: wide characters take two, combining ones and isolates none."""
    return len(text) if text.isascii() else _width_of(text)


@lru_cache(maxsize=4096)
def _width_of(text: str) -> int:
    return sum(map(_cells_of, text))


@lru_cache(maxsize=4096)
def _cells_of(character: str) -> int:
    wide = unicodedata.east_asian_width(character) in "WF"
    return 1 + wide - (bool(unicodedata.combining(character)) or character in _NO_WIDTH)


def cells(text: str, most: int) -> str:
    """At most so many cells of a text, the last of them `…` where something is missing."""
    text = safe(text)
    if width_of(text) <= most:
        return text
    while width_of(text) > most - 1:
        text = text[:-1]
    return closed(text) + "…"


def long_columns(
    rows: Iterable[Sequence[object]], head: Sequence[str], *, right: Sequence[int] = ()
) -> Iterator[str]:
    """`columns` of a table of any length: the first rows say how wide they are; none, no head."""
    rows = iter(rows)
    first = [tuple(map(_safe, row)) for row in islice(rows, _FIRST_ROWS)]
    widths = [max(map(width_of, cells_)) for cells_ in zip(head, *first, strict=True)]
    pattern = _pattern(widths, right)
    if first:
        yield _joined(tuple(head), pattern, widths, right)
    for row in chain(first, rows):
        yield _joined(tuple(map(_safe, row)), pattern, widths, right)


def _pattern(widths: Sequence[int], right: Container[int]) -> str:
    """A line of cells that take a character a cell, each as wide as its column."""
    return "  ".join(f"%{'' if n in right else '-'}{width}s" for n, width in enumerate(widths))


def _joined(
    row: tuple[str, ...], pattern: str, widths: Sequence[int], right: Container[int]
) -> SafeLine:
    """A line of safe cells, each as wide as its column."""
    for cell in row:
        if not cell.isascii() and _width_of(cell) != len(cell):
            break
    else:
        return SafeLine((pattern % row).rstrip())
    padded = [
        _padded(cell, width, right=n in right)
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return SafeLine("  ".join(padded).rstrip())


def columns(
    rows: Sequence[Sequence[object]], head: Sequence[str] = (), *, right: Sequence[int] = ()
) -> list[str]:
    """Rows as aligned lines, two blanks between columns; `right` names those aligned right."""
    table = [tuple(map(safe, row)) for row in ([head, *rows] if head else rows)]
    if not table:
        return []
    widths = [max(width_of(row[i]) for row in table) for i in range(len(table[0]))]
    pattern = _pattern(widths, right)
    return [_joined(row, pattern, widths, right) for row in table]


def _padded(cell: str, width: int, *, right: bool) -> str:
    if not cell.isascii():
        width += len(cell) - _width_of(cell)
    return cell.rjust(width) if right else cell.ljust(width)


def show_instants_in(zone: Callable[[], str]) -> None:
    """From here on, in this context, instants are told in the zone of the unit that is opened."""
    _ZONE.set(zone)


def instant_text(at: datetime | None, zone: str = "") -> str:
    """An instant to the minute, `-` for none: in the unit's zone, which it names, or in `zone`.

    Whoever gives a zone says himself which it is.
    """
    if at is None:
        return "-"
    if zone:
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    return zoned(at, _ZONE.get()())
