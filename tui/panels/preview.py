"""The preview of the line under the cursor: a block of lines, or one line."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.cases.queue_views import QueueLine
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.pages import money
from recovery_flows.cases.pages.queue import row
from recovery_flows.cases.pages.value import cell, muted
from recovery_flows.wording import counted
from tui.panels.page import cell_content, section_lines
from tui.state_styles import ALARM
from tui.text import cut, word


def line_preview(line: QueueLine, now: datetime, width: int, own: frozenset[Role]) -> list[Content]:
    """One line: next step, action by (`own` are the viewer's roles), case officer."""
    told = row(line, now, own)
    victims = muted(phrase("  {victims}  case officer: ", victims=counted(line.victims, "victim")))
    text = cell(" ", *told["ref"], "  ", line.sentence, "  ", *told["turn"], victims,
                *told["owner"])  # fmt: skip
    return [cut(cell_content(text, "UTC"), width)]


def page_preview(page: RecoveryPage, width: int) -> list[Content]:
    """What contradicts the records, the bar of the identity, where the money is."""
    found = [
        cut(word(phrase("≠ {sentence}", sentence=d.sentence), ALARM), width)
        for d in page.discrepancies[:2]
    ]
    status = section_lines(money.status(page.terms), "UTC", width)
    where = section_lines(money.accounts(page.assets, page.now), "UTC", width)[:5]
    return [*found, *status, word(""), *where]
