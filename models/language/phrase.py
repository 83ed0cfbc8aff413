"""English text that remembers how it was made, so that a screen can show it in another language.

A phrase is a `str`: whatever stores, logs or prints it has the English. Only what shows it to a
person asks for its words in the language of that person (`models.language.shown`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

STORED = "stored"
"""The context of what is stored as English text and read back from it."""


class Phrase(str):
    """`text` with its figures in it; `context` tells apart what English calls by one word."""

    __slots__ = ("context", "figures", "text")
    text: str
    figures: Mapping[str, object]
    context: str

    def __new__(cls, text: str, figures: Mapping[str, object], context: str = "") -> Self:
        made = super().__new__(cls, text.format(**figures) if figures else text)
        made.text, made.figures, made.context = text, figures, context
        return made

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Another process gets the English."""
        return str, (str(self),)


def phrase(text: str, /, *, context_: str = "", **figures: object) -> Phrase:
    """A message of the program; braces name figures where there are any.

    Write the text where it is said, as a literal: the check of the catalogue reads it there.
    """
    return Phrase(text, figures, context_)


def stored_phrase(text: str, /, **figures: object) -> Phrase:
    """A message that is stored as English text: a screen reads it back (`models.language.stored`).

    Its figures have no form, since they come back as text.
    """
    return Phrase(text, figures, STORED)


def as_phrase(text: str) -> Phrase:
    """A text that is one of the program's own, as a phrase."""
    return text if isinstance(text, Phrase) else Phrase(text, {})


def error_sentence(error: Exception) -> str:
    """The sentence of an error, as a phrase where it was raised with one."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Phrase) else str(error)


def joined(separator: str, pieces: Iterable[object]) -> Phrase:
    """Pieces with a separator between them, each still a phrase where it was one."""
    figures = {f"piece{number}": piece for number, piece in enumerate(pieces)}
    sign = separator.replace("{", "{{").replace("}", "}}")
    text = sign.join(f"{{{name}}}" for name in figures)
    return Phrase(text, figures)


def without(text: str, beginning: str) -> str:
    """A text that is joined of several, without its first where that is `beginning`."""
    pieces = list(text.figures.values()) if isinstance(text, Phrase) else []
    if pieces and pieces[0] == beginning:
        return joined("", pieces[1:])
    return text.removeprefix(beginning)


def one_of(number: int, one: str, many: str, **figures: object) -> Phrase:
    """`one` for 1, else `many`, which is the message that the catalogue knows."""
    made = Phrase(many, {"number": number, **figures})
    if number != 1:
        return made
    english = Phrase(one, {"number": number, **figures})
    english.text = many
    return english


def capital(text: str) -> str:
    """The text with a capital at its beginning, as a phrase where it is one."""
    english = f"{text[:1].upper()}{text[1:]}"
    if not isinstance(text, Phrase):
        return english
    made = Phrase(english, {})  # without figures its braces are braces
    made.text, made.figures, made.context = text.text, text.figures, text.context
    return made
