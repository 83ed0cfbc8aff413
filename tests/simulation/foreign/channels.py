"""What bodies know of a channel: the grounds on its list, read off its file as data."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "config" / "channels"
CODES = {
    "igrip": "police", "police_liaison": "police", "carin": "police", "mla": "authority",
    "eu_freeze": "authority", "eu_confiscate": "authority", "eio": "authority", "egmont": "fiu",
}  # fmt: skip
"""The channels that are played, each with the kind of body that takes it."""
WANTED = {
    "igrip": "freeze", "police_liaison": "information", "carin": "information",
    "mla": "evidence", "eu_freeze": "freeze", "eu_confiscate": "return", "eio": "evidence",
    "egmont": "information",
}  # fmt: skip


@cache
def grounds(channel: str, kind: str) -> tuple[str, ...]:
    """The codes of a channel's list that are of a kind: refusal, postponement or pending."""
    table = tomllib.loads((FOLDER / f"{channel}.toml").read_text("utf-8"))
    kinds = ("refusal", "impossible") if kind == "refusal" else (kind,)
    return tuple(row["code"] for row in table.get("ground", ()) if row["kind"] in kinds)


@cache
def leaves(channel: str, code: str) -> tuple[str, ...]:
    """What a ground leaves to do; nothing where the channel has no such ground."""
    table = tomllib.loads((FOLDER / f"{channel}.toml").read_text("utf-8"))
    found = (row["options"] for row in table.get("ground", ()) if row["code"] == code)
    return tuple(next(found, ()))


@cache
def fields(channel: str) -> frozenset[str]:
    """The fields that the channel's form has, and those that our law adds to it."""
    table = tomllib.loads((FOLDER / f"{channel}.toml").read_text("utf-8"))
    law = tomllib.loads((FOLDER.parent / "regimes" / "cn.toml").read_text("utf-8"))
    ours = (row for row in law["channel"] if row["code"] == channel)
    wanted = next((row["required_fields"] for row in ours), ())
    return frozenset((*(row["name"] for row in table["field"]), *wanted))


@cache
def receipts(channel: str) -> tuple[str, ...]:
    """The delivery receipts that a channel knows, in their order; none where it knows none."""
    table = tomllib.loads((FOLDER / f"{channel}.toml").read_text("utf-8"))
    return tuple(table.get("receipts", {}).get("order", ()))
