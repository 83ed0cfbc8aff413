"""Numbers with their nouns, and names of the program in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 event`, `1,234 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spoken(name: object) -> str:
    """A name of the program in words: `not_located` is `not located`."""
    return str(name).replace("_", " ")
