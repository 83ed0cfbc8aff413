"""Objects of a JSON array or of JSON lines, one by one, without holding the whole file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from models.language.phrase import phrase
from recovery_flows.intake.refusals import FileRefusedError

_CHUNK_CHARACTERS = 1 << 16
_OBJECT_CHARACTERS = 1 << 18  # more than that without an end is no report
_SPACE = " \t\r\n"


class _Scanner:
    """A window over the text that knows in which line and column it stands."""

    def __init__(self, path: Path, text: TextIO) -> None:
        self._path, self._text = path, text
        self._window, self._at = "", 0
        self._line, self._column = 1, 1
        # Numbers stay texts: an amount must never pass through a float.
        self._decoder = json.JSONDecoder(
            object_pairs_hook=one_object, parse_float=str, parse_int=str, parse_constant=str
        )

    def refuse(self, why: str, at: int | None = None) -> FileRefusedError:
        """The error for the place `at` in the window, or for where the scanner stands."""
        self._move(self._at if at is None else at)
        told = phrase(
            "is broken JSON at line {line}, column {column}: {why}",
            line=self._line,
            column=self._column,
            why=why,
        )
        return FileRefusedError(self._path, told)

    def peek(self) -> str:
        """The next character that is not space, or an empty text at the end."""
        while True:
            while self._at < len(self._window) and self._window[self._at] in _SPACE:
                self._move(self._at + 1)
            if self._at < len(self._window) or not self._more():
                return self._window[self._at : self._at + 1]

    def next_character(self) -> str:
        """`peek`, and go past it."""
        found = self.peek()
        self._move(self._at + len(found))
        return found

    def read_object(self) -> dict[str, Any]:
        """The object that begins here; a cut-off one is tried again with more of the file."""
        if self.peek() != "{":
            raise self.refuse(phrase("an object {...} should stand here"))
        while True:
            try:
                found, end = self._decoder.raw_decode(self._window, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._window) - self._at < _OBJECT_CHARACTERS and self._more():
                    continue
                if isinstance(error, RecursionError):
                    raise self.refuse(phrase("it is nested too deeply")) from None
                raise self.refuse(error.msg, error.pos) from None
            self._move(end)
            return dict(found)

    def _more(self) -> bool:
        chunk = self._text.read(_CHUNK_CHARACTERS)
        if chunk:
            self._window, self._at = self._window[self._at :] + chunk, 0
        return bool(chunk)

    def _move(self, to: int) -> None:
        passed = self._window[self._at : to]
        if "\n" in passed:
            self._line += passed.count("\n")
            self._column = len(passed) - passed.rindex("\n")
        else:
            self._column += len(passed)
        self._at = to


def one_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name given twice has an empty list as value, which no field accepts."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = [] if name in found else value
    return found


def read_objects(path: Path, text: TextIO) -> Iterator[dict[str, Any]]:
    """Every object of an array, or of objects one after another; all numbers as texts.

    FileRefusedError with line and column where the JSON ends being JSON.
    """
    scanner = _Scanner(path, text)
    if scanner.peek() == "[":
        yield from _array(scanner)
        return
    while scanner.peek():
        yield scanner.read_object()


def _array(scanner: _Scanner) -> Iterator[dict[str, Any]]:
    scanner.next_character()
    if scanner.peek() == "]":
        scanner.next_character()
    else:
        yield scanner.read_object()
        while (mark := scanner.next_character()) == ",":
            yield scanner.read_object()
        if mark != "]":
            raise scanner.refuse(phrase("a comma or the end of the array should stand here"))
    if scanner.peek():
        raise scanner.refuse(phrase("something follows the end of the array"))
