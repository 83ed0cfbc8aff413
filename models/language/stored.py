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
from models.language.phrase import STORED, Phrase, joined
from models.language.shown import term

_LIST, _NOTES = ", ", "; "
_KEPT = 4096
_LONGEST = 400
"""Characters of the longest text that is stored in a column of sentences."""
_MOST_PIECES = 16
"""A list of ours has some five sentences, and few of them have a comma."""
_OURS = frozenset(
    {
        "before", "count", "kind", "names", "noun", "owners", "receipt", "renewal", "rule",
        "said", "says", "span", "state", "task", "to", "told", "was", "why",
    }
)  # fmt: skip
"""Figures that are words of the program, or sentences of it; the others are names and numbers."""
_FORMS = {"field": r"the whole answer|\S+"}
"""What a figure looks like that another one follows without a sign between them."""


@lru_cache(_KEPT)
def read_back(text: str) -> str:
    """The phrase of a stored sentence, or of several with commas; any other text as it is.

    What others wrote may be shown by the same column: whatever it is, it takes no time to speak of.
    """
    if len(text) > _LONGEST:
        return text
    return _whole(text) or _list(text.split(_LIST)) or _notes(text.split(_NOTES)) or text


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
            figures = {name: _figure(name, value) for name, value in found.groupdict().items()}
            return Phrase(message, figures, STORED)
    return None


def _notes(pieces: Sequence[str]) -> Phrase | None:
    """A reason with what it rests on behind it; one of them at least is ours."""
    found = [_whole(piece) or piece for piece in pieces[:_MOST_PIECES]]
    is_ours = len(pieces) <= _MOST_PIECES and any(isinstance(one, Phrase) for one in found)
    return joined(_NOTES, found) if len(pieces) > 1 and is_ours else None


def _figure(name: str, value: str) -> str:
    """A figure, with its words where it is one of the program's own."""
    if name not in _OURS:
        return value
    return _term(value) or _whole(value) or joined(_LIST, map(_piece, value.split(_LIST)))


def _piece(text: str) -> str:
    return _term(text) or _whole(text) or text


def _term(text: str) -> Phrase | None:
    """A name of the program, such as a state, which is not what a discrepancy calls a sum."""
    is_name = any(term(text, language) != text for language in Language)
    return Phrase(text, {}) if is_name else None


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
        re.escape(literal) + (f"(?P<{name}>{_FORMS.get(name, '.+?')})" if name else "")
        for literal, name, _, _ in Formatter().parse(message)
    )
    return re.compile("".join(pieces))
