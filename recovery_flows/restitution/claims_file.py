"""A CSV file of claims for a division on files alone, each refusal with its line and field.

The column `class` is needed where the rule pays by class: its words are those of a regime.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from models.money import exponent
from recovery_flows.intake.budget import Limits
from recovery_flows.law.rows import Priority
from recovery_flows.restitution.methods.stakes import Stake, Tier
from recovery_flows.tracing.transfers.rows import (
    FileRefusedError,
    instant_of,
    minor_of,
    refuse,
    table,
)

COLUMNS = ("claimant", "loss", "compensated", "withdrawn", "loss_time")
CLASS = "class"
_CLAIMANT_MAX = 200
_LIMITS = Limits()


def tiers_of(priorities: Sequence[Priority]) -> dict[str, Tier]:
    """The classes of a regime by their code, the first of them paid first."""
    return {
        row.code: Tier(rank, row.code, row.label, _source(row))
        for rank, row in enumerate(priorities)
    }


def _source(row: Priority) -> str:
    article = "" if row.article == "none" else f" {row.article}"
    return f"{row.instrument}{article}, {row.status}"


def read_claims(
    path: Path,
    currency: str,
    limits: Limits = _LIMITS,
    *,
    tiers: Mapping[str, Tier] | None = None,
) -> list[Stake]:
    """One claim a row: `claimant,loss,compensated,withdrawn,loss_time`, sums in `currency`.

    With `tiers` the column `class` is read too, and each row has one of them.

    MisuseError: no such file. FileRefusedError: what cannot be read, with line, field and remedy.
    """
    digits = exponent(currency)
    plain = re.compile(
        rf"([0-9]{{1,15}})(?:\.([0-9]{{1,{digits}}}))?" if digits else "([0-9]{1,15})()"
    )
    stakes: list[Stake] = []
    lines: dict[str, int] = {}
    columns = COLUMNS if tiers is None else (*COLUMNS, CLASS)
    for line, cells in table(path, columns, limits=limits):
        stake = _stake(path, line, cells, currency, plain, tiers)
        if stake.claim_id in lines:
            first = lines[stake.claim_id]
            raise refuse(
                path, line, f"claimant {stake.claim_id!r} is on line {first} too: give one row a "
                f"claimant, with the sums of all his payments{'' if tiers is None else _EACH}",
            )  # fmt: skip
        lines[stake.claim_id] = line
        stakes.append(stake)
    if not stakes:
        raise FileRefusedError(f"{path.name} holds no claims: there is nobody to divide among")
    return stakes


_NOTHING = frozenset({"0", "0.00"})
"""How most rows spell that nothing was compensated or withdrawn."""
_EACH = " in a class, and a name of its own in another class, such as 'Li (medical)'"


def _stake(
    path: Path,
    line: int,
    cells: Mapping[str, str],
    currency: str,
    plain: re.Pattern[str],
    tiers: Mapping[str, Tier] | None,
) -> Stake:
    claimant = cells["claimant"]
    if not claimant or len(claimant) > _CLAIMANT_MAX:
        raise refuse(path, line, f"claimant has {len(claimant)} characters: 1 to {_CLAIMANT_MAX}")
    loss, compensated, withdrawn = (
        _sum(path, line, name, cells[name], currency, plain)
        for name in ("loss", "compensated", "withdrawn")
    )
    tier = None if tiers is None else _tier(path, line, cells[CLASS], tiers)
    at = _at(path, line, cells["loss_time"])
    return Stake(claimant, at, loss, compensated, withdrawn, tier)


def _tier(path: Path, line: int, text: str, tiers: Mapping[str, Tier]) -> Tier:
    if text not in tiers:
        said = f"class {text[:40]!r} is none of this law" if text else "class is empty"
        raise refuse(path, line, f"{said}: write one of {', '.join(tiers)}")
    return tiers[text]


def _sum(path: Path, line: int, name: str, text: str, currency: str, plain: re.Pattern[str]) -> int:
    if text in _NOTHING:
        return 0
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
