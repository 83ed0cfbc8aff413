"""Authorities of States as data, one TOML file a State."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_authorities() -> dict[str, dict[str, Any]]:
    """The rows that come with the program, by id; `country` is the name of their file."""
    found: dict[str, dict[str, Any]] = {}
    for entry in sorted(files(__name__).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            country = entry.name.removesuffix(".toml").upper()
            rows = tomllib.loads(entry.read_text("utf-8")).get("authority", [])
            found |= {row["id"]: {"country": country, **row} for row in rows}
    return found
