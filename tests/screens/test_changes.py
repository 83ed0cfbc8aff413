"""What has changed since an officer's last look: marked, filtered, listed in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.queries.looks.changes import last_event_before
from recovery_flows.cases.views.changes import Eyes, changes_page
from recovery_flows.cases.views.onlooker import Onlooker, since_when
from recovery_flows.cases.views.queue import QueueQuery
from tests.screens.conftest import HOME, START, AccountRef

OTHER = AccountRef(HOME, "9999000000005555", "Synthetic Other")


async def test_what_others_changed_since_the_last_look_is_marked_filtered_and_told(
    unity: Any, wait: Any, look: Any, tmp_path: Path
) -> None:
    first, second = unity.report(300_000), unity.report(200_000, payee=OTHER)
    li, folder = unity.case_officer("li"), tmp_path
    li.advance(first, case_number="2026-1")
    li.advance(first)
    app = unity.app("li", folder=folder)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "R-2026-0002")
        assert "✱" not in text  # whoever looks for the first time finds nothing new
    unity.hold(first)
    app = unity.app("li", folder=folder)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "✱ 1 changed")
        assert next(line for line in text.splitlines() if "R-2026-0001" in line).count("✱") == 1
        await pilot.press("slash", *"changed:look", "enter")
        text = await wait(pilot, app, "filter: 1 of 2")
        assert "R-2026-0002" not in text
        await pilot.press("escape", "C")
        await wait(pilot, app, f"hold at {HOME}: stopped (CNY 3,000.00)", "since your last look")
        await pilot.press("t")
        await wait(pilot, app, "since midnight", "R-2026-0002", "recovery: reported")
        assert "2026-1" not in look(app)  # one's own acts are no news
        await pilot.press("t", "S")
        text = await wait(pilot, app, "all of it has been seen")
        assert "✱" not in text
        unity.case_officer("zhao").advance(second, case_number="2026-2")
        await wait(pilot, app, "✱ 1 changed")
        await pilot.press("C", "enter")
        await wait(pilot, app, "R-2026-0002", "Accounts and holds")


async def test_the_look_of_one_officer_is_not_that_of_another(
    unity: Any, wait: Any, look: Any, tmp_path: Path
) -> None:
    first = unity.report(300_000)
    for handle in ("li", "zhao"):
        app = unity.app(handle, folder=tmp_path)
        async with app.run_test(size=(120, 40)) as pilot:
            await wait(pilot, app, "R-2026-0001")
    unity.case_officer("li").advance(first, case_number="2026-1")
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001", "1 open")
        assert "✱" not in look(app)
        await pilot.press("o", "down", "down", "enter")
        await wait(pilot, app, "zhao acts now", "✱ 1 changed")


def test_a_reading_of_what_has_changed_goes_on_where_the_last_one_ended(unity: Any) -> None:
    eyes, first = Eyes(Onlooker("li", 0)), unity.report(300_000)
    with unity.database.reading() as session:
        assert eyes.looking(session, QueueQuery()).changed == {first}
    read_up_to, second = eyes.seen_up_to, unity.report(200_000)
    with unity.database.reading() as session:
        assert eyes.looking(session, QueueQuery()).changed == {first, second}
    assert read_up_to is not None
    assert eyes.seen_up_to == read_up_to + 2  # one event of the recovery, one of its claim


def test_midnight_is_found_by_halves_and_in_the_zone_of_the_unit(unity: Any) -> None:
    unity.report(300_000)
    with unity.database.reading() as session:
        before = last_event_before(session, START)
    unity.move_clock(hours=11)  # 17:00 in London, 01:00 of the next day in Shanghai
    unity.report(200_000)
    with unity.database.reading() as session:
        assert last_event_before(session, START) == before == 0
        east = since_when(session, Onlooker(zone="Asia/Shanghai"), "today", unity.now)
        west = since_when(session, Onlooker(zone="Europe/London"), "today", unity.now)
        page = changes_page(session, Onlooker(zone="Asia/Shanghai"), unity.now, "today")
    assert (east > 0, west) == (True, 0)
    assert [one.ref for one in page.recoveries] == ["R-2026-0002"]
