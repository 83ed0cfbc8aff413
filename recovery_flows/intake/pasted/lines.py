"""Pasted text to named values: a CSV row with its header, a JSON object, or lines `name: value`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.language.phrase import phrase
from recovery_flows.intake.json_rows import one_object
from recovery_flows.intake.pasted.labels import field_of, label_pattern

_CHARACTERS_MAX = 20_000
_COLUMNS_MIN = 3
_DELIMITERS = "\t;,|"
# Full-width forms of ASCII to ASCII, all blanks to the blank, line ends to one, the rest away.
_PLAIN: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "\u00a0\u1680\u2002\u2003\u2007\u2009\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u0085\u2028\u2029\r\x0b\x0c"), "\n"),
    **dict.fromkeys(map(ord, "\ufeff\u200b\u2060"), ""),
    ord("￥"): "¥",
    ord("￡"): "£",
}
_BULLET = re.compile(r"\A[\s>*•·●▪■◆○◦‣–—-]*(?:\(?\d{1,2}[.)、](?!\d)\s*)?")
_NEXT_LABEL = re.compile(
    rf"[;,|、。]\s*(?=(?:{label_pattern()})\s*(?:\([^()]*\))?\s*[:=])", re.IGNORECASE
)
_MARK = re.compile(r"[:=\t]")
_QUOTES = "\"'“”‘’「」`"


class TextRefusedError(ValueError):
    """Text that is no one report; `why` continues the sentence after "the text"."""

    def __init__(self, why: str, mend: str) -> None:
        self.why, self.mend = why, mend
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value with its field's name.

    `hint` stood in brackets after the label; `flaw` says why no value can be taken.
    """

    name: str
    value: str = field(repr=False)
    hint: str = ""
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """What was found, in the order of the text, and the places that say nothing we know."""

    found: tuple[Entry, ...]
    unused: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Text with ASCII digits and signs where it had full-width ones, and ordinary line ends."""
    return text.replace("\r\n", "\n").translate(_PLAIN)


def entries(text: str) -> Entries:
    """The named values of a text; TextRefusedError where it cannot be one report."""
    if len(text) > _CHARACTERS_MAX:
        raise TextRefusedError(
            phrase("is longer than {characters_max:,} characters", characters_max=_CHARACTERS_MAX),
            _MANY,
        )
    if not plain(text).strip():
        raise TextRefusedError(
            phrase("is empty"), phrase("paste a report, or type `victim: NAME` and so on")
        )
    bare = text.lstrip("\ufeff\u200b\u2060\u00a0\u3000 \t\r\n")
    if bare[:1] in ("{", "["):
        return _json(bare)
    lines = plain(text).split("\n")
    header = next(line for line in lines if line.strip())
    delimiter = _delimiter(header)
    return _csv("\n".join(lines), delimiter) if delimiter else _lines(lines)


_MANY = phrase("take one report at a time; several go in with `recovery intake reports FILE`")


def _json(text: str) -> Entries:
    objects = list(_objects(text))
    if len(objects) != 1:
        raise TextRefusedError(phrase("holds {objects:,} reports", objects=len(objects)), _MANY)
    if not isinstance(objects[0], dict):
        raise TextRefusedError(
            phrase("is JSON, and no object"), phrase("write name and value of each field")
        )
    found, unused = [], []
    for number, (name, value) in enumerate(objects[0].items(), 1):
        named, hint = field_of(plain(name))
        if not named:
            unused.append(phrase("entry {number}", number=number))
        elif isinstance(value, str):
            found.append(Entry(named, plain(value).strip(), hint))
        elif value is not None:
            found.append(Entry(named, "", flaw=phrase("is not one text")))
    return Entries(tuple(found), tuple(unused))


def _objects(text: str) -> Iterator[Any]:
    """Every object of an array, or of objects one after another; all numbers as texts."""
    decoder = json.JSONDecoder(
        object_pairs_hook=one_object, parse_float=str, parse_int=str, parse_constant=str
    )
    at = 0
    while at < len(text):
        try:
            found, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            place = (
                _place(text, error.pos)
                if isinstance(error, json.JSONDecodeError)
                else phrase("once")
            )
            raise TextRefusedError(
                phrase("is broken JSON at {place}", place=place),
                phrase("mend it, or write lines `name: value`"),
            ) from None
        yield from found if isinstance(found, list) else [found]
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))


def _place(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return phrase("line {line}, column {at}", line=line, at=at - text.rfind(chr(10), 0, at))


def _delimiter(header: str) -> str:
    """What parts the cells of a header of at least three known columns; "" where it is none."""
    for delimiter in _DELIMITERS:
        names = [field_of(cell.strip(_QUOTES + " "))[0] for cell in header.split(delimiter)]
        if len({name for name in names if name}) >= _COLUMNS_MIN:
            return delimiter
    return ""


def _csv(text: str, delimiter: str) -> Entries:
    try:
        rows = [
            row
            for row in csv.reader(io.StringIO(text.strip("\n")), delimiter=delimiter, strict=True)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error:
        raise TextRefusedError(
            phrase("is a broken table"), phrase("close its quotes, or write lines")
        ) from None
    header, body = rows[0], rows[1:]
    if len(body) != 1:
        many = (
            phrase("holds a header and no row")
            if not body
            else phrase("holds {body:,} reports", body=len(body))
        )
        raise TextRefusedError(many, _MANY if body else phrase("paste the row with its header"))
    if len(body[0]) != len(header):
        raise TextRefusedError(
            phrase(
                "has {body} cells under a header of {header}", body=len(body[0]), header=len(header)
            ),
            phrase("give each column one cell"),
        )
    return _row(header, body[0])


def _row(header: Sequence[str], cells: Sequence[str]) -> Entries:
    found, unused = [], []
    for number, (name, cell) in enumerate(zip(header, cells, strict=True), 1):
        named, hint = field_of(name)
        if named:
            found.append(Entry(named, cell.strip(), hint))
        elif cell.strip():
            unused.append(phrase("column {number}", number=number))
    return Entries(tuple(found), tuple(unused))


def _lines(lines: Sequence[str]) -> Entries:
    found: list[Entry] = []
    unused: list[str] = []
    waits = False  # for the value of a label that stood alone in its line
    for number, line in enumerate(lines, 1):
        for piece in _NEXT_LABEL.split(line):
            entry = _entry(_BULLET.sub("", piece))
            if entry is not None:
                found.append(entry)
                waits = not entry.value
            elif piece.strip() and waits:
                found[-1] = Entry(found[-1].name, _value(piece), found[-1].hint)
                waits = False
            elif piece.strip() and phrase("line {number}", number=number) not in unused:
                unused.append(phrase("line {number}", number=number))
    return Entries(tuple(found), tuple(unused))


def _entry(piece: str) -> Entry | None:
    mark = _MARK.search(piece)
    if mark is None:
        return None
    named, hint = field_of(piece[: mark.start()])
    return Entry(named, _value(piece[mark.end() :]), hint) if named else None


def _value(text: str) -> str:
    """A value without the quotes around it and the comma after it."""
    bare = text.strip().rstrip(";,。，；").strip()
    if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES:
        return bare[1:-1].strip()
    return bare
