"""What was said and done since the terminal was opened, none of it lost; what is held back."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from textual.content import Content
from textual.timer import Timer

from models.language.phrase import phrase
from recovery_flows.cases.kept.notices import KEPT, Notice, Notices
from tui.layout import paragraph
from tui.state_styles import CARE, GOOD, MUTED
from tui.text import day_and_time, word, words


def command(*words: str) -> str:
    """A command as it is typed; free texts, which are stored encrypted, stand as TEXT."""
    return shlex.join(["recovery", *words])


@dataclass(slots=True)
class ActLog:
    """The sentences of an officer in their order, those of earlier sittings too, where kept.

    `zone` is that of the screen, `kept` the file that they go on into.
    """

    zone: str = "UTC"
    entries: deque[Notice] = field(default_factory=lambda: deque(maxlen=KEPT))
    kept: Notices | None = None

    def add(self, notice: Notice) -> None:
        """Keep one more; one that cannot be written stays until the terminal is left."""
        self.entries.append(notice)
        if self.kept is not None:
            with suppress(OSError):
                self.kept.add(notice)

    def go_on(self, kept: Notices | None) -> None:
        """Go on with the notices of whoever acts now."""
        self.kept = kept
        if kept is not None:
            self.entries = deque(kept.read(), maxlen=KEPT)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An act that is carried out when its timer ends, unless it is taken back before."""

    timer: Timer
    do: Callable[[], None]


def log_lines(log: ActLog, width: int) -> list[Content]:
    """The newest first; times are the computer's, in the unit's zone."""
    if not log.entries:
        return [word(phrase("Nothing was done or refused yet."), MUTED)]
    lines: list[Content] = []
    for entry in reversed(log.entries):
        sign = ("✕ ", CARE) if entry.refused else ("✓ ", GOOD)
        told = words((day_and_time(entry.at, log.zone), MUTED), "  ", sign, entry.sentence)
        lines += paragraph(told, width)
        for command in entry.command.splitlines():
            lines += paragraph(words(("$ ", MUTED), command), width, 2)
    return lines
