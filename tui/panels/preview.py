"""The preview of the line under the cursor: a block of lines, or one line."""

from __future__ import annotations

from textual.content import Content

from models.entities.officer import Role
from models.queries.cases.queue_views import QueueLine
from models.queries.cases.views import RecoveryPage
from tui.panels.identity import terms_block
from tui.panels.money import assets_lines
from tui.state_styles import ALARM, MUTED, turn_sign
from tui.text import counted, cut, word, words


def line_preview(line: QueueLine, width: int, own: frozenset[Role]) -> list[Content]:
    """One line: next step, action by (`own` are the viewer's roles), case officer."""
    owner = line.owner or "nobody's yet"
    sign = turn_sign(line.role, own)
    text = words(
        " ", (line.ref, "bold $primary"), "  ", (line.sentence, "$foreground"), "  ",
        sign.text(), (f"  {counted(line.victims, 'victim')}  file: {owner}", MUTED),
    )  # fmt: skip
    return [cut(text, width)]


def page_preview(page: RecoveryPage, width: int) -> list[Content]:
    """What contradicts the records, the bar of the identity, where the money is."""
    money = assets_lines(page, width)[:5] if page.assets else []
    where = [word("no account is on the file yet: accept the report first", MUTED)]
    found = [cut(words(("≠ ", ALARM), (d.sentence, ALARM)), width) for d in page.discrepancies[:2]]
    return [*found, *terms_block(page.terms, width), word(""), *(money or where)]
