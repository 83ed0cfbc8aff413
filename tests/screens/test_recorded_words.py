"""What is recorded in English is shown in Chinese: a division, who changed a file, a note."""

from __future__ import annotations

from typing import Any

import pytest

from models.language.catalogue import Language
from models.language.shown import in_language, show_to, shown
from recovery_flows.cases.pages.approvals import in_full
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.pages.shared_cells import method_name
from recovery_flows.cases.pages.value import Page
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.cases.views.saved_views import SavedView
from recovery_flows.errors import StepRefusedError
from recovery_flows.wording import spoken
from tests.screens.conftest import LAWS
from tui.whole_pages import whole_page


def test_a_division_pro_rata_is_not_called_by_the_word_of_a_rule_of_tracing(
    unity: Any, returnable: str
) -> None:
    with in_language(Language.CHINESE):
        assert shown(method_name("pro_rata")) == "按比例返还"
        assert shown(method_name("direct")) == "直接返还"
        assert shown(spoken("pro_rata")) == "滚动比例", "the rule of tracing"
    page = whole_page(
        unity.app("zhao").source, "recovery", view=SavedView(),
        recovery_id=returnable, officer=None, zone="UTC",
    )  # fmt: skip
    with in_language(Language.CHINESE):
        told = "\n".join(plain_lines(page))
    assert "返还 = 资金在该账户中的唯一被害人的" in told


def test_who_changed_a_recovery_meanwhile_is_told_in_chinese_without_an_english_month(
    unity: Any, traced: str
) -> None:
    seen = recovery_page(unity.database, LAWS, traced, unity.now).version
    unity.case_officer("zhao").note(traced, "meanwhile")
    with pytest.raises(StepRefusedError) as refused:
        unity.case_officer("li").advance(traced, seen_version=seen)
    with in_language(Language.CHINESE):
        told = shown(refused.value.args[0])
    assert "zhao 2026-03-02 06:40 UTC 笔记" in told
    assert "note" not in told


async def test_the_data_that_can_be_revealed_is_named_in_chinese(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", language=Language.CHINESE, recovery_id=traced, start_screen="recovery")
    show_to(app.reader)  # the test's own painting is in the reader's language too
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "报案损失现状")
        await pilot.press("m")
        text = await wait(pilot, app, "显示哪项信息", "被害人 S··")
        assert "victim" not in text
        assert "account" not in text


@pytest.mark.usefixtures("returnable")
def test_the_rule_by_which_a_return_is_divided_is_chinese_where_it_is_approved(unity: Any) -> None:
    (waiting,) = (
        one for one in pending_approvals(unity.database, unity.laws) if one.act == "return"
    )
    page = Page((), (in_full(waiting, unity.now),), "UTC", 80)
    with in_language(Language.CHINESE):
        told = "\n".join(plain_lines(page))
    for words in ("直接返还", "返还 = 资金在该账户中的唯一被害人的", "，由 test-east 支付"):
        assert words in told
    assert "payout =" in "\n".join(plain_lines(page))
