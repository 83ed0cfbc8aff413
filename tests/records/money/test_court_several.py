"""A court's list over several accounts, and what of it ends by two people."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.outcome import Outcome, Transition
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import next_steps
from recovery_flows.cases.court_lists import actions
from recovery_flows.cli.restitution.rounds import show_under_way
from recovery_flows.errors import MisuseError, RefusedError, StepRefusedError
from tests.records.money.test_court_list import REFERENCE, claims, confirm, enter, noticed, rows

__all__ = ["noticed"]


@pytest.fixture
def two_held(unit: Any, acts: Any) -> str:
    """1,000.00 were paid to one account and 500.00 to another; both are held."""
    (recovery_id,) = unit.report(*unit.reports(1))
    (other,) = unit.report(second(unit))
    for one in (recovery_id, other):
        unit.accept(one)
    unit.case_officer().join(other, recovery_id)
    for hold in unit.file(recovery_id).holds:
        if hold.state == "draft":
            unit.case_officer().advance(recovery_id)
    unit.approve(recovery_id)
    for hold in unit.file(recovery_id).holds:
        unit.bank_says(recovery_id, hold.id, hold.requested_minor)
    for account in unit.accounts[1:]:
        came = [unit.line(1, 100_000, at_hours=1, ref="E1")]
        if account is not unit.accounts[1]:
            came = [unit.line(1, 50_000, at_hours=2, ref="E2")]
        unit.trace(recovery_id, unit.statement(came, account=account))
    acts.close_calls(recovery_id)
    return str(recovery_id)


def second(unit: Any) -> Any:
    from dataclasses import replace

    from models.money import Money

    return replace(unit.reports(2)[1], payee_account=unit.accounts[2], amount=Money(50_000, "CNY"))


def test_one_file_gives_each_account_its_list_all_or_none(unit: Any, two_held: str) -> None:
    text = "account,claim,amount\n0001,SYN-1,700.00\n0005,SYN-2,300.00\n"
    order = actions.Order("(2026) Invented 01 No. 9", unit.start)
    given = unit.case_officer(), two_held
    with pytest.raises(RefusedError, match="line 3: account '0006' is none of this recovery"):
        give(given, text.replace("0005", "0006"), order)
    assert not unit.file(two_held).court_lists
    done = give(given, text, order, dry_run=True)
    assert [str(one.held) for one in done] == ["CNY 1,000.00", "CNY 500.00"]
    assert not unit.file(two_held).court_lists
    done = give(given, text, order)
    file = unit.file(two_held)
    assert {c.asset_id: c.total_minor for c in file.court_lists} == {
        done[0].asset_id: 70_000, done[1].asset_id: 30_000,
    }  # fmt: skip
    assert len({one.approval for one in done}) == 2, "each account takes a yes of its own"
    with pytest.raises(MisuseError, match="which account is meant"):
        give(given, rows(("SYN-1", "1.00")), actions.Order("another", unit.start))


def give(given: tuple[Any, str], text: str, order: Any, **more: Any) -> Any:
    from pathlib import Path

    from recovery_flows.intake.budget import Limits

    raw = text.encode()
    return actions.import_lists(*given, Path("court.csv"), raw, order, Limits(), **more)


def test_a_row_is_set_aside_by_two_and_keeps_its_sum_until_then(
    unit: Any, acts: Any, noticed: str
) -> None:
    enter(unit, noticed, rows(("SYN-1", "500.00"), ("Somebody Else", "700.00")))
    confirm(unit, acts, noticed)
    row = next(s for s in unit.file(noticed).court_shares if s.state == "unknown")
    actions.identify(unit.case_officer(), noticed, row.id, "", "of another case")
    file = unit.file(noticed)
    assert next(s for s in file.court_shares if s.id == row.id).state == "unknown"
    assert row.id not in {s.subject_id for s in next_steps.steps(file, unit.laws)}
    asked = next(a for a in file.approvals if a.subject_id == row.id)
    unit.case_officer(Actor("wu", Role.SUPERVISOR)).deny(asked.id, "look once more")
    assert row.id in {s.subject_id for s in next_steps.steps(unit.file(noticed), unit.laws)}
    actions.set_aside(unit.case_officer(), noticed, row.id, "of another case, its court wrote so")
    confirm(unit, acts, noticed)
    assert next(s for s in unit.file(noticed).court_shares if s.id == row.id).state == "set_aside"


def test_neither_sql_nor_the_store_ends_a_list_or_sets_a_row_aside_by_one_alone(
    unit: Any, acts: Any, noticed: str
) -> None:
    enter(unit, noticed, rows(("SYN-1", "500.00"), ("Somebody Else", "700.00")))
    confirm(unit, acts, noticed)
    file = unit.file(noticed)
    row = next(s for s in file.court_shares if s.state == "unknown")
    for statement in (
        "UPDATE court_list SET state = 'ended'",
        f"UPDATE court_share SET state = 'set_aside' WHERE id = '{row.id}'",
        f"UPDATE court_share SET state = 'named', claim_id = '' WHERE id = '{row.id}'",
        f"UPDATE court_share SET claim_id = 'claim-x' WHERE id = '{row.id}'",
    ):
        with (
            closing(sqlite3.connect(unit.path)) as raw,
            pytest.raises(sqlite3.IntegrityError, match="second person has confirmed it"),
        ):
            raw.execute(statement)
    for noun, name, event, state in (
        (EntityKind.COURT_LIST, file.court_lists[0].id, "ended", "in_force"),
        (EntityKind.COURT_SHARE, row.id, "set_aside", "unknown"),
        (EntityKind.COURT_SHARE, row.id, "identified", "unknown"),
    ):
        move = Transition(noun, name, event, state)
        for actor in (Actor("chen", Role.OFFICER), ENGINE):
            with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
                record(work, actor, unit.now, noticed, Outcome((move,)))


def test_the_courts_column_stands_beside_the_rules_as_text_and_as_json(
    unit: Any, acts: Any, noticed: str, capsys: Any
) -> None:
    first, second, third = sorted(c.id for c in unit.file(noticed).claims)
    enter(unit, noticed, rows((first, "900.00"), (second, "300.00")))
    confirm(unit, acts, noticed)
    file = unit.file(noticed)
    show_under_way(file, "", as_json=True)
    told = json.loads(capsys.readouterr().out)
    court = told["decided_by_court"]
    assert court["shares"] == {first: "900.00", second: "300.00", third: "0.00"}
    assert court["reference"] == REFERENCE
    by_rule = {share["claimant"]: share["share"] for share in told["shares"]}
    assert by_rule[first] in ("666.66", "666.67")
    assert court["differs"] in ("233.33", "233.34")
    show_under_way(file, second, as_json=True)
    assert json.loads(capsys.readouterr().out)["decided_by_court"]["shares"] == {second: "300.00"}
    show_under_way(file, "", as_json=False)
    text = capsys.readouterr().out
    assert f"decided otherwise, as the court has ordered: {REFERENCE}" in text
    assert "by the court" in text


def test_whose_a_row_is_counts_with_another_persons_yes_and_not_after_a_no(
    unit: Any, acts: Any, noticed: str
) -> None:
    enter(unit, noticed, rows(("SYN-1", "500.00"), ("Somebody Else", "700.00")))
    confirm(unit, acts, noticed)
    row = next(s for s in unit.file(noticed).court_shares if s.state == "unknown")
    with pytest.raises(StepRefusedError, match="of the list names"):
        actions.identify(unit.case_officer(), noticed, row.id, "SYN-1", "the court wrote so")
    actions.set_aside(unit.case_officer(), noticed, row.id, "of another case")
    actions.identify(unit.case_officer(), noticed, row.id, "SYN-2", "the court wrote so")
    pending = [a for a in unit.file(noticed).approvals if a.state == "pending"]
    (asked,) = (a for a in pending if a.subject_id == row.id)
    assert asked.action == "court_identify", "that it was to be set aside is void"
    with pytest.raises(StepRefusedError, match="waits for a second person already"):
        actions.set_aside(unit.case_officer(), noticed, row.id, "of another case")
    unit.case_officer(Actor("wu", Role.SUPERVISOR)).deny(asked.id, "look once more")
    found = next(s for s in unit.file(noticed).court_shares if s.id == row.id)
    assert (found.state, found.claim_id, found.found_claim_id) == ("unknown", "", "")
    actions.identify(unit.case_officer(), noticed, row.id, "SYN-3", "the court wrote so")
    confirm(unit, acts, noticed)
    found = next(s for s in unit.file(noticed).court_shares if s.id == row.id)
    assert (found.state, found.claim_id) == ("named", claims(unit, noticed)[2])
