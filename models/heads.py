"""Signed heads of the history, in a file outside the database.

Each commit that adds events appends one line: the last sequence, its digest, and how many events
there are, signed. A removed last event or a removed recovery then no longer fits the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from models.ids import canonical
from models.vault import Vault

HEAD_FILE = "heads.jsonl"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the history at one commit."""

    seq: int
    digest: str
    at: str


@dataclass(frozen=True, slots=True)
class HeadFile:
    """Appends signed heads and reads them back."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / HEAD_FILE

    def sign(self, vault: Vault, head: Head) -> None:
        """Append one signed head (one write, so that two processes do not mix lines)."""
        body = {"at": head.at, "digest": head.digest, "seq": head.seq}
        line = {**body, "signature": vault.signature(canonical(body))}
        with self.path.open("ab") as file:
            file.write(canonical(line) + b"\n")

    def read(self, vault: Vault) -> tuple[list[Head], list[str]]:
        """All heads with a good signature, and a sentence for each line that has none."""
        if not self.path.exists():
            return [], []
        heads, bad = [], []
        for number, text in enumerate(self.path.read_bytes().splitlines(), start=1):
            head = _checked(vault, text)
            if head is None:
                bad.append(f"line {number} of {self.path.name} has no good signature")
            else:
                heads.append(head)
        return heads, bad


def _checked(vault: Vault, text: bytes) -> Head | None:
    try:
        line = json.loads(text)
        signature = line.pop("signature")
        if signature != vault.signature(canonical(line)):
            return None
        return Head(seq=line["seq"], digest=line["digest"], at=line["at"])
    except (ValueError, KeyError, AttributeError):
        return None
