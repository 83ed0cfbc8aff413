"""A zip of statement files: opened, its size checked before anything is unpacked."""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from models.language.phrase import phrase
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.statements.shape import StatementRefusedError

_FILES_MAX = 1_000
_RATIO_MAX = 200
_RATIO_FREE_BYTES = 1_024
_MEGA = 1_000_000
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError,
    OverflowError, RuntimeError,
)  # fmt: skip
"""What the libraries raise on bytes that are no zip, or packed in a way that they lack."""


def is_zip(stream: BinaryIO) -> bool:
    """Whether a file ends as a zip does."""
    stream.seek(0)
    return zipfile.is_zipfile(stream)


@contextmanager
def opened(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The archive; StatementRefusedError where it is broken."""
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise StatementRefusedError(phrase("the zip file is broken: ask for it again")) from error
    with archive:
        yield archive


def files_of(
    archive: zipfile.ZipFile, packed: int, limits: Limits, most: int = _FILES_MAX
) -> list[zipfile.ZipInfo]:
    """The files in an archive of `packed` bytes; StatementRefusedError for too many or too much.

    Measured against the bytes that are there: files that overlap share theirs.
    """
    # Not `is_dir`, which fails on a file without a name.
    files = [info for info in archive.infolist() if not info.filename.endswith("/")]
    whole = sum(info.file_size for info in files)
    if not files:
        raise StatementRefusedError(phrase("the zip file is empty"))
    if len(files) > most:
        raise StatementRefusedError(
            phrase("the zip file holds more than {most:,} files: divide it into several", most=most)
        )
    is_bomb = whole > _RATIO_MAX * max(packed, _RATIO_FREE_BYTES)
    if is_bomb or whole > limits.unpacked_megabytes * _MEGA:
        raise StatementRefusedError(
            phrase("the zip file unpacks to too much: unpack it and look first")
        )
    return files


class MemberStream:
    """One file of an archive, unpacked as it is read and never beyond the size that was checked.

    StatementRefusedError from any method where it is broken, locked or packed in an unknown way.
    """

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        with _refusing():
            self._inner = archive.open(info)

    def read(self, size: int = -1) -> bytes:
        """The next bytes as they were before they were packed."""
        with _refusing():
            return self._inner.read(size)

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; going back begins to unpack anew."""
        with _refusing():
            return self._inner.seek(to, whence)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk, not the archive
        raise StatementRefusedError(_why_broken(error)) from error


def _why_broken(error: Exception) -> str:
    if isinstance(error, RuntimeError):  # also NotImplementedError: a password, a method
        return phrase("it is locked, or packed in a way that is not read: unpack it first")
    return phrase("it is broken in the zip file: ask for it again")
