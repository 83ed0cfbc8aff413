"""Any statement file: what it is told by its content, opened where it is wrapped, read as items."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from models.language.phrase import error_sentence, phrase
from recovery_flows.caller import open_named
from recovery_flows.intake.budget import (
    Budget,
    BudgetSpentError,
    Limits,
    MeteredStream,
    PartTooLargeError,
)
from recovery_flows.intake.statements import bank_json, mt940, ofx, zipped
from recovery_flows.intake.statements.plausible import plausible
from recovery_flows.intake.statements.shape import Item, Member, StatementRefusedError

_LOOK = 65_536
_DEFAULT = Limits()


def read_path(path: Path, limits: Limits = _DEFAULT) -> Iterator[Item]:
    """The statements of a file, streamed where the format allows.

    StatementRefusedError: unreadable as any format, too costly, or not there.
    """
    try:
        with open_named(path) as stream:
            if not stream.seekable():
                raise StatementRefusedError(
                    phrase("it is a pipe: save it as a file, it is read twice")
                )
            yield from read_stream(stream, limits)
    except OSError as error:
        raise StatementRefusedError(
            phrase("it cannot be opened: {strerror}", strerror=error.strerror)
        ) from error


def read_bytes(raw: bytes, limits: Limits = _DEFAULT) -> Iterator[Item]:
    """The same of bytes that are there already."""
    yield from read_stream(io.BytesIO(raw), limits)


def read_stream(stream: BinaryIO, limits: Limits = _DEFAULT) -> Iterator[Item]:
    """The same from an open file that can be rewound."""
    budget = Budget(limits)
    try:
        limits.check_bytes(_size(stream))
        start = stream.read(_LOOK)
        stream.seek(0)
        if not start.strip():
            raise StatementRefusedError(phrase("the file is empty"))
        if zipped.is_zip(stream):
            yield from _members(stream, budget)
        else:
            stream.seek(0)
            yield from _single(start, stream, budget)
    except BudgetSpentError as error:
        raise StatementRefusedError(phrase("it {error}", error=error_sentence(error))) from error


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return size


def _single(start: bytes, stream: BinaryIO, budget: Budget) -> Iterator[Item]:
    """One file that is no zip; what it has too much of is refused with it and not with others."""
    try:
        yield from plausible(budget.timed(_told(start, stream, budget)))
    except PartTooLargeError as error:
        raise StatementRefusedError(phrase("it {error}", error=error_sentence(error))) from error


def _told(start: bytes, stream: BinaryIO, budget: Budget) -> Iterator[Item]:
    if ofx.looks_like(start):
        yield from ofx.read(_text_bytes(stream, budget))
    elif bank_json.looks_like(start):
        yield from _json(_text_bytes(stream, budget), budget)
    elif _is_xml(start):
        from recovery_flows.intake.statements import camt

        yield from camt.read(cast("BinaryIO", MeteredStream(stream, budget)), budget)
    elif mt940.looks_like(start):
        yield from mt940.read(_text_bytes(stream, budget))
    else:
        raise StatementRefusedError(
            phrase("this is none of the formats that are read: camt, MT940, MT942, OFX, bank JSON")
        )


def _text_bytes(stream: BinaryIO, budget: Budget) -> bytes:
    """All of a text; a byte of zero is refused with its place: a text in UTF-8 has none."""
    data = budget.whole(stream)
    at = data.find(b"\0")
    if at >= 0:
        line, column = data.count(b"\n", 0, at) + 1, at - data.rfind(b"\n", 0, at)
        raise StatementRefusedError(
            phrase("there is a byte of zero: save the file as UTF-8, or ask the bank for it again"),
            line, column,
        )  # fmt: skip
    return data


def _is_xml(start: bytes) -> bool:
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bare.startswith(b"<") or start.startswith((b"\xfe\xff", b"\xff\xfe"))


_ENCODING = re.compile(r"(<\?xml[^>]{0,200}?)encoding=[\"'][^\"'>]{0,40}[\"']")


def _json(data: bytes, budget: Budget) -> Iterator[Item]:
    inside = bank_json.inner_text(data, budget.limits)
    if not inside:
        yield from bank_json.read(data, budget.limits)
        return
    # The text was decoded already: a declared encoding no longer holds.
    text = _ENCODING.sub(r"\1", inside.lstrip(), count=1).encode()
    stream = io.BytesIO(text)
    yield from _told(text[:_LOOK], stream, budget)


def _members(stream: BinaryIO, budget: Budget) -> Iterator[Item]:
    """Each file of a zip; one that cannot be read refuses itself, and the others are read."""
    refused: list[str] = []
    with zipped.opened(stream) as archive:
        files = zipped.files_of(archive, _size(stream), budget.limits)
        for number, info in enumerate(files, 1):
            inside = info.filename[:80]
            name, why = phrase("file {number} in it, {file}", number=number, file=inside), ""
            try:
                inner = cast("BinaryIO", zipped.MemberStream(archive, info))
                start = inner.read(_LOOK)
                inner.seek(0)
                yield from _single(start, inner, budget)
            except StatementRefusedError as error:
                why = error_sentence(error)
            refused += [phrase("{name}: {why}", name=name, why=why)] if why else []
            if why and len(refused) == len(files):
                none = phrase("nothing in it can be read; {first}", first=refused[0])
                raise StatementRefusedError(refused[0] if len(files) == 1 else none)
            yield Member(name, why)
