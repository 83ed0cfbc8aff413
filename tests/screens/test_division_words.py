"""What a division is called and by which formula it divides, in Chinese."""

from __future__ import annotations

from typing import Any

from models.language.catalogue import Language
from models.language.shown import in_language, shown
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.pages.shared_cells import method_name
from recovery_flows.cases.views.saved_views import SavedView
from recovery_flows.wording import spoken
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
