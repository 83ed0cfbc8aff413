"""Tables of text that fit a width: the widest column gives way first, nothing is cut silently."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len
from textual.content import Content

from models.deconfliction_hits import AlsoLine
from models.language.phrase import phrase
from models.language.shown import shown_term
from recovery_flows.cases.pages.shared_cells import SHARED
from recovery_flows.cases.pages.value import Column
from tui.state_styles import CARE, MUTED
from tui.text import fitted, word, words

ROOMY = 90
Figures = tuple[tuple[str, str], ...]


def grid(
    columns: Sequence[Column], rows: Sequence[Sequence[Content]], width: int, *, full: bool = False
) -> list[Content]:
    """Lines of a table of exactly `width` cells; `full` wraps long cells, else they are cut."""
    gap = 2 if width >= ROOMY else 1
    widths = _widths(columns, rows, width, gap)
    lines = []
    if any(column.title for column in columns):
        lines.append(
            _line([word(shown_term(c.title), MUTED) for c in columns], columns, widths, gap)
        )
    for row in rows:
        lines += _wrapped(row, columns, widths, gap) if full else [_line(row, columns, widths, gap)]
    return lines


def natural_width(columns: Sequence[Column], rows: Sequence[Sequence[Content]]) -> int:
    """The cells that a table needs so that nothing in it is cut below its column's most."""
    return sum(_wanted(columns, rows)) + 2 * (len(columns) - 1)


def _wanted(columns: Sequence[Column], rows: Sequence[Sequence[Content]]) -> list[int]:
    return [
        min(c.most, max([cell_len(shown_term(c.title)), *(row[i].cell_length for row in rows)]))
        for i, c in enumerate(columns)
    ]


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[Content]], width: int, gap: int
) -> list[int]:
    wanted = _wanted(columns, rows)
    room = width - gap * (len(columns) - 1)
    rest = next((i for i, c in enumerate(columns) if c.rest), None)
    if rest is not None:
        others = sum(w for i, w in enumerate(wanted) if i != rest)
        wanted[rest] = max(min(12, wanted[rest]), room - others)
    for may_shrink in (False, True):  # figures give way last
        places = [i for i, c in enumerate(columns) if may_shrink or not c.right]
        while sum(wanted) > room and max((wanted[i] for i in places), default=0) > 4:
            wanted[max(places, key=lambda i: wanted[i])] -= 1
    return wanted


def _line(
    cells: Sequence[Content], columns: Sequence[Column], widths: list[int], gap: int
) -> Content:
    fits = [
        fitted(cell, cells_wide, right=column.right)
        for cell, column, cells_wide in zip(cells, columns, widths, strict=True)
    ]
    return Content(" " * gap).join(fits)


def _wrapped(
    cells: Sequence[Content], columns: Sequence[Column], widths: list[int], gap: int
) -> list[Content]:
    parts = [cell.wrap(max(1, w)) for cell, w in zip(cells, widths, strict=True)]
    return [
        _line(list(line), columns, widths, gap)
        for line in zip_longest(*parts, fillvalue=Content(""))
    ]


def paragraph(text: Content, width: int, indent: int = 0) -> list[Content]:
    """A sentence, wrapped at words to `width` cells, every line after `indent` spaces."""
    return [line.pad_left(indent) for line in text.wrap(max(1, width - indent))]


def figures_lines(figures: Figures, width: int) -> list[Content]:
    """Names and values in two columns, values in full."""
    rows = [
        (word(shown_term(name), MUTED), word(value, "bold $foreground")) for name, value in figures
    ]
    return grid([Column("", most=26), Column("", rest=True)], rows, width, full=True)


def also_lines(also: tuple[AlsoLine, ...], width: int) -> list[Content]:
    """What other recoveries know of the same account, in the words that may be said of it."""
    sign = words((phrase("{glyph} {word}", glyph=SHARED.glyph, word=SHARED.word), CARE), "  ")
    return [line for one in also for line in paragraph(words(sign, (one.sentence, CARE)), width)]
