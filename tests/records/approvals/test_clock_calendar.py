"""The year whose calendar is missing is said beside the clock, on the page and on the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import holidays

from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.pages.recovery import written
from recovery_flows.cases.views.all_deadlines import deadlines_view
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cli.page_text import page_lines

LAST = max(holidays.country_holidays("CN").special_public_holidays)


def test_a_complaint_that_is_due_next_year_names_the_calendar_that_is_missing(
    asked: Callable[[str], Any],
) -> None:
    case = asked(ApprovalKind.COMPLAINT)
    unit = case.unit
    unit.tamper(f"UPDATE approval SET due_at = '{LAST + 1}-01-08 16:00:00.000000'")
    unit.tamper("UPDATE queue_entry SET deadlines = NULL")  # as a write that asks no rule does
    said = f"calendar of {LAST + 1} not published; asked by chen"
    page = recovery_page(unit.database, unit.laws, case.recovery_id, unit.now)
    (clock,) = (c for c in page.clocks if c.what.startswith("complaint"))
    assert (clock.due_at, clock.note) == (datetime(LAST + 1, 1, 8, 16, tzinfo=UTC), said)
    wall_now = deadlines_view(unit.database, unit.laws, unit.now, 10)
    assert said in [line.clock.note for line in wall_now.lines]
    assert said in "\n".join(page_lines(written(page, unit.laws, "UTC")))
