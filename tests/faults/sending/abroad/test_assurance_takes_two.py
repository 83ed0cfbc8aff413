"""An assurance to another State leaves only as two people gave it, whoever calls the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.outcome import CallIntent, Outcome, Scalar, Transition
from models.store.documents import keep
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import Actor, unit_of_work
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from tests.faults.sending.abroad.bodies import AUTHORITY, Asked
from tests.faults.sending.abroad.spoken import heard, messages, say

OFFICER = Actor("the-officer", Role.OFFICER)
SUPERVISOR = Actor("the-supervisor", Role.SUPERVISOR)
WORDS = "It is used for the return to the victims of this case only."


async def conditional(asked: Asked) -> str:
    """A request whose body wants an assurance."""
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "sets_a_condition"}, bank=AUTHORITY
    )
    name = await asked.out("mla", wanted="return")
    await asked.answered()
    return name


def written(asked: Asked, name: str, event: str, actor: Actor, **changed: Scalar) -> None:
    """What somebody writes by calling the store: an assurance of words of his own, and its call."""
    unit = asked.unit
    with unit_of_work(unit.database) as work:
        letter = keep(
            work, b"We promise whatever you want.", "x", "text/markdown", unit.sandbox.now
        )
        values: Mapping[str, Any] = {
            "request_id": name, "kind": "assurance", "language": "en", "letter": letter,
            "written_by": actor.id, "written_at": unit.sandbox.now, **changed,
        }  # fmt: skip
        begun = Transition(EntityKind.REQUEST_MESSAGE, "mine", event, None, values)
        request = asked.row(name)
        call = CallIntent(
            id="call-mine", partner_id=request.carrier_id, kind=CallKind.MESSAGE,
            noun=EntityKind.REQUEST_MESSAGE, subject_id="mine", asset_id=request.asset_id,
            approval_id=unit.file().approvals[-1].id,
        )  # fmt: skip
        record(work, actor, unit.sandbox.now, unit.recovery_id, Outcome((begun,), calls=(call,)))


def approved(asked: Asked, actor: Actor) -> None:
    """What one person writes on top: that the drafted assurance was given."""
    unit = asked.unit
    with unit_of_work(unit.database) as work:
        given = Transition(EntityKind.REQUEST_MESSAGE, "mine", "approved", "draft", {})
        record(work, actor, unit.sandbox.now, unit.recovery_id, Outcome((given,)))


async def test_one_person_sends_no_assurance_by_the_store(asked: Asked) -> None:
    name = await conditional(asked)
    with pytest.raises(NotPermittedError, match="rests on the yes of a second person"):
        written(asked, name, "dispatched", OFFICER)
    written(asked, name, "drafted", OFFICER)
    with pytest.raises(NotPermittedError, match="rests on the yes of a second person"):
        approved(asked, SUPERVISOR)
    await asked.unit.sweep()
    assert heard(asked, AUTHORITY) == []


async def test_nobody_signs_a_message_for_another(asked: Asked) -> None:
    name = await conditional(asked)
    with pytest.raises(NotPermittedError, match="signs for nobody"):
        written(asked, name, "drafted", OFFICER, written_by="the-supervisor")


async def test_other_words_do_not_leave_under_an_assurance_that_was_given(asked: Asked) -> None:
    name = await conditional(asked)
    say(asked, "assure", name, WORDS)
    asked.unit.approve()
    await asked.unit.sweep()
    assert [body["letter"].count(WORDS) for _, body in heard(asked, AUTHORITY)] == [1]
    asked.unit.later(1)
    with pytest.raises(NotPermittedError, match="rests on the yes of a second person"):
        written(asked, name, "dispatched", OFFICER)
    written(asked, name, "drafted", OFFICER)
    with pytest.raises(NotPermittedError, match="rests on the yes of a second person"):
        approved(asked, SUPERVISOR)
    await asked.unit.sweep()
    assert len(heard(asked, AUTHORITY)) == 1
    assert ("assurance", "planned") not in messages(asked, name)
