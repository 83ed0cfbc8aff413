"""The database and the store send nothing to the treasury, and refund nothing, by one alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.money import Money
from models.outcome import Outcome, Transition
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases.unclaimed import actions
from tests.records.money.unclaimed_case import FISC, back, in_treasury, over, state

__all__ = ["back"]

MINE = """INSERT INTO unclaimed_share SELECT 'mine', recovery_id, 'announced', id, claim_id,
    amount_minor, currency, '', '2026-04-02', '2026-04-02', '', '', '', 0, NULL, '', ''
    FROM payout WHERE state = 'settled'"""
TO = "(SELECT treasury_account_id FROM unclaimed_share)"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE unclaimed_share SET state = 'treasury'", "what a bank has paid to it"),
        (
            "UPDATE unclaimed_share SET state = 'refunded', refunded_minor = 1",
            "a second person has seen its proof|what a bank has paid to it",
        ),
        ("UPDATE unclaimed_share SET amount_minor = 1", "another one is another row"),
        ("UPDATE unclaimed_share SET refunded_minor = 66667", "no more than went to the treasury"),
        (MINE, "what did not reach its payee"),
        ("UPDATE payout SET unclaimed_id = (SELECT id FROM unclaimed_share)", "stays what it was"),
        (f"UPDATE payout SET payee_account_id = {TO} WHERE unclaimed_id = ''", "to the account"),
    ],
)  # fmt: skip
def test_raw_sql_sends_nothing_to_the_treasury_and_refunds_nothing(
    unit: Any, acts: Any, back: str, statement: str, sentence: str
) -> None:
    name = over(unit, acts, back)
    actions.transfer(unit.case_officer(), back, name, FISC)
    before = unit.file(back)
    with (
        closing(sqlite3.connect(unit.path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match=sentence),
    ):
        raw.execute(statement)
    assert unit.file(back) == before


@pytest.mark.parametrize(
    "actor", [Actor("chen", Role.OFFICER), Actor("chen", Role.SUPERVISOR), ENGINE]
)
def test_nobody_confirms_a_refund_by_calling_the_store(
    unit: Any, acts: Any, back: str, actor: Actor
) -> None:
    name = in_treasury(unit, acts, back)
    unit.later(48)
    actions.refund(unit.case_officer(), back, name, Money(1_000, "CNY"), unit.now, b"a slip")
    move = Transition(EntityKind.UNCLAIMED_SHARE, name, "refund_confirmed", "refund_entered")
    with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
        record(work, actor, unit.now, back, Outcome(moves=(move,)))
    assert state(unit, back) == "refund_entered"
