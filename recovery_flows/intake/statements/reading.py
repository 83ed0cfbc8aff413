"""Any statement file: what it is told by its content, opened where it is wrapped, read as items."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from recovery_flows.intake.statements import bank_json, mt940, ofx
from recovery_flows.intake.statements.shape import Item, StatementRefusedError

_LOOK = 65_536
_MOST_INSIDE = 1_000
_MOST_BYTES = 2 * 1024**3
_MOST_RATIO = 200


def read_path(path: Path) -> Iterator[Item]:
    """The statements of a file, streamed where the format allows.

    StatementRefusedError: unreadable as any format, or not there.
    """
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream)
    except OSError as error:
        raise StatementRefusedError(f"it cannot be opened: {error.strerror}") from error


def read_stream(stream: BinaryIO) -> Iterator[Item]:
    """The same from an open file that can be rewound."""
    start = stream.read(_LOOK)
    stream.seek(0)
    if not start.strip():
        raise StatementRefusedError("the file is empty")
    if zipfile.is_zipfile(stream):
        stream.seek(0)
        yield from _zipped(stream)
        return
    stream.seek(0)
    yield from _single(start, stream)


def _single(start: bytes, stream: BinaryIO) -> Iterator[Item]:
    if ofx.looks_like(start):
        yield from ofx.read(stream.read())
    elif bank_json.looks_like(start):
        yield from _json(stream.read())
    elif _is_xml(start):
        from recovery_flows.intake.statements import camt

        yield from camt.read(stream)
    elif mt940.looks_like(start):
        yield from mt940.read(stream.read())
    else:
        raise StatementRefusedError(
            "this is none of the formats that are read: camt, MT940, MT942, OFX, bank JSON"
        )


def _is_xml(start: bytes) -> bool:
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bare.startswith(b"<") or start.startswith((b"\xfe\xff", b"\xff\xfe"))


def _json(data: bytes) -> Iterator[Item]:
    inside = bank_json.inner_text(data)
    if not inside:
        yield from bank_json.read(data)
        return
    # The text was decoded already: a declared encoding no longer holds.
    text = inside.lstrip().replace('encoding="ISO-8859-1"', 'encoding="UTF-8"', 1).encode()
    yield from _single(text[:_LOOK], io.BytesIO(text))


def _zipped(stream: BinaryIO) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(stream) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
            _check(files)
            for info in files:
                # Unpacked as it is read, and never beyond the size that was checked.
                with _member(archive, info) as inner:
                    start = inner.read(_LOOK)
                    inner.seek(0)
                    yield from _single(start, cast("BinaryIO", inner))
    # NotImplementedError: so zipfile says that an entry asks for a version of the format it lacks.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise StatementRefusedError("the zip file is broken") from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except RuntimeError as error:  # so it says that a password or an unknown method is in the way
        raise StatementRefusedError("the zip file is locked or packed in an unknown way") from error


def _check(files: list[zipfile.ZipInfo]) -> None:
    packed = sum(info.compress_size for info in files)
    whole = sum(info.file_size for info in files)
    if not files:
        raise StatementRefusedError("the zip file is empty")
    if len(files) > _MOST_INSIDE or whole > _MOST_BYTES or whole > _MOST_RATIO * max(packed, 1024):
        raise StatementRefusedError("the zip file unpacks to too much: unpack it and look first")
