"""What was said and done since the terminal was opened, none of it lost; what is held back."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from textual.content import Content
from textual.timer import Timer

from tui.layout import paragraph
from tui.state_styles import CARE, GOOD, MUTED
from tui.text import day_and_time, word, words

KEPT = 2_000
"""How many sentences are kept, the newest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence that stood on the screen, and the commands that do the same, one a line."""

    at: datetime
    sentence: str
    refused: bool = False
    command: str = ""


def command(*words: str) -> str:
    """A command as it is typed; free texts, which are stored encrypted, stand as TEXT."""
    return shlex.join(["recovery", *words])


@dataclass(slots=True)
class ActLog:
    """The sentences of one sitting in their order; `zone` is that of the screen."""

    zone: str = "UTC"
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An act that is carried out when its timer ends, unless it is taken back before."""

    timer: Timer
    do: Callable[[], None]


def log_lines(log: ActLog, width: int) -> list[Content]:
    """The newest first; times are the computer's, in the unit's zone."""
    if not log.entries:
        return [word("Nothing was done or refused yet.", MUTED)]
    lines: list[Content] = []
    for entry in reversed(log.entries):
        sign = ("✕ ", CARE) if entry.refused else ("✓ ", GOOD)
        told = words((day_and_time(entry.at, log.zone), MUTED), "  ", sign, entry.sentence)
        lines += paragraph(told, width)
        for command in entry.command.splitlines():
            lines += paragraph(words(("$ ", MUTED), command), width, 2)
    return lines
