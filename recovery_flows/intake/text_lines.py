"""Reads a text file line by line within its budget; endless lines and NUL bytes are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from models.language.phrase import phrase
from recovery_flows.intake.budget import Budget, BudgetSpentError

_LINE_MAX = 1_000_000
_LINES_A_CHECK = 256


class ZeroByteError(ValueError):
    """A line holds a byte of zero, which no text has; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(
            phrase("holds a byte of zero at line {line}: save it as UTF-8 text", line=line)
        )


def lines_within(text: TextIO, budget: Budget) -> Iterator[str]:
    """The lines of a text opened with `newline=""`, their ends included.

    BudgetSpentError for a line that does not end, or when the time is over; ZeroByteError.
    """
    number = 0
    while line := text.readline(_LINE_MAX + 1):
        number += 1
        if len(line) > _LINE_MAX:
            raise BudgetSpentError(
                phrase(
                    "has a line {number} of more than {most:,} characters",
                    number=number,
                    most=_LINE_MAX,
                )
            )
        if "\0" in line:
            raise ZeroByteError(number)
        if number % _LINES_A_CHECK == 0:
            budget.check()
        yield line
