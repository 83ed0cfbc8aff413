"""A small file of one officer in the data folder: encrypted, and no handle in its name.

Nothing of a case depends on such a file: one that is lost, damaged or of other keys is as none.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError


@dataclass(frozen=True, slots=True)
class OfficerFile:
    """The file `kind` of an officer, in the folder `room` of the data folder."""

    folder: Path
    vault: Vault
    room: str
    kind: str
    officer_id: str

    @property
    def path(self) -> Path:
        """Where it stands."""
        return (
            self.folder / self.room / self.vault.fingerprint(f"{self.kind} {self.officer_id}")[:16]
        )

    @property
    def place(self) -> SealedPlace:
        """What its text is sealed for, so that it opens as nobody else's."""
        return SealedPlace(self.room, self.officer_id, self.kind)

    def read(self) -> dict[str, Any]:
        """What was kept; nothing where nothing can be read."""
        try:
            sealed = self.path.read_text(encoding="utf-8")
            found = json.loads(self.vault.open(sealed, self.place))
        except (OSError, ValueError, VaultError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, value: dict[str, Any]) -> None:
        """Keep this instead, wholly or not at all; OSError where it cannot be written."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            new.write_text(self.vault.seal(json.dumps(value), self.place), encoding="utf-8")
            new.replace(self.path)
        except OSError:
            with suppress(OSError):
                new.unlink()
            raise
