"""On the screen too, a second person reads rule and reason before another rule is in force."""

from __future__ import annotations

from typing import Any

from models.queries.cases.case_files import load_file
from recovery_flows.cases.views.pending_approvals import pending_approvals


async def test_a_supervisor_reads_rule_and_reason_and_approves_them(unity: Any, wait: Any) -> None:
    recovery = unity.report(100_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    unity.case_officer("li").choose_rule(recovery, "pro-rata", "the holder's wages are mixed in")
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "tracing rule", "pro_rata", "the holder's wages are mixed in")
        await pilot.press("a")
        await wait(pilot, app, "Confirm", "traced again by this rule", "would lie elsewhere")
        await pilot.press("y")
        await wait(pilot, app, "tracing rule approved")
    assert pending_approvals(unity.database, unity.laws) == ()
    with unity.database.reading() as session:
        assert load_file(session, recovery).recovery.tracing_rule == "pro_rata"
