"""What contradicts the records is found once, stands in red, and rests only by a person's word."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.discrepancies import open_discrepancies
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.views.queue import queue
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.reports.unattended import DEFAULT_PATIENCE


def found(unit: Any, recovery_id: str, mark: str = "1", **about: str) -> str:
    changes = Changeset(unit.file(recovery_id))
    name = discrepancies.find(
        changes, DiscrepancyKind.AMOUNT_DIFFERS, EntityKind.PAYOUT, "payout-x", unit.now,
        expected=Money(80_000, "CNY"), stated=Money(40_000, "CNY"), mark=mark, **about,
    )  # fmt: skip
    with unit_of_work(unit.database) as work:
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    return name


@pytest.fixture
def recovery_id(unit: Any, fact: Any) -> str:
    (name,) = unit.report(fact())
    unit.accept(name)
    return str(name)


def red(unit: Any) -> dict[str, str]:
    with unit.database.reading() as session:
        page = queue(session, unit.now, DEFAULT_PATIENCE, 10)
    return {line.recovery_id: line.attention for line in page.lines}


def test_a_discrepancy_is_found_once_and_stands_in_red_before_every_step(
    unit: Any, recovery_id: str
) -> None:
    name = found(unit, recovery_id)
    assert found(unit, recovery_id) == name
    file = unit.file(recovery_id)
    assert [d.id for d in file.discrepancies] == [name]
    assert red(unit)[recovery_id] == "discrepancy"
    with unit.database.reading() as session:
        ((_, row),) = open_discrepancies(session)
    assert discrepancies.sentence(row) == ("the bank states CNY 400.00 for a payout of CNY 800.00")
    with pytest.raises(RefusedError, match="recovery discrepancy resolve"):
        unit.case_officer().advance(recovery_id)


def test_a_discrepancy_of_a_closed_recovery_is_in_the_queue(unit: Any, recovery_id: str) -> None:
    with unit_of_work(unit.database) as work:
        from models.outcome import Outcome, Transition
        from models.store.record import record

        chen, wu = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)
        asked = {
            "subject_noun": EntityKind.RECOVERY, "subject_id": recovery_id, "action": "close",
            "subject_digest": "d", "asked_by": "chen", "asked_at": unit.now,
        }  # fmt: skip
        by_wu = {"decided_by": "wu", "decided_at": unit.now}
        for who, move in (
            (chen, Transition(EntityKind.APPROVAL, "appr-close", "asked", None, asked)),
            (wu, Transition(EntityKind.APPROVAL, "appr-close", "approved", "pending", by_wu)),
            (wu, Transition(EntityKind.RECOVERY, recovery_id, "closed_no_recovery", "open")),
        ):
            record(work, who, unit.now, recovery_id, Outcome((move,)))
        commit_changes(work, ENGINE, unit.now, unit.laws, Changeset(unit_file(work, recovery_id)))
    assert recovery_id not in red(unit)
    name = found(unit, recovery_id)
    assert red(unit)[recovery_id] == "discrepancy"
    discrepancy_actions.resolve(unit.case_officer(), recovery_id, name, "asked the bank")
    assert recovery_id not in red(unit)


def unit_file(work: Any, recovery_id: str) -> Any:
    from models.queries.cases.case_files import load_file

    return load_file(work.session, recovery_id)


def test_a_person_resolves_it_with_a_reason_and_only_once(unit: Any, recovery_id: str) -> None:
    name = found(unit, recovery_id)
    with pytest.raises(MisuseError, match="--reason"):
        discrepancy_actions.resolve(unit.case_officer(), recovery_id, name, "  ")
    discrepancy_actions.resolve(unit.case_officer(), recovery_id, name, "the bank corrects it")
    file = unit.file(recovery_id)
    assert not discrepancies.open_ones(file)
    assert file.discrepancies[0].resolved_by == "chen"
    with pytest.raises(RefusedError, match="no open discrepancy"):
        discrepancy_actions.resolve(unit.case_officer(), recovery_id, name, "again")
    assert found(unit, recovery_id) == name, "the same news does not open it again"
    assert not discrepancies.open_ones(unit.file(recovery_id))
    found(unit, recovery_id, mark="2")
    assert len(discrepancies.open_ones(unit.file(recovery_id))) == 1
    assert verify(unit.database) == ()


def test_nothing_is_drafted_where_a_discrepancy_is_open(unit: Any, recovery_id: str) -> None:
    claim = unit.file(recovery_id).claims[0].id
    found(unit, recovery_id, claim_id=claim)
    file = unit.file(recovery_id)
    assert discrepancies.open_on(file, claim_id=claim)
    assert not discrepancies.open_on(file, claim_id="another")
    assert not discrepancies.open_on(file, asset_id=file.assets[0].id)
    found(unit, recovery_id, mark="2")
    assert discrepancies.open_on(unit.file(recovery_id), asset_id=file.assets[0].id)
