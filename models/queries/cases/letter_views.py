"""Letters as the screens and `recovery letter list` show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.letter_answer import LetterStand


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter without an answer; `fields` are (name, hint) of what an answer to it may state."""

    call_id: str
    recovery_id: str
    ref: str
    bank: str
    kind: str
    what: str
    stands: LetterStand
    due_at: datetime | None
    planned_at: datetime | None
    sent_at: datetime | None
    sent_how: str
    fields: tuple[tuple[str, str], ...]
