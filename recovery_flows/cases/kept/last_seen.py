"""Up to which event of the history an officer has looked: what came later has changed for him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.sealing.vault import Vault
from recovery_flows.cases.kept.officer_file import OfficerFile


@dataclass(frozen=True, slots=True)
class Seen:
    """The last event that an officer has looked past, and when he did by the computer's clock."""

    seq: int
    at: datetime


def last_seen(folder: Path, vault: Vault, officer_id: str) -> Seen | None:
    """How far an officer has looked; None where he never has, or nothing can be read."""
    kept = _file(folder, vault, officer_id).read()
    try:
        seq, at = kept["seq"], datetime.fromisoformat(kept["at"])
    except (KeyError, TypeError, ValueError):
        return None
    return Seen(seq, at) if isinstance(seq, int) and at.tzinfo else None


def keep_seen(folder: Path, vault: Vault, officer_id: str, seen: Seen) -> None:
    """Keep how far he has looked, never less far than before; OSError where it cannot be written.

    Two terminals of one officer may be left in any order.
    """
    before = last_seen(folder, vault, officer_id)
    if before is None or before.seq <= seen.seq:
        value = {"seq": seen.seq, "at": seen.at.isoformat()}
        _file(folder, vault, officer_id).write(value)


def _file(folder: Path, vault: Vault, officer_id: str) -> OfficerFile:
    return OfficerFile(folder, vault, "seen", "seen", officer_id)
