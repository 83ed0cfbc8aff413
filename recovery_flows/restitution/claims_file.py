"""A CSV file of claims for a division on files alone, each refusal with its line and field.

The column `class` is needed where the rule pays by class: its words are those of a regime.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
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
    values,
)

COLUMNS = ("claimant", "loss", "compensated", "withdrawn", "loss_time")
CLASS = "class"
_CLAIMANT_MAX = 200
_AT_ONCE = 4_096
_Row = tuple[int, list[str]]
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
    columns = COLUMNS if tiers is None else (*COLUMNS, CLASS)
    file = _File(path, currency, tiers)
    for rows in _some(values(path, columns, limits)):
        if not file.take_plain(rows):
            for line, cells in rows:
                file.take(line, *cells)
    if not file.stakes:
        raise FileRefusedError(f"{path.name} holds no claims: there is nobody to divide among")
    return file.stakes


def _some(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    """Rows by the thousand; what stands before a line that is no row is looked at first."""
    found: list[_Row] = []
    try:
        for row in rows:
            found.append(row)
            if len(found) == _AT_ONCE:
                yield found
                found = []
    except FileRefusedError:
        yield found
        raise
    yield found


_EACH = " in a class, and a name of its own in another class, such as 'Li (medical)'"


class _File:
    """The claims of a file as far as it is read; most rows are plain, and many are read at once."""

    def __init__(self, path: Path, currency: str, tiers: Mapping[str, Tier] | None) -> None:
        self.stakes: list[Stake] = []
        self._path, self._currency, self._tiers = path, currency, tiers
        self._lines: dict[str, int] = {}
        digits = exponent(currency)
        fraction = rf"\.[0-9]{{{digits}}}" if digits else ""
        self._plain = re.compile(rf"(?:(?:0|[0-9]{{1,15}}{fraction})\n)*")

    def take_plain(self, rows: Sequence[_Row]) -> bool:
        """Take rows in which nothing has to be looked at; False, and nothing taken, else."""
        if not rows:
            return True
        names, loss, compensated, withdrawn, times, *classes = zip(
            *(cells for _, cells in rows), strict=True
        )
        if not all(names) or max(map(len, names)) > _CLAIMANT_MAX:
            return False
        if len(set(names)) < len(names) or not self._lines.keys().isdisjoint(names):
            return False
        instants = _instants(times)
        sums = [self._minor(column) for column in (loss, compensated, withdrawn)]
        tiers = [self._tiers.get(code) for code in classes[0]] if self._tiers is not None else None
        if not instants or not all(sums) or (tiers is not None and None in tiers):
            return False
        self._lines.update(zip(names, (line for line, _ in rows), strict=True))
        columns = (names, instants, *sums, tiers or [None] * len(names))
        self.stakes += map(Stake._make, zip(*columns, strict=True))
        return True

    def _minor(self, column: Sequence[str]) -> list[int]:
        """The sums of a column in minor units; none where one is not spelled as most are."""
        text = "\n".join((*column, ""))
        if not self._plain.fullmatch(text):
            return []
        sums = list(map(int, text.replace(".", "").split()))
        return sums if len(sums) == len(column) else []  # a cell may have several lines

    def take(
        self, line: int, claimant: str, loss: str, compensated: str, withdrawn: str, time: str,
        code: str = "",
    ) -> None:  # fmt: skip
        """Take one row; FileRefusedError with its line, field and remedy."""
        path, currency = self._path, self._currency
        if not claimant or len(claimant) > _CLAIMANT_MAX:
            told = f"claimant has {len(claimant)} characters: 1 to {_CLAIMANT_MAX}"
            raise refuse(path, line, told)
        stake = Stake(
            claim_id=claimant,
            loss_minor=_sum(path, line, "loss", loss, currency),
            compensated_minor=_sum(path, line, "compensated", compensated, currency),
            withdrawn_minor=_sum(path, line, "withdrawn", withdrawn, currency),
            tier=None if self._tiers is None else _tier(path, line, code, self._tiers),
            first_loss_at=_at(path, line, time),
        )
        first = self._lines.setdefault(claimant, line)
        if first != line:
            raise refuse(
                path, line, f"claimant {claimant!r} is on line {first} too: give one row a "
                f"claimant, with the sums of all his payments{_EACH if code else ''}",
            )  # fmt: skip
        self.stakes.append(stake)


def _instants(times: Sequence[str]) -> list[datetime]:
    """What is written with an offset; none where one is written otherwise."""
    try:
        told = list(map(datetime.fromisoformat, times))
        if not all(at.tzinfo for at in told):
            return []
        return [at if at.tzinfo is UTC else at.astimezone(UTC) for at in told]
    except (ValueError, OverflowError):
        return []


def _tier(path: Path, line: int, text: str, tiers: Mapping[str, Tier]) -> Tier:
    if text not in tiers:
        said = f"class {text[:40]!r} is none of this law" if text else "class is empty"
        raise refuse(path, line, f"{said}: write one of {', '.join(tiers)}")
    return tiers[text]


def _sum(path: Path, line: int, name: str, text: str, currency: str) -> int:
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
