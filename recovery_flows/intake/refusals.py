"""Refusals of a file or a row; they never quote the content of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.language.phrase import phrase
from recovery_flows.errors import MisuseError


class FileRefusedError(MisuseError):
    """A file that cannot be read as a whole; `why` continues the sentence after its name."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(phrase("{path} {why}", path=path, why=why))


def unreadable(path: Path, error: OSError) -> FileRefusedError:
    """What is said of a file that cannot be opened or read."""
    if isinstance(error, FileNotFoundError):
        return FileRefusedError(path, phrase("does not exist"))
    return FileRefusedError(path, phrase("cannot be read: {strerror}", strerror=error.strerror))


class CellRefusedError(ValueError):
    """One cell is invalid; `read_reports` turns this into a RowRefusal."""

    def __init__(self, field: str, why: str) -> None:
        self.field, self.why = field, why
        super().__init__(f"{field} {why}")


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """One row that was refused: `field` names the column, `why` continues the sentence.

    `row` counts from 1 and leaves the header out. `duplicate_of` is the earlier row that says the
    same, for a person to look at; None where the row is wrong in itself.
    """

    row: int
    field: str
    why: str
    duplicate_of: int | None = None

    def __str__(self) -> str:
        return f"row {self.row}: {self.field} {self.why}"
