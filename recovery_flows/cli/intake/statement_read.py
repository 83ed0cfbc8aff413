"""What one statement file holds, as `recovery intake statement` tells it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from recovery_flows.intake.budget import Limits
from recovery_flows.intake.statements.shape import (
    End,
    Entry,
    Head,
    Item,
    Member,
    StatementRefusedError,
)


@dataclass(slots=True)
class FileRead:
    """What one file holds, or why it was refused."""

    file: str
    format: str = ""
    version: str = ""
    statements: int = 0
    entries: int = 0
    payments: int = 0
    pending: int = 0
    sums: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(_no_sums))
    differences: list[int | None] = field(default_factory=list)
    currency: str = ""
    warnings: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    """Names of elements that no reader uses, with how often each occurs."""
    refused: str = ""
    refused_inside: list[str] = field(default_factory=list)
    """Files in a zip that are not imported, each with its reason."""
    stored: str = ""

    @property
    def balances(self) -> str:
        """Whether stated balances agree with the bookings between them."""
        told = [difference for difference in self.differences if difference is not None]
        if not told:
            return "not stated"
        return "differ" if any(told) else "agree"


def _no_sums() -> dict[str, int]:
    return {"credit": 0, "debit": 0}


def read_file(path: Path, limits: Limits | None = None) -> FileRead:
    """Read one file to its end, counting."""
    from recovery_flows.intake.statements.reading import read_path

    found = FileRead(path.name)
    try:
        _count(found, read_path(path, limits or Limits()))
    except StatementRefusedError as error:
        found.refused = str(error)
    return found


def _count(found: FileRead, items: Iterable[Item]) -> None:
    """Count what is in a file; nothing of a file in a zip that turns out to be refused."""
    part = FileRead(found.file)
    for item in items:
        if not isinstance(item, Member):
            _take(part, item)
            continue
        if item.refused:
            found.refused_inside.append(f"{item.name}: {item.refused}")
        else:
            _add(found, part)
        part = FileRead(found.file)
    _add(found, part)


def _take(part: FileRead, item: Head | Entry | End) -> None:
    if isinstance(item, Head):
        part.format, part.version = str(item.format), item.version
        part.currency = part.currency or item.currency
    elif isinstance(item, Entry):
        part.payments += 1
        part.pending += item.is_pending
        if not item.is_pending:
            part.sums[item.amount.currency][item.direction] += item.amount.minor
    else:
        part.statements += 1
        part.entries += item.bookings
        part.differences.append(item.difference_minor)
        part.warnings += item.warnings
        part.unread.update(dict(item.unread))


def _add(found: FileRead, part: FileRead) -> None:
    found.format, found.version = part.format or found.format, part.version or found.version
    found.currency = found.currency or part.currency
    for name in ("statements", "entries", "payments", "pending"):
        setattr(found, name, getattr(found, name) + getattr(part, name))
    for currency, sides in part.sums.items():
        for side, minor in sides.items():
            found.sums[currency][side] += minor
    found.differences += part.differences
    found.warnings += part.warnings
    found.unread.update(part.unread)
