"""Templates: requests by several channels that are asked side by side, by one act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recovery_flows.cross_border.channels import Channel, Help, StateGroup, is_member


class TemplatePart(BaseModel):
    """One request of a template: its channel, and the help that is asked by it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str
    want: Help


class Template(BaseModel):
    """Requests that go side by side; `together` are links of the process map that wait once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    together: tuple[str, ...] = Field(min_length=1)
    request: tuple[TemplatePart, ...] = Field(min_length=2)


Templates = Mapping[str, Template]


def load_templates(tables: Mapping[str, Any], channels: Mapping[str, Channel]) -> Templates:
    """Templates from their parsed file; ValueError names the template and what is wrong in it."""
    found = {}
    for code, table in tables.items():
        try:
            template = Template.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in (code, *first["loc"]))
            raise ValueError(f"templates.toml: {key}: {first['msg']}") from error
        for part in template.request:
            _check_part(code, part, channels)
        found[code] = template
    return found


def _check_part(code: str, part: TemplatePart, channels: Mapping[str, Channel]) -> None:
    channel = channels.get(part.channel)
    if channel is None:
        raise ValueError(f"templates.toml: {code}: there is no channel {part.channel!r}")
    if part.want not in channel.help:
        raise ValueError(f"templates.toml: {code}: {part.channel} does not give {part.want}")


def why_closed(
    channel: Channel, from_state: str, to_state: str, groups: Mapping[str, StateGroup]
) -> str:
    """Why a channel is not open between two States; empty where it is."""
    if not is_member(from_state, channel.from_states, groups):
        return f"{from_state} cannot ask by it"
    if not is_member(to_state, channel.to_states, groups):
        return f"{to_state} cannot be asked by it"
    return ""
