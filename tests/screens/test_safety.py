from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text

from models.entities.officer import Role
from models.language.catalogue import Language, words_of
from models.queries.cases.views import ClaimLine
from models.safe_text import REPLACEMENT, safe
from models.store import people
from models.store.unit import unit_of_work
from tui.screens.looks.columns import ColumnsDialog
from tui.text import cut, fitted, word

EVIL = "[/] [red]x[/red] [@click=app.bell]y[/] \x1b]0;pwned\x07 \x9b31m \u202egnp.exe \u200bzero"
EVIL_REASON = "=cmd|calc [@click=app.bell]y[/] [red]x[/red]"
COLUMNS = "Columns of this list"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\u200b-\u200f]")


@given(st.text())
def test_safe_text_has_nothing_that_a_terminal_obeys(told: str) -> None:
    assert not OBEYED.search(safe(told).replace("\n", ""))
    assert "\n" not in safe(told)
    assert safe(told).count("\u2068") == safe(told).count("\u2069")
    assert safe(safe(told)) == safe(told)


@given(st.text(max_size=30), st.integers(0, 40))
def test_fitted_text_has_exactly_the_width(told: str, width: int) -> None:
    assert fitted(word(told), width).cell_length == width
    assert cut(word(told), max(1, width)).cell_length <= max(1, width)


@pytest.mark.parametrize("width", range(1, 16))
def test_a_name_from_right_to_left_is_cut_within_its_isolate(width: int) -> None:
    shown = cut(word("\u200fדוד כהן 100.00"), width)
    assert shown.cell_length <= width
    assert shown.plain.count("\u2068") == shown.plain.count("\u2069")
    assert "\u200f" not in shown.plain


def test_wide_characters_count_two_cells() -> None:
    assert fitted(word("王小明"), 8).plain == "王小明  "
    assert fitted(word("王小明"), 5).plain == "王小…"


def test_markup_is_text() -> None:
    assert word("[/]").plain == "[/]"
    assert safe("\x1b[31m") == f"{REPLACEMENT}[31m"


async def test_hostile_strings_are_shown_as_text_on_every_screen(
    unity: Any, wait: Any, look: Any
) -> None:
    with unit_of_work(unity.database) as unit:
        name = "ev\x1b[31m[/]"
        people.appoint(unit, unity.now, name, [Role.OFFICER], os_user=name)
    evil = unity.case_officer("ev\x1b[31m[/]")
    recovery = unity.report(100_000, name=EVIL, method=EVIL[:30])
    evil.advance(recovery, case_number=EVIL[:60])
    evil.advance(recovery)
    evil.note(recovery, EVIL)
    app = unity.app("li", unit_name=EVIL)
    async with app.run_test(size=(120, 50)) as pilot:
        for key, sign in (("1", "R-2026-0001"), ("2", "[@click=app.bell]y[/]"),
                          ("3", "asked by ev�[31m[/]"), ("4", "interception"),
                          ("0", "ev�[31m[/]")):  # fmt: skip
            await pilot.press(key)
            assert not OBEYED.search(await wait(pilot, app, sign, "[red]x[/red]"))
        await pilot.press("question_mark")
        assert not OBEYED.search(look(app))


@pytest.mark.usefixtures("traced")
async def test_no_screen_shows_a_whole_account_number_or_a_name(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("zhao")
    texts = []
    async with app.run_test(size=(120, 50)) as pilot:
        await wait(pilot, app, "R-2026-0001", "···· 2222")
        texts.append(look(app))
        for key, sign in (("2", "Victims"), ("3", "approval pending"), ("4", "interception")):
            await pilot.press(key)
            texts.append(await wait(pilot, app, sign))
    for secret in ("9999000000002222", "00002222", "Synthetic Person", "Synthetic Mule"):
        assert not any(secret in one for one in texts)
    assert any("S··" in one for one in texts)


def test_the_contract_of_masking_is_the_views() -> None:
    assert {"victim", "account"} <= set(ClaimLine.__slots__)


async def test_a_hostile_sentence_reaches_the_screen_as_text(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No open recovery")
        app.say(EVIL, refused=True)
        await wait(pilot, app, "✕ [/] [red]x[/red]")
        assert not OBEYED.search(look(app))


@pytest.mark.parametrize("language", list(Language))
async def test_hostile_words_stay_text_in_columns_a_share_s_page_and_who_sees_a_recovery(
    unity: Any, wait: Any, look: Any, returnable: str, language: Language
) -> None:
    """A bank's name, a victim's name, a case number and a reason, where they are shown since."""
    with unit_of_work(unity.database) as unit:
        unit.session.execute(text("UPDATE partner SET name = :name"), {"name": EVIL})
        unit.session.execute(text("UPDATE recovery SET method = :name"), {"name": EVIL[:30]})
    app = unity.app("wang", unit_name=EVIL, language=language)
    async with app.run_test(size=(120, 50)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        columns = words_of(language).get(("", COLUMNS), COLUMNS)
        for screen in ("1", "5", "6", "7", "8"):
            await pilot.press(screen)
            for _ in range(300):  # until its list is there
                if isinstance(app.screen, ColumnsDialog):
                    break
                await pilot.press("W")
                await pilot.pause(0.1)
            assert not OBEYED.search(await wait(pilot, app, columns)), screen
            await pilot.press("escape", "escape")
        await pilot.press("2", "A")
        await pilot.pause(0.3)
        assert not OBEYED.search(look(app)), "who sees this recovery"
        await pilot.press("escape", "escape")
        await pilot.press("1", "enter", "7")
        await wait(pilot, app, "R-2026-0001", "50,000.00")
        await pilot.press("enter")
        shown = await wait(pilot, app, "CNY 50,000.00")
        assert not OBEYED.search(shown)
        await pilot.press("escape", "2", "A", "enter", *"zhao", "enter", *EVIL_REASON, "enter")
        await pilot.pause(1)
        assert not OBEYED.search(look(app))
        await pilot.press("escape", "escape", "3")
        await pilot.pause(1)
        assert not OBEYED.search(look(app))
    assert returnable
