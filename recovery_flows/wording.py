"""Numbers with their nouns, and names of the program in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from models.language.phrase import Phrase, joined, one_of, phrase


def counted(number: int, one: str, many: str = "") -> Phrase:
    """A number with its noun: `1 event`, `1,234 events`."""
    return one_of(number, f"{{number:,}} {one}", f"{{number:,}} {many or one + 's'}")


def spoken(name: object) -> Phrase:
    """A name of the program in words: `not_located` is `not located`."""
    return phrase(str(name).replace("_", " "))


def listed(names: Iterable[object]) -> Phrase:
    """Names of the program in words, by the alphabet: `officer, supervisor`."""
    return joined(", ", map(spoken, sorted(map(str, names))))


def zoned(at: datetime, zone: str) -> str:
    """An instant to the minute in a zone, with that zone's short name: `2026-03-02 14:00 CST`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
