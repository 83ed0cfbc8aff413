"""Channels across a border and groups of States, read from the files that come with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recovery_flows.cross_border.channels import Channel, StateGroup


def state_groups() -> dict[str, StateGroup]:
    """Groups of States that come with the program."""
    from config.channels import read_states
    from recovery_flows.cross_border.channels import load_groups

    return load_groups(read_states())


def border_channels(groups: dict[str, StateGroup]) -> dict[str, Channel]:
    """All channels that come with the program, by code."""
    from config.channels import channel_codes, read_channel
    from recovery_flows.cross_border.channels import load_channel

    return {code: load_channel(code, read_channel(code), groups) for code in channel_codes()}
