"""A page as a value: sections of lines and tables, whose pieces carry a tone.

A command prints all of it. A screen folds it to its width, and leaves out what is `detail` until a
section is shown in full, and what is `typed`: ids, which only commands take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from models.language.shown import shown
from models.money import Money
from recovery_flows.cases.views.state_names import Tone


class Drawn:
    """What is drawn on a screen only: words and figures beside it say the same."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Bar(Drawn):
    """`part` of `whole` (counts, minor units or tenths of a per cent); drawn, never read alone."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Bars(Drawn):
    """One bar for each value, none below zero, the greatest as high as it goes."""

    values: tuple[int, ...]


class Piece(NamedTuple):
    """Something in one tone; instants are spelt by whoever shows them, `short` saves room.

    It takes `least` cells or more, so that what follows stands under what follows another.
    """

    value: str | int | Money | datetime | Drawn
    tone: Tone = Tone.PLAIN
    short: str = ""
    least: int = 0


Cell = tuple[Piece, ...]
NONE: Cell = (Piece("–", Tone.MUTED),)
"""Where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of at most `most` cells; `rest` takes what is left over; `right` aligns figures.

    `short` is its title where there is no room.
    """

    title: str = ""
    most: int = 60
    right: bool = False
    rest: bool = False
    detail: bool = False
    typed: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, after `indent` blanks."""

    cell: Cell
    indent: int = 0
    detail: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, one a column; long cells of a `whole` one are folded, never cut."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    detail: bool = False
    whole: bool = False

    def only(self, places: Sequence[int]) -> Table:
        """The same with these columns alone."""
        rows = tuple(tuple(row[n] for n in places) for row in self.rows)
        return replace(self, columns=tuple(self.columns[n] for n in places), rows=rows)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One part of a whole: its sign, its word, its sum and its share in per cent."""

    glyph: str
    word: str
    tone: Tone
    amount: Money
    share: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole and what it is made of; a screen draws its parts as stretches of one line."""

    parts: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """What a person wrote, in lines; a screen shows `most` of them until it is shown in full."""

    text: str
    most: int


Part = Line | Table | Whole | Prose


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a page; where it has no parts, `empty` says so, or it is left out."""

    key: str
    title: str
    parts: tuple[Part, ...]
    empty: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether it says anything."""
        return bool(self.parts or self.empty)

    @property
    def empty_lines(self) -> list[str]:
        """What is said where there are no parts, a paragraph a line, in the reader's language."""
        return [text for text in shown(self.empty).splitlines() if text]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its head, then its sections; instants are shown in `zone`.

    As text its lines have at most `width` cells (0: as many as they need).
    """

    head: tuple[Line, ...]
    sections: tuple[Section, ...]
    zone: str
    width: int = 0

    def section(self, key: str) -> Section:
        """The section of that key."""
        return next(s for s in self.sections if s.key == key)


def cell(*pieces: Piece | str | int | Money | datetime) -> Cell:
    """Pieces in a row; what is no piece yet is plain."""
    if len(pieces) == 1:
        only = pieces[0]
        return (only if isinstance(only, Piece) else Piece(only),)
    return tuple([p if isinstance(p, Piece) else Piece(p) for p in pieces])


def muted(text: str | int | Money | datetime) -> Piece:
    """What may be passed over."""
    return Piece(text, Tone.MUTED)


def strong(text: str | int | Money | datetime) -> Piece:
    """What is looked for."""
    return Piece(text, Tone.STRONG)


def line(*pieces: Piece | str | int | Money | datetime, indent: int = 0) -> Line:
    """A line of pieces."""
    return Line(cell(*pieces), indent)


def table(
    columns: Iterable[Column],
    rows: Iterable[Sequence[Cell | Piece | str | int | Money | datetime]],
    *,
    detail: bool = False,
    whole: bool = False,
) -> tuple[Table, ...]:
    """A table; none where there are no rows."""
    made = tuple(
        tuple(c if isinstance(c, tuple) and not isinstance(c, Piece) else cell(c) for c in row)
        for row in rows
    )
    return (Table(tuple(columns), made, detail, whole),) if made else ()
