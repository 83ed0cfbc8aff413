"""Text for a terminal or a pipe: aligned columns, and nothing in it that a terminal would obey."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from recovery_flows.cli.output import say

# Controls, format characters (bidi marks among them), surrogates, line and paragraph separators.
_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def safe(text: object) -> str:
    """One line of text; characters that steer a terminal show as U+FFFD."""
    return "".join("\ufffd" if unicodedata.category(c) in _OBEYED else c for c in str(text))


def tell(lines: Iterable[str]) -> None:
    """Print lines, made safe."""
    for line in lines:
        say(safe(line).rstrip())


def columns(
    rows: Sequence[Sequence[object]], head: Sequence[str] = (), *, right: Sequence[int] = ()
) -> list[str]:
    """Rows as aligned lines, two blanks between columns; `right` names those aligned right."""
    cells = [[safe(cell) for cell in row] for row in ([head, *rows] if head else rows)]
    if not cells:
        return []
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def instant_text(at: datetime | None, zone: str = "UTC") -> str:
    """An instant to the minute in a zone, `-` for none."""
    return "-" if at is None else f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 event`, `1,234 events`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spoken(name: object) -> str:
    """A name of the program in words: `not_located` is `not located`."""
    return str(name).replace("_", " ")


def turn(action: str, role: str) -> str:
    """Whose turn a step is: a role, or that it waits for others, or that all is done."""
    return {"wait": "waits", "done": "-"}.get(action, role)
