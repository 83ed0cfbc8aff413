"""One partner on the Partners screen: whom to call, what is agreed, how it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from textual.content import Content

from recovery_flows.cases.pages.value import Column
from recovery_flows.partners.breaker_state import BreakerState
from recovery_flows.partners.contacts import Contacts
from recovery_flows.partners.page import PartnerPage
from recovery_flows.partners.page_text import facts, late_words, times_cells
from recovery_flows.partners.response_times import MEASURE, WEEKS, Times
from recovery_flows.wording import counted
from tui.layout import grid, paragraph
from tui.state_styles import ALARM, CARE, GOOD, MUTED, Sign
from tui.text import fitted, word, words, zoned_time

BREAKERS: Mapping[BreakerState, Sign] = {
    BreakerState.CLOSED: Sign("●", "closed", "closed", GOOD),
    BreakerState.OPEN: Sign("✕", "open", "open", ALARM),
    BreakerState.HALF_OPEN: Sign("◐", "half open", "half", CARE),
}
BARS = "▁▂▃▄▅▆▇█"
NO_WEEK = "·"
_CARE = frozenset({"last error", "to do"})
_LATE_SHOWN = 8
_GAP = 3
WIDE = 104


@dataclass(frozen=True, slots=True)
class PartnerDetail:
    """A page with the zone of the screen, and its contacts in clear while a person may see them."""

    page: PartnerPage
    zone: str
    clear: Contacts | None = None


def bars(weeks: tuple[int | None, ...]) -> str:
    """One bar a week, the slowest as high as it goes; a dot where nothing was answered."""
    most = max((week for week in weeks if week is not None), default=0)
    last = len(BARS) - 1
    return "".join(
        NO_WEEK if week is None else BARS[round(last * week / most) if most else 0]
        for week in weeks
    )


def detail_lines(detail: PartnerDetail, width: int) -> list[Content]:
    """The whole page; side by side where there is room. What is wrong is said in words too."""
    if width < WIDE:
        right = [*measure_lines(detail.page, width), *_late_lines(detail, width)]
        return [*_facts_lines(detail, width), word(""), *right]
    half = (width - _GAP) // 2
    rest = width - _GAP - half
    left = _facts_lines(detail, half)
    right = [*measure_lines(detail.page, rest), *_late_lines(detail, rest)]
    return [
        words(fitted(one, half), " " * _GAP, other)
        for one, other in zip_longest(left, right, fillvalue=Content(""))
    ]


def _facts_lines(detail: PartnerDetail, width: int) -> list[Content]:
    page = detail.page
    spell = partial(zoned_time, zone=detail.zone)
    rows = []
    for name, text in facts(page, spell, detail.clear):
        style = "$foreground"
        if name in _CARE or (name == "books" and page.row.disagreement):
            style = CARE
        elif name == "breaker":
            style = BREAKERS[page.breaker].style
        elif name == "contacts" and detail.clear is not None:
            style = "bold $warning"
        rows.append((word(name, MUTED), word(text, style)))
    return grid((Column("", most=11), Column("", most=500, rest=True)), rows, width, full=True)


def measure_lines(page: PartnerPage, width: int) -> list[Content]:
    """Answer times by kind of order, ever and lately, and what they measure."""
    columns = (
        Column("order", most=8), Column("sent", most=8), Column("answered", right=True),
        Column("p50", most=13, right=True), Column("p90", most=13, right=True),
        Column("no time", rest=True),
    )  # fmt: skip
    lines = paragraph(word(MEASURE, MUTED), width)
    return [*lines, *grid(columns, list(_times_rows(page)), width)]


def _times_rows(page: PartnerPage) -> Iterator[tuple[Content, ...]]:
    yield _times_row("all", "ever", page.ever)
    yield _times_row("", f"{WEEKS} weeks", page.lately)
    for of in page.kinds:
        if of.ever.answered or of.ever.open or of.ever.undated:
            yield _times_row(of.kind, "ever", of.ever)


def _times_row(kind: str, period: str, times: Times) -> tuple[Content, ...]:
    answered, p50, p90, without = times_cells(times)
    return (
        word(kind, "bold $foreground"), word(period, MUTED), word(answered),
        word(p50, "$foreground"), word(p90, "$foreground"), word(without, MUTED),
    )  # fmt: skip


def _late_lines(detail: PartnerDetail, width: int) -> Iterator[Content]:
    page = detail.page
    spell = partial(zoned_time, zone=detail.zone)
    for what, late, style in (
        ("answered later than agreed", page.breaches, CARE),
        ("waiting longer than agreed", page.overdue, ALARM),
    ):  # fmt: skip
        if late:
            yield words((f"{counted(len(late), 'order')} {what}", style))
            told = late_words(late, spell)
            for line in told[:_LATE_SHOWN]:
                yield from paragraph(word(line, "$foreground"), width, 2)
            if len(told) > _LATE_SHOWN:
                yield word(f"  and {len(told) - _LATE_SHOWN} more", MUTED)
