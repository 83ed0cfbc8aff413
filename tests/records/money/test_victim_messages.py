"""Messages to victims: due within a day of each stage, in two languages, sent by a person."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from models.queries.audit.verify import verify
from models.queries.cases.queue_views import QueueLine
from recovery_flows.cases import next_steps
from recovery_flows.cases.pages import queue as queue_page
from recovery_flows.cases.victims import actions
from recovery_flows.cases.views.queue import queue
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.reports.unattended import Patience
from recovery_flows.restitution.victims import news

PRIVATE = ("9999000000000001", "9999000000000002", "Invented", "Mule", "bank-home")


def stages(unit: Any, recovery_id: str) -> list[str]:
    return [str(one.stage) for one in news.due(unit.file(recovery_id), unit.laws)]


def told(unit: Any, recovery_id: str, language: str = "en") -> str:
    return actions.sent(unit.case_officer(), recovery_id, "", language, "by letter")


def test_each_stage_is_told_once_and_the_next_one_is_due_a_day_after_it_began(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    assert stages(unit, recovery_id) == [], "nobody has accepted the report"
    unit.accept(recovery_id)
    assert stages(unit, recovery_id) == ["received"]
    (one,) = news.due(unit.file(recovery_id), unit.laws)
    assert one.due_at == unit.file(recovery_id).claims[0].reported_at + timedelta(hours=24)
    assert told(unit, recovery_id) == "R-2026-0001: 1 victim told"
    assert stages(unit, recovery_id) == []
    with pytest.raises(StepRefusedError, match="every victim has been told"):
        told(unit, recovery_id)
    hold = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold, 100_000)
    assert stages(unit, recovery_id) == ["held"]
    unit.trace(recovery_id, unit.statement([unit.line(1, 100_000, at_hours=1, ref="E1")]))
    assert stages(unit, recovery_id) == ["traced"]
    assert told(unit, recovery_id, "zh") == "R-2026-0001: 1 victim told"
    assert stages(unit, recovery_id) == []
    messages = unit.file(recovery_id).victim_messages
    assert {(m.stage, m.language, m.sent_by) for m in messages} == {
        ("received", "en", "chen"), ("traced", "zh", "chen"),
    }  # fmt: skip
    assert verify(unit.database) == ()


def test_payments_are_told_anew_each_time_and_to_each_victim(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(3, 200_000, until="approved")
    told(unit, recovery_id)
    first, *_ = unit.file(recovery_id).payouts
    acts.settle(recovery_id, first.id)
    (one,) = news.due(unit.file(recovery_id), unit.laws)
    assert (one.claim_id, one.stage) == (first.claim_id, "paid_in_part")
    unit.later(30)
    assert told(unit, recovery_id) == "R-2026-0001: 1 victim told, 1 of them late"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_draft_has_five_lines_and_nobody_else_in_them(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(3, 200_000, until="notice")
    file = unit.file(recovery_id)
    write = actions.words_of(language)
    for claim in file.claims:
        lines = write(file, claim, unit.now, "Asia/Shanghai")
        assert len(lines) == 5
        text = "\n".join(lines)
        assert "CNY 1,000.00" in text
        assert not [word for word in PRIVATE if word in text]
        assert not [c.id for c in file.claims if c.id in text]
    with pytest.raises(MisuseError, match="no messages in language 'fr'; there are: en, zh"):
        actions.words_of("fr")


def test_the_queue_says_by_when_and_that_it_is_late_and_the_key_for_next_passes_it_by(
    unit: Any,
) -> None:
    recovery_id = unit.traced()
    line = queue_line(unit)
    assert line.victim_due_at is not None
    assert "✉ 23h" in shown(unit, line) or "✉ 1d" in shown(unit, line)
    (step,) = [
        s for s in next_steps.steps(unit.file(recovery_id), unit.laws)
        if s.action == "tell_victim"
    ]  # fmt: skip
    assert "tell 1 of the victims (traced): by" in step.sentence
    unit.later(26)
    assert re.search(r"✉ \S+ \S* ?late: \S", shown(unit, queue_line(unit)))
    with pytest.raises(StepRefusedError, match="needs nothing from an officer now"):
        unit.case_officer().advance(recovery_id)
    told(unit, recovery_id)
    assert queue_line(unit).victim_due_at is None


def queue_line(unit: Any) -> QueueLine:
    with unit.database.reading() as session:
        (line,) = queue(session, unit.now, Patience(), 10).lines
    return line


def shown(unit: Any, line: QueueLine) -> str:
    return "".join(str(piece) for piece in queue_page.row(line, unit.now)["next"])
