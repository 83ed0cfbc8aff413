"""Notices outlive a restart and a crash; what ends within the hour is told once, with the bell."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.groups import ScreenSettings
from recovery_flows.cases.kept.notices import KEPT, Notice, Notices
from tests.screens.conftest import HOME, START, AccountRef
from tui.notices import Bell, EndingSoon, quiet_span


async def test_what_was_said_stands_in_the_log_after_a_restart_and_only_for_that_officer(
    unity: Any, wait: Any, look: Any, tmp_path: Path
) -> None:
    unity.report(100_000)
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("n")
        await wait(pilot, app, "case number")
        await pilot.press(*"J-1", "enter")
        await wait(pilot, app, "accepted under case number J-1")
    (kept,) = (tmp_path / "notices").iterdir()
    assert b"accepted" not in kept.read_bytes()
    with kept.open("a") as file:
        file.write("half a li")  # as a crash leaves it
    app = unity.app("li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("9")
        await wait(pilot, app, "accepted under case number J-1", "$ recovery advance R-2026-0001")
        await pilot.press("escape", "o", "down", "enter")
        await wait(pilot, app, "wang acts now")
        await pilot.press("9")
        await wait(pilot, app, "wang acts now", "Log")
        assert "J-1" not in look(app)


async def test_a_deadline_that_ends_within_the_hour_is_told_once_and_rings_outside_quiet_hours(
    unity: Any, wait: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    for n, handle in enumerate(("li", "zhao")):
        payee = AccountRef(HOME, f"999900000000770{n}", "Synthetic Payee")
        recovery = unity.report(100_000, payee=payee)
        acting = unity.case_officer(handle)
        acting.advance(recovery, case_number=f"N-{n}")
        acting.advance(recovery)
    quiet = Bell(quiet=(time(0), time(23, 59, 59)))
    for bell, rings in ((Bell(), 1), (Bell(rings=False), 0), (quiet, 0)):
        app = unity.app("li", folder=tmp_path, bell=bell)
        monkeypatch.setattr(app, "bell", lambda: rung.append(1))
        rung.clear()
        async with app.run_test(size=(120, 40)) as pilot:
            await wait(pilot, app, "R-2026-0001")
            unity.move_clock(minutes=65 if bell == Bell() else 1)
            await wait(pilot, app, f"as of 2 Mar 2026 {unity.now:%H:%M}")
            await pilot.press("9")
            await wait(pilot, app, "1 deadline ends within the hour: R-2026-0001 (")
            await pilot.pause()
        assert sum(rung) == rings


def test_quiet_hours_go_over_midnight_and_are_refused_where_they_cannot_be_meant() -> None:
    bell = Bell(quiet=quiet_span(ScreenSettings(quiet_hours="22:00-06:30").quiet_hours))
    for hour, minute, is_quiet in ((21, 59, False), (22, 0, True), (3, 0, True), (6, 30, False)):
        at = datetime.fromisoformat(f"2026-03-02T{hour:02}:{minute:02}+08:00")
        assert bell.is_quiet(at, "Asia/Shanghai") is is_quiet
    assert quiet_span(ScreenSettings().quiet_hours) is None
    for wrong in ("22-6", "24:00-06:00", "22:00-06:60", "22:00"):
        with pytest.raises(ValidationError):
            ScreenSettings(quiet_hours=wrong)


def test_a_file_of_notices_is_cut_to_the_newest_and_never_in_the_middle(
    unity: Any, tmp_path: Path
) -> None:
    notices = Notices(tmp_path, unity.database.vault, "li")
    assert notices.read() == []
    notices.add(Notice(START, "first"))
    (file,) = (tmp_path / "notices").iterdir()
    line = file.read_text()
    file.write_text(line * (2 * KEPT))
    last = Notice(START + timedelta(hours=1), "last", refused=True, command="recovery list")
    notices.add(last)
    read = notices.read()
    assert len(read) == KEPT
    assert read[-1] == Notice(
        START + timedelta(hours=1), "last", refused=True, command="recovery list"
    )
    assert len(file.read_text().splitlines()) == KEPT
    assert Notices(tmp_path, unity.database.vault, "wang").read() == []


def test_each_end_is_told_once_and_many_in_one_sentence() -> None:
    from models.queries.looks.ending import Ending

    told = EndingSoon()
    ends = [Ending(f"r{n}", f"R-{n}", START + timedelta(minutes=n + 1)) for n in range(5)]
    first = told.new(ends, START)
    assert first.startswith("5 deadlines end within the hour: R-0 (")
    assert first.endswith("and 2 more")
    assert told.new(ends, START) == ""
    assert "R-9" in told.new([*ends, Ending("r9", "R-9", START)], START)
