"""The screens in English and in Chinese: nothing half, nothing too wide, the same keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from models.entities.officer import Role
from models.facts import AccountRef
from models.language.catalogue import Language
from models.language.shown import in_language, show_to, shown
from models.queries.cases.history import events_of
from recovery_flows.access.registers import ask_officer, decide, waiting_changes
from recovery_flows.cases.kept.language import last_language
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.views.saved_views import SavedView
from recovery_flows.errors import StepRefusedError
from recovery_flows.intake.pasted.report import read_pasted
from recovery_flows.intake.pasted.understood import Around
from tests.language.messages import said
from tests.language.stored import CHINESE, stored_in_chinese
from tests.screens.conftest import HOME, returnable_case, traced_case
from tui.app import RecoveryApp
from tui.screen_queries import sentence_of
from tui.text import day_and_time, full_time, zoned_time
from tui.whole_pages import whole_page

OTHER = AccountRef(HOME, "9999000000007777", "Other Mule")
KEYS = "123456780ti"
"""The keys of all screens but that of one request."""
COMMANDS = re.compile(r"`[^`]*`|\$ .*")
NOT_WORDED = re.compile(
    r"unit's own rule|stop under CN_STOP_48H|freeze GBP"
    "|victim、phone.*?也可识别"
)
"""What an approval binds, what leaves in a request, labels of a report."""
IN_DATA = frozenset({"engine", "investment", "recovery"})
"""Who acted, and how the victim was deceived, as they are stored."""


@lru_cache(maxsize=1)
def constants() -> set[str]:
    """Messages without figures: titles and keys, and whatever has several words.

    One small word alone may stand in a citation, in a field's name or in a code as well.
    """
    bare = {text for _, text in said() if "{" not in text and "\n" not in text}
    worded = re.compile(r"[A-Z][a-z]{3,}|[A-Za-z][A-Za-z']* [A-Za-z' ]+")
    return {text for text in bare if worded.fullmatch(text)} - IN_DATA


def left_over(text: str) -> set[str]:
    """The English messages that stand in a Chinese text."""
    flat = NOT_WORDED.sub("", " ".join(COMMANDS.sub("", text).split()))
    there = (word for word in constants() if word in flat)
    return {word for word in there if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", flat)}


def speaking(unity: Any, language: Language, handle: str = "zhao", **more: Any) -> RecoveryApp:
    """The terminal in a language; the text of the test's own painting is in it too."""
    app: RecoveryApp = unity.app(handle, language=language, **more)
    show_to(app.reader)
    return app


@pytest.fixture
def busy(unity: Any) -> Any:
    """Three recoveries: one to be returned, one held and traced, also abroad, one just reported."""
    returnable_case(unity)
    traced = traced_case(unity, OTHER)
    unity.case_officer("li").note(traced, "谨记")
    unity.report(345_600, ref="fresh")
    return unity


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_screen_is_chinese_all_over_and_fits(busy: Any, look: Any, size: Any) -> None:
    app = speaking(busy, Language.CHINESE)
    async with app.run_test(size=size) as pilot:
        for line in range(2):
            for key in KEYS:
                await pilot.press("1", "g", *"j" * line, key)
                await pilot.pause(0.25)
                text = look(app)
                assert left_over(text) == set(), (key, text)
                assert all(cell_len(row) <= size[0] for row in text.splitlines()), (key, text)
                await pilot.press("escape")


async def test_every_key_goes_to_the_same_screen_in_both_languages(busy: Any) -> None:
    went: list[list[str]] = []
    for language in Language:
        app = speaking(busy, language)
        modes: list[str] = []
        async with app.run_test(size=(80, 24)) as pilot:
            for key in KEYS:
                await pilot.press(key)
                await pilot.pause(0.1)
                modes.append(app.current_mode)
                await pilot.press("escape")
        went.append(modes)
    assert went[0] == went[1]


async def test_the_language_is_switched_by_a_key_and_kept_for_that_officer(
    busy: Any, wait: Any, tmp_path: Any
) -> None:
    app = speaking(busy, Language.ENGLISH, folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "open recoveries", "next step", "Filter", "? help")
        await pilot.press("K")
        text = await wait(pilot, app, "在办案件", "下一步", "筛选", "? 帮助", "屏幕已切换为中文")
        assert left_over(text) == set()
        await pilot.press("2")
        await wait(pilot, app, "报案损失现状", "被害人")
        await pilot.press("K")
        await wait(pilot, app, "Status of reported loss", "Victims", "in English")
        await pilot.press("1")
        await wait(pilot, app, "open recoveries", "next step", "Filter")
        await pilot.press("K")
        await wait(pilot, app, "在办案件")
    vault = busy.database.vault
    assert last_language(tmp_path, vault, busy.officer("zhao").id) is Language.CHINESE
    app = speaking(busy, Language.ENGLISH, folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "在办案件")
        await pilot.press("o", "enter")  # li has chosen none: he finds that of the settings
        await wait(pilot, app, "open recoveries")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("typed", ["Restitution", "返还"])
async def test_the_palette_finds_an_action_in_either_language(
    busy: Any, wait: Any, language: Language, typed: str
) -> None:
    app = speaking(busy, language)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        await pilot.press("colon")
        await pilot.pause()
        app.screen.query_one(Input).value = typed
        shown = "返还  (7)" if language is Language.CHINESE else "Restitution  (7)"
        await wait(pilot, app, shown)


@pytest.mark.parametrize("typed", ["held back", "收回"])
async def test_help_is_found_by_words_of_either_language(busy: Any, wait: Any, typed: str) -> None:
    app = speaking(busy, Language.CHINESE)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        await pilot.press("question_mark")
        await pilot.pause()
        app.screen.query_one(Input).value = typed
        await wait(pilot, app, "收回暂缓执行的操作")


async def test_what_is_done_in_chinese_is_recorded_in_english(busy: Any, wait: Any) -> None:
    app = speaking(busy, Language.CHINESE, "li")
    recovery = busy.report(99_900, ref="another", payee=AccountRef(HOME, "9999000000008888", "M"))
    app.recovery_id = recovery
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await wait(pilot, app, "受理报案")
        await pilot.press("n")
        await wait(pilot, app, "损失 CNY 999.00 的报案以哪个案件编号受理？")
        await pilot.press(*"2026-9", "enter")
        await wait(pilot, app, "已受理，案件编号 2026-9")
    assert [entry.sentence for entry in app.log_of_acts.entries][-1].endswith(
        "accepted under case number 2026-9"
    )
    with busy.database.reading() as session:
        assert {event.event for event in events_of(session, recovery)} >= {"accepted"}
    assert stored_in_chinese(busy.database) == set()


async def test_a_recovery_is_restricted_in_chinese_and_recorded_in_english(
    busy: Any, wait: Any
) -> None:
    app = speaking(busy, Language.CHINESE, "wang")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await wait(pilot, app, "报案损失现状")
        await pilot.press("A")
        await wait(pilot, app, "谁可查看？", "本单位所有人员。", "仅限指定人员查看")
        await pilot.press("enter")
        await wait(pilot, app, "写其代号")
        await pilot.press(*"zhao", "enter")
        await wait(pilot, app, "加密保存")
        await pilot.press(*"an insider", "enter")
        await wait(pilot, app, "由另一人在审批（3）中确认")
    zhao = busy.case_officer("zhao")
    (change,) = waiting_changes(zhao.database)
    with in_language(Language.CHINESE):
        told = decide(zhao, change.approval_id, is_yes=True)
        assert "已受限：指定人员、主办人及同意的两人可查看" in shown(told)
    assert "is restricted now: its members" in told
    app = speaking(busy, Language.CHINESE, "zhao")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        text = await wait(pilot, app, "受限案件：仅", "可查看")
        assert left_over(text) == set()
    assert stored_in_chinese(busy.database) == set()
    assert not any(CHINESE.search(one.sentence) for one in app.log_of_acts.entries)


def test_a_screen_as_text_follows_the_language_and_a_file_of_it_stays_english(busy: Any) -> None:
    source = busy.app("zhao").source
    page = whole_page(source, "now", view=SavedView(), recovery_id="", officer=None, zone="UTC")
    with in_language(Language.CHINESE):
        told = "\n".join(plain_lines(page))
    assert "下一步: ∩ 受理报案" in told
    assert left_over(told) == set()
    assert "next step: ∩ accept the report" in "\n".join(plain_lines(page))


async def test_the_explanation_of_a_share_and_a_refusal_are_chinese(
    unity: Any, wait: Any, returnable: str
) -> None:
    app = speaking(unity, Language.CHINESE, start_screen="now")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("enter", "7")
        await wait(pilot, app, "申报")
        await pilot.press("enter")
        text = await wait(pilot, app, "该申报的金额", "连同此前所得", "足以全额返还")
        for english in ("This claim gets", "Figures of", "net losses together", "Digest of"):
            assert english not in text
        figures = [row for row in text.splitlines() if "CNY" in row and "他人已赔付" in row]
        assert len(figures) == 1
    with pytest.raises(StepRefusedError) as refused:
        unity.case_officer("li").refuse_report(returnable, "too late")
    with in_language(Language.CHINESE):
        told = shown(refused.value.args[0])
    assert told.startswith("R-2026-0001 为在办：只有尚未受理的报案")


def test_instants_have_no_english_month_in_chinese() -> None:
    at = datetime(2026, 3, 2, 6, 3, 22, tzinfo=UTC)
    told = [(day_and_time, "2 Mar 14:03"), (full_time, "2 Mar 2026 14:03:22 CST")]
    assert [spell(at, "Asia/Shanghai") for spell, _ in told] == [text for _, text in told]
    with in_language(Language.CHINESE):
        assert day_and_time(at, "Asia/Shanghai") == "03-02 14:03"
        assert zoned_time(at, "Asia/Shanghai") == "03-02 14:03 CST"
        assert full_time(at, "Asia/Shanghai") == "2026-03-02 14:03:22 CST"


def test_what_is_missing_of_a_pasted_report_is_named_in_chinese() -> None:
    now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    read = read_pasted("nothing of use", Around(now, now, "Asia/Shanghai", {}))
    with in_language(Language.CHINESE):
        assert "金额" in [shown(problem.title) for problem in read.problems]
        assert [shown(text) for text in read.remarks] == ["第 1 行：未采用"]


def test_what_the_store_refuses_is_told_in_chinese_too(unity: Any) -> None:
    wang, li = unity.case_officer("wang"), unity.case_officer("li")
    change = ask_officer(wang, "chen", [Role.OFFICER], os_user="chen-of-tests")
    with pytest.raises(StepRefusedError, match=r"asked for .* cannot decide it") as own:
        decide(wang, change, is_yes=True)
    with pytest.raises(StepRefusedError, match="there is no change c-none") as unknown:
        decide(li, "c-none", is_yes=True)
    with in_language(Language.CHINESE):
        told = [shown(sentence_of(error.value)) for error in (own, unknown)]
    assert all(CHINESE.search(one) and not left_over(one) for one in told), told


async def test_what_became_of_marked_recoveries_is_told_in_chinese(
    unity: Any, wait: Any, tmp_path: Any
) -> None:
    for minor in (100_000, 200_000):
        unity.report(minor)
    app = speaking(unity, Language.CHINESE, "li", folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        await pilot.press("asterisk", "n")
        await wait(pilot, app, "分别办理各自的下一步？")
        unity.case_officer("li").advance(app.source.recovery_id("R-2026-0001"), case_number="else")
        await pilot.press(*"J-1", "enter", "y")
        text = await wait(pilot, app, "各项结果", "✓", "✕", "J-2")
        assert left_over(text) == set(), text
        assert "已受理，案件编号 J-2" in text
        assert "has changed since" not in text
        await pilot.press("escape", "escape", "V", "ctrl+s", *"a", "enter")
        await wait(pilot, app, "'a'")
        await pilot.press("V", "ctrl+s", *"a", "enter")
        await wait(pilot, app, "已存在：请在")
