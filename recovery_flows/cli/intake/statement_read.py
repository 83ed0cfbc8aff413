"""What one statement file holds, as `recovery intake statement` tells it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field


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
