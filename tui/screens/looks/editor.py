"""An editor of one's own for a long text, where the terminal runs as the person who types.

Behind a service it would run as the unit's user, with the unit's keys within its reach.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp

from models.language.phrase import phrase
from recovery_flows.caller import is_served
from recovery_flows.errors import MisuseError, RefusedError

_MEMORY = Path("/dev/shm")  # noqa: S108 - files there are never written to a disk
_TEXT_MOST = 1_000_000


def editor_of(environment: Mapping[str, str]) -> list[str]:
    """The command of one's editor; RefusedError behind a service, MisuseError where none is set."""
    if is_served():
        raise RefusedError(
            phrase(
                "behind a service an editor would run as the unit's user, within reach of "
                "its keys: write the note here, or paste it"
            )
        )
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError:
        words = []
    if not words:
        raise MisuseError(phrase("no editor is set: set VISUAL or EDITOR, such as EDITOR=vim"))
    return words


def edited(text: str, editor: list[str]) -> str:
    """The text as it was left in the editor, which is waited for; MisuseError where it failed.

    The text lies in a file of its owner alone, in memory where the system has such a folder, and
    is removed afterwards.
    """
    folder = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    handle, name = mkstemp(prefix="note-", suffix=".txt", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        code = subprocess.call([*editor, name])  # noqa: S603 - the person's own editor
        if code:
            raise MisuseError(
                phrase("the editor ended with {code}: the text is as it was", code=code)
            )
        raw = path.read_bytes()
        if len(raw) > _TEXT_MOST:
            raise MisuseError(phrase("that is more than a megabyte: the text is as it was"))
        return raw.decode("utf-8").rstrip("\n")
    except UnicodeDecodeError:
        raise MisuseError(
            phrase("the editor left no text in UTF-8: the text is as it was")
        ) from None
    except OSError as error:
        raise MisuseError(
            phrase("{editor} cannot be run: {strerror}", editor=editor[0], strerror=error.strerror)
        ) from error
    finally:
        path.unlink(missing_ok=True)
