"""What the other side says, in every state; what each ground leaves; what time does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from models.entities.request import WENT_OUT, RequestState
from models.ids import digest_bytes
from models.money import Money
from models.queries.cases.requests import answer_papers
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import actions, answers, versions
from recovery_flows.cross_border.answers import SAYS, Answer
from recovery_flows.cross_border.channels import GroundKind, Option
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER, Abroad


def in_state(abroad: Abroad, name: str, **values: Any) -> Changeset:
    """The recovery with a request in another state, in memory."""
    file = abroad.unit.file(abroad.recovery_id)
    rows = tuple(replace(r, **values) if r.id == name else r for r in file.requests)
    return Changeset(replace(file, requests=rows))


def fitting(abroad: Abroad, says: str, ground: str) -> Answer:
    amount = {"executed": 50_000, "partially_executed": 20_000}.get(says)
    return Answer(
        says=says, document=digest_bytes(says.encode()), ground=ground,
        amount=Money(amount, "GBP") if amount else None, review_at=abroad.at(days=10),
    )  # fmt: skip


def test_every_answer_in_every_state_moves_it_or_has_an_owner(abroad: Abroad) -> None:
    name, seen = abroad.out("mla", wanted="return"), set()
    grounds = {"refused": "OTHER", "postponed": "POSTPONED", "conditional": "CONDITIONAL"}
    for state, says in product(RequestState, SAYS):
        changes = in_state(abroad, name, state=state)
        given = fitting(abroad, says, grounds.get(says, ""))
        if state not in WENT_OUT:
            with pytest.raises(StepRefusedError, match="nobody answers what was not sent"):
                answers.take_answer(changes, name, given, CHANNELS["mla"], abroad.unit.now)
            continue
        assert answers.take_answer(changes, name, given, CHANNELS["mla"], abroad.unit.now)
        after = request_of(changes.file, name).state
        under_way = state not in ("executed", "partially_executed", "refused", "expired",
                                  "replaced", "withdrawn")  # fmt: skip
        assert len(changes.file.discrepancies) == (0 if under_way else 1), (state, says)
        if not under_way and "executed" not in says:
            assert after is state, (state, says)
        seen.add((state, after))
        assert not answers.take_answer(changes, name, given, CHANNELS["mla"], abroad.unit.now)
    assert len(seen) > 50


def test_a_paper_that_came_before_the_last_one_is_no_news(abroad: Abroad) -> None:
    name = abroad.out("mla", wanted="return")
    told = [abroad.says(name, says) for says in ("acknowledged", "recognised", "acknowledged")]
    assert ["known already" in text for text in told] == [False, False, True]
    with abroad.unit.database.reading() as session:
        assert len(answer_papers(session, name)) == 2


WITH_GROUNDS = [c for c, of in CHANNELS.items() if of.ground and of.recipient != "bank"]


@pytest.mark.parametrize("code", WITH_GROUNDS)
def test_every_ground_of_a_channel_has_its_options_and_no_other(abroad: Abroad, code: str) -> None:
    channel = CHANNELS[code]
    name = abroad.out("mla", wanted="return")
    for ground in channel.ground:
        says = {
            GroundKind.POSTPONEMENT: "postponed", GroundKind.REFUSAL: "refused",
            GroundKind.IMPOSSIBLE: "refused",
        }.get(ground.kind)  # fmt: skip
        if says is None:
            assert set(ground.options) <= {Option.CURE_AND_RESEND, Option.GIVE_ASSURANCE,
                                           Option.CLOSE}  # fmt: skip
            continue
        changes = in_state(abroad, name, state=RequestState.SENT, channel=code)
        answer = fitting(abroad, says, ground.code)
        answers.take_answer(changes, name, answer, channel, abroad.unit.now)
        for option in Option:
            step = Changeset(changes.file)
            if option in ground.options:
                versions.choose(step, name, option, channel, abroad.at(days=9), abroad.unit.now)
                assert request_of(step.file, name).chosen == option
            else:
                with pytest.raises(StepRefusedError, match="its ground leaves:"):
                    versions.choose(step, name, option, channel, None, abroad.unit.now)


def test_a_ground_that_is_not_on_the_list_is_refused_with_those_that_are(abroad: Abroad) -> None:
    name = abroad.out("mla", wanted="return")
    for says, ground in (("refused", "MOOD"), ("postponed", "DUAL_CRIM"), ("maybe", "")):
        with pytest.raises(MisuseError, match=r"--ground|--says"):
            abroad.says(name, says, ground=ground)
    with pytest.raises(MisuseError, match="is partially_executed: say"):
        abroad.says(name, "executed", amount="10.00")
    with pytest.raises(MisuseError, match="--until names an end from before"):
        abroad.says(name, "executed", until=abroad.at(days=-1))
    assert abroad.row(name).state == "sent"


def test_the_reminder_ladder_climbs_to_the_supervisor_and_stops_while_it_is_postponed(
    abroad: Abroad,
) -> None:
    name = abroad.out("eu_freeze")
    due = abroad.row(name).due_at
    assert due is not None
    for hours, said in (
        (25, "half of its time"), (19, "is due soon"), (5, "is overdue"),
        (24, "take it to your supervisor"),
    ):  # fmt: skip
        abroad.later(hours=hours)
        assert any(said in step for step in abroad.steps(name)), said
        message_actions.remind(
            abroad.unit.case_officer(), abroad.recovery_id, name, "by telephone", SENDER, CHANNELS
        )
    abroad.says(name, "postponed", ground="INVESTIGATION", review_at=abroad.at(days=30))
    assert abroad.row(name).due_at is None
    abroad.later(days=29)
    assert not any("postponed until now" in step for step in abroad.steps(name))
    abroad.later(days=2)
    assert any("postponed until now" in step for step in abroad.steps(name))
    abroad.says(name, "recognised")
    assert abroad.row(name).due_at == abroad.at(hours=48)


def test_silence_is_a_negative_receipt_and_a_late_delivery_does_not_undo_it(
    abroad: Abroad,
) -> None:
    name = abroad.out("eu_freeze")
    acting, rid = abroad.unit.case_officer(), abroad.recovery_id

    def came(kind: str) -> str:
        paper = f"{kind} {abroad.unit.now}".encode()
        return actions.receipt(acting, rid, name, kind, abroad.unit.now, paper, CHANNELS)

    assert came("relay_acceptance").endswith("counts")
    assert came("submission_acceptance").endswith("is kept and changes nothing")
    abroad.later(hours=13)
    assert any("no receipt has come" in step for step in abroad.steps(name))
    abroad.later(hours=12)
    assert abroad.row(name).receipt == "non_delivery"
    assert any("was not delivered" in step for step in abroad.steps(name))
    assert came("delivery").endswith("is kept and changes nothing")
    states = [(r.kind, r.state) for r in abroad.unit.file(rid).receipts]
    assert sorted(states) == [
        ("delivery", "kept"), ("non_delivery", "counted"), ("relay_acceptance", "counted"),
        ("submission_acceptance", "kept"),
    ]  # fmt: skip
    abroad.sound()


def test_a_freeze_abroad_is_asked_for_again_before_it_lapses_and_its_end_is_an_event(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=60))
    acting, rid = abroad.unit.case_officer(), abroad.recovery_id
    until = "Synthetic NCB freezes until 2026-05-01"
    assert abroad.steps(name) == ["tell Synthetic NCB: that its execution was noted", until]
    message_actions.notify(acting, rid, name, "by mail", SENDER, CHANNELS)
    abroad.later(days=45)
    assert abroad.steps(name) == [until]
    abroad.later(days=2)
    assert any("ask for it again before it lapses" in step for step in abroad.steps(name))
    actions.extend(acting, rid, name, abroad.at(days=30), b"prolonged")
    abroad.later(days=31)
    assert abroad.row(name).state == "expired"
    told = actions.choose(acting, rid, name, "cure_and_resend", "once more", CHANNELS, None)
    assert "drafted: request-" in told
    assert abroad.unit.now - abroad.at(days=-1) == timedelta(days=1)
    abroad.sound()
