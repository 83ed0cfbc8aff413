"""Who else has a recovery open: told in the head, gone when it is left or its lease ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from recovery_flows.cases.kept.presence import LEASE_SECONDS, Presence


async def test_the_head_says_who_else_has_the_recovery_open_and_no_longer_when_he_leaves(
    unity: Any, wait: Any, tmp_path: Path, traced: str
) -> None:
    other = Presence(tmp_path, unity.database.vault)
    other.tell("zhao", traced)
    app = unity.app("li", folder=tmp_path, recovery_id=traced)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "R-2026-0001")
        assert "also open" not in text
        await pilot.press("enter")
        await wait(pilot, app, "◉ also open: zhao")
        assert other.others("zhao", traced) == ("li",)
        other.leave()
        unity.beat()  # any commit has the head read anew
        await pilot.press("t")
        await wait(pilot, app, "Trace")
        await pilot.press("escape", "1")
        text = await wait(pilot, app, "time left")
        assert "also open" not in text
    assert other.others("zhao", traced) == ()


def test_a_lease_ends_by_itself_and_names_nobody_in_clear(unity: Any, tmp_path: Path) -> None:
    one, two = (Presence(tmp_path, unity.database.vault) for _ in range(2))
    one.tell("li", "rec-1")
    two.tell("li", "rec-1")
    assert two.others("li", "rec-1") == ()  # the same officer in two terminals
    assert two.others("wang", "rec-1") == ("li",)
    assert two.others("wang", "rec-2") == ()
    two.leave()
    (file,) = (tmp_path / "open").iterdir()
    assert b"li" not in file.name.encode()
    assert b"rec-1" not in file.read_bytes()
    for age, handles in ((LEASE_SECONDS - 5, ("li",)), (LEASE_SECONDS + 5, ())):
        then = file.stat().st_mtime - age
        os.utime(file, (then, then))
        assert two.others("wang", "rec-1") == handles
        os.utime(file)
    file.write_text("not of these keys")
    assert two.others("wang", "rec-1") == ()


def test_a_folder_that_cannot_be_written_says_nothing_and_fails_nothing(
    unity: Any, tmp_path: Path
) -> None:
    (tmp_path / "open").write_text("a file where a folder should be")
    presence = Presence(tmp_path, unity.database.vault)
    presence.tell("li", "rec-1")
    assert presence.others("li", "rec-1") == ()
    presence.leave()
