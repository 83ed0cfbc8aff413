"""Where a text is shown: in the language that whoever looks has chosen.

The choice belongs to one terminal or one command, not to the process: it is kept in the context in
which that runs, and a thread that acts for it does so in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from string import Formatter

from models.language.catalogue import Language, halves, words_of
from models.language.phrase import Phrase


@dataclass(slots=True)
class Reader:
    """Whoever looks; his language may change while he does."""

    language: Language = Language.ENGLISH


SIGNS: Mapping[Language, Mapping[str, str]] = {
    Language.CHINESE: {", ": "、", ": ": "：", "; ": "；"},
}
"""The signs of a language between the parts of a list and behind what a part is called."""
_CODED = re.compile("[_-]")
_READER: ContextVar[Reader | None] = ContextVar("reader", default=None)


def show_to(reader: Reader) -> None:
    """From here on, in this context, texts are shown in the reader's language."""
    _READER.set(reader)


@contextmanager
def in_language(language: Language) -> Iterator[None]:
    """Show texts in this language for a while."""
    token = _READER.set(Reader(language))
    try:
        yield
    finally:
        _READER.reset(token)


def language_shown() -> Language:
    """The language in which texts are shown now."""
    reader = _READER.get()
    return reader.language if reader else Language.ENGLISH


def shown(text: object) -> str:
    """A text in the language of whoever looks; what has no words there, as it is."""
    if not isinstance(text, Phrase):
        return str(text)
    language = language_shown()
    return str(text) if language is Language.ENGLISH else worded(text, language)


def worded(text: Phrase, language: Language) -> str:
    """A phrase in a language, with the figures that are phrases worded there too."""
    found = term(text.text, language, text.context)
    if not text.figures:
        return found
    if found == text.text:
        found = _signed(found, language)
    figures = {name: _figure(value, language) for name, value in text.figures.items()}
    return found.format(**figures)


@lru_cache(4096)
def _signed(text: str, language: Language) -> str:
    """What has no words but signs between its figures, such as a list, with those of a language."""
    signs = SIGNS.get(language, {})
    if any(c.isalpha() for literal, _, _, _ in Formatter().parse(text) for c in literal):
        return text
    for english, own in signs.items():
        text = text.replace(english, own)
    return text


def _figure(value: object, language: Language) -> object:
    """A figure: a phrase in its words, a code such as a state in those that are known for it."""
    if isinstance(value, Phrase):
        return worded(value, language)
    return term(str(value), language) if isinstance(value, StrEnum) else value


def term(text: str, language: Language, context: str = "") -> str:
    """A message of the program by its English text alone: a title, a key's name, a state."""
    known = words_of(language)
    before, core, behind = halves(text)
    found = known.get((context, core)) or known.get(("", _CODED.sub(" ", core)))
    return text if found is None else f"{before}{found}{behind}"


def in_all_languages(text: Phrase) -> tuple[str, ...]:
    """A phrase in each language, for whoever searches it by words."""
    return tuple(worded(text, language) for language in Language)


def shown_term(text: str) -> str:
    """A text that can only be one of the program's own, in the language of whoever looks."""
    return shown(text) if isinstance(text, Phrase) else term(text, language_shown())
