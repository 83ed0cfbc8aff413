"""How an officer arranges the screens, kept like his look: columns of lists, shares of panels."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.sealing.vault import Vault
from recovery_flows.cases.kept.officer_file import OfficerFile

LEAST_CELLS, MOST_CELLS = 3, 60
"""Widths that an officer may give to a column."""
LEAST_SHARE, MOST_SHARE = 20, 80
"""Shares of a screen, in per cent, that an officer may give to its list."""


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that an officer wants to see, `width` cells wide; 0 is as wide as at first."""

    key: str
    width: int = 0


OwnColumns = tuple[OwnColumn, ...]
"""Columns in their order; those that are not named are hidden. Empty: as at first."""


class Arrangement:
    """What one officer has arranged; a change is written at once, and nothing without one.

    Without a folder it lasts until the terminal is left.
    """

    def __init__(self, folder: Path | None, vault: Vault, officer_id: str) -> None:
        self._file = (
            OfficerFile(folder, vault, "looks", "arrangement", officer_id) if folder else None
        )
        kept = self._file.read() if self._file else {}
        self._columns = {str(k): _columns(v) for k, v in _table(kept.get("columns")).items()}
        self._shares = {
            str(k): v for k, v in _table(kept.get("shares")).items() if _is_within_shares(v)
        }

    def columns(self, table: str) -> OwnColumns:
        """The columns of a list; empty where they are as at first."""
        return self._columns.get(table, ())

    def keep_columns(self, table: str, columns: OwnColumns) -> None:
        """Keep the columns of a list; what cannot be written lasts until the terminal is left."""
        self._columns[table] = columns
        self._write()

    def share(self, screen: str) -> int:
        """How much of a screen its list takes, in per cent; 0 where that is as at first."""
        share: int = self._shares.get(screen, 0)
        return share

    def keep_share(self, screen: str, share: int) -> None:
        """Keep how much of a screen its list takes."""
        self._shares[screen] = max(LEAST_SHARE, min(share, MOST_SHARE)) if share else 0
        self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        columns = {
            table: [[one.key, one.width] for one in own]
            for table, own in self._columns.items() if own
        }  # fmt: skip
        shares = {screen: share for screen, share in self._shares.items() if share}
        with suppress(OSError):
            self._file.write({"columns": columns, "shares": shares})


def _table(kept: Any) -> dict[str, Any]:  # noqa: ANN401 - as the file gave it
    return kept if isinstance(kept, dict) else {}


def _columns(kept: Any) -> OwnColumns:  # noqa: ANN401 - as the file gave it
    """Columns as they were kept; as at first where that is none of ours."""
    found: dict[str, OwnColumn] = {}
    try:
        for key, width in kept:
            if not isinstance(key, str) or not _is_width(width):
                return ()
            found.setdefault(key, OwnColumn(key, width))
    except (TypeError, ValueError):
        return ()
    return tuple(found.values())


def _is_width(width: object) -> bool:
    return type(width) is int and (width == 0 or LEAST_CELLS <= width <= MOST_CELLS)


def _is_within_shares(share: object) -> bool:
    return type(share) is int and LEAST_SHARE <= share <= MOST_SHARE
