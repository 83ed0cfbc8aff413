"""Notices that the terminal gives by itself: which deadlines end within the hour; the bell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from models.language.phrase import joined, phrase
from models.queries.looks.ending import Ending
from recovery_flows.law.terms import time_left_text
from recovery_flows.wording import counted

_NAMED = 3


def quiet_span(text: str) -> tuple[time, time] | None:
    """Quiet hours such as `22:00-06:30` as they begin and end; None for none."""
    begins, _, ends = text.partition("-")
    return (time.fromisoformat(begins), time.fromisoformat(ends)) if ends else None


@dataclass(frozen=True, slots=True)
class Bell:
    """Whether the terminal's bell rings, and the hours of the unit's day in which it does not."""

    rings: bool = True
    quiet: tuple[time, time] | None = None

    def is_quiet(self, at: datetime, zone: str) -> bool:
        """Whether an instant lies in the quiet hours, which may go over midnight."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        now = at.astimezone(ZoneInfo(zone)).time()
        return begins <= now < ends if begins <= ends else now >= begins or now < ends


@dataclass(slots=True)
class EndingSoon:
    """Which ends have been told in this sitting, each once."""

    _told: set[tuple[str, datetime]] = field(default_factory=set)

    def new(self, found: Sequence[Ending], now: datetime) -> str:
        """A sentence of those that have not been told; empty for none."""
        new = [one for one in found if (one.recovery_id, one.due_at) not in self._told]
        self._told |= {(one.recovery_id, one.due_at) for one in new}
        if not new:
            return ""
        soon = [(one.ref, time_left_text(now, one.due_at)) for one in new[:_NAMED]]
        named = joined(", ", (phrase("{ref} ({left})", ref=ref, left=left) for ref, left in soon))
        more = phrase(" and {count} more", count=len(new) - _NAMED) if len(new) > _NAMED else ""
        return phrase(
            "{deadlines} within the hour: {named}{more}",
            deadlines=counted(len(new), "deadline ends", "deadlines end"),
            named=named,
            more=more,
        )
