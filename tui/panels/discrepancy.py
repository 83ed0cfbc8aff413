"""What contradicts the records of a recovery: in red, before everything else on its page."""

from __future__ import annotations

from textual.content import Content

from models.queries.cases.discrepancy_views import DiscrepancyLine
from models.queries.cases.views import RecoveryPage
from tui.layout import paragraph
from tui.state_styles import ALARM, MUTED
from tui.text import word, words, zoned_time


def discrepancies_lines(page: RecoveryPage, zone: str, width: int) -> list[Content]:
    """Each open discrepancy in its sentence, with where and since when."""
    if not page.discrepancies:
        return [word("nothing contradicts the records", MUTED)]
    lines: list[Content] = []
    for found in page.discrepancies:
        lines += paragraph(words(("≠ ", ALARM), (found.sentence, ALARM)), width)
        where = "  ".join(part for part in (found.bank, found.account) if part)
        since = f"found {zoned_time(found.found_at, zone)}"
        told = f"{where}  {since}" if where else since
        lines += paragraph(words((told, MUTED), ("  n resolves it with a reason", MUTED)), width, 2)
    return lines


def discrepancy_figures(found: DiscrepancyLine, ref: str, zone: str) -> tuple[tuple[str, str], ...]:
    """What is resolved, in figures, for the question before it."""
    figures = [("recovery", ref), ("about", found.subject)]
    figures += [("bank", found.bank), ("account", found.account)] if found.bank else []
    figures += [("our records", str(found.expected))] if found.expected else []
    figures += [("stated", str(found.stated))] if found.stated else []
    return (*figures, ("found", zoned_time(found.found_at, zone)))
