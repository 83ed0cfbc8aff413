"""Personal data in clear: to whom, for which reason, and what the history keeps of a look."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.access.disclosures import reveal
from recovery_flows.errors import MisuseError, StepRefusedError

SUPERVISOR, OTHER = Actor("wu", Role.SUPERVISOR), Actor("wu", Role.OFFICER)
WHY = "the victim is called back at the desk"


@pytest.fixture
def accepted(unit: Any) -> Any:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    return unit, recovery_id


def test_the_officer_in_charge_and_a_supervisor_see_what_they_ask_for_and_each_look_is_an_event(
    accepted: Any,
) -> None:
    unit, recovery_id = accepted
    asset = unit.file(recovery_id).assets[0].id
    seen = reveal(unit.case_officer(), recovery_id, ["name", "contact"], "", WHY)
    assert seen == {"name": "Invented Victim 1", "contact": "invented-1@example.org"}
    seen = reveal(unit.case_officer(SUPERVISOR), recovery_id, ["holder", "account"], asset, WHY)
    assert seen == {"holder": "Synthetic Mule", "account": "9999000000000001"}
    with unit.database.reading() as session:
        query = "SELECT actor_id, event, values_json FROM event WHERE noun = 'disclosure'"
        first, second = session.connection().exec_driver_sql(query).all()
    assert (first[0], first[1], second[0]) == ("chen", "revealed", "wu")
    assert '"what": "name, contact"' in first[2].replace('":"', '": "')
    assert all("Invented" not in text and WHY not in text for text in (first[2], second[2]))
    assert verify(unit.database) == ()


def test_a_look_is_no_act_about_a_recovery_and_leaves_its_version(accepted: Any) -> None:
    unit, recovery_id = accepted
    queue = f"SELECT waits_since FROM queue_entry WHERE id = '{recovery_id}'"
    version, waits = unit.file(recovery_id).recovery.version, unit.one(queue)
    unit.later(5)
    reveal(unit.case_officer(), recovery_id, ["name"], "", WHY)
    assert unit.file(recovery_id).recovery.version == version
    assert unit.one(queue) == waits


REFUSED = (
    (["name"], "", "  ", "a reason of 3 to 400 characters is needed"),
    (["name"], "", "for Invented Victim 1", "the reason holds a name"),
    (["name"], "", "calls from 138 0013 8000", "the reason holds a phone number"),
    ([], "", WHY, "name the fields to reveal"),
    (["all"], "", WHY, "there is no field 'all' to reveal; a victim has name"),
    (["name"], "nobody", WHY, "has no claim or account 'nobody'; there are 1 claims"),
    (["holder"], "", WHY, "has no field 'holder'; it has: name"),
)


def test_no_reason_no_field_nobody_or_everything_is_refused_and_no_look_is_written(
    accepted: Any,
) -> None:
    unit, recovery_id = accepted
    for fields, of, reason, sentence in REFUSED:
        with pytest.raises((MisuseError, StepRefusedError), match=sentence) as refused:
            reveal(unit.case_officer(), recovery_id, fields, of, reason)
        assert "Invented" not in str(refused.value)
    assert unit.one("SELECT count(*) FROM disclosure") == 0


def test_who_is_not_in_charge_sees_nothing(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    with pytest.raises(StepRefusedError, match="nobody is in charge of it yet"):
        reveal(unit.case_officer(), recovery_id, ["name"], "", WHY)
    unit.accept(recovery_id)
    with pytest.raises(StepRefusedError, match="a supervisor; chen is in charge"):
        reveal(unit.case_officer(OTHER), recovery_id, ["name"], "", WHY)
