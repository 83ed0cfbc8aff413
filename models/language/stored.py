"""A sentence of ours that was stored as English text, read back as the phrase that it was.

What is recorded is English. Where a screen shows it again, its words in another language are found
by the message that it was made from: those that are stored are named by the context `stored`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from string import Formatter

from models.language.catalogue import Language, words_of
from models.language.phrase import Phrase, joined

STORED = "stored"
_LIST = ", "
_KEPT = 4096
_LONGEST = 400
"""Characters of the longest text that is stored in a column of sentences."""
_MOST_PIECES = 16
"""A list of ours has some five sentences, and few of them have a comma."""


@lru_cache(_KEPT)
def read_back(text: str) -> str:
    """The phrase of a stored sentence, or of several with commas; any other text as it is.

    What others wrote may be shown by the same column: whatever it is, it takes no time to speak of.
    """
    if len(text) > _LONGEST:
        return text
    return _whole(text) or _list(text.split(_LIST)) or text


def _list(pieces: Sequence[str]) -> Phrase | None:
    """Several sentences, from the last to the first; one of them may have commas of its own."""
    if not 1 < len(pieces) <= _MOST_PIECES:
        return None
    count = len(pieces)
    behind: dict[int, tuple[Phrase, ...]] = {count: ()}
    for start in reversed(range(count)):
        for end in (end for end in range(start + 1, count + 1) if end in behind):
            if found := _whole(_LIST.join(pieces[start:end])):
                behind[start] = (found, *behind[end])
                break
    return joined(_LIST, behind[0]) if 0 in behind else None


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
