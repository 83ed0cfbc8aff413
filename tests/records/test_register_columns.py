"""What of a partner and an officer leads orders or opens acts changes only by two people."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.partner import Partner
from models.outcome import Outcome, Transition
from models.sealing.seals import UNCOVERED
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.register_guard import OPEN_OF_PARTNER
from models.store.unit import ENGINE, Actor, unit_of_work

LEADS = {
    "name", "regime", "currency", "home", "kind", "channel", "base_url", "token_sealed",
    "client_id", "ca_path", "cert_path", "cert_key_path",
}  # fmt: skip
EVERYBODY = (ENGINE, Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR))


@pytest.fixture(autouse=True)
def at_work(unit: Any) -> None:
    """The unit is at work: the program enters nobody by itself any more."""
    unit.report(*unit.reports(1))


def test_every_column_of_a_partner_is_guarded_open_or_of_the_moment() -> None:
    columns = {c.name for c in table_of(Partner).c} - {"id", "state", "row_seal"}
    assert columns - OPEN_OF_PARTNER - UNCOVERED[EntityKind.PARTNER] == LEADS


@pytest.mark.parametrize("column", sorted(LEADS))
def test_nobody_alone_changes_where_or_how_or_under_which_law_orders_go(
    unit: Any, column: str
) -> None:
    query = f"SELECT {column} FROM partner WHERE id = 'bank-home'"
    before, value = unit.one(query), False if column == "home" else "GB"
    move = Transition(EntityKind.PARTNER, "bank-home", "updated", "active", {column: value})
    for actor in EVERYBODY:
        with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
            record(work, actor, unit.now, "", Outcome((move,)))
    assert unit.one(query) == before


def test_nobody_alone_appoints_an_officer(unit: Any) -> None:
    values = {"handle": "mole", "roles": "supervisor", "os_user": "mole", "secret_hash": ""}
    move = Transition(EntityKind.OFFICER, "mole", "appointed", None, values)
    for actor in EVERYBODY:
        with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
            record(work, actor, unit.now, "", Outcome((move,)))
    assert unit.one("SELECT count(*) FROM officer WHERE id = 'mole'") == 0
