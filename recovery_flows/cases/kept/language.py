"""In which language an officer reads the screens: kept like his look, for the next sitting."""

from __future__ import annotations

from pathlib import Path

from models.language.catalogue import Language
from models.sealing.vault import Vault
from recovery_flows.cases.kept.officer_file import OfficerFile


def keep_language(folder: Path, vault: Vault, officer_id: str, language: Language) -> None:
    """Keep the language that an officer has chosen; OSError where it cannot be written."""
    _file(folder, vault, officer_id).write({"language": language})


def last_language(folder: Path, vault: Vault, officer_id: str) -> Language | None:
    """The language that an officer chose last; None where he has chosen none."""
    kept = _file(folder, vault, officer_id).read().get("language")
    return Language(kept) if kept in set(Language) else None


def _file(folder: Path, vault: Vault, officer_id: str) -> OfficerFile:
    return OfficerFile(folder, vault, "looks", "language", officer_id)
