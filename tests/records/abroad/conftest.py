"""A recovery with half its money abroad."""

from __future__ import annotations

from typing import Any

import pytest

from models.store.people import appoint
from models.store.unit import unit_of_work
from tests.records.abroad.abroad_case import FOREIGN, LI, Abroad
from tests.records.begun import played
from tests.records.treasury import treasury

__all__ = ["treasury"]


@pytest.fixture
def abroad(unit: Any) -> Abroad:
    return Abroad(unit, played(unit, ("half abroad",), lambda: _half_abroad(unit)))


def _half_abroad(unit: Any) -> str:
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, LI.id, [LI.role], os_user=LI.id)
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, 50_000)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    left = unit.line(2, -50_000, counter=FOREIGN, at_hours=2)
    unit.trace(recovery_id, unit.statement([came, left]))
    return str(recovery_id)
