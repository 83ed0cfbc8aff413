"""Raw SQL over the pool is refused by the database; one person alone moves no money, any way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.allocation import AllocationState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.facts import AccountRef
from models.money import Money
from models.outcome import Outcome, Transition
from models.queries.audit.integrity import broken_recovery
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import money_actions
from recovery_flows.cases.money_actions import Incoming
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.errors import StepRefusedError

OFFICER, SUPERVISOR, BOTH = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR), "chen"
WITHIN, FIXED = "within the pool of its allocation", "the pool of an allocation is fixed"
TWO = "a payout is ordered after a second person has approved its allocation"


def raw(unit: Any, *statements: str) -> None:
    """What somebody with the file does who leaves the triggers in place."""
    with closing(sqlite3.connect(unit.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def decided(acts: Any) -> str:
    return str(acts.decided())


def another(table: str, changes: str) -> list[str]:
    """Statements that add a copy of the first row of a table, changed."""
    return [
        f"CREATE TEMP TABLE copy AS SELECT * FROM {table} LIMIT 1",
        f"UPDATE copy SET id = 'mole', {changes}",
        f"INSERT INTO {table} SELECT * FROM copy",
    ]


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (another("payout", "amount_minor = 1"), WITHIN),
        (another("payout", "amount_minor = -1"), WITHIN),
        (another("payout", "amount_minor = 0"), WITHIN),
        (another("payout", "state = 'settled'"), WITHIN),
        (["UPDATE payout SET amount_minor = amount_minor + 1"], "stay within its pool"),
        (["UPDATE allocation SET pool_minor = pool_minor + 1"], FIXED),
        (["UPDATE allocation SET currency = 'USD'"], FIXED),
        (["UPDATE payout SET state = 'instructed'"], TWO),
    ],
)
def test_raw_sql_for_more_than_the_pool_or_before_the_yes_is_refused(
    unit: Any, decided: str, statements: list[str], sentence: str
) -> None:
    before = unit.file(decided).payouts, unit.file(decided).allocations
    with pytest.raises(sqlite3.IntegrityError, match=sentence):
        raw(unit, *statements)
    assert (unit.file(decided).payouts, unit.file(decided).allocations) == before


def test_a_payout_that_is_prepared_and_cancelled_in_one_decision_is_kept_as_both(
    unit: Any, decided: str
) -> None:
    (old,), payout = unit.file(decided).allocations, unit.file(decided).payouts[0]
    fields = ("asset_id", "claim_id", "hold_id", "payee_account_id", "amount_minor", "currency")
    of_payout = {"allocation_id": "alloc-second", **{f: getattr(payout, f) for f in fields}}
    fields = ("asset_id", "method", "formula", "pool_minor", "currency", "basis", "drafted_by")
    of_round = {"round_number": old.round_number + 1, **{f: getattr(old, f) for f in fields}}
    moves = (
        Transition(EntityKind.ALLOCATION, "alloc-second", "drafted", None, of_round),
        Transition(EntityKind.PAYOUT, "payout-second", "prepared", None, of_payout),
        Transition(EntityKind.PAYOUT, "payout-second", "cancelled", PayoutState.PREPARED),
        Transition(EntityKind.ALLOCATION, "alloc-second", "voided", AllocationState.DRAFT),
    )
    with unit_of_work(unit.database) as work:
        record(work, ENGINE, unit.now, decided, Outcome(moves=moves))
    assert unit.one("SELECT state FROM payout WHERE id = 'payout-second'") == "cancelled"
    with unit.database.reading() as session:
        assert broken_recovery(session, unit.database, decided) == []


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    ("to", "sentence"), [("account_id", ""), ("'acct-other'", FIXED)]
)  # fmt: skip
def test_an_allocation_follows_a_join_to_the_same_account_and_to_no_other(
    unit: Any, to: str, sentence: str
) -> None:
    joined = [
        "PRAGMA foreign_keys = OFF",
        *another("asset", f"recovery_id = 'rec-other', account_id = {to}"),
        "UPDATE allocation SET asset_id = 'mole'",
    ]
    if sentence:
        with pytest.raises(sqlite3.IntegrityError, match=sentence):
            raw(unit, *joined)
    else:
        raw(unit, *joined)
    with closing(sqlite3.connect(unit.path)) as db:
        ((asset,),) = db.execute("SELECT asset_id FROM allocation").fetchall()
    assert (asset == "mole") is not bool(sentence)


def test_a_smaller_payout_makes_room_for_another_up_to_the_pool_and_no_further(
    unit: Any, decided: str
) -> None:
    pool = unit.file(decided).allocations[0].pool_minor
    raw(unit, f"UPDATE payout SET amount_minor = {pool} - 100")
    with pytest.raises(sqlite3.IntegrityError, match=WITHIN):
        raw(unit, *another("payout", "amount_minor = 101"))
    raw(unit, *another("payout", "amount_minor = 100"))
    assert unit.one("SELECT sum(amount_minor) FROM payout") == pool
    raw(unit, "UPDATE payout SET state = 'cancelled' WHERE id = 'mole'")
    raw(unit, f"UPDATE payout SET amount_minor = {pool} WHERE id <> 'mole'")
    with pytest.raises(sqlite3.IntegrityError, match="stay within its pool"):
        raw(unit, "UPDATE payout SET state = 'prepared' WHERE id = 'mole'")


@pytest.mark.usefixtures("decided")
def test_an_allocation_of_more_than_is_held_is_refused(unit: Any) -> None:
    held = unit.one("SELECT sum(claim_minor) FROM posting WHERE account = 'held'")
    with pytest.raises(sqlite3.IntegrityError, match="is held money of its account"):
        raw(unit, *another("allocation", f"pool_minor = {held} + 1"))
    raw(unit, *another("allocation", f"pool_minor = {held}"))
    assert unit.one("SELECT max(pool_minor) FROM allocation") == held


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("decider", ["asked_by", "''"])
def test_an_approval_that_the_asker_gave_himself_orders_no_payout(unit: Any, decider: str) -> None:
    forged = f"UPDATE approval SET state = 'approved', decided_by = {decider}"
    with pytest.raises(sqlite3.IntegrityError, match="by another person than who asked for it"):
        raw(unit, forged)
    unit.tamper(f"{forged} WHERE state = 'pending'")
    with pytest.raises(sqlite3.IntegrityError, match=TWO):
        raw(unit, "UPDATE payout SET state = 'instructed'")


def test_who_asked_cannot_approve_though_he_has_both_roles(unit: Any, decided: str) -> None:
    (asked,) = [a for a in unit.file(decided).approvals if a.action == "return"]
    assert asked.asked_by == BOTH
    with pytest.raises(StepRefusedError, match="a second person has to"):
        unit.case_officer(Actor(BOTH, Role.SUPERVISOR)).approve(asked.id)
    assert [p.state for p in unit.file(decided).payouts] == [PayoutState.PREPARED]


def test_the_engine_never_orders_what_nobody_has_approved(unit: Any, decided: str) -> None:
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    for _ in range(3):
        unit.later(24)
        decide(engine, [decided])
    file = unit.file(decided)
    assert [p.state for p in file.payouts] == [PayoutState.PREPARED]
    assert file.allocations[0].state is AllocationState.PENDING_APPROVAL


@pytest.mark.parametrize("actor", [OFFICER, SUPERVISOR, ENGINE], ids=lambda actor: actor.role)
def test_nobody_orders_a_payout_by_calling_the_store(unit: Any, decided: str, actor: Actor) -> None:
    (payout,) = unit.file(decided).payouts
    order = Transition(EntityKind.PAYOUT, payout.id, "instructed", payout.state)
    with (
        pytest.raises((NotPermittedError, sa.exc.IntegrityError)) as refused,
        unit_of_work(unit.database) as work,
    ):
        record(work, actor, unit.now, decided, Outcome(moves=(order,)))
    assert isinstance(refused.value, NotPermittedError) or TWO in str(refused.value)
    assert unit.one("SELECT count(*) FROM payout WHERE state = 'instructed'") == 0


def test_with_a_second_person_the_same_payout_is_ordered(unit: Any, decided: str) -> None:
    unit.approve(decided)
    assert [p.state for p in unit.file(decided).payouts] == [PayoutState.INSTRUCTED]


RECEIPT = "money that came in counts after a second person has confirmed it"
PROOF = "a payer stands in for a victim after a second person has seen the proof"
PAYEE = "a payout goes to the account of its claim, or to who has paid the victim"
OTHER = "(SELECT id FROM account WHERE id <> payout.payee_account_id LIMIT 1)"


@pytest.fixture
def entered(unit: Any, treasury: None, decided: str) -> str:
    """Money that came in and what an insurer has paid are entered, and confirmed by nobody."""
    del treasury
    ours = AccountRef("treasury", "9999000000000077", "Synthetic Unit")
    incoming = Incoming(ours, "B-1", Money(5_000, "CNY"), unit.now, b"an invented slip")
    money_actions.receive(unit.case_officer(), decided, incoming)
    (claim,) = unit.file(decided).claims
    insurer = AccountRef("bank-slow", "9999000000000088", "Synthetic Insurer")
    money_actions.compensate(
        unit.case_officer(), decided, claim.id, insurer, Money(4_000, "CNY"), unit.now, b"a letter"
    )
    return decided


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE hold SET state = 'frozen' WHERE kind = 'custody'"], RECEIPT),
        (["UPDATE hold SET kind = 'custody' WHERE kind = 'freeze'"], "than came in"),
        (["UPDATE hold SET held_minor = 5000 WHERE kind = 'custody'"], "than came in"),
        (["UPDATE hold SET requested_minor = 9 WHERE kind = 'custody'"], "than came in"),
        (["UPDATE compensation SET state = 'confirmed'"], PROOF),
        (["UPDATE compensation SET amount_minor = 1"], "another payment is another row"),
        ([f"UPDATE payout SET payee_account_id = {OTHER}"], PAYEE),
        (
            ["UPDATE claim SET payout_account_id = (SELECT payee_account_id FROM claim)"],
            "another payee takes the yes of a second person",
        ),
    ],
)  # fmt: skip
def test_raw_sql_makes_no_money_count_and_sends_none_elsewhere(
    unit: Any, entered: str, statements: list[str], sentence: str
) -> None:
    before = unit.file(entered)
    with pytest.raises(sqlite3.IntegrityError, match=sentence):
        raw(unit, *statements)
    assert unit.file(entered) == before


@pytest.mark.parametrize(
    ("noun", "event"),
    [(EntityKind.HOLD, "receipt_confirmed"), (EntityKind.COMPENSATION, "confirmed")],
)
@pytest.mark.parametrize(
    "actor", [OFFICER, SUPERVISOR, ENGINE, Actor(BOTH, Role.SUPERVISOR)],
    ids=["officer", "supervisor", "engine", "who entered it"],
)  # fmt: skip
def test_nobody_confirms_by_calling_the_store(
    unit: Any, entered: str, noun: EntityKind, event: str, actor: Actor
) -> None:
    file = unit.file(entered)
    rows = {
        EntityKind.HOLD: [h for h in file.holds if h.kind == "custody"],
        EntityKind.COMPENSATION: list(file.compensations),
    }
    (row,) = rows[noun]
    move = Transition(noun, row.id, event, row.state)
    with (
        pytest.raises((NotPermittedError, sa.exc.IntegrityError)) as refused,
        unit_of_work(unit.database) as work,
    ):
        record(work, actor, unit.now, entered, Outcome(moves=(move,)))
    said = str(refused.value)
    assert isinstance(refused.value, NotPermittedError) or RECEIPT in said or PROOF in said
    assert unit.file(entered) == file
