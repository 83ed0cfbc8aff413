"""An officer with a password, and what somebody types to come in as him."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.entities.officer import Role
from models.store.unit import Actor
from recovery_flows.access import passwords
from recovery_flows.access.own_log_in import set_password, set_second_factor
from recovery_flows.access.password_log_in import (
    Entered,
    LogInRefusedError,
    Typed,
    enter,
)
from recovery_flows.access.second_factor import new_secret, one_time_password, step_at

OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)
PASSWORD = "an invented pass phrase"
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SOURCE = "10.0.0.7"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with little memory: what it costs is not what is tested."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_PASSES", 1)
    monkeypatch.setattr(passwords, "_LANES", 1)
    monkeypatch.setattr(passwords, "_NOBODYS", passwords.password_hash("nobody's"))


@pytest.fixture
def officer(unit: Any) -> Any:
    """The officer chen, with a password."""
    acting = replace(unit.case_officer(), wall_now=lambda: NOW)
    assert set_password(acting, PASSWORD) == "the password of chen is set"
    return acting


@pytest.fixture
def secret(officer: Any) -> str:
    """The secret of chen's second factor."""
    made = new_secret()
    set_second_factor(
        officer, made, at(made, NOW - timedelta(hours=1)), PASSWORD, NOW - timedelta(hours=1)
    )
    return made


def at(secret: str, when: datetime, steps: int = 0) -> str:
    return one_time_password(secret, step_at(when) + steps)


def comes(
    unit: Any, password: str = PASSWORD, code: str = "", *, now: datetime = NOW, **more: Any
) -> Entered:
    handle, source = more.pop("handle", "chen"), more.pop("source", SOURCE)
    typed = Typed(handle, password, code, source)
    return enter(unit.database, typed, now, second_factor=more.pop("second_factor", False))


def events(unit: Any) -> list[str]:
    query = "SELECT event FROM event WHERE noun = 'log_in' ORDER BY seq"
    return str(unit.one(f"SELECT coalesce(group_concat(event, ' '), '') FROM ({query})")).split()


def wrong(unit: Any, times: int, **more: Any) -> None:
    for _ in range(times):
        with pytest.raises(LogInRefusedError):
            comes(unit, "a wrong one", **more)
