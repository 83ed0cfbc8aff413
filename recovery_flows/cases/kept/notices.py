"""What an officer was told: kept until it is old, so that none is lost by a restart or a crash.

One sealed line each, added at once; two terminals of one officer may write at the same time.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from models.sealing.vault import Vault, VaultError
from recovery_flows.cases.kept.officer_file import OfficerFile

KEPT = 2_000
"""How many notices are kept, the newest."""
_AT_MOST = 2 * KEPT


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence that stood on the screen, and the commands that do the same, one a line."""

    at: datetime
    sentence: str
    refused: bool = False
    command: str = ""


class Notices:
    """The notices of one officer in the data folder."""

    def __init__(self, folder: Path, vault: Vault, officer_id: str) -> None:
        self._file = OfficerFile(folder, vault, "notices", "notice", officer_id)

    def add(self, notice: Notice) -> None:
        """Keep one more; OSError where it cannot be written."""
        told = {
            "at": notice.at.isoformat(), "said": notice.sentence, "refused": notice.refused,
            "command": notice.command,
        }  # fmt: skip
        self._file.path.parent.mkdir(mode=0o700, exist_ok=True)
        with self._file.path.open("a", encoding="utf-8") as file, _locked(file):
            file.write(self._file.vault.seal(json.dumps(told), self._file.place) + "\n")

    def read(self) -> list[Notice]:
        """The newest in their order; what does not open, such as half a line, is left out.

        A file that has grown too long is cut to these.
        """
        try:
            with self._file.path.open("r+", encoding="utf-8") as file, _locked(file):
                lines = file.read().splitlines()
                if len(lines) > _AT_MOST:
                    lines = lines[-KEPT:]
                    file.seek(0)
                    file.write("".join(f"{line}\n" for line in lines))
                    file.truncate()
        except (OSError, ValueError):
            return []
        return [notice for line in lines[-KEPT:] if (notice := self._opened(line)) is not None]

    def _opened(self, line: str) -> Notice | None:
        try:
            told = json.loads(self._file.vault.open(line, self._file.place))
            return Notice(
                datetime.fromisoformat(told["at"]), told["said"], bool(told["refused"]),
                told["command"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, VaultError):
            return None


@contextmanager
def _locked(file: TextIO) -> Iterator[None]:
    """Nobody else writes the file meanwhile; closing it ends that."""
    fcntl.flock(file, fcntl.LOCK_EX)
    yield
