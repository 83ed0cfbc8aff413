"""One partner on the Partners screen, and its weeks as bars."""

from __future__ import annotations

from itertools import zip_longest

from textual.content import Content

from recovery_flows.cases.pages.partner import FACTS, LATE, OVERDUE, TIMES
from recovery_flows.cases.pages.value import Page
from tui.panels.page import panel_lines
from tui.text import fitted, word, words

_GAP = 3
WIDE = 104


def detail_lines(page: Page, width: int) -> list[Content]:
    """The whole page; facts beside times where there is room."""
    half = (width - _GAP) // 2
    left, right = (width, width) if width < WIDE else (half, width - _GAP - half)
    facts, times = panel_lines(FACTS, page, left, full=True), panel_lines(TIMES, page, right)
    for key in (LATE, OVERDUE):
        section = page.section(key)
        if section.parts:
            times += [word(section.title, "bold $primary"), *panel_lines(key, page, right)]
    if width < WIDE:
        return [*facts, word(""), *times]
    return [
        words(fitted(one, half), " " * _GAP, other)
        for one, other in zip_longest(facts, times, fillvalue=Content(""))
    ]
