"""A sentence of ours that was stored as English text, read back as the phrase that it was.

What is recorded is English. Where a screen shows it again, its words in another language are found
by the message that it was made from: those that are stored are named by the context `stored`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from string import Formatter

from models.language.catalogue import Language, words_of
from models.language.phrase import Phrase, joined

STORED = "stored"
_LIST = ", "
_KEPT = 4096


@lru_cache(_KEPT)
def read_back(text: str) -> str:
    """The phrase of a stored sentence, or of several with commas; any other text as it is."""
    return _read(text) or text


def _read(text: str) -> Phrase | None:
    if found := _whole(text):
        return found
    at = text.find(_LIST)
    while at >= 0:
        first = _whole(text[:at])
        rest = _read(text[at + len(_LIST) :]) if first else None
        if first and rest:
            return joined(_LIST, (first, rest))
        at = text.find(_LIST, at + 1)
    return None


def _whole(text: str) -> Phrase | None:
    for pattern, message in _messages():
        if found := pattern.fullmatch(text):
            return Phrase(message, found.groupdict(), STORED)
    return None


@cache
def _messages() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each stored message with what matches it, the longest first: the most is known of it."""
    found = {
        text for language in Language for context, text in words_of(language) if context == STORED
    }
    return tuple((_pattern(text), text) for text in sorted(found, key=len, reverse=True))


def _pattern(message: str) -> re.Pattern[str]:
    """What a message looks like with its figures in it, each of one line."""
    pieces = (
        re.escape(literal) + (f"(?P<{name}>.+?)" if name else "")
        for literal, name, _, _ in Formatter().parse(message)
    )
    return re.compile("".join(pieces))
