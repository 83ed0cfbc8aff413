"""Channels across a border as data, one TOML file each; groups of States and data classes."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

_ROOT = files(__name__)


def channel_codes() -> tuple[str, ...]:
    """Codes of the channels that come with the program, sorted (`egmont`, `mla`)."""
    names = (entry.name for entry in _ROOT.iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


def read_channel(code: str) -> dict[str, Any]:
    """The table of one channel as parsed TOML; LookupError names the codes there are."""
    if code not in channel_codes():
        raise LookupError(f"no channel {code!r}; there are {', '.join(channel_codes())}")
    return tomllib.loads(_ROOT.joinpath(f"{code}.toml").read_text("utf-8"))


def read_states() -> dict[str, Any]:
    """Groups of States that are bound by the same instrument, by their code."""
    return tomllib.loads(files("config").joinpath("states.toml").read_text("utf-8"))


def read_templates() -> dict[str, Any]:
    """Requests that are asked side by side, by the template's code."""
    return tomllib.loads(files("config").joinpath("templates.toml").read_text("utf-8"))


def read_data_classes() -> dict[str, Any]:
    """Which class of data each field of a request is."""
    return tomllib.loads(files("config").joinpath("privacy.toml").read_text("utf-8"))
