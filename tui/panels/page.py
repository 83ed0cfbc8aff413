"""A page that the command prints too, folded to the width of a panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from textual.content import Content

from models.language.phrase import phrase
from models.money import split_minor
from recovery_flows.cases.pages.value import (
    Bar,
    Bars,
    Cell,
    Page,
    Part,
    Piece,
    Prose,
    Section,
    Stretch,
    Table,
    Whole,
)
from recovery_flows.wording import counted
from tui.layout import grid, natural_width, paragraph
from tui.state_styles import CALM, MUTED, STYLES
from tui.text import day_and_time, fitted, safe_lines, word, words, zoned_time

_BAR = 14
BARS = "▁▂▃▄▅▆▇█"
NO_BAR = "·"


def page_lines(page: Page, width: int) -> list[Content]:
    """The whole page: its head, then each section under its title."""
    lines = parts_lines(page.head, page.zone, width, full=True)
    for section in page.sections:
        if section.is_shown:
            lines += [Content(""), word(section.title, "bold $primary")]
            lines += section_lines(section, page.zone, width, full=True)
    return lines


def panel_lines(key: str, page: Page, width: int, *, full: bool = False) -> list[Content]:
    """The section of that key, as a panel of a screen shows it."""
    return section_lines(page.section(key), page.zone, width, full=full)


def section_lines(section: Section, zone: str, width: int, *, full: bool = False) -> list[Content]:
    """The parts of a section; with `full` also what the page leaves out."""
    lines = parts_lines(section.parts, zone, width, full=full)
    return lines or paragraph(word(section.empty, MUTED), width)


def parts_lines(
    parts: Iterable[Part], zone: str, width: int, *, full: bool = False
) -> list[Content]:
    """Lines, tables and bars that fit the width, without what is only typed."""
    lines: list[Content] = []
    for part in parts:
        if isinstance(part, Whole):
            lines += [bar(part, width), *legend(part, width)]
        elif isinstance(part, Prose):
            lines += _prose(part, width, full=full)
        elif part.detail and not full:
            continue
        elif isinstance(part, Table):
            lines += _table(part, zone, width, full=full)
        elif not part.typed:
            lines += paragraph(cell_content(part.cell, zone), width, part.indent)
    return lines


def cell_content(cell: Cell, zone: str, *, short: bool = False) -> Content:
    """A cell in the colours of its tones."""
    return words(*(piece_content(piece, zone, short=short) for piece in cell))


def piece_content(piece: Piece, zone: str, *, short: bool = False) -> Content:
    """One piece; an instant with its zone's name, where there is room for it."""
    value, style = piece.value, STYLES[piece.tone]
    if isinstance(value, Bar):
        filled = min(_BAR, (2 * value.part * _BAR + value.whole) // (2 * value.whole or 1))
        return words(("█" * filled, CALM), ("─" * (_BAR - filled), MUTED))
    if isinstance(value, Bars):
        return word(bars([count or None for count in value.values]), CALM)
    if isinstance(value, datetime):
        return word((day_and_time if short else zoned_time)(value, zone), style)
    made = word(piece.short if short and piece.short else value, style)
    return made.pad_right(piece.least - made.cell_length) if piece.least else made


def bars(values: Sequence[int | None]) -> str:
    """One bar for each value, the greatest as high as it goes; a dot where there is none."""
    most = max((value for value in values if value is not None), default=0)
    last = len(BARS) - 1
    return "".join(
        NO_BAR if value is None else BARS[round(last * value / most) if most else 0]
        for value in values
    )


def _table(table: Table, zone: str, width: int, *, full: bool) -> list[Content]:
    """The table; in short words where it has no room for long ones."""
    shown = [n for n, c in enumerate(table.columns) if not c.typed and (full or not c.detail)]
    table = table.only(shown)
    lines: list[Content] = []
    for short in (False, True):
        rows = [[cell_content(cell, zone, short=short) for cell in row] for row in table.rows]
        lines = grid(table.columns, rows, width, full=full or table.whole)
        if table.whole or natural_width(table.columns, rows) <= width:
            break
    return lines


def bar(whole: Whole, width: int) -> Content:
    """One line of `width` cells, each part a stretch of its own sign; none is rounded away."""
    parts = whole.parts
    if not parts or width < len(parts):
        return word("─" * max(width, 0), MUTED)
    cells = split_minor(width - len(parts), [max(part.amount.minor, 1) for part in parts])
    pieces = zip(parts, cells, strict=True)
    return words(*((p.glyph * (extra + 1), STYLES[p.tone]) for p, extra in pieces))


def legend(whole: Whole, width: int) -> list[Content]:
    """Sign, word, amount and share of each part, as many in a line as fit."""
    cells = [_entry(part) for part in whole.parts]
    size = max(cell.cell_length for cell in cells) + 3
    per_line = max(1, min(len(cells), (width + 3) // size))
    return [
        Content("").join(fitted(cell, size) for cell in cells[i : i + per_line])
        for i in range(0, len(cells), per_line)
    ]


def _entry(part: Stretch) -> Content:
    return words(
        (phrase("{glyph} {word} ", glyph=part.glyph, word=part.word), STYLES[part.tone]),
        (str(part.amount), "$foreground"),
        (f"  {part.share}" if part.share else "", MUTED),
    )


def _prose(prose: Prose, width: int, *, full: bool) -> Iterator[Content]:
    lines = [part for text in safe_lines(prose.text) for part in paragraph(word(text), width, 2)]
    yield from lines if full else lines[: prose.most]
    if not full and len(lines) > prose.most:
        more = counted(len(lines) - prose.most, "more line")
        yield word(phrase("  … {more}: v shows all", more=more), MUTED)
