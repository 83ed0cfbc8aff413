"""A court's own list of returns: entered by one, confirmed by another, followed row by row.

Three victims paid 1,000.00 each into one account; 2,000.00 is held. The law's rule gives each two
thirds; the court gives otherwise.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.entities.payout import ClawbackGround
from models.money import Money
from models.outcome import Outcome, Transition
from models.queries.audit.verify import verify
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import next_steps
from recovery_flows.cases.clawbacks import actions as clawbacks
from recovery_flows.cases.court_lists import actions
from recovery_flows.errors import RefusedError, StepRefusedError
from recovery_flows.intake.budget import Limits
from recovery_flows.ledger import discrepancies
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution.comparison import compare
from recovery_flows.restitution.rounds import rounds_of
from tests.records.money.test_clawback import come
from tests.records.money.unclaimed_case import bank_follows
from tests.records.treasury import register_treasury

REFERENCE = "(2026) Invented 01 No. 7"


def enter(unit: Any, recovery_id: str, text: str, **more: Any) -> actions.ImportedList:
    order = actions.Order(
        more.pop("reference", REFERENCE), datetime.fromisoformat("2026-03-02T02:00:00Z")
    )
    return actions.import_list(
        unit.case_officer(), recovery_id, Path("court.csv"), text.encode(), order, Limits(), **more
    )


def confirm(unit: Any, acts: Any, recovery_id: str) -> None:
    unit.approve(recovery_id)
    acts.decide(recovery_id)


def rows(*pairs: tuple[str, str]) -> str:
    return "claim,amount\n" + "".join(f"{claim},{amount}\n" for claim, amount in pairs)


@pytest.fixture
def noticed(acts: Any) -> str:
    """The law's own division is under notice."""
    return str(acts.pooled(3, 200_000, until="notice"))


def claims(unit: Any, recovery_id: str) -> list[str]:
    return [c.id for c in sorted(unit.file(recovery_id).claims, key=lambda c: c.paid_at)]


def follow(unit: Any, acts: Any, recovery_id: str) -> list[tuple[str, int]]:
    """Title, decision, payment; what each claim got by it."""
    acts.until(recovery_id, "approved")
    going = [p for p in unit.file(recovery_id).payouts if p.state == "instructed"]
    for payout in going:
        acts.settle(recovery_id, payout.id)
    bank_follows(unit, acts, recovery_id, 7)
    paid = dict.fromkeys((p.claim_id for p in going), 0)
    for payout in going:
        paid[payout.claim_id] += payout.amount_minor
    return sorted(paid.items())


def sound(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def test_the_courts_decision_stands_beside_the_rule_and_ends_the_division_under_way(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, second, _ = claims(unit, noticed)
    text = rows((first, "900.00"), ("SYN-2", "300.00"))
    dry = enter(unit, noticed, text, dry_run=True)
    assert [(str(r.by_court), str(r.by_rule)) for r in dry.rows] == [
        ("CNY 900.00", "CNY 666.67"), ("CNY 300.00", "CNY 666.67"),
    ]  # fmt: skip
    assert not unit.file(noticed).court_lists, "a dry run keeps nothing"
    asked = enter(unit, noticed, text).approval
    assert unit.file(noticed).allocations[-1].state == "notice", "one person changes nothing"
    with pytest.raises((StepRefusedError, NotPermittedError)):
        unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(asked)
    confirm(unit, acts, noticed)
    assert [str(a.state) for a in unit.file(noticed).allocations] == ["void", "draft"]
    drafted = unit.file(noticed).allocations[-1]
    assert (drafted.method, drafted.formula) == (
        "court_list", f"as the court has ordered: {REFERENCE}",
    )  # fmt: skip
    beside = compare(unit.file(noticed), drafted)
    assert not beside.is_as_decided
    assert beside.shares()[first][0] == 66_667
    assert follow(unit, acts, noticed) == sorted([(first, 90_000), (second, 30_000)])
    (one,) = [r for r in rounds_of(unit.file(noticed)) if r.method == "court_list"]
    assert (one.paid, one.pool) == (Money(120_000, "CNY"), Money(200_000, "CNY"))
    # What the court gave to nobody is divided by the law's rule, with its own notice.
    left = unit.file(noticed).allocations[-1]
    assert (left.method, left.pool_minor, left.state) == ("pro_rata", 80_000, "draft")
    sound(unit)


def test_a_row_that_names_nobody_known_is_owned_and_its_sum_is_kept(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, _, third = claims(unit, noticed)
    enter(unit, noticed, rows((first, "500.00"), ("Somebody Else", "700.00")))
    confirm(unit, acts, noticed)
    (step,) = [
        s
        for s in next_steps.steps(unit.file(noticed), unit.laws)
        if s.action == "follow_court_list"
    ]
    assert step.sentence == (
        "line 3 of the court's list gives CNY 700.00 to nobody known: find whose it is"
    )
    assert follow(unit, acts, noticed) == [(first, 50_000)]
    left = unit.file(noticed).allocations[-1]
    assert left.pool_minor == 200_000 - 50_000 - 70_000, "the row's sum is in no other division"
    actions.identify(unit.case_officer(), noticed, step.subject_id, "syn-3", "the court wrote so")
    acts.decide(noticed)
    rows_now = {s.id: s for s in unit.file(noticed).court_shares}
    asked = rows_now[step.subject_id]
    assert (asked.state, asked.claim_id, asked.found_claim_id) == ("unknown", "", third)
    confirm(unit, acts, noticed)
    assert follow(unit, acts, noticed) == [(third, 70_000)]
    sound(unit)


def test_no_row_is_paid_beyond_its_claim_nor_all_of_them_beyond_what_is_held(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, second, third = claims(unit, noticed)
    enter(unit, noticed, rows((first, "1500.00"), (second, "1000.00"), (third, "1000.00")))
    confirm(unit, acts, noticed)
    found = discrepancies.open_ones(unit.file(noticed))
    assert sorted(d.kind for d in found) == ["court_above_claim", "court_above_held"]
    assert "the court gives CNY 1,500.00 to a claim of which CNY 1,000.00 is open" in (
        discrepancies.sentence(next(d for d in found if d.kind == "court_above_claim"))
    )
    for one in found:
        with unit_of_work(unit.database) as work:
            move = Transition(EntityKind.DISCREPANCY, one.id, "resolved", "open")
            record(work, Actor("chen", Role.OFFICER), unit.now, noticed, Outcome((move,)))
    paid = follow(unit, acts, noticed)
    assert sum(minor for _, minor in paid) == 200_000
    assert {minor for _, minor in paid} <= {66_666, 66_667}
    sound(unit)


def test_another_list_replaces_it_and_one_withdrawn_leaves_the_rule(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, second, _ = claims(unit, noticed)
    enter(unit, noticed, rows((first, "900.00")))
    confirm(unit, acts, noticed)
    with pytest.raises(StepRefusedError, match="is entered already"):
        enter(unit, noticed, rows((first, "900.00")))
    enter(unit, noticed, rows((second, "100.00")), reference="another decision")
    confirm(unit, acts, noticed)
    file = unit.file(noticed)
    states = {c.reference: str(c.state) for c in file.court_lists}
    assert states == {REFERENCE: "replaced", "another decision": "in_force"}
    (found,) = [c for c in file.court_lists if c.state == "in_force"]
    assert [p.amount_minor for p in file.payouts_of(file.allocations[-1].id)] == [10_000]
    actions.end(unit.case_officer(), noticed, found.id, "the court withdrew it")
    stands = {c.id: c.state for c in unit.file(noticed).court_lists}
    assert stands[found.id] == "in_force", "one person alone ends nothing"
    with pytest.raises(StepRefusedError, match="waits for a second person already"):
        actions.end(unit.case_officer(), noticed, found.id, "once more")
    confirm(unit, acts, noticed)
    assert unit.file(noticed).allocations[-1].method == "pro_rata"
    sound(unit)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("claim,amount\n", "court.csv holds no rows: there is nobody to pay"),
        ("claim,sum\nSYN-1,1.00\n", "line 1: column amount is missing"),
        (rows(("SYN-1", "1.005")), "line 2: amount 1.005"),
        (rows(("SYN-1", "-1.00")), "line 2: amount -1.00 is below zero"),
        (rows(("SYN-1", "1.00"), ("syn-1", "2.00")), "lines 2 and 3 name the same claim"),
        ("claim,amount\n\x00,1.00\n", "court.csv"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line_and_keeps_nothing(
    unit: Any, noticed: str, text: str, sentence: str
) -> None:
    with pytest.raises(RefusedError, match=sentence):
        enter(unit, noticed, text)
    assert not unit.file(noticed).court_lists


def test_neither_sql_nor_the_store_follows_a_list_that_one_person_has_entered(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, *_ = claims(unit, noticed)
    enter(unit, noticed, rows((first, "900.00")))
    (found,) = unit.file(noticed).court_lists
    move = Transition(EntityKind.COURT_LIST, found.id, "confirmed", "asked")
    for actor in (Actor("chen", Role.OFFICER), Actor("chen", Role.SUPERVISOR), ENGINE):
        with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
            record(work, actor, unit.now, noticed, Outcome((move,)))
    unit_sql(unit, "UPDATE court_list SET state = 'in_force'", "a second person has held it")
    confirm(unit, acts, noticed)
    unit_sql(unit, "UPDATE court_share SET amount_minor = 1", "stays as the court wrote it")
    more = "UPDATE payout SET amount_minor = 90001 WHERE state = 'prepared'"
    unit_sql(unit, more, "no more is paid than the court has given")
    assert LedgerAccount.RETURNED_HOLD not in {b.account for b in unit.file(noticed).balances}


def unit_sql(unit: Any, statement: str, sentence: str) -> None:
    with (
        closing(sqlite3.connect(unit.path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match=sentence),
    ):
        raw.execute(statement)


def test_what_is_called_back_of_a_row_is_due_by_it_again(unit: Any, acts: Any) -> None:
    register_treasury(unit)
    recovery_id = str(acts.pooled(3, 200_000, until="notice"))
    first, second, _ = claims(unit, recovery_id)
    enter(unit, recovery_id, rows((first, "900.00"), (second, "300.00")))
    confirm(unit, acts, recovery_id)
    follow(unit, acts, recovery_id)
    paid = [p for p in unit.file(recovery_id).payouts if p.state == "settled"]
    (one,) = [p for p in paid if p.claim_id == first]
    ground = ClawbackGround.WRONG_PAYEE
    clawbacks.order(
        unit.case_officer(), recovery_id, one.id, Money(30_000, "CNY"), ground, "a twin account"
    )
    unit.approve(recovery_id)
    (row,) = unit.file(recovery_id).clawbacks
    come(unit, acts, recovery_id, row.id, 30_000, "B-1")
    file = unit.file(recovery_id)
    assert not discrepancies.open_ones(file)
    assert file.clawbacks[0].state == "received"
    (drafted,) = [a for a in file.allocations if a.state == "draft"]
    given = [(p.claim_id, p.amount_minor) for p in file.payouts_of(drafted.id)]
    assert (drafted.method, given) == ("court_list", [(first, 30_000)])
    sound(unit)


def test_a_corrected_list_does_not_pay_once_more_what_the_earlier_one_has_paid(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, second, _ = claims(unit, noticed)
    enter(unit, noticed, rows((first, "500.00")))
    confirm(unit, acts, noticed)
    assert follow(unit, acts, noticed) == [(first, 50_000)]
    unit.later(1)
    text = rows((first, "600.00"), (second, "100.00"))
    enter(unit, noticed, text, reference="corrected")
    confirm(unit, acts, noticed)
    assert follow(unit, acts, noticed) == sorted([(first, 10_000), (second, 10_000)])
    sound(unit)
