"""A second officer beside the first, and reports in the shape that the desk takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.store.people import appoint
from models.store.unit import Actor, unit_of_work

LI = Actor("li", Role.OFFICER)


@pytest.fixture
def li(unit: Any) -> Actor:
    """Another officer, whose files are his own."""
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, LI.id, [LI.role], os_user=LI.id)
    return LI


@pytest.fixture
def fact(unit: Any) -> Callable[..., ReportFact]:
    """An invented report; each of another payment to an account of its own unless told."""

    def _fact(number: int = 1, **changes: Any) -> ReportFact:
        (made,) = unit.reports(number)[-1:]
        own = AccountRef(made.payee_account.bank, f"99990000000{number:05}", "Synthetic Mule")
        return replace(made, payee_account=own, end_to_end_id=f"E{number}", **changes) if (
            "payee_account" not in changes
        ) else replace(made, **changes)  # fmt: skip

    return _fact
