"""The bank of the unit's own account, for tests in which money comes in there."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.partner import PartnerChannel
from models.store.partners import register
from models.store.unit import unit_of_work
from tests.records.begun import played


@pytest.fixture
def treasury(unit: Any) -> None:
    """The bank of the unit's own account takes orders on paper."""
    played(unit, ("treasury",), lambda: register_treasury(unit))


def register_treasury(unit: Any) -> None:
    with unit_of_work(unit.database) as work:
        register(
            work, unit.start, "treasury", name="Synthetic treasury", regime="CN", currency="CNY",
            home=True, base_url="", token="", channel=PartnerChannel.LETTER,
        )  # fmt: skip
