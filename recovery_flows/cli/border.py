"""Channels across a border and groups of States, read from the files that come with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recovery_flows.cross_border.channels import Channel, StateGroup
    from recovery_flows.cross_border.templates import Template, Templates


def state_groups() -> dict[str, StateGroup]:
    """Groups of States that come with the program."""
    from config.channels import read_states
    from recovery_flows.cross_border.channels import load_groups

    return load_groups(read_states())


def request_templates() -> Templates:
    """Templates of requests that come with the program, by code."""
    from config.channels import read_templates
    from recovery_flows.cross_border.templates import load_templates

    return load_templates(read_templates(), border_channels(state_groups()))


def template_of(code: str) -> Template:
    """The template of that code; MisuseError names those there are."""
    from recovery_flows.errors import MisuseError

    found = request_templates()
    if code not in found:
        raise MisuseError(f"--template {code!r}: there are {', '.join(sorted(found))}")
    return found[code]


def border_channels(groups: dict[str, StateGroup]) -> dict[str, Channel]:
    """All channels that come with the program, by code."""
    from config.channels import channel_codes, read_channel
    from recovery_flows.cross_border.channels import load_channel

    return {code: load_channel(code, read_channel(code), groups) for code in channel_codes()}
