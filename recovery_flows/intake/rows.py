"""Rows of a CSV or JSON file, one by one, as texts by column name; what they mean is for others."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from recovery_flows.intake.json_rows import read_objects
from recovery_flows.intake.refusals import FileRefusedError

_LOOK_BYTES = 4096
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `cells` holds texts by lower-case column name; `flaw` says that it has no shape."""

    number: int
    cells: Mapping[str, object] = field(repr=False)
    flaw: str = ""


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a UTF-8 file; the format is told by its first character, not by its name.

    `columns` must all be in the header of a CSV file; others are passed over. FileRefusedError for
    what is no such file, possibly after some rows: record nothing before the end was reached.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            first = _first_character(path, text)
            yield from _json_rows(path, text) if first in "[{" else _csv_rows(path, text, columns)
    except UnicodeDecodeError:
        raise FileRefusedError(path, "is not a text in UTF-8") from None
    except FileNotFoundError:
        raise FileRefusedError(path, "does not exist") from None
    except OSError as error:
        raise FileRefusedError(path, f"cannot be read: {error.strerror}") from None


def _first_character(path: Path, text: TextIO) -> str:
    start = text.read(_LOOK_BYTES)
    text.seek(0)
    if "\0" in start:
        raise FileRefusedError(path, "is not a text: it holds bytes of zero")
    if not start.strip():
        raise FileRefusedError(path, "is empty")
    return start.lstrip()[0]


def _json_rows(path: Path, text: TextIO) -> Iterator[Row]:
    for number, cells in enumerate(read_objects(path, text), 1):
        yield Row(number, {name.strip().lower(): value for name, value in cells.items()})


def _csv_rows(path: Path, text: TextIO, columns: Sequence[str]) -> Iterator[Row]:
    start = text.readline(_LOOK_BYTES)
    text.seek(0)
    lines = csv.reader(text, delimiter=max(_DELIMITERS, key=start.count), strict=True)
    try:
        header = _header(path, next(lines), columns)
        for number, cells in enumerate(lines, 1):
            if any(cell.strip() for cell in cells):
                yield _csv_row(number, header, cells)
    except csv.Error as error:
        raise FileRefusedError(path, f"is broken at line {lines.line_num}: {error}") from None


def _header(path: Path, cells: Sequence[str], columns: Sequence[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    for name in columns:
        if header.count(name) != 1:
            count = "no" if name not in header else "more than one"
            raise FileRefusedError(path, f"has {count} column {name}")
    return header


def _csv_row(number: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(header):
        return Row(number, {}, f"has {len(cells)} cells, the header {len(header)}")
    return Row(number, dict(zip(header, cells, strict=True)))
