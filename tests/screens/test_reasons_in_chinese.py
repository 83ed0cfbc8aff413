"""The history, what has changed and a failed partner on a Chinese screen: no English is left."""

from __future__ import annotations

from typing import Any

from models.entities.approval import ApprovalState
from models.entities.call import CallState
from models.facts import AccountRef
from models.ids import CallId, PartnerId
from models.language.catalogue import Language
from models.language.phrase import Phrase
from models.language.shown import in_language
from models.language.stored import read_back
from models.queries.cases.case_files import load_file
from models.queries.cases.history import events_of
from models.store import calls
from models.store.partners import note_contact
from models.store.unit import unit_of_work
from models.trouble import Trouble
from recovery_flows.cases.pages.recovery import events
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.pages.value import Page
from recovery_flows.errors import OutcomeUnknownError
from tests.screens.conftest import HOME, returnable_case, traced_case
from tests.screens.test_languages import left_over, speaking

OTHER = AccountRef(HOME, "9999000000007777", "Other Mule")


def test_every_reason_of_the_history_is_chinese_and_stored_in_english(unity: Any) -> None:
    ids = (returnable_case(unity), traced_case(unity, OTHER))
    unity.case_officer("li").choose_rule(ids[1], "lifo", "the victim's bank asks for it")
    with unity.database.reading() as session:
        file = load_file(session, ids[1])
    for approval in file.approvals:
        if approval.state is ApprovalState.PENDING:
            unity.case_officer("wang").deny(approval.id, "not without the court")
    for hours in (40, 7, 60):
        unity.move_clock(hours=hours)
        unity.change(ids[1])
    with unity.database.reading() as session:
        lines = [line for one in ids for line in events_of(session, one)]
    reasons = {one.reason for one in lines if one.reason}
    assert {one for one in reasons if not isinstance(read_back(one), Phrase)} == set()
    assert len(reasons) > 2
    with in_language(Language.CHINESE):
        told = "\n".join(plain_lines(Page((), (events(lines),), "UTC")))
    assert left_over(told) == set()
    assert "本案所选追踪规则：先进先出" in told


async def test_why_a_call_failed_is_chinese_on_the_pages_of_the_recovery_and_of_the_partner(
    unity: Any, wait: Any
) -> None:
    recovery = unity.report(300_000)
    li = unity.case_officer("li")
    li.advance(recovery, case_number="2026-1")
    li.advance(recovery)
    with unit_of_work(unity.database) as unit:
        call = load_file(unit.session, recovery).calls[0]
        failed = str(OutcomeUnknownError(PartnerId(HOME), CallId(call.id), "NoAnswer (HTTP 503)"))
        calls.mark_sent(unit, unity.now, recovery, call.id, call.state)
        calls.settle(unit, unity.now, recovery, call.id, CallState.SENT, "unknown", reason=failed)
        note_contact(unit, HOME, error=failed, trouble=Trouble.OUTCOME_UNKNOWN)
    app = speaking(unity, Language.CHINESE, "li")
    async with app.run_test(size=(160, 50)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        for keys in ("2", "5j"):
            await pilot.press(*keys)
            text = await wait(pilot, app, "结果不明（NoAnswer (HTTP 503)）")
            assert left_over(text) == set(), text
        unity.hold(recovery, share=0.5)
        await pilot.press("1", "C")
        text = await wait(pilot, app, "已止付")
        assert left_over(text) == set(), text
