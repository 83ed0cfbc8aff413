"""The words of other languages: `<language>/*.toml`, English text = its words there.

A table `context.NAME` holds what English calls by one word and the language by several, where a
phrase names that context.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

Words = Mapping[tuple[str, str], str]
"""The words by context and English text."""


class Language(StrEnum):
    """The languages in which the terminal is written."""

    ENGLISH = "en"
    CHINESE = "zh"


@cache
def words_of(language: Language) -> Words:
    """The words of a language; none for English, which stands in the code."""
    if language is Language.ENGLISH:
        return {}
    found: dict[tuple[str, str], str] = {}
    for _name, entries in read(language):
        found.update(entries)
    return found


def read(language: Language) -> list[tuple[str, dict[tuple[str, str], str]]]:
    """Each file of a language by name, with its entries by context and English text."""
    folder = files(__package__) / language
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return [(name, _entries((folder / name).read_text(encoding="utf-8"))) for name in names]


def _entries(text: str) -> dict[tuple[str, str], str]:
    found = tomllib.loads(text)
    contexts = found.pop("context", {})
    tables = {"": found, **contexts}
    return {(name, key): words for name, table in tables.items() for key, words in table.items()}


def halves(text: str) -> tuple[str, str, str]:
    """The blanks before a text, the text, the blanks behind it: the catalogue has only the text."""
    core = text.strip()
    before = text[: len(text) - len(text.lstrip())] if core else ""
    return before, core, text[len(before) + len(core) :]
