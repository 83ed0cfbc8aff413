"""A page as text: every section with all its parts, figures in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from textwrap import wrap

from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Drawn,
    Line,
    Page,
    Part,
    Piece,
    Section,
    Table,
    Whole,
)
from recovery_flows.cli.table import columns, instant_text, long_columns, width_of


def page_lines(page: Page) -> Iterator[str]:
    """The head, then each section that has content under its title."""
    yield from parts_lines(page.head, page.zone, page.width)
    for section in page.sections:
        if section.is_shown:
            yield ""
            yield from section_lines(section, page.zone, page.width)


def section_lines(section: Section, zone: str, width: int = 0) -> Iterator[str]:
    """The title, under it the parts, or the sentence for an empty section."""
    yield section.title
    yield from (f"  {text}" for text in parts_lines(section.parts, zone, max(0, width - 2)))
    if not section.parts:
        yield from (f"  {text}" for text in section.empty_lines)


def parts_lines(parts: Iterable[Part], zone: str, width: int = 0) -> Iterator[str]:
    """The parts in their order, of at most `width` cells (0: as long as they are)."""
    for part in parts:
        if isinstance(part, Line):
            yield from _folded(cell_text(part.cell, zone), part.indent, width)
        elif isinstance(part, Table):
            yield from pieces_lines(part, zone, width)
        elif isinstance(part, Whole):
            rows = [(f"{p.glyph} {p.word}", str(p.amount), p.share) for p in part.parts]
            yield from columns(rows, right=(1, 2))
        else:
            yield from (f"  {text}" for text in part.text.splitlines())


def _folded(text: str, indent: int, width: int) -> list[str]:
    margin = " " * indent
    if not width or indent + width_of(text) <= width:
        return [margin + text]
    return wrap(text, width, initial_indent=margin, subsequent_indent=f"{margin}  ")


def cell_text(cell: Cell, zone: str) -> str:
    """A cell in words; a bar, which only repeats a figure beside it, is left out."""
    if len(cell) == 1:
        return _piece_text(cell[0], zone)
    return "".join([_piece_text(piece, zone) for piece in cell])


def _piece_text(piece: Piece, zone: str) -> str:
    value, _, _, least = piece
    if not isinstance(value, str):
        if isinstance(value, Drawn):
            return ""
        value = instant_text(value, zone) if isinstance(value, datetime) else str(value)
    return value.ljust(least) if least else value


def table_lines(table: Table, zone: str) -> list[str]:
    """Aligned columns, under their titles where they have any."""
    drawn = {
        n for row in table.rows for n, c in enumerate(row) for p in c if isinstance(p.value, Drawn)
    }
    if drawn:
        table = table.only([n for n in range(len(table.columns)) if n not in drawn])
    titles = [column.title.strip() for column in table.columns]
    rows = [[cell_text(cell, zone) for cell in row] for row in table.rows]
    right = [n for n, column in enumerate(table.columns) if column.right]
    return columns(rows, titles if any(titles) else (), right=right)


def pieces_lines(table: Table, zone: str, width: int) -> Iterator[str]:
    """A table; one that is too wide is split, each piece with the first column."""
    taken = [0]
    for n in range(1, len(table.columns) if width else 1):
        wide = max(map(width_of, table_lines(table.only([*taken, n]), zone)))
        if len(taken) > 1 and wide > width:
            yield from table_lines(table.only(taken), zone)
            taken = [0]
        taken.append(n)
    yield from table_lines(table.only(taken) if width else table, zone)


def long_table(
    titles: Mapping[str, Column], rows: Iterable[Mapping[str, Cell]], zone: str = "UTC"
) -> Iterator[str]:
    """A table of any length by the keys of its columns."""
    cells = ([cell_text(row[key], zone) for key in titles] for row in rows)
    right = [n for n, column in enumerate(titles.values()) if column.right]
    head = [column.title.strip() for column in titles.values()]
    yield from long_columns(cells, head, right=right)
