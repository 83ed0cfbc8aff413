"""Each role meets each decision by the browser's log-in: the same answer as by the system user."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.rights.decisions import DECISIONS
from models.store.people import appoint
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import Identity, NobodyActsError, by_system_user, entered_before
from recovery_flows.access.own_log_in import set_password
from recovery_flows.access.registers import (
    ask_dismissal,
    ask_log_in_reset,
    ask_officer,
    decide,
)
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import StepRefusedError
from tests.records.access.conftest import NOW, PASSWORD, SUPERVISOR, comes

PEOPLE = {
    "chen": frozenset({Role.OFFICER}),
    "wu": frozenset({Role.SUPERVISOR}),
    "both": frozenset({Role.OFFICER, Role.SUPERVISOR}),
}
ACTIONS = sorted(DECISIONS)


@pytest.fixture
def people(unit: Any) -> Any:
    """An officer, a supervisor and one with both roles, each with a password."""
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, "both", PEOPLE["both"], os_user="both")
    for handle in PEOPLE:
        set_password(acting(unit, by_system_user(unit.database, handle)), PASSWORD)
    return unit


def acting(unit: Any, who: Identity | None) -> CaseOfficer:
    return CaseOfficer(unit.database, unit.laws, who, lambda: NOW)


def answer(unit: Any, who: Identity | None, action: tuple[EntityKind, str]) -> Actor | str:
    """In which role somebody makes a decision, or why he may not."""
    try:
        return acting(unit, who).actor_in(*sorted(DECISIONS[action]))
    except NobodyActsError as error:
        return str(error)


@pytest.mark.parametrize("handle", sorted(PEOPLE))
def test_a_log_in_gives_the_roles_of_the_table_and_no_others(people: Any, handle: str) -> None:
    by_user = by_system_user(people.database, handle)
    in_browser = comes(people, handle=handle).officer
    in_its_process = entered_before(people.database, handle, in_browser.entry)
    asked = [answer(people, in_browser, action) for action in ACTIONS]
    assert asked == [answer(people, by_user, action) for action in ACTIONS]
    assert asked == [answer(people, in_its_process, action) for action in ACTIONS]
    may = {a for a, said in zip(ACTIONS, asked, strict=True) if isinstance(said, Actor)}
    assert may == {action for action in ACTIONS if DECISIONS[action] & PEOPLE[handle]}
    assert len(ACTIONS) > 100


def test_roles_that_were_added_to_an_identity_decide_nothing(people: Any) -> None:
    entered = {handle: comes(people, handle=handle).officer for handle in PEOPLE}
    for handle, action in product(PEOPLE, ACTIONS):
        forged = replace(entered[handle], roles=frozenset(Role))
        if forged.roles != PEOPLE[handle]:
            assert answer(people, forged, action) == f"{handle} has not logged in: nothing was done"


def test_who_is_dismissed_acts_no_more_in_a_session_that_is_open(people: Any) -> None:
    desks = [
        acting(people, comes(people, handle="both").officer),
        acting(people, by_system_user(people.database, "both")),
    ]
    asked = ask_dismissal(people.case_officer(SUPERVISOR), "both")
    decide(people.case_officer(), asked, is_yes=True)
    for desk in desks:
        with pytest.raises(StepRefusedError, match="both acts no more in this unit"):
            ask_officer(desk, "friend", frozenset({Role.OFFICER}), os_user="friend")
        with pytest.raises(StepRefusedError, match="both acts no more in this unit"):
            set_password(desk, "another invented phrase", PASSWORD)
    with pytest.raises(NobodyActsError, match="acts no more"):
        entered_before(people.database, "both", "")


def test_a_session_ends_with_the_log_in_by_which_it_was_begun(people: Any) -> None:
    entered = comes(people).officer
    desk, own = acting(people, entered), acting(people, by_system_user(people.database, "chen"))
    assert desk.actor(Role.OFFICER) == own.actor(Role.OFFICER)
    asked = ask_log_in_reset(people.case_officer(SUPERVISOR), "chen")
    decide(acting(people, by_system_user(people.database, "both")), asked, is_yes=True)
    with pytest.raises(NobodyActsError, match="was reset or set anew since he entered"):
        desk.actor(Role.OFFICER)
    set_password(own, PASSWORD)
    with pytest.raises(NobodyActsError, match="was reset or set anew since he entered"):
        desk.actor(Role.OFFICER)
    with pytest.raises(NobodyActsError, match="log in again"):
        entered_before(people.database, "chen", entered.entry)
    assert answer(people, replace(entered, entry=""), ACTIONS[0]).endswith("nothing was done")
