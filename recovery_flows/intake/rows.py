"""Rows of a CSV or JSON file, one by one, as texts by column name; what they mean is for others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from models.language.phrase import error_sentence, phrase
from recovery_flows.caller import read_named
from recovery_flows.intake.budget import Budget, BudgetSpentError, Limits
from recovery_flows.intake.json_rows import read_objects
from recovery_flows.intake.refusals import FileRefusedError, unreadable
from recovery_flows.intake.text_lines import ZeroByteError, lines_within

_LOOK_BYTES = 4096
_DELIMITERS = ",;\t"
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `cells` holds texts by lower-case column name; `flaw` says that it has no shape."""

    number: int
    cells: Mapping[str, object] = field(repr=False)
    flaw: str = ""


def read_rows(
    path: Path, columns: Sequence[str], optional: Sequence[str] = (), limits: Limits = _LIMITS,
    raw: bytes | None = None,
) -> Iterator[Row]:  # fmt: skip
    """The rows of a UTF-8 file; the format is told by its first character, not by its name.

    `columns` must all be in the header of a CSV file, and `optional` ones at most once; others are
    passed over. `raw` is what the file holds, where it was read already. FileRefusedError for what
    is no such file or costs too much, possibly after some rows: record nothing before the end.
    """
    budget = Budget(limits)
    try:
        held = read_named(path, limits.file_bytes) if raw is None else raw
        limits.check_bytes(len(held))
        with io.TextIOWrapper(io.BytesIO(held), encoding="utf-8-sig", newline="") as text:
            first = _first_character(path, text)
            rows = (
                _json_rows(path, text)
                if first in "[{"
                else _csv_rows(path, text, columns, optional, budget)
            )
            yield from budget.timed(rows)
    except (BudgetSpentError, ZeroByteError) as error:
        raise FileRefusedError(path, error_sentence(error)) from None
    except UnicodeDecodeError:
        raise FileRefusedError(path, phrase("is not a text in UTF-8")) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _first_character(path: Path, text: TextIO) -> str:
    start = text.read(_LOOK_BYTES)
    text.seek(0)
    if "\0" in start:
        raise FileRefusedError(path, phrase("is not a text file: it contains NUL bytes"))
    if not start.strip():
        raise FileRefusedError(path, phrase("is empty"))
    return start.lstrip()[0]


def _json_rows(path: Path, text: TextIO) -> Iterator[Row]:
    for number, given in enumerate(read_objects(path, text), 1):
        cells: dict[str, object] = {}
        flaw = ""
        for name, value in given.items():
            column = name.strip().lower()
            # Of two the file does not say which one is meant.
            flaw = flaw or (f"gives {column[:40]} twice" if column in cells else "")
            cells[column] = value
        yield Row(number, cells, flaw)


def _csv_rows(
    path: Path, text: TextIO, columns: Sequence[str], optional: Sequence[str], budget: Budget
) -> Iterator[Row]:
    start = text.readline(_LOOK_BYTES)
    text.seek(0)
    delimiter = max(_DELIMITERS, key=start.count)
    lines = csv.reader(lines_within(text, budget), delimiter=delimiter, strict=True)
    try:
        header = _header(path, next(lines), columns, optional)
        for number, cells in enumerate(lines, 1):
            if any(cell.strip() for cell in cells):
                yield _csv_row(number, header, cells)
    except csv.Error as error:
        raise FileRefusedError(
            path,
            phrase("is broken at line {line_num}: {error}", line_num=lines.line_num, error=error),
        ) from None


def _header(
    path: Path, cells: Sequence[str], columns: Sequence[str], optional: Sequence[str]
) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    for name in columns:
        if header.count(name) != 1:
            more = phrase("has more than one column {name}", name=name)
            none = phrase("has no column {name}", name=name)
            raise FileRefusedError(path, more if name in header else none)
    for name in optional:
        if header.count(name) > 1:
            raise FileRefusedError(path, phrase("has more than one column {name}", name=name))
    return header


def _csv_row(number: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(header):
        return Row(number, {}, f"has {len(cells)} cells, the header {len(header)}")
    return Row(number, dict(zip(header, cells, strict=True)))
