"""The sentences of the documents, one file a language, in the folder `texts`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from models.language.phrase import phrase
from recovery_flows.errors import MisuseError

FOLDER = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one language by their key, such as `notice.title`."""

    language: str
    texts: MappingProxyType[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with its values; KeyError for a sentence or a value that is missing."""
        return self.texts[key].format_map(values)

    def named(self, group: str, word: str) -> str:
        """A word of the program in this language, itself where the language has none for it."""
        return self.texts.get(f"{group}.{word}", word.replace("_", " "))


def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """The languages that documents are written in."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@cache
def wording(language: str, folder: Path = FOLDER) -> Wording:
    """The sentences of a language; MisuseError where there are none."""
    if language not in languages(folder):
        raise MisuseError(
            phrase(
                "there are no documents in language {language!r}; there are: {folder}",
                language=language,
                folder=", ".join(languages(folder)),
            )
        )
    groups = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    flat = {
        f"{group}.{key}": text for group, texts in groups.items() for key, text in texts.items()
    }
    return Wording(language, MappingProxyType(flat))
