"""When a recovery stands in red: a rule of instants only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.urgency import Attention, waits_since
from recovery_flows.reports.unattended import DEFAULT_PATIENCE, idle as is_idle

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "owner", "role", "came", "done", "wanted"),
    [
        ("reported", "", "officer", HOUR, None, "unowned"),
        ("reported", "", "officer", HOUR - timedelta(seconds=1), None, ""),
        ("open", "", "engine", 2 * HOUR, None, "unowned"),
        ("open", "li", "officer", None, DAY, "stalled"),
        ("open", "li", "supervisor", None, DAY, "stalled"),
        ("open", "li", "officer", None, DAY - timedelta(seconds=1), ""),
        ("open", "li", "engine", None, 9 * DAY, ""),
        ("open", "li", "officer", None, None, ""),
        ("reported", "", "officer", None, None, ""),
    ],
)
def test_the_table_of_red(
    state: str,
    owner: str,
    role: str,
    came: timedelta | None,
    done: timedelta | None,
    wanted: str,
) -> None:
    waits = waits_since(
        RecoveryState(state), owner, Role(role), "", came and NOW - came, done and NOW - done
    )
    idle = is_idle(*waits, NOW, DEFAULT_PATIENCE)
    assert (idle.attention if idle else "") == wanted
    if idle is not None:
        since = came if idle.attention is Attention.UNOWNED else done
        assert since is not None
        assert idle.since == NOW - since


def test_what_has_ended_is_never_red() -> None:
    for state, owner, role in product(CLOSED_RECOVERIES, ("", "li"), Role):
        assert waits_since(state, owner, role, "done", NOW - DAY, NOW - DAY) == ("", None)
