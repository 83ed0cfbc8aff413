"""A path that names nobody's home is refused in a sentence: it ended the terminal."""

from __future__ import annotations

import pytest

from recovery_flows.caller import expanded
from recovery_flows.errors import MisuseError
from tests.records.abroad.abroad_case import Abroad
from tests.records.abroad.test_request_keys import fill, page_of
from tests.screens.conftest import until

NOBODY, TOLD = "~nobody-of-that-name/papers", "that names nobody's home: type the whole path"


async def test_a_letter_into_nobodys_home_and_a_paper_from_there_are_refused_and_the_page_stays(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    app = page_of(abroad, name)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "→ sent")
        await pilot.press("D")
        await until(pilot, app, "write files")
        await fill(pilot, app, NOBODY)
        await until(pilot, app, TOLD)
        await pilot.press("a")
        await until(pilot, app, "what does the other side say?")
        await pilot.press("enter")
        await until(pilot, app, "the file with its paper")
        await fill(pilot, app, NOBODY)
        await until(pilot, app, TOLD)
    assert [entry.refused for entry in app.log_of_acts.entries] == [True, True]


def test_a_path_in_nobodys_home_is_a_misuse_wherever_it_is_typed() -> None:
    with pytest.raises(MisuseError, match="nobody's home"):
        expanded(NOBODY)
