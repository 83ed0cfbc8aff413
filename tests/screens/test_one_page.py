"""Screen and command show one page: the same facts, in the same words, with the same signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from recovery_flows.cases.pages import (
    approvals,
    deadlines,
    queue,
    recovery,
    statistics,
    trace as trace_page,
)
from recovery_flows.cases.pages.value import Cell, Column, Drawn, Line, Page, Part, Table
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cli.page_text import cell_text, long_table, page_lines, section_lines
from recovery_flows.cli.table import instant_text
from tests.screens.conftest import LAWS
from tui.screen_queries import Source
from tui.text import zoned_time

ZONE = "Asia/Shanghai"
SIZE = (230, 140)


def cells(parts: Iterable[Part]) -> Iterator[Cell]:
    """What a screen shows of these parts before anything is shown in full."""
    for part in parts:
        if isinstance(part, Line) and not (part.detail or part.typed):
            yield part.cell
        elif isinstance(part, Table) and not part.detail:
            shown = [n for n, c in enumerate(part.columns) if not (c.detail or c.typed)]
            yield from (row[n] for row in part.rows for n in shown)


def facts(page_parts: Iterable[Part], spell: Any) -> list[str]:
    """Each piece of text that says something, instants as `spell` writes them."""
    pieces = (piece for cell in cells(page_parts) for piece in cell)
    told = (
        spell(p.value) if isinstance(p.value, datetime) else str(p.value)
        for p in pieces if not isinstance(p.value, Drawn)
    )  # fmt: skip
    return [" ".join(text.split()) for text in told if text.strip()]


def missing(page: Page, screen: str, command: str) -> list[tuple[str, str]]:
    """The facts that one of the two does not show."""
    parts = [*page.head, *(part for s in page.sections for part in s.parts)]
    spells = ((screen, lambda at: zoned_time(at, page.zone)),
              (command, lambda at: instant_text(at, page.zone)))  # fmt: skip
    absent = []
    for text, spell in spells:
        flat = " ".join(text.replace("│", " ").split())
        absent += [(fact, text[:20]) for fact in facts(parts, spell) if not stands(fact, flat)]
    return absent


def stands(fact: str, flat: str) -> bool:
    """A sentence that a panel folds stands there word by word."""
    return fact in flat or all(word in flat for word in fact.split()[1:] or [fact])


async def shown(unity: Any, wait: Any, screen: str, recovery_id: str, *texts: str) -> str:
    """A screen that is large enough for all of its page."""
    app = unity.app("wang", start_screen=screen, recovery_id=recovery_id, time_zone=ZONE)
    async with app.run_test(size=SIZE) as pilot:
        return str(await wait(pilot, app, *texts))


@pytest.fixture
def source(unity: Any) -> Source:
    return Source(unity.database, LAWS)


async def test_a_recovery_is_one_page(unity: Any, traced: str, wait: Any, source: Source) -> None:
    view = source.page(traced)
    page = recovery.written(view, LAWS, ZONE)
    text = await shown(unity, wait, "recovery", traced, "R-2026-0001", "Last events", "Notes")
    # The panel Next step tells the first step by what its key does, not by whose turn it is;
    # what a law is called is cut in the panel of events until it is shown in full.
    kept = tuple(s for s in page.sections if s.key not in ("next", "events"))
    shown_whole = replace(page, sections=kept)
    assert missing(shown_whole, text, "\n".join(page_lines(page))) == []
    assert all(step.sentence in text for step in view.steps[:3])
    titles = [s.title for s in page.sections if s.is_shown and s.key != "next"]
    assert all(title in text for title in titles)


async def test_the_statistics_are_one_page(
    unity: Any, traced: str, wait: Any, source: Source
) -> None:
    page = statistics.written(source.summary(), ZONE)
    text = await shown(unity, wait, "summary", traced, "interception", "lapsed")
    assert missing(page, text, "\n".join(page_lines(page))) == []


async def test_a_trace_is_one_page(unity: Any, traced: str, wait: Any, source: Source) -> None:
    view = source.trace(traced, 0, 0)
    page = trace_page.written(view.page, [(view.page.claims[0].label, view.hops)], ZONE)
    text = await shown(unity, wait, "trace", traced, "Under each rule", "all of it", "shown by")
    assert missing(page, text, "\n".join(page_lines(page))) == []


def rows_missing(
    columns: Mapping[str, Column], rows: list[dict[str, Cell]], screen: str, *hidden: str
) -> list[str]:
    """Cells of a table of any length that the screen or the command lacks."""
    command = "\n".join(long_table(columns, rows, ZONE))
    told = [cell_text(row[key], ZONE).strip() for row in rows for key in columns]
    seen = [cell_text(row[k], ZONE).strip() for row in rows for k in columns if k not in hidden]
    return [x for x in told if x not in command] + [x for x in seen if x not in screen]


@pytest.mark.usefixtures("returnable")
async def test_queue_deadlines_and_approvals_are_one_table_each(
    unity: Any, returnable: str, wait: Any, source: Source
) -> None:
    page = source.queue(QueueQuery(), 50)
    rows = [queue.row(one, page.now) for one in page.lines]
    text = await shown(unity, wait, "now", returnable, "R-2026-0001", "restitution")
    assert rows_missing(queue.COLUMNS, rows, text, "owner", "turn") == []
    assert cell_text(queue.counts(page), ZONE) in text
    running = source.deadlines()
    counts = deadlines.Counts(running.now)
    rows = [deadlines.row(one, running.now, LAWS) for one in counts.counting(running.lines)]
    text = await shown(unity, wait, "deadlines", returnable, "freeze ends", "✓ confirmed")
    assert rows_missing(deadlines.COLUMNS, rows, text) == []
    assert cell_text(counts.told(), ZONE) in text
    pending = source.approvals(QueueQuery(), 50)
    (one,) = pending.lines
    text = await shown(unity, wait, "approvals", returnable, "R-2026-0001", "digest")
    section = approvals.in_full(one, pending.now)
    whole = Page((), (section,), ZONE)
    assert missing(whole, text, "\n".join(section_lines(section, ZONE))) == []
    assert rows_missing(approvals.COLUMNS, [approvals.row(one, pending.now)], text) == []
