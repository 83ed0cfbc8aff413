"""A database that is taken back to an earlier version and upgraded again has lost no sum abroad."""

from __future__ import annotations

import pytest
from alembic import command

from models.migrate import alembic_config, upgrade
from models.queries.audit.verify import verify
from tests.records.abroad.abroad_case import Abroad
from tests.records.abroad.test_asks_for_less import falls, reduced
from tests.records.abroad.test_versions_of_less import leaves


@pytest.mark.parametrize("to", ["0055", "0049"])
def test_what_a_request_rests_on_is_known_again_after_a_way_back(abroad: Abroad, to: str) -> None:
    """`supported_minor` was empty then, and the audit named each request by it."""
    name = abroad.out()
    second = abroad.new("mla", wanted="return", amount="100.00", part="new")
    falls(abroad, 30_000)
    leaves(abroad, reduced(abroad, name).id)
    rows = abroad.unit.file(abroad.recovery_id).requests
    assert abroad.row(second).account_part == 2
    engine = abroad.unit.database.engine
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), to)
    upgrade(engine)
    assert abroad.unit.file(abroad.recovery_id).requests == rows
    assert verify(abroad.unit.database) == ()
