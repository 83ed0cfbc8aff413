"""Columns of lists and sizes of panels: each officer has his own, and they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recovery_flows.cases.kept.arrangement import Arrangement, OwnColumn
from recovery_flows.cases.kept.officer_file import OfficerFile
from tui.screens.sized import PARTS
from tui.widgets.columns import TableColumn
from tui.widgets.own_columns import arranged
from tui.widgets.queue import QueueTable

_DUE, _REF, _NEXT = (
    TableColumn("due", "left", 10),
    TableColumn("ref", "of", 8),
    TableColumn("n", "n"),
)


def test_what_does_not_fit_is_as_wide_as_at_first_and_then_left_out_from_the_right() -> None:
    own = (OwnColumn("ref", 20), OwnColumn("due", 30), OwnColumn("n"), OwnColumn("of old times", 9))
    widths = [
        [(column.key, column.width) for column in arranged((_DUE, _REF, _NEXT), (), own, room)]
        for room in (65, 64, 33, 32, 4)
    ]
    assert widths == [
        [("ref", 20), ("due", 30), ("n", 0)],
        [("ref", 8), ("due", 10), ("n", 0)],
        [("ref", 8), ("due", 10), ("n", 0)],
        [("ref", 8), ("n", 0)],
        [("ref", 8), ("n", 0)],
    ]


@pytest.mark.parametrize(
    "kept",
    [
        {"columns": {"queue": [["ref", -1]]}, "shares": {"NowScreen": 900}},
        {"columns": {"queue": [["ref", True]]}, "shares": {"NowScreen": "40"}},
        {"columns": {"queue": [7]}, "shares": [1]}, {"columns": "x"}, {"columns": {"queue": None}},
        {"columns": {"queue": [[{}, 5]]}, "shares": {"NowScreen": 19}},
    ],
)  # fmt: skip
def test_a_file_that_was_damaged_arranges_nothing(unity: Any, tmp_path: Path, kept: Any) -> None:
    vault = unity.database.vault
    OfficerFile(tmp_path, vault, "looks", "arrangement", "x").write(kept)
    found = Arrangement(tmp_path, vault, "x")
    assert (found.columns("queue"), found.share("NowScreen")) == ((), 0)


async def test_columns_are_hidden_ordered_and_sized_and_are_so_after_a_restart(
    unity: Any, wait: Any, look: Any, tmp_path: Path
) -> None:
    unity.report(100_000)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001", "victims", "action by")
        await pilot.press("W")
        await wait(pilot, app, "Columns of this list", "✓ time left", "15 cells", "as at first")
        await pilot.press("down", *["right"] * 4)  # recovery: 11 -> 15 cells
        await wait(pilot, app, "15 cells", "Enter keeps it for you")
        await pilot.press("left_square_bracket")  # and before the time that is left
        await pilot.press(*["down"] * 4, "space")  # no victims
        await pilot.press(*["down"] * 3, "space", *["left_square_bracket"] * 6)  # the officer
        await pilot.press("enter")
        text = await wait(pilot, app, "officer")
        head = next(line for line in text.splitlines() if "recovery" in line and "loss" in line)
        assert head.split() == [
            "officer", "recovery", "time", "left", "stage", "loss", "action", "by", "next", "step"
        ]  # fmt: skip
        first = [(c.key, c.width) for c in app.screen.query_one(QueueTable).columns()]
        assert first[:3] == [("owner", 10), ("ref", 15), ("due", 15)]
        assert "unassigned" in text
    for handle, is_own in (("wang", False), ("li", True)):
        app = unity.app(handle, folder=tmp_path)
        async with app.run_test(size=(120, 40)) as pilot:
            await wait(pilot, app, "R-2026-0001")
            assert ("victims" not in look(app)) is is_own
            table = app.screen.query_one(QueueTable)
            assert ([(c.key, c.width) for c in table.columns()] == first) is is_own
            assert table.sorted_by is None
            await pilot.resize_terminal(80, 24)
            await wait(pilot, app, "next step")
            table.sort_by(table.offered()[0].key)
            await wait(pilot, app, "time left▴")


async def test_esc_leaves_the_columns_as_they_were_and_the_last_one_cannot_be_hidden(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    unity.report(100_000)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("W", *["space"] * 5)
        await wait(pilot, app, "what the others leave")
        await pilot.press("right")
        await wait(pilot, app, "✕ it takes what the others leave")
        await pilot.press("space")
        await wait(pilot, app, "✕ one column stays")
        await pilot.press("escape")
        await wait(pilot, app, "stage", "vic", "next step")
        await pilot.press("W", "0", "enter", "W", *["right"] * 40)
        await wait(pilot, app, "too wide for this terminal: widths here are as at first")
        await pilot.press("end", "space", "enter")
        await wait(pilot, app, "officer")


async def test_in_a_list_that_empties_a_hidden_column_makes_no_other_one_too_wide(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    unity.report(100_000)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        table = app.screen.query_one(QueueTable)
        await pilot.press("W")
        await wait(pilot, app, "Columns of this list")
        table.display = False  # as when its last recovery is closed meanwhile
        await pilot.pause()
        assert not table.scrollable_content_region.width
        await pilot.press("down", "down", "space")
        await wait(pilot, app, "Enter keeps it for you")


async def test_a_list_that_changes_meanwhile_shows_the_columns_that_are_being_chosen(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    unity.report(100_000)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        table = app.screen.query_one(QueueTable)
        await pilot.press("W", "space")
        await wait(pilot, app, "Enter keeps it for you")
        assert not table.shows("due")
        unity.report(200_000)
        await wait(pilot, app, "R-2026-0002")
        assert not table.shows("due")
        await pilot.press("escape")
        await wait(pilot, app, "time left")


async def test_an_order_by_a_column_is_given_up_where_that_column_is_hidden(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    unity.report(100_000)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        table = app.screen.query_one(QueueTable)
        table.sort_by("loss")
        await wait(pilot, app, "loss▴")
        await pilot.press("W", *["down"] * 3, "space", "enter")
        await wait(pilot, app, "R-2026-0001")
        assert table.sorted_by is None


@pytest.mark.usefixtures("returnable")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_list_is_arranged_and_every_panel_sized_and_kept(
    unity: Any, wait: Any, look: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = unity.app("li", folder=tmp_path)
    screens = {"now": "1", "approvals": "3", "partners": "5", "restitution": "7"}
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("enter")
        for name, key in screens.items():
            await pilot.press(key)
            await wait(pilot, app, "R-2026-0001" if key != "5" else "Test test-east")
            parts = PARTS[type(app.screen).__name__]
            await pilot.press("plus", "plus")
            if name == "now" and size[0] < 100:
                await wait(pilot, app, "no panel stands beside this list here")
                continue
            await wait(pilot, app, "% of the screen")
            share = app.arrangement.share(type(app.screen).__name__)
            await pilot.press("minus")
            await wait(pilot, app, f"the list takes {share - 5} % of the screen")
            assert app.screen.query_one(parts.table).outer_size.area
            assert app.screen.query_one(parts.panel).outer_size.area
        await pilot.press("3")
        await wait(pilot, app, "1 approval pending")
        await pilot.press("W", *["down"] * 3, "space", "enter")
        await wait(pilot, app, "to decide")
        assert "amount" not in look(app).split("to decide")[1].splitlines()[0]
        await pilot.press("equals_sign")
        await wait(pilot, app, "the sizes are as at first")
    kept = Arrangement(tmp_path, unity.database.vault, unity.officer("li").id)
    assert [one.key for one in kept.columns("waiting-table")] == ["due", "ref", "act", "by"]
    assert kept.share("PartnersScreen")
    assert not kept.share("ApprovalsScreen")


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_eight_weeks_of_holds_are_bars_with_their_figures_at_every_size(
    unity: Any, wait: Any, size: tuple[int, int]
) -> None:
    unity.move_clock(days=2)
    app = unity.app("li", start_screen="summary")
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "held to date")
        await pilot.press(*["j"] * 12)
        held = "CNY 36,000.00 held now, most on 2026-03-02: CNY 36,000.00"
        text = await wait(pilot, app, held, "hold took effect, 0 today, most on 2026-03-02: ")
        assert f"{'·' * 53}███" in text
        assert f"{'·' * 53}█··" in text
        await wait(pilot, app, "a bar a day, from 2026-01-08 to 2026-03-04")


async def test_news_that_come_while_a_screen_is_put_up_or_taken_down_end_no_terminal(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "No open recovery")
        parts = PARTS[type(app.screen).__name__]
        await app.screen.query(parts.table).remove()
        app.screen.reread()
        await wait(pilot, app, "recovery")
    assert app.return_code in (0, None)
