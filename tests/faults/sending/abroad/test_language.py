"""Messages to another State from a Chinese screen: told in Chinese, kept and sent in English."""

from __future__ import annotations

import json

from models.entities.call import CallKind
from models.language.catalogue import Language
from models.language.shown import in_language, shown
from models.queries.cases.history import events_of
from recovery_flows.cases.pages import request_page
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from tests.faults.sending.abroad.bodies import AUTHORITY, CHANNELS, POLICE, SENDER, Asked
from tests.faults.sending.abroad.spoken import assert_bytes_are_those_kept, heard, messages, say
from tests.language.stored import CHINESE, stored_in_chinese


async def test_a_notice_a_reminder_and_a_withdrawal_are_shown_in_chinese_and_recorded_in_english(
    asked: Asked,
) -> None:
    with in_language(Language.CHINESE):
        name = await asked.out()
        told = [say(asked, "remind", name)]
        page = read(asked, name)
        await asked.answered()
        told.append(say(asked, "notify", name))
        await asked.unit.sweep()
        page += read(asked, name)
        told.append(say(asked, "withdraw", name, "not needed"))
        await asked.unit.sweep()
        page += read(asked, name)
        words = [shown(one) for one in told]
    assert ["催办已交发" in words[0], "通知已交发" in words[1], "已撤回" in words[2]] == [True] * 3
    assert [json.loads(json.dumps(one)) for one in told] == [str(one) for one in told]
    assert not any(CHINESE.search(one) for one in told)
    assert "reminder dispatched; the engine sends it to" in told[0]
    for one in ("催办", "发送中", "已送达", "已悉执行情况的通知", "撤回通知"):
        assert one in page
    assert ("withdrawn", "delivered") in messages(asked, name)
    assert heard(asked, POLICE)
    assert_bytes_are_those_kept(asked, POLICE)
    assert_recorded_in_english(asked)


async def test_an_assurance_that_is_refused_is_recorded_in_english_on_a_chinese_screen(
    asked: Asked,
) -> None:
    row = {"call": fault_catalogue.REQUEST, "kind": "sets_a_condition"}
    asked.unit.sandbox.plant(row, bank=AUTHORITY)
    with in_language(Language.CHINESE):
        name = await asked.out("mla", wanted="return")
        await asked.answered()
        refused = {"call": fault_catalogue.MESSAGE, "kind": "not_allowed", "times": 1}
        asked.unit.sandbox.plant(refused, bank=AUTHORITY)
        told = say(asked, "assure", name, "for this case only")
        asked.unit.approve()
        await asked.unit.sweep()
        page = read(asked, name)
        assert "由另一人逐字批准" in shown(told)
    assert "对方拒收" in page
    assert "经两人作出而连接拒收的承诺" in page
    assert_recorded_in_english(asked)


def read(asked: Asked, name: str) -> str:
    """The page of a request in the language of whoever looks."""
    view = request_view(
        asked.unit.database, asked.acting().laws, CHANNELS, asked.unit.recovery_id, name, SENDER,
        asked.unit.wall_now, None,
    )  # fmt: skip
    return "\n".join(plain_lines(request_page.written(view)))


def assert_recorded_in_english(asked: Asked) -> None:
    """Neither a column, nor the reason of an event, nor what an event says is Chinese."""
    database = asked.unit.database
    assert stored_in_chinese(database) == set()
    with database.reading() as session:
        events = events_of(session, asked.unit.recovery_id)
    assert len(events) > len(CallKind)
    assert not CHINESE.search("\n".join(map(repr, events)))
