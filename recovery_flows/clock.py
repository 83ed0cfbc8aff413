"""The wall clock: the one place where transport time comes from."""

from __future__ import annotations

from datetime import UTC, datetime


def wall_clock() -> datetime:
    """Transport time: now, aware, UTC."""
    return datetime.now(UTC)
