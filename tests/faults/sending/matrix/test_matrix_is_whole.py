"""The matrix leaves nothing out: every kind of call, every fault, and why some pairs are none."""

from __future__ import annotations

from itertools import product
from typing import Any

import httpx
import pytest

from models.entities.call import CallKind
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from recovery_flows.sandbox.faults.catalogue import KINDS, means_something
from recovery_flows.sandbox.states import FaultKind

FEED, BY_KEY = "feed", "by_key"
HOLD, REQUEST, RELEASE = CallKind.HOLD, CallKind.REQUEST, CallKind.RELEASE
EXTEND, PAYOUT = CallKind.EXTEND, CallKind.PAYOUT
STATEMENT, BALANCE, QUERY = CallKind.STATEMENT, CallKind.BALANCE, CallKind.HOLD_QUERY
TASK, TASK_EXTEND, TASK_CANCEL = CallKind.TASK, CallKind.TASK_EXTEND, CallKind.TASK_CANCEL
TASKS = (TASK, TASK_EXTEND, TASK_CANCEL)
ABROAD, MESSAGE = CallKind.ABROAD, CallKind.MESSAGE
BODIES = (ABROAD, MESSAGE)

ALL_BUT_PAYOUT = (
    HOLD, REQUEST, RELEASE, EXTEND, STATEMENT, BALANCE, QUERY, FEED, BY_KEY, *TASKS, *BODIES,
)  # fmt: skip

ALL_BUT_ABROAD = (*(call for call in ALL_BUT_PAYOUT if call is not ABROAD), PAYOUT)

# Pairs that mean nothing, with the reason; the bank refuses to plant them.
NO_MEANING: dict[FaultKind, dict[str, tuple[str, ...]]] = {
    FaultKind.TOO_LARGE: {
        "its answer is one resource, whose size does not depend on what is asked for":
            (HOLD, REQUEST, RELEASE, EXTEND, PAYOUT, BALANCE, QUERY, BY_KEY, *TASKS, *BODIES),
    },
    FaultKind.NOT_ALLOWED: {
        "who may order or ask is settled when its first call comes in":
            (HOLD, REQUEST, RELEASE, EXTEND, PAYOUT, STATEMENT, BALANCE, QUERY, FEED, BY_KEY),
    },
    FaultKind.REPEATED: {
        "its answer is one resource: nothing in it can come twice":
            (HOLD, REQUEST, RELEASE, EXTEND, PAYOUT, BALANCE, QUERY, BY_KEY),
        "its answer is one resource, and each word in it has its number": (*TASKS, *BODIES),
    },
    FaultKind.OUT_OF_ORDER: {
        "a balance is of one instant, and has no revisions": (BALANCE,),
        "it shows a resource as it is now": (QUERY,),
        "it is answered before anything is said of it": (ABROAD,),
        "what was said of its request so far may stand in it in any order": (MESSAGE,),
        "it gives the answer as it was first given, which is older than the feed by itself":
            (BY_KEY,),
    },
    FaultKind.OFF_BY_A_CENT: {"no figure is in it": (*TASKS, *BODIES)},
    FaultKind.PARTIAL: {
        "a task is done or it is not": TASKS,
        "a body abroad says so by an answer of its own": BODIES,
        "only a hold can be of less than was asked": (RELEASE, EXTEND, PAYOUT),
        "nothing is held by asking": (STATEMENT, BALANCE, QUERY, FEED, BY_KEY),
    },
    FaultKind.NO_MONEY: {
        "it takes nothing that is not held already": (RELEASE, EXTEND),
        "it is about no money": TASKS,
        "no bank is asked": BODIES,
        "it tells what was booked or done, not what is there": (STATEMENT, QUERY, FEED, BY_KEY),
    },
    FaultKind.WRONG_NAME: {
        "no name is in it": (RELEASE, EXTEND, STATEMENT, BALANCE, QUERY, FEED, BY_KEY, *TASKS),
        "no bank is asked": BODIES,
    },
    FaultKind.MOVED_ON: {
        "it is about no money": TASKS,
        "no bank is asked": BODIES,
        "what is held already cannot move on": (RELEASE, EXTEND, PAYOUT),
        "what moves on before a question is what the question finds": (STATEMENT, BALANCE, QUERY),
        "what happened is told here, it does not happen here": (FEED, BY_KEY),
    },
    FaultKind.LAPSES_EARLY: {
        "it promises no later end":
            (RELEASE, PAYOUT, STATEMENT, BALANCE, QUERY, TASK_CANCEL, *BODIES),
        "what happened is told here, it does not happen here": (FEED, BY_KEY),
    },
    FaultKind.LET_GO: {
        "what it took is paid, and no more than that is in the order": (PAYOUT,),
        "what it is about is let go by itself": (TASK_CANCEL,),
        "no bank is asked": BODIES,
        "nobody at the bank has a hold in hand": (STATEMENT, BALANCE, QUERY, FEED, BY_KEY),
    },
    **{
        kind: {"only a payout takes money out of a hold": ALL_BUT_PAYOUT}
        for kind in (
            FaultKind.PAYS_SHORT, FaultKind.PAYS_LATE, FaultKind.PAYS_TWICE, FaultKind.COMES_BACK,
            FaultKind.HOLD_STAMPED_FIRST, FaultKind.PAYOUT_STAMPED_FIRST,
        )
    },
    **{
        kind: {"only a body of another State is asked for help": ALL_BUT_ABROAD}
        for kind in fault_catalogue.ABROAD_FAULTS
    },
}  # fmt: skip


@pytest.fixture
def columns(request: pytest.FixtureRequest) -> Any:
    """The table of the columns, as the conftest beside this has it."""
    plugins = request.config.pluginmanager.get_plugins()
    (found,) = (p.COLUMNS for p in plugins if hasattr(p, "COLUMNS"))
    return found


def test_every_kind_of_call_is_a_column(columns: Any) -> None:
    assert set(columns) == set(CallKind) | {FEED, BY_KEY}
    assert set(fault_catalogue.FORMS) - {c.call for c in columns.values()} == {
        fault_catalogue.READ_PAYOUT,  # asked by the reconciliation, which ends each cell
        fault_catalogue.READ_TASK,  # never asked: the feed tells of every task
        fault_catalogue.READ_REQUEST,  # never asked: the feed tells of every request
        fault_catalogue.CAPABILITIES,  # asked with the feed; test_sandbox_schemas
    }  # fmt: skip


def test_every_pair_is_a_cell_or_has_a_reason_for_being_none(columns: Any) -> None:
    cells = {(f, c) for f, c in product(FaultKind, columns) if means_something(f, columns[c].call)}
    reasons = [(f, c) for f, whys in NO_MEANING.items() for cs in whys.values() for c in cs]
    assert len(reasons) == len(set(reasons))
    assert cells | set(reasons) == set(product(FaultKind, columns))
    assert cells & set(reasons) == set()
    assert set(KINDS) == set(FaultKind)


def test_a_pair_that_means_nothing_is_not_planted(columns: Any, sandbox: Any) -> None:
    with httpx.Client(base_url=sandbox.banks[sandbox.HOME]["url"]) as bank:
        for fault, whys in NO_MEANING.items():
            for name in {c for cs in whys.values() for c in cs}:
                row = {"call": columns[name].call, "kind": fault}
                answer = bank.post("/sandbox/faults", json=[row])
                said = f"{fault} means nothing for the call {columns[name].call!r}"
                assert (answer.status_code, answer.json()["detail"]) == (400, said)
    assert sandbox.planted() == []
