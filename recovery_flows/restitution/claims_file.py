"""A CSV file of claims for a division on files alone, each refusal with its line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from models.money import exponent
from recovery_flows.intake.budget import Limits
from recovery_flows.restitution.methods.stakes import Stake
from recovery_flows.tracing.transfers.rows import (
    FileRefusedError,
    instant_of,
    minor_of,
    refuse,
    table,
)

COLUMNS = ("claimant", "loss", "compensated", "withdrawn", "loss_time")
_CLAIMANT_MAX = 200
_LIMITS = Limits()


def read_claims(path: Path, currency: str, limits: Limits = _LIMITS) -> list[Stake]:
    """One claim a row: `claimant,loss,compensated,withdrawn,loss_time`, sums in `currency`.

    MisuseError: no such file. FileRefusedError: what cannot be read, with line, field and remedy.
    """
    digits = exponent(currency)
    plain = re.compile(
        rf"([0-9]{{1,15}})(?:\.([0-9]{{1,{digits}}}))?" if digits else "([0-9]{1,15})()"
    )
    stakes: list[Stake] = []
    lines: dict[str, int] = {}
    for line, cells in table(path, COLUMNS, limits=limits):
        stake = _stake(path, line, cells, currency, plain)
        if stake.claim_id in lines:
            first = lines[stake.claim_id]
            raise refuse(
                path, line, f"claimant {stake.claim_id!r} is on line {first} too: give one row a "
                "claimant, with the sums of all his payments",
            )  # fmt: skip
        lines[stake.claim_id] = line
        stakes.append(stake)
    if not stakes:
        raise FileRefusedError(f"{path.name} holds no claims: there is nobody to divide among")
    return stakes


def _stake(
    path: Path, line: int, cells: Mapping[str, str], currency: str, plain: re.Pattern[str]
) -> Stake:
    claimant = cells["claimant"]
    if not claimant or len(claimant) > _CLAIMANT_MAX:
        raise refuse(path, line, f"claimant has {len(claimant)} characters: 1 to {_CLAIMANT_MAX}")
    loss, compensated, withdrawn = (
        _sum(path, line, name, cells[name], currency, plain)
        for name in ("loss", "compensated", "withdrawn")
    )
    return Stake(claimant, _at(path, line, cells["loss_time"]), loss, compensated, withdrawn)


def _sum(path: Path, line: int, name: str, text: str, currency: str, plain: re.Pattern[str]) -> int:
    if (match := plain.fullmatch(text)) is not None:
        return int(match[1] + (match[2] or "").ljust(exponent(currency), "0"))
    if not text:
        raise refuse(path, line, f"{name} is empty: write 0 where there is none")
    if text.startswith("-"):
        raise refuse(path, line, f"{name} {text[:40]} is below zero: give the sum without a sign")
    try:
        return minor_of(path, line, text, currency)
    except FileRefusedError as error:
        raise FileRefusedError(str(error).replace(": amount", f": {name}", 1)) from error


def _at(path: Path, line: int, text: str) -> datetime:
    if not text:
        raise refuse(path, line, "loss_time is empty: give the time of the first payment")
    try:
        return instant_of(path, line, text)
    except FileRefusedError as error:
        raise FileRefusedError(str(error).replace(": time", ": loss_time", 1)) from error
