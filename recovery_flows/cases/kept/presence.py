"""Who else has a recovery open: one short lease for each terminal, a file in the data folder.

Files and not rows: a commit wakes every terminal and the engine, and nobody's looking is a part of
a case. A terminal that was killed is gone when its lease ends.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError

LEASE_SECONDS = 20.0
"""How long a terminal counts as looking after its last sign of life; it gives one every five."""
_RENEW_SECONDS = 4.0
_REMOVED_AFTER_SECONDS = 3600.0
_ROOM = "open"


class Presence:
    """What one terminal has open, told to the others on the same data folder."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._room, self._vault, self._lock = folder / _ROOM, vault, Lock()
        self._name = os.urandom(8).hex()
        self._told: tuple[str, str] = ("", "")
        self._renewed_at = 0.0

    def tell(self, officer_id: str, recovery_id: str) -> None:
        """Say what is open now; an empty id takes it back. What cannot be written is not said."""
        with self._lock, suppress(OSError):
            told, now = (officer_id, recovery_id), time.monotonic()
            if not officer_id or not recovery_id:
                if self._told[1]:
                    self._mine.unlink(missing_ok=True)
            elif told != self._told:
                self._room.mkdir(mode=0o700, exist_ok=True)
                text = json.dumps({"officer": officer_id, "recovery": recovery_id})
                self._mine.write_text(self._vault.seal(text, self._place(self._name)), "utf-8")
                self._renewed_at = now
            elif now - self._renewed_at >= _RENEW_SECONDS:
                os.utime(self._mine)
                self._renewed_at = now
            self._told = told

    def others(self, officer_id: str, recovery_id: str) -> tuple[str, ...]:
        """Handles of the other officers who have this recovery open; none where nobody is told."""
        found, now = set[str](), time.time()
        with suppress(OSError):
            for file in self._room.iterdir():
                with suppress(OSError):
                    age = now - file.stat().st_mtime
                    if age > _REMOVED_AFTER_SECONDS:
                        file.unlink()
                    elif age <= LEASE_SECONDS and file.name != self._name:
                        found.add(self._who(file, recovery_id))
        return tuple(sorted(found - {"", officer_id}))

    def leave(self) -> None:
        """The terminal is left."""
        self.tell("", "")

    @property
    def _mine(self) -> Path:
        return self._room / self._name

    def _who(self, file: Path, recovery_id: str) -> str:
        """The officer of a lease on this recovery; empty for another, or what does not open."""
        try:
            told = json.loads(self._vault.open(file.read_text("utf-8"), self._place(file.name)))
            return str(told["officer"]) if told["recovery"] == recovery_id else ""
        except (OSError, ValueError, KeyError, TypeError, VaultError):
            return ""

    @staticmethod
    def _place(name: str) -> SealedPlace:
        return SealedPlace(_ROOM, name, "lease")
