"""One letter as it would be printed."""

from __future__ import annotations

from textual.content import Content

from recovery_flows.correspondence.documents.text import Line
from tui.layout import paragraph
from tui.text import word, words

_MARK = "◌ "


def letter_lines(lines: tuple[Line, ...], width: int) -> list[Content]:
    """A letter line by line; those with personal data are marked, for they are masked here."""
    return [part for line in lines for part in _line(line, width)]


def _line(line: Line, width: int) -> list[Content]:
    if line.is_personal:
        marked = words((_MARK, "bold $warning"), (line.text, "$warning"))
        return paragraph(marked, width)
    return paragraph(word(line.text, "$foreground"), width, len(_MARK))
