"""Named views of the queue, and how each officer looked last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recovery_flows.cases.views.saved_views import SavedView, add_view, read_views, view_named
from recovery_flows.errors import MisuseError
from tui.widgets.queue import QueueTable


def test_a_view_is_kept_in_clear_so_it_names_no_account_and_the_file_stays_readable(
    tmp_path: Path,
) -> None:
    for name, text in (("of 9999 0000 0000 0001", ""), ("top", "9999 0000 0000 0001")):
        with pytest.raises(MisuseError, match="may hold an account number"):
            add_view(tmp_path, name, SavedView(text))
    with pytest.raises(MisuseError, match="no control characters"):
        add_view(tmp_path, "top\x1b[2J", SavedView("ends<24h"))
    rare = "王 \U00020bb7 \U0001f4b6"  # a letter that JSON escapes as two surrogates
    add_view(tmp_path, rare, SavedView("ends<24h"))
    assert read_views(tmp_path) == {rare: SavedView("ends<24h")}


async def test_a_view_is_saved_picked_with_its_count_and_the_look_survives_a_restart(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    for minor in (100_000, 200_000, 300_000):
        unity.report(minor)
    (tmp_path / "views.toml").write_text('# ours\n[views.big]\nfilter = "loss>1500"\n')
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        await pilot.press("slash", *"loss>2500", "enter", "V")
        await wait(pilot, app, "3  all open recoveries", "2  big  loss>1500")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "under which name?")
        await pilot.press(*"top", "enter")
        await wait(pilot, app, "the view 'top' is saved")
        assert (tmp_path / "views.toml").read_text() == (
            '# ours\n[views.big]\nfilter = "loss>1500"\n\n[views."top"]\nfilter = "loss>2500"\n'
        )
        await pilot.press("V")
        await wait(pilot, app, "1  top")
        await pilot.press("down", "enter")
        await wait(pilot, app, "filter: 2 of 3")
        app.screen.query_one(QueueTable).sort_by("loss")
        await wait(pilot, app, "loss▴")
    kept = [path.read_bytes() for path in (tmp_path / "looks").iterdir()]
    assert len(kept) == 1
    assert b"1500" not in kept[0]
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "filter: 2 of 3", "loss▴")
    app = unity.app("li", folder=tmp_path, view=view_named(tmp_path, "top"))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "filter: 1 of 3")


def test_a_file_of_views_that_cannot_be_meant_is_refused_with_its_place(tmp_path: Path) -> None:
    for text, told in (
        ("[views.a]\nfilters = 'x'", "view 'a' has 'filters'"), ("views = 3", "is a table such as"),
        ("[views.a]\nclosed = 'x'", "closed must be a bool"), ("[views", "cannot be read as TOML"),
        ("[views.a]\nsort = 'size'", "sort is one of ref, stage"),
    ):  # fmt: skip
        (tmp_path / "views.toml").write_text(text)
        with pytest.raises(MisuseError, match=r"views\.toml") as wrong:
            read_views(tmp_path)
        assert told in str(wrong.value)
    (tmp_path / "views.toml").unlink()
    with pytest.raises(MisuseError, match="there is no view 'a'"):
        view_named(tmp_path, "a")
    with pytest.raises(MisuseError, match="may hold an account number"):
        add_view(tmp_path, "a", SavedView("9999000000004444"))
    add_view(tmp_path, 'od"d\n[x] name', SavedView("~r7", "-loss", closed=True))
    assert read_views(tmp_path) == {'od"d [x] name': SavedView("~r7", "-loss", closed=True)}
    with pytest.raises(MisuseError, match="already"):
        add_view(tmp_path, 'od"d [x] name', SavedView())


async def test_each_officer_of_one_terminal_keeps_his_own_look(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    for minor in (100_000, 300_000):
        unity.report(minor)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        await pilot.press("slash", *"loss>2500", "enter")
        await wait(pilot, app, "filter: 1 of 2")
        await pilot.press("o")
        await wait(pilot, app, "Act as which officer?", "wang")
        await pilot.press("down", "enter")
        await wait(pilot, app, "wang acts now", "R-2026-0001", "R-2026-0002")
    for handle, seen in (("wang", ("R-2026-0001", "R-2026-0002")), ("li", ("filter: 1 of 2",))):
        app = unity.app(handle, folder=tmp_path)
        async with app.run_test(size=(120, 40)) as pilot:
            await wait(pilot, app, *seen)
