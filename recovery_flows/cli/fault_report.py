"""Keeps a report of an unexpected error for the maintainers, without personal data."""

from __future__ import annotations

import os
import time
import traceback
from contextlib import suppress
from pathlib import Path

FOLDER = "faults"
KEPT_DAYS = 30
_OURS = ("models.", "recovery_flows.", "config.", "tui.")


def keep_fault(error: BaseException, data_dir: Path) -> Path:
    """Write the places that an error came through; reports older than KEPT_DAYS go.

    An error of this program is quoted, since its text holds ids and codes only. The text of any
    other may quote a value, and so may a line of code beside it: neither is written. Raises OSError
    where the folder cannot be written.
    """
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    forget_old(data_dir)
    path = folder / f"fault-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.writelines(f"{line}\n" for line in _lines(error))
    return path


def forget_old(data_dir: Path) -> None:
    """Remove reports that are older than KEPT_DAYS."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for path in (data_dir / FOLDER).glob("fault-*.txt"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _lines(error: BaseException | None) -> list[str]:
    """One error with the ones that it came from, the first cause first."""
    if error is None:
        return []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    text = f": {error}" if kind.__module__.startswith(_OURS) else ""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return [*_lines(cause), name + text, *places]
