"""Letters of a recovery that are not answered yet, and one letter as it would be printed."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from models.letter_answer import LetterStand
from models.queries.cases.views import RecoveryPage
from recovery_flows.correspondence.documents.text import Line
from tui.layout import ROOMY, Column, grid, paragraph
from tui.state_styles import CALM, CARE, MUTED, Sign, time_left
from tui.text import word, words

STANDS: Mapping[LetterStand, Sign] = {
    LetterStand.TO_PRINT: Sign("○", "to be printed", "print", CARE),
    LetterStand.TO_SEND: Sign("→", "printed, to be sent", "send", CARE),
    LetterStand.WAITS: Sign("…", "no answer yet", "waits", CALM),
    LetterStand.LOOKED_AT: Sign("?", "waits for a second look", "2nd look", CARE),
    LetterStand.RETURNED: Sign("✕", "answer returned", "again", CARE),
}
_MARK = "◌ "


def letters_lines(page: RecoveryPage, width: int) -> list[Content]:
    """What each letter is about, how far it is, how much time is left."""
    rows = [
        (
            STANDS[x.stands].text(short=width < ROOMY), word(x.bank, "bold"), word(x.what),
            time_left(page.now, x.due_at), word(x.sent_how, MUTED),
        )
        for x in page.letters
    ]  # fmt: skip
    columns = (Column("", most=26), Column("", most=16), Column("", rest=True), Column(""),
               Column("", most=14))  # fmt: skip
    return grid(columns, rows, width)


def letter_lines(lines: tuple[Line, ...], width: int) -> list[Content]:
    """A letter line by line; those with personal data are marked, for they are masked here."""
    return [part for line in lines for part in _line(line, width)]


def _line(line: Line, width: int) -> list[Content]:
    if line.is_personal:
        marked = words((_MARK, "bold $warning"), (line.text, "$warning"))
        return paragraph(marked, width)
    return paragraph(word(line.text, "$foreground"), width, len(_MARK))
