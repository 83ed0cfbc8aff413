"""A unit whose victim paid abroad, and the bodies of the other State that it may ask."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.sandbox.worlds.world import World
from tests.faults.sending.abroad.bodies import Asked, asked_abroad, with_bodies


@pytest.fixture
def world(world: World) -> World:
    return with_bodies(world)


@pytest.fixture
async def asked(unit: Any) -> Asked:
    """The money is traced to the account abroad; what the program drafted itself is given up."""
    return await asked_abroad(unit)
