"""A unit with one stop that its only partner was ordered to place; the engine's hands beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.many_banks import HOME, OFFICER, SUPERVISOR, ManyBanks
from bench.report_to_hold import order_stop
from config.settings import load_settings
from models.entities.officer import Role
from models.store.partners import register
from models.store.unit import unit_of_work
from recovery_flows.cli.composition import FirstOfficer, make_installation
from recovery_flows.engine.context import Engine, Pace

PARTNER = "sandbox-00"


@asynccontextmanager
async def make_unit(folder: Path, url: str) -> AsyncIterator[tuple[Engine, str, str]]:
    """The engine, the partner at `url`, and the id of the stop that it was ordered."""
    people = tuple(
        FirstOfficer(name, frozenset({role}), os_user=name)
        for name, role in ((OFFICER, Role.OFFICER), (SUPERVISOR, Role.SUPERVISOR))
    )
    made = make_installation(load_settings(folder / "data"), people)
    with unit_of_work(made.database) as unit:
        register(
            unit, datetime.now(UTC), PARTNER, name="Sandbox Bank 0", regime=HOME, currency="CNY",
            home=True, base_url=url, token="secret-token",  # noqa: S106 - nobody's
        )  # fmt: skip
    hold_id = order_stop(ManyBanks(made, folder / "none", {PARTNER: url}), 0)
    engine = Engine(made.database, made.laws, Pace(), "bench")
    try:
        yield engine, PARTNER, hold_id
    finally:
        await engine.close()
        made.database.dispose()
