"""A phrase is English text to whoever stores it, and Chinese to whoever reads Chinese."""

from __future__ import annotations

import json
import pickle
from copy import copy, deepcopy
from datetime import UTC, datetime
from threading import Thread

from models.entities.asset import Stage
from models.entities.hold import HoldState
from models.language.catalogue import Language
from models.language.phrase import as_phrase, capital, joined, one_of, phrase, without
from models.language.shown import Reader, in_language, show_to, shown, shown_term
from models.money import Money
from models.step_wording import LOOK_INTO, say
from recovery_flows.cases.views.queue_terms import read_filter
from recovery_flows.wording import counted, listed, spoken


def test_a_phrase_is_its_english_text_wherever_it_is_stored() -> None:
    told = phrase("{ref}: note kept", ref="R-2026-0001")
    assert told == "R-2026-0001: note kept"
    assert json.dumps(told) == '"R-2026-0001: note kept"'
    assert shown(told) == "R-2026-0001: note kept"
    assert pickle.loads(pickle.dumps(told)) == "R-2026-0001: note kept"  # noqa: S301 - our own
    one = counted(1, "victim")
    assert copy(one) is deepcopy(one) is one
    with in_language(Language.CHINESE):
        assert str(told) == f"{told}" == "R-2026-0001: note kept"
        assert shown(told) == "R-2026-0001：笔记已保存"


def test_figures_that_are_phrases_are_worded_too_and_sums_stay_as_they_are() -> None:
    step = say("send_stop", amount=Money(5_000_000, "CNY")) + say("over_disputed")
    with in_language(Language.CHINESE):
        assert shown(step.phrase()) == "发出紧急止付 CNY 50,000.00，超过涉案金额"
        assert str(step) == "send the stop-payment of CNY 50,000.00, more than is disputed"


def test_a_name_or_a_text_of_others_is_never_translated() -> None:
    with in_language(Language.CHINESE):
        assert shown("open") == "open"
        assert shown(phrase("{handle} acts now", handle="open")) == "现由 open 办理"
        assert shown_term("open") == "在办"


def test_one_word_of_english_is_several_of_chinese_by_its_context() -> None:
    with in_language(Language.CHINESE):
        assert shown(phrase("back")) == "撤回"
        assert shown(phrase("back", context_="payout")) == "退回"
        assert shown(phrase("back", context_="unknown here")) == "撤回"


def test_blanks_around_a_message_stay_and_a_message_without_words_stays_english() -> None:
    with in_language(Language.CHINESE):
        assert shown(phrase("  net loss ")) == "  核实损失 "
        assert shown(phrase("   ")) == "   "
        assert shown(phrase("nobody has translated this")) == "nobody has translated this"


def test_plural_forms_are_english_only() -> None:
    assert [counted(n, "victim") for n in (0, 1, 2_000)] == [
        "0 victims",
        "1 victim",
        "2,000 victims",
    ]
    with in_language(Language.CHINESE):
        assert [shown(counted(n, "victim")) for n in (1, 2_000)] == ["1 名被害人", "2,000 名被害人"]
        assert shown(one_of(1, "  {red} is always shown", "  {red} are always shown", red="▲")) == (
            "  ▲，始终显示"
        )


def test_joined_and_capital_phrases_and_names_in_words_keep_their_meaning() -> None:
    told = joined(", ", [phrase("late"), "test-east", spoken("pending_approval")])
    assert told == "late, test-east, pending approval"
    assert listed(["supervisor", "officer"]) == "officer, supervisor"
    assert capital(phrase("accept the report")) == "Accept the report"
    assert capital(phrase("{name} acts now", name="{li}")) == "{li} acts now"
    found = say("look_into") + say("processing")
    assert without(found.phrase(), LOOK_INTO) == "processing"
    with in_language(Language.CHINESE):
        assert shown(told) == "逾期、test-east、待批准"
        assert shown(listed(["supervisor", "officer"])) == "办案人员、审批人"
        assert shown(capital(phrase("accept the report"))) == "受理报案"
        assert shown(without(found.phrase(), LOOK_INTO)) == "正在处理"
        assert shown(as_phrase("{braces} of others")) == "{braces} of others"


def test_a_language_is_of_one_terminal_and_a_thread_that_acts_for_it_records_english() -> None:
    seen: list[str] = []
    with in_language(Language.CHINESE):
        reader = Reader(Language.CHINESE)
        show_to(reader)
        thread = Thread(target=lambda: seen.append(shown(phrase("late"))))
        thread.start()
        thread.join()
        assert (seen, shown(phrase("late"))) == (["late"], "逾期")
        reader.language = Language.ENGLISH
        assert shown(phrase("late")) == "late"
    assert shown(phrase("late")) == "late"


def test_a_stage_may_be_filtered_by_its_chinese_words() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for typed in ("frozen", "已冻结"):
        (found,) = read_filter(f"stage:{typed}", now).terms
        assert found.holds == {HoldState.FROZEN}
    assert read_filter("stage:资金返还", now).terms[0].stages == {Stage.RESTITUTION}
    assert read_filter("stage:无此", now).wrong
