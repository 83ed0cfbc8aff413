"""Signed heads of the history, in a file outside the database.

Each commit that adds events appends one line: the last sequence with its digest, and how many
events each recovery that it touched has now. A removed last event or a removed recovery no longer
fits the file. Each line also covers the signature of the line before, so a line taken out of the
middle is noticed; lines cut off the end are not, unless a copy of the file is kept elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from models.ids import canonical
from models.sealing.vault import Vault

HEAD_FILE = "heads.jsonl"
_TAIL_BYTES = 80
_FIELDS = ("at", "counts", "digest", "previous", "seq")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the history at one commit; `counts` is events by recovery ("" for none).

    `tables` is the number of changes of each table that is sealed as a whole (`table_seal`).
    """

    seq: int
    digest: str
    at: str
    counts: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Counted:
    """How far the file was read, and the most events of each recovery that it tells of."""

    inode: int = 0
    to: int = 0
    events: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeadFile:
    """Appends signed heads and reads them back."""

    folder: Path
    _counted: _Counted = field(default_factory=_Counted, compare=False, repr=False)

    @property
    def path(self) -> Path:
        """Where the lines are."""
        return self.folder / HEAD_FILE

    def is_begun(self) -> bool:
        """Whether anything was ever signed here."""
        return self.path.exists() and self.path.stat().st_size > 0

    def sign(self, vault: Vault, head: Head) -> None:
        """Append one signed head (one write under a lock: two processes do not mix lines)."""
        with open(f"{self.folder}/{HEAD_FILE}", "a+b") as file:  # noqa: PTH123 - at each commit
            fcntl.flock(file, fcntl.LOCK_EX)
            tail = _tail(file)
            body = {
                "at": head.at,
                "counts": dict(head.counts),
                "digest": head.digest,
                "previous": _signature_in(tail),
                "seq": head.seq,
                **({"tables": dict(head.tables)} if head.tables else {}),
            }
            line = {**body, "signature": vault.signature(canonical(body))}
            torn = bool(tail) and not tail.endswith(b"\n")
            file.write(b"\n" * torn + canonical(line) + b"\n")

    def read(self, vault: Vault) -> tuple[list[Head], list[str]]:
        """All heads with a good signature, and a sentence for each line that does not fit."""
        if not self.path.exists():
            return [], []
        heads, bad, before = [], [], b""
        for number, text in enumerate(self.path.read_bytes().splitlines(), start=1):
            line = _checked(vault, text)
            where = f"line {number} of {self.path.name}"
            if line is None:
                bad.append(f"{where} has no good signature: it was changed or made by hand")
            else:
                heads.append(
                    Head(
                        line["seq"], line["digest"], line["at"], line["counts"],
                        line.get("tables", {}),
                    )
                )  # fmt: skip
                if line["previous"] != _signature_in(before):
                    bad.append(f"{where} does not follow the one before: lines were taken out")
            before = text
        return heads, bad

    def events_signed(self, vault: Vault, recovery_id: str) -> int:
        """How many events of a recovery were signed; reads what was added since the last time."""
        counted = self._counted
        if not self.path.exists():
            return 0
        with self.path.open("rb") as file:
            found = os.fstat(file.fileno())
            if found.st_ino != counted.inode or found.st_size < counted.to:
                counted.inode, counted.to, counted.events = found.st_ino, 0, {}
            file.seek(counted.to)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        counted.to += len(whole)
        for text in whole.splitlines():
            line = _checked(vault, text)
            for name, count in (line["counts"] if line else {}).items():
                counted.events[name] = max(count, counted.events.get(name, 0))
        return counted.events.get(recovery_id, 0)


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    return file.read()


def _signature_in(text: bytes) -> str:
    """The signature at the end of a line: the canonical spelling sorts it last."""
    return text.rstrip()[-66:-2].decode("ascii", "replace")


def _checked(vault: Vault, text: bytes) -> dict[str, Any] | None:
    try:
        line: dict[str, Any] = json.loads(text)
        signature = line.pop("signature")
        if signature != vault.signature(canonical(line)) or not {*_FIELDS} <= line.keys():
            return None
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    return line
