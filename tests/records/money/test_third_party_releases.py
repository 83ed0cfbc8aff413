"""What a bank releases for a third party is held against the hold that was named, and no other.

The victim paid 1,000.00 into the account, which also had 4,000.00 of its holder; 5,000.00 is held.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.hold import HoldKind
from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.entities.outside.third_party_claim import ThirdPartyRow
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.names import Names
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import next_steps
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.third_parties import actions
from recovery_flows.cases.views.third_parties import ways
from recovery_flows.correspondence import call_validity
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as freezing_actions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing.trace_requests import request_trace
from tests.records.money.test_third_party import EXCESS, FAITH, books, held, row
from tests.records.money.test_third_party_limits import asked_of, claimed, yes

__all__ = ["held"]
SUPERVISOR = Actor("wu", Role.SUPERVISOR)


def stop(unit: Any, recovery_id: str) -> Any:
    (found,) = [h for h in unit.file(recovery_id).holds if h.kind is HoldKind.STOP]
    return found


def another_hold(unit: Any, recovery_id: str, minor: int) -> str:
    """The bank holds more of the account by itself, and says so."""
    (asset,) = unit.file(recovery_id).assets
    freezing_actions.record_voluntary(
        unit.case_officer(), recovery_id, asset.id, Money(minor, "CNY").text(),
        unit.now - timedelta(hours=1), None, "told on the telephone",
    )  # fmt: skip
    (found,) = [h for h in unit.file(recovery_id).holds if h.kind is HoldKind.VOLUNTARY]
    return str(found.id)


def answered(unit: Any, acts: Any, recovery_id: str, hold_id: str, left: int) -> None:
    """The bank answers the order about this hold, and the engine looks at it."""
    acts.close_calls(recovery_id, CallKind.RELEASE)
    unit.bank_says(
        recovery_id, hold_id, left, unit.file(recovery_id).hold(hold_id).bank_revision + 1
    )
    acts.decide(recovery_id)


def claim(unit: Any, recovery_id: str, name: str) -> ThirdPartyRow:
    found: ThirdPartyRow = next(
        t for t in unit.file(recovery_id).third_party_claims if t.id == name
    )
    return found


def test_a_hold_that_comes_between_the_yes_and_the_answer_does_not_keep_a_claim_open(
    unit: Any, acts: Any, held: str
) -> None:
    yes(unit, claimed(unit, held, EXCESS))
    another_hold(unit, held, 200_000)
    answered(unit, acts, held, stop(unit, held).id, 100_000)
    found = row(unit, held)
    assert (found.state, found.released_minor) == ("released", 400_000)
    books(unit, held)


def test_one_order_carried_out_releases_one_claim_and_not_that_on_another_hold(
    unit: Any, acts: Any, held: str
) -> None:
    other = another_hold(unit, held, 200_000)
    yes(unit, claimed(unit, held, EXCESS, "1500.00"))
    first = row(unit, held)
    assert first.hold_id == stop(unit, held).id
    yes(unit, claimed(unit, held, EXCESS, "1200.00"))
    (second,) = [t for t in unit.file(held).third_party_claims if t.id != first.id]
    assert second.hold_id == other, "the other hold has a release on its way"
    acts.close_calls(held, CallKind.RELEASE)
    unit.bank_says(held, first.hold_id, 350_000, 4)
    acts.decide(held)
    found = claim(unit, held, first.id), claim(unit, held, second.id)
    assert [(c.state, c.released_minor) for c in found] == [("released", 150_000), ("upheld", 0)]
    answered(unit, acts, held, other, 80_000)
    assert claim(unit, held, second.id).state == "released"
    books(unit, held)


def test_a_release_that_is_taken_back_before_it_left_is_decided_anew(
    unit: Any, acts: Any, held: str
) -> None:
    yes(unit, claimed(unit, held, EXCESS))
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, held))
        (call,) = [c for c in changes.file.calls if c.kind is CallKind.RELEASE]
        call_validity.withdraw_call(changes, call)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    acts.decide(held)
    found = row(unit, held)
    assert (found.state, found.granted_minor, found.hold_id) == ("filed", 0, "")
    (step,) = [s for s in next_steps.steps(unit.file(held), unit.laws) if s.subject_id == found.id]
    assert "decide" in step.sentence
    actions.decide(unit.case_officer(), held, found.id, "", "as before")
    yes(unit, asked_of(unit, held, found.id))
    answered(unit, acts, held, stop(unit, held).id, 100_000)
    assert row(unit, held).state == "released"
    books(unit, held)


def test_what_a_bank_released_of_an_order_counts_and_its_rest_is_decided_anew(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.frozen(70_000)
    acts.close_calls(recovery_id)
    yes(unit, claimed(unit, recovery_id, FAITH, "200.00"))
    hold_id = row(unit, recovery_id).hold_id
    answered(unit, acts, recovery_id, hold_id, 58_000)
    found = row(unit, recovery_id)
    assert (found.state, found.granted_minor, found.released_minor) == ("filed", 0, 12_000)
    assert books(unit, recovery_id)[LedgerAccount.THIRD_PARTY] == 12_000
    (step,) = [s for s in next_steps.steps(unit.file(recovery_id), unit.laws)
               if s.subject_id == found.id]  # fmt: skip
    assert "CNY 80.00 of the account" in step.sentence
    with pytest.raises(StepRefusedError, match=r"at most what is open of it, CNY 80\.00"):
        actions.decide(unit.case_officer(), recovery_id, found.id, "80.01", "more")
    actions.decide(unit.case_officer(), recovery_id, found.id, "80.00", "the rest is his too")
    yes(unit, asked_of(unit, recovery_id, found.id))
    answered(unit, acts, recovery_id, hold_id, 50_000)
    assert row(unit, recovery_id).released_minor == 20_000
    assert books(unit, recovery_id)[LedgerAccount.THIRD_PARTY] == 20_000


def test_excess_is_neither_decided_nor_released_while_its_trace_is_due(
    unit: Any, held: str
) -> None:
    asked = claimed(unit, held, EXCESS)
    trace_is(unit, held, wanted=True)
    with pytest.raises(StepRefusedError, match="traced to victims is being worked out anew"):
        yes(unit, asked)
    trace_is(unit, held, wanted=False)
    yes(unit, asked)
    (order,) = [c for c in unit.file(held).calls if c.kind is CallKind.RELEASE]
    file = unit.file(held)
    assert call_validity.waits(file, order.kind, order.subject_id) == ""
    assert call_validity.may_leave(file, order.kind, order.approval_id)
    trace_is(unit, held, wanted=True)
    assert "trace is there" in call_validity.waits(unit.file(held), order.kind, order.subject_id)


def trace_is(unit: Any, recovery_id: str, *, wanted: bool) -> None:
    if wanted:
        with unit_of_work(unit.database) as work:
            changes = Changeset(load_file(work.session, recovery_id))
            request_trace(changes)
            commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    else:
        own = unit.line(1, 400_000, counter=unit.accounts[2], at_hours=0.5, ref="OWN")
        paid = unit.line(2, 100_000, at_hours=1, ref="E1")
        unit.trace(recovery_id, unit.statement([own, paid]))


def test_what_was_asked_of_which_hold_and_what_came_back_is_shown(
    unit: Any, acts: Any, held: str
) -> None:
    yes(unit, claimed(unit, held, EXCESS))
    acts.close_calls(held, CallKind.RELEASE)
    hold_id = stop(unit, held).id
    unit.bank_says(held, hold_id, 400_000, 4)
    (asset,) = unit.file(held).assets
    (way,) = ways(unit.file(held), Names({asset.account_id: "0001"}, {}))
    told = f"CNY 4,000.00 to be released of hold {hold_id}, CNY 1,000.00 came back"
    assert (way.parts, way.came.minor) == ((told,), 100_000)


def test_the_database_lets_no_more_be_released_than_was_decided(unit: Any, held: str) -> None:
    yes(unit, claimed(unit, held, EXCESS, "1000.00"))
    for change, sentence in (
        ("released_minor = 100001", "than two people have decided"),
        ("released_minor = -1", "than two people have decided"),
        ("state = 'filed', granted_minor = 0, released_minor = 100001", "two people have decided"),
    ):
        with (
            closing(sqlite3.connect(unit.path)) as raw,
            pytest.raises(sqlite3.IntegrityError, match=sentence),
        ):
            raw.execute(f"UPDATE third_party_claim SET {change}")
