"""Files of printed letters and of answers: never overwritten, readable by their owner alone."""

from __future__ import annotations

import mimetypes
from contextlib import suppress
from pathlib import Path

from models.language.phrase import phrase
from recovery_flows.caller import (
    create_named,
    is_folder,
    is_there,
    read_named,
    remove_named,
)
from recovery_flows.errors import MisuseError, unwritable

DOCUMENT_BYTES_MAX = 25_000_000


def default_name(call_id: str, suffix: str = ".txt") -> str:
    """A file name for a letter that contains no personal data."""
    return f"letter-{call_id.removeprefix('call-')[:12]}{suffix}"


def check_free(path: Path) -> None:
    """Raise MisuseError where a file would be overwritten or its folder is not there."""
    if is_there(path):
        raise MisuseError(
            phrase("{path} is there already and is not overwritten: name another file", path=path)
        )
    if not is_folder(path.parent):
        raise MisuseError(phrase("{parent} is no folder", parent=path.parent))


def write_new(path: Path, raw: bytes) -> None:
    """Write a new file that only its owner may read; an error if that cannot be done."""
    check_free(path)
    try:
        file = create_named(path)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        with file:
            file.write(raw)
    except OSError as error:
        with suppress(OSError):
            remove_named(path)  # half a letter is none
        raise unwritable(path, error) from error


def read_document(path: Path) -> bytes:
    """A bank's document as it is; MisuseError where it is missing, empty or far too large."""
    try:
        raw = read_named(path, DOCUMENT_BYTES_MAX)
    except OSError as error:
        raise MisuseError(
            phrase(
                "the document {file} cannot be read: {strerror}",
                file=path.name,
                strerror=error.strerror,
            )
        ) from error
    if len(raw) > DOCUMENT_BYTES_MAX:
        limit = DOCUMENT_BYTES_MAX // 1_000_000
        raise MisuseError(
            phrase(
                "the document {file} is larger than {limit} MB: scan it smaller",
                file=path.name,
                limit=limit,
            )
        )
    if not raw.strip():
        raise MisuseError(phrase("the document {file} is empty", file=path.name))
    return raw


def media_type(path: Path) -> str:
    """The media type that the name of a file suggests."""
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
