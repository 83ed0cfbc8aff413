"""A page for whoever does not look at it: one fact a line, CSV, JSON or Markdown.

The cells of a CSV that a spreadsheet would calculate are written as text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.language.shown import shown, shown_term
from models.safe_text import safe
from recovery_flows.cases.pages.value import Cell, Drawn, Line, Page, Part, Prose, Table, Whole

_CALCULATED = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Fact(NamedTuple):
    """One statement of a page: in which section, of which row, which column."""

    section: str
    row: str
    column: str
    text: str


def page_facts(page: Page) -> Iterator[Fact]:
    """Everything that a page says, one after another; a bar repeats the figure beside it."""
    for part in page.head:
        yield from _facts("", part, page.zone)
    for section in page.sections:
        for one in section.parts:
            yield from _facts(shown(section.title), one, page.zone)
        for text in () if section.parts else section.empty_lines:
            yield Fact(shown(section.title), "", "", safe(text))


def _facts(title: str, part: Part, zone: str) -> Iterator[Fact]:
    if isinstance(part, Line):
        yield from _said(title, "", "", words_of(part.cell, zone))
    elif isinstance(part, Whole):
        for one in part.parts:
            yield Fact(title, safe(shown(one.word)), "", f"{one.amount}, {one.share}")
    elif isinstance(part, Prose):
        for text in part.text.splitlines():
            yield from _said(title, "", "", safe(text))
    else:
        titles = [shown_term(column.title).strip() for column in part.columns]
        for cells in part.rows:
            name, *others = (words_of(one, zone) for one in cells)
            if not any(titles):  # a row of such a table is one sentence
                rest = ", ".join(text for text in others if text)
                yield from _said(title, name if rest else "", "", rest or name)
                continue
            for column, text in zip(titles[1:], others, strict=True):
                yield from _said(title, name, column, text)


def _said(title: str, row: str, column: str, text: str) -> Iterator[Fact]:
    if text and text != "–":
        yield Fact(title, row, column, text)


def words_of(cell: Cell, zone: str) -> str:
    """A cell in words on one line, instants with their zone."""
    told = "".join(
        f"{p.value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
        if isinstance(p.value, datetime) else shown(p.value)
        for p in cell
        if not isinstance(p.value, Drawn)
    )  # fmt: skip
    return safe(" ".join(told.split()))


def plain_lines(page: Page) -> Iterator[str]:
    """One fact a line, with all that it belongs to: for screen readers and for searching."""
    for fact in page_facts(page):
        yield ": ".join(part for part in fact if part)


def as_markdown(page: Page) -> str:
    """Headings, sentences and tables."""
    lines = [_md(words_of(part.cell, page.zone)) for part in page.head]
    for section in page.sections:
        lines += ["", f"## {_md(shown(section.title))}", ""]
        for part in section.parts:
            if isinstance(part, Table):
                lines += ["", *_md_table(part, page.zone), ""]
            else:
                facts = _facts("", part, page.zone)
                lines += [f"- {_md(': '.join(p for p in fact if p))}" for fact in facts]
        lines += [] if section.parts else [_md(text) for text in section.empty_lines]
    return "\n".join([*lines, ""])


def _md_table(table: Table, zone: str) -> Iterator[str]:
    yield f"| {' | '.join(_md(shown_term(column.title).strip()) for column in table.columns)} |"
    yield f"|{'---|' * len(table.columns)}"
    for row in table.rows:
        yield f"| {' | '.join(_md(words_of(cell, zone)) for cell in row)} |"


def _md(text: str) -> str:
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return text


def as_csv(page: Page) -> str:
    """The rows of the page's only table, or every fact with where it stands."""
    titles, rows = _rows(page)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows([_uncalculated(text) for text in row] for row in rows)
    return out.getvalue()


def as_json(page: Page) -> str:
    """The same rows as objects."""
    titles, rows = _rows(page)
    made = [dict(zip(titles, row, strict=True)) for row in rows]
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _rows(page: Page) -> tuple[Sequence[str], Iterable[Sequence[str]]]:
    tables = [part for s in page.sections for part in s.parts if isinstance(part, Table)]
    if len(page.sections) == 1 and len(tables) == 1:
        (table,) = tables
        rows = ([words_of(cell, page.zone) for cell in row] for row in table.rows)
        return [shown_term(column.title).strip() for column in table.columns], rows
    return Fact._fields, page_facts(page)


def _uncalculated(text: str) -> str:
    return f"'{text}" if text.startswith(_CALCULATED) else text


FORMATS: Mapping[str, Callable[[Page], str]] = {
    ".csv": as_csv, ".json": as_json, ".md": as_markdown,
    ".txt": lambda page: "\n".join([*plain_lines(page), ""]),
}  # fmt: skip
"""How a page is written, by the end of the file's name."""
