"""The identity of one recovery as a bar: what was reported, and where every cent of it is now."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from models.entities.ledger import LedgerAccount
from models.money import split_minor
from models.queries.cases.views import TermLine
from recovery_flows.reports.rates import percent
from tui.state_styles import MUTED, TERM_SIGNS
from tui.text import fitted, word, words

_ORDER = list(TERM_SIGNS)


def shown_terms(terms: Sequence[TermLine]) -> list[TermLine]:
    """The terms that are not zero, what is safe first, without the reported sum itself."""
    inside = [t for t in terms if t.account in TERM_SIGNS and t.amount.minor]
    return sorted(inside, key=lambda t: _ORDER.index(t.account))


def reported_minor(terms: Sequence[TermLine]) -> int:
    """The reported loss in minor units: the sum of the terms of the identity."""
    return sum(t.amount.minor for t in terms if t.account in TERM_SIGNS)


def bar(terms: Sequence[TermLine], width: int) -> Content:
    """One line of `width` cells, each term a stretch of its own sign; none is rounded away."""
    parts = shown_terms(terms)
    if not parts or width < len(parts):
        return word("─" * max(width, 0), MUTED)
    cells = split_minor(width - len(parts), [max(t.amount.minor, 1) for t in parts])
    pieces = []
    for term, extra in zip(parts, cells, strict=True):
        sign = TERM_SIGNS[LedgerAccount(term.account)]
        pieces.append((sign.glyph * (extra + 1), sign.style))
    return words(*pieces)


def legend(terms: Sequence[TermLine], width: int) -> list[Content]:
    """Sign, word, amount and share of each term, as many in a line as fit."""
    parts = shown_terms(terms)
    if not parts:
        return [word("no money is booked yet", MUTED)]
    whole = reported_minor(terms)
    cells = [_entry(term, whole) for term in parts]
    size = max(cell.cell_length for cell in cells) + 3
    per_line = max(1, min(len(cells), (width + 3) // size))
    return [
        Content("").join(fitted(cell, size) for cell in cells[i : i + per_line])
        for i in range(0, len(cells), per_line)
    ]


def _entry(term: TermLine, whole: int) -> Content:
    sign = TERM_SIGNS[LedgerAccount(term.account)]
    share = percent(term.amount.minor, whole)
    return words(
        (f"{sign.glyph} {sign.word} ", sign.style),
        (str(term.amount), "$foreground"),
        (f"  {share} %" if share is not None else "", MUTED),
    )


def terms_block(terms: Sequence[TermLine], width: int) -> list[Content]:
    """The bar over its legend."""
    return [bar(terms, width), *legend(terms, width)]
