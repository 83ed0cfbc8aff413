"""Who lets money of an account go is told of recoveries that ended without money traced there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from models.deconfliction_hits import DeconflictionHit, Match, not_known
from models.entities.approval import ApprovalState
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.entities.recovery import Recovery, RecoveryState
from models.language.catalogue import Language
from models.language.shown import in_language, shown
from models.language.stored import read_back
from models.money import Money
from models.queries.installation.officers import OfficerView
from models.store.unit import unit_of_work
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import deconfliction
from recovery_flows.cases.approval_effects import SEE_NOTE
from recovery_flows.cases.deconfliction_check import ClosedTraceError, check_release, lets_go
from recovery_flows.cases.pages.approvals import command_of
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.pending_approvals import waiting_approvals
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.ledger.changeset import Changeset
from tests.records.conftest import SUPERVISOR
from tests.records.money.test_third_party import FAITH
from tests.records.money.test_third_party_limits import claimed

WU = OfficerView("wu", "wu", frozenset({Role.SUPERVISOR}))
BO = OfficerView("bo", "bo", frozenset({Role.OFFICER}))
TOLD = "R-2026-0001, which has ended, had traced money to the account, and CNY {} of it did not"


def ended(unit: Any, recovery_id: str) -> None:
    recoveries = table_of(Recovery)
    with unit.database.writer.begin() as raw:
        closed = RecoveryState.CLOSED_NO_RECOVERY
        raw.execute(recoveries.update().where(recoveries.c.id == recovery_id).values(state=closed))


@pytest.fixture
def two(unit: Any, li: Any) -> tuple[str, str]:
    """Chen's has 900.00 traced to the account; 200.00 of Li's hold there are to be let go."""
    first = unit.traced()
    (second,) = unit.report(unit.reports(2)[-1])
    desk = unit.case_officer(li)
    desk.advance(second, case_number="LI-1")
    desk.advance(second, knowing=True)
    unit.approve(second)
    (hold,) = unit.file(second).holds
    unit.bank_says(second, hold.id, 50_000)
    hold_actions.release_part(desk, second, hold.id, Money(20_000, "CNY"), "wages")
    return first, second


def reasons(unit: Any, recovery_id: str) -> list[str]:
    """Why each approval of a recovery was given."""
    events = table_of(Event)
    query = sa.select(events.c.reason).where(
        events.c.recovery_id == recovery_id,
        events.c.noun == EntityKind.APPROVAL,
        events.c.event == "approved",
    )
    with unit.database.reading() as session:
        return list(session.execute(query.order_by(events.c.seq)).scalars())


def pending(unit: Any, recovery_id: str) -> str:
    return next(a.id for a in unit.file(recovery_id).approvals if a.state == "pending")


def told(unit: Any, recovery_id: str, viewer: OfficerView) -> Any:
    lines = waiting_approvals(unit.database, unit.laws, viewer)
    return next(line for line in lines if line.recovery_id == recovery_id)


def test_a_release_names_the_closed_recovery_its_officer_and_what_did_not_come_back(
    unit: Any, two: tuple[str, str]
) -> None:
    first, second = two
    assert told(unit, second, WU).also == (), "an open one is told where it is merged or split"
    ended(unit, first)
    line = told(unit, second, WU)
    (also,) = line.also
    assert also.sentence == f"{TOLD.format('900.00')} come back: ask chen"
    assert (also.ref, also.owner, also.is_open) == ("R-2026-0001", "chen", False)
    assert command_of(line, "")[-1] == "--allow-duplicate"
    (shown,) = recovery_page(unit.database, unit.laws, second, unit.now, WU).approvals
    assert shown.also == line.also


def test_money_is_let_go_only_by_who_says_to_know_of_it(unit: Any, two: tuple[str, str]) -> None:
    first, second = two
    ended(unit, first)
    name, desk = pending(unit, second), unit.case_officer(SUPERVISOR)
    with pytest.raises(ClosedTraceError, match=r"CNY 900\.00 of it did not come back: ask chen"):
        desk.approve(name)
    assert pending(unit, second) == name
    desk.approve(name, knowing=True)
    assert unit.file(second).holds[0].releasing_minor == 20_000
    assert reasons(unit, second)[-1] == (
        "released knowing that 1 closed recovery (of chen) had lost money to the account"
    )


def test_who_may_not_see_the_closed_recovery_is_told_no_sum_of_it(
    unit: Any, two: tuple[str, str]
) -> None:
    first, second = two
    ended(unit, first)
    (also,) = told(unit, second, BO).also
    assert also.sentence == (
        "another recovery, which has ended, had traced money to the account that did not come "
        "back: ask chen"
    )


def test_a_denial_asks_for_no_word(unit: Any, two: tuple[str, str]) -> None:
    first, second = two
    ended(unit, first)
    unit.case_officer(SUPERVISOR).deny(pending(unit, second), "talk to chen first")
    assert unit.file(second).holds[0].releasing_minor == 0


@pytest.fixture
def stopped(unit: Any, li: Any) -> tuple[str, str]:
    """Chen's has 900.00 traced to the account; Li's stop of it was sent first and is in force."""
    first = unit.traced()
    (second,) = unit.report(unit.reports(2)[-1])
    desk = unit.case_officer(li)
    desk.advance(second, case_number="LI-1")
    desk.advance(second, knowing=True)
    (hold,) = unit.file(second).holds
    unit.bank_says(second, hold.id, 50_000)
    return first, second


def test_a_no_that_takes_a_stop_back_asks_for_the_same_word(
    unit: Any, stopped: tuple[str, str]
) -> None:
    first, second = stopped
    ended(unit, first)
    name, desk = pending(unit, second), unit.case_officer(SUPERVISOR)
    with pytest.raises(ClosedTraceError, match=r"CNY 900\.00 of it did not come back: ask chen"):
        desk.deny(name, "not needed")
    assert pending(unit, second) == name
    desk.deny(name, "not needed", knowing=True)
    assert unit.file(second).holds[0].state is HoldState.RELEASE_PENDING


def test_a_third_partys_claim_is_upheld_only_by_who_says_to_know_of_it(
    unit: Any, two: tuple[str, str]
) -> None:
    first, second = two
    unit.case_officer(SUPERVISOR).deny(pending(unit, second), "not wages")
    claimed(unit, second, FAITH, "100.00")
    ended(unit, first)
    name, desk = pending(unit, second), unit.case_officer(SUPERVISOR)
    assert told(unit, second, WU).also
    with pytest.raises(ClosedTraceError, match="ask chen"):
        desk.approve(name)
    desk.approve(name, knowing=True)


@pytest.mark.parametrize("told", [deconfliction.reason, deconfliction.reason_to_release])
def test_what_the_history_keeps_of_many_others_has_room_in_an_event(told: Any) -> None:
    """SQLite would keep it at any length; PostgreSQL refuses the row, and the money stays."""
    hits = [
        DeconflictionHit(
            Match.ACCOUNT, "account", f"rec-{n}", f"R-{n}", "", f"{n:0>40}", is_open=False
        )
        for n in range(60)
    ]
    why = told(hits)
    assert "60 " in why
    assert "56 more" in why
    assert len(f"{SEE_NOTE}; {why}") <= 400
    assert told(hits[:4]).count("0" * 30) == 4
    with in_language(Language.CHINESE):
        assert not re.search("more|recover|knowing", shown(read_back(why)))


def test_one_that_ends_while_the_question_is_open_asks_for_another_word(
    unit: Any, two: tuple[str, str]
) -> None:
    first, second = two
    name, desk = pending(unit, second), unit.case_officer(SUPERVISOR)
    shown_before = told(unit, second, WU).also
    ended(unit, first)
    with pytest.raises(ClosedTraceError, match=r"R-2026-0001, which has ended.*ask chen"):
        desk.approve(name, knowing=shown_before)
    assert pending(unit, second) == name
    desk.approve(name, knowing=told(unit, second, WU).also)
    assert unit.file(second).holds[0].releasing_minor == 20_000


def test_who_was_shown_one_is_refused_for_the_other_alone(unit: Any, two: tuple[str, str]) -> None:
    first, second = two
    ended(unit, first)
    (seen,) = told(unit, second, WU).also
    others = [replace(seen, ref="R-2026-0009"), replace(seen, is_open=True)]
    assert not_known((seen,), (seen,)) == ()
    assert not_known((seen, *others), (seen,)) == tuple(others)
    hidden = replace(seen, ref="", is_open=True)
    assert not_known((replace(hidden, is_open=False),), (hidden,)) == ()
    assert not_known((seen,), known=True) == ()
    assert not_known((seen,), known=False) == (seen,)


def test_a_freeze_for_less_than_its_stop_asks_for_the_word_and_for_as_much_does_not(
    unit: Any, stopped: tuple[str, str]
) -> None:
    first, second = stopped
    ended(unit, first)
    file = unit.file(second)
    (stop,) = file.holds
    for less in (0, 1):
        freeze = replace(
            stop, id="hold-next", kind=HoldKind.FREEZE, state=HoldState.PENDING_APPROVAL,
            supersedes_id=stop.id, requested_minor=stop.held_minor - less,
        )  # fmt: skip
        asked = replace(
            file.approvals[0], id="approval-next", action=ApprovalKind.FREEZE,
            subject_id=freeze.id, state=ApprovalState.PENDING, post_hoc=False,
        )  # fmt: skip
        changed = replace(file, holds=(stop, freeze), approvals=(asked,))
        changes = Changeset(changed)
        with unit_of_work(unit.database) as work:
            if less:
                with pytest.raises(ClosedTraceError, match=r"CNY 900\.00 of it did not come back"):
                    check_release(work, changes, asked.id, WU, knowing=False)
            else:
                assert check_release(work, changes, asked.id, WU, knowing=False) == ()
        assert lets_go(changed, asked) is bool(less)
