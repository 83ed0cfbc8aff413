"""CSV files of transfers, sources and openings, row by row, each refusal with its line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

from models.facts import LineKind
from models.language.phrase import error_sentence, phrase
from models.money import exponent
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.intake.budget import Budget, BudgetSpentError, Limits
from recovery_flows.intake.text_lines import ZeroByteError, lines_within

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLASHES = re.compile(r"(\d{4})/(\d{2})/(\d{2})")
_STEP = re.compile(r"-?[0-9]{1,24}")
_TIME_MAX, _TOLD_MAX = 60, 40
_LIMITS = Limits()
STEPS_MOST = 200_000_000_000_000_000


class FileRefusedError(RefusedError):
    """A file that cannot be read: its name, the line, and what to do."""


def refuse(path: Path, line: int, why: str) -> FileRefusedError:
    """The error for one line of a file (from 1, the header included)."""
    return FileRefusedError(
        phrase("{name}, line {line}: {why}", name=path.name, line=line, why=why)
    )


def table(
    path: Path, needed: Sequence[str], optional: Sequence[str] = (), limits: Limits = _LIMITS
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a CSV file as (line, values by column), blanks stripped, empty lines left out.

    MisuseError: no such file. FileRefusedError: no text, a missing column, a row too long or short.
    """
    with _opened(path, limits) as stream:
        yield from table_of(path, stream, needed, optional, limits)


def values(
    path: Path, needed: Sequence[str], limits: Limits = _LIMITS
) -> Iterator[tuple[int, list[str]]]:
    """The same with the values in the order of `needed`: quicker where rows are many."""
    with _opened(path, limits) as stream:
        rows = _rows(path, stream, needed, (), limits)
        next(rows)
        yield from rows


def table_of(
    path: Path,
    stream: TextIO,
    needed: Sequence[str],
    optional: Sequence[str] = (),
    limits: Limits = _LIMITS,
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The same of a file that is open; `path` names it in what is refused."""
    rows = _rows(path, stream, needed, optional, limits)
    _, names = next(rows)
    for line, cells in rows:
        yield line, dict(zip(names, cells, strict=True))


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[TextIO]:
    try:
        limits.check_file(path)
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
    except BudgetSpentError as error:
        raise FileRefusedError(
            phrase("{name} {error}", name=path.name, error=error_sentence(error))
        ) from error
    except OSError as error:
        raise MisuseError(
            phrase("{path} cannot be read: {strerror}", path=path, strerror=error.strerror)
        ) from error


def _rows(
    path: Path, stream: TextIO, needed: Sequence[str], optional: Sequence[str], limits: Limits
) -> Iterator[tuple[int, list[str]]]:
    """Names of the columns that are wanted and there, then line by line the values of these."""
    lines = csv.reader(lines_within(stream, Budget(limits)), strict=True)
    try:
        head = distinct(next(lines, []))
        names = _wanted(path, head, needed, optional)
        yield 1, names
        places = [head.index(name) for name in names]
        is_whole = places == list(range(len(head)))
        for line, cells in enumerate(lines, start=2):
            if len(cells) != len(head):
                if not any(cells):
                    continue
                raise refuse(
                    path,
                    line,
                    phrase(
                        "{cells} cells where the header has {columns}",
                        cells=len(cells),
                        columns=len(head),
                    ),
                )
            if any(cells):
                wanted = cells if is_whole else [cells[place] for place in places]
                yield line, list(map(str.strip, wanted))
    except csv.Error as error:
        raise refuse(
            path, lines.line_num, phrase("the CSV is broken: {error}", error=error_sentence(error))
        ) from error
    except (BudgetSpentError, ZeroByteError) as error:
        raise FileRefusedError(
            phrase("{name} {error}", name=path.name, error=error_sentence(error))
        ) from error
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            phrase("{name} is not UTF-8 text: save it as UTF-8", name=path.name)
        ) from error


def _wanted(
    path: Path, head: Sequence[str], needed: Sequence[str], optional: Sequence[str]
) -> list[str]:
    missing = [name for name in needed if name not in head]
    if missing:
        raise refuse(
            path,
            1,
            phrase(
                "column {missing} is missing: the columns are {needed}",
                missing=", ".join(missing),
                needed=",".join(needed),
            ),
        )
    if twice := repeated_column(head, (*needed, *optional)):
        raise refuse(
            path, 1, phrase("column {twice} is there twice: leave one of them", twice=twice)
        )
    return [name for name in (*needed, *optional) if name in head]


def distinct(names: Iterable[str]) -> list[str]:
    """Column names without blanks around; the second of one name is `name.1`."""
    seen: Counter[str] = Counter()
    result = []
    for name in map(str.strip, names):
        result.append(f"{name}.{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return result


def repeated_column(names: Sequence[str], wanted: Sequence[str]) -> str:
    """The first wanted column of which the file has a second one that nobody asks for, or ""."""
    return next((n for n in wanted if f"{n}.1" in names and f"{n}.1" not in wanted), "")


def minor_of(
    path: Path, line: int, text: str, currency: str, *, signed: bool = False, rounds: bool = False
) -> int:
    """A decimal text as minor units of the currency (ISO 4217), exactly unless it `rounds`."""
    digits, told = exponent_of(path, line, currency), text[:_TOLD_MAX]
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?", text):
        raise refuse(
            path, line, phrase("amount {told!r} is no decimal number such as 1234.56", told=told)
        )
    minor = value.scaleb(digits)
    if rounds:
        minor = minor.to_integral_value(ROUND_HALF_UP)
    if minor != minor.to_integral_value():
        raise refuse(
            path,
            line,
            phrase(
                "amount {told} has more than {digits} decimals of {currency}",
                told=told,
                digits=digits,
                currency=currency,
            ),
        )
    if minor < 0 and not signed:
        raise refuse(
            path,
            line,
            phrase("amount {told} is below zero: turn payer and payee round instead", told=told),
        )
    if abs(minor) >= 2**62:
        raise refuse(path, line, phrase("amount {told} is too large", told=told))
    return int(minor)


def exponent_of(path: Path, line: int, currency: str) -> int:
    """The decimals of a currency; refuses what ISO 4217 does not know."""
    try:
        return exponent(currency)
    except ValueError as error:
        raise refuse(
            path, line, phrase("currency {currency!r} is not in ISO 4217", currency=currency[:40])
        ) from error


def instant_of(path: Path, line: int, text: str) -> datetime:
    """ISO 8601 (without an offset: UTC), or a whole number as a step in order."""
    try:
        if _STEP.fullmatch(text) and not re.fullmatch(r"[0-9]{8}", text):
            steps = int(text)
            steps = steps if abs(steps) < STEPS_MOST else steps // 1000  # nanoseconds
            if abs(steps) < STEPS_MOST:
                return EPOCH + timedelta(microseconds=steps)
        at = datetime.fromisoformat(_SLASHES.sub(r"\1-\2-\3", text[:_TIME_MAX]))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        told = text[:_TIME_MAX]
        raise refuse(
            path, line, phrase("time {told!r} is neither ISO 8601 nor a whole number", told=told)
        ) from error


def kind_of(path: Path, line: int, text: str) -> LineKind:
    """What kind of payment it was; empty is a transfer."""
    try:
        return LineKind(text or LineKind.TRANSFER)
    except ValueError as error:
        known = ", ".join(LineKind)
        raise refuse(
            path, line, phrase("kind {text!r} is none of {known}", text=text[:40], known=known)
        ) from error
