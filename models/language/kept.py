"""A phrase as text that is read back as the same phrase, with its message and its figures.

For what is kept beside the facts and worked out anew with them; of what is a fact the English is
stored (`models.language.stored`).
"""

from __future__ import annotations

import json
from enum import Enum
from functools import lru_cache
from typing import Any

from models.language.phrase import Phrase
from models.money import Money

_KEPT = 4096
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(_KEPT)
def _plain_text(text: str) -> str:
    return _as_json(text)


@lru_cache(_KEPT)
def _bare_phrase(text: str, context: str) -> str:
    return _as_json(_kept(Phrase(text, {}, context)))


def kept(text: str) -> str:
    """A text, or a phrase, as JSON."""
    if type(text) is str:
        return _plain_text(text)
    if isinstance(text, Phrase) and not text.figures:
        return _bare_phrase(text.text, text.context)
    return _as_json(_kept(text))


def _kept(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, Phrase):
        figures = {name: _kept(figure) for name, figure in value.figures.items()}
        return [value.text, figures, value.context] if value.context else [value.text, figures]
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, Enum):  # a screen has words for it, as for a phrase
        return [str(value.value), {}]
    return value if isinstance(value, int | str) else str(value)


@lru_cache(_KEPT)
def read_kept(text: str) -> str:
    """What `kept` was given; of a list most come again."""
    found: str = _read(json.loads(text))
    return found


def _read(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, list):
        text, figures, *context = value
        return Phrase(text, {name: _read(figure) for name, figure in figures.items()}, *context)
    return Money(value["minor"], value["currency"]) if isinstance(value, dict) else value
