"""What one file may cost and how fast the engine goes, from the settings; what was not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from recovery_flows.intake.budget import Limits

if TYPE_CHECKING:
    from config.settings import Settings
    from recovery_flows.engine.context import Pace

_TOLD_MAX = 8


def limits_of(settings: Settings) -> Limits:
    """What one file may cost."""
    intake = settings.intake
    return Limits(
        seconds=intake.seconds_max,
        file_megabytes=intake.file_megabytes_max,
        unpacked_megabytes=intake.unpacked_megabytes_max,
        whole_megabytes=intake.whole_megabytes_max,
        depth=intake.depth_max,
    )


def pace_of(settings: Settings) -> Pace:
    """How fast the engine goes."""
    from recovery_flows.engine.context import Pace

    engine, partner = settings.engine, settings.partners
    return Pace(
        poll_seconds=partner.poll_seconds,
        lease_seconds=engine.lease_seconds,
        timeout_seconds=partner.timeout_seconds,
        chunk_size=engine.chunk_size,
        connections=partner.connections,
        jitter_percent=10,
        stall_seconds=engine.stall_seconds,
    )


def settings_limits() -> Limits:
    """The same for a command that opens no installation; SettingsError for a bad setting."""
    from config.settings import load_settings

    return limits_of(load_settings())


def not_read(unread: Mapping[str, int]) -> str:
    """`not read: seq 12 times, note 3 times`, the most frequent first; "" where all was read."""
    if not unread:
        return ""
    most = sorted(unread.items(), key=lambda one: (-one[1], one[0]))
    told = [f"{name} {_times(count)}" for name, count in most[:_TOLD_MAX]]
    more = len(most) - len(told)
    rest = f" and {more:,} more names, which --json lists" if more > 0 else ""
    return f"not read: {', '.join(told)}{rest}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
