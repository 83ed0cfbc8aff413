"""The place of an encrypted value: it can be decrypted there and nowhere else."""

from __future__ import annotations

from typing import NamedTuple

from models.ids import canonical


class SealedPlace(NamedTuple):
    """Table, row and column of a sealed value; it goes into the seal as associated data."""

    table: str
    row: str
    column: str

    def associated(self) -> bytes:
        """The place as bytes that the seal covers."""
        return canonical([self.table, self.row, self.column])
