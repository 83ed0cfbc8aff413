"""What one file may cost: time, bytes as they come and unpacked, depth; reached, it is refused.

Who reads settings hands `Limits` in; a reader makes one `Budget` a file and reads through it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from models.language.phrase import phrase

_MEGA = 1_000_000
_PART_BYTES_MAX = 16 * _MEGA
_T = TypeVar("_T")


class BudgetSpentError(ValueError):
    """A file costs more than it may; the text continues the sentence after its name."""


class PartTooLargeError(BudgetSpentError):
    """One part of a file costs more than it may; others beside it can still be read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost; the defaults are those of the settings group `intake`.

    `whole_megabytes` holds for formats that are read as a whole, such as JSON.
    """

    seconds: int = 600
    file_megabytes: int = 900
    unpacked_megabytes: int = 2_000
    whole_megabytes: int = 64
    depth: int = 64

    @property
    def file_bytes(self) -> int:
        """How large a file may be."""
        return self.file_megabytes * _MEGA

    def check_file(self, path: Path) -> None:
        """The same of a file that is read by its path, more than once; OSError where it is away."""
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BudgetSpentError(
                phrase("is no regular file: save it as one, it is read more than once")
            )
        self.check_bytes(found.st_size)

    def check_bytes(self, size: int) -> None:
        """BudgetSpentError where a file is larger than one may be."""
        if size > self.file_bytes:
            raise BudgetSpentError(
                phrase(
                    "is larger than {file_megabytes:,} MB: split it, or raise {setting}",
                    file_megabytes=self.file_megabytes,
                    setting=_setting("file_megabytes_max"),
                )
            )

    def check_depth(self, depth: int) -> None:
        """PartTooLargeError where something is nested deeper than it may be."""
        if depth > self.depth:
            raise PartTooLargeError(
                phrase(
                    "is nested deeper than {depth} levels: no bank sends that; if one does, "
                    "raise {setting}",
                    depth=self.depth,
                    setting=_setting("depth_max"),
                )
            )


NO_LIMITS = Limits(10**9, 10**9, 10**9, 10**9)
"""For bytes that were read within limits once already."""


def _setting(name: str) -> str:
    return f"intake.{name} (RECOVERY_INTAKE__{name.upper()})"


class Budget:
    """What reading one file has cost so far; begun when it is made."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock, self._ends = clock, clock() + limits.seconds
        self._read = self._kept = 0

    def check(self) -> None:
        """BudgetSpentError when the time is over."""
        if self._clock() > self._ends:
            raise BudgetSpentError(
                phrase(
                    "takes longer than {seconds:,} s to read: split it, or raise {setting}",
                    seconds=self.limits.seconds,
                    setting=_setting("seconds_max"),
                )
            )

    def spend(self, size: int, *, is_kept: bool = True) -> None:
        """Count bytes as unpacked; BudgetSpentError when there are too many, or time is over."""
        self._read += size
        self._kept += size if is_kept else 0
        if self._read > self.limits.unpacked_megabytes * _MEGA:
            raise BudgetSpentError(
                phrase(
                    "unpacks to more than {unpacked_megabytes:,} MB: split it, or raise {setting}",
                    unpacked_megabytes=self.limits.unpacked_megabytes,
                    setting=_setting("unpacked_megabytes_max"),
                )
            )
        if self._kept > _PART_BYTES_MAX:
            raise PartTooLargeError(
                phrase(
                    "has one part of more than {most} MB: no booking is so long",
                    most=_PART_BYTES_MAX // _MEGA,
                )
            )
        self.check()

    def forget(self) -> None:
        """What was read so far is not kept in memory any more."""
        self._kept = 0

    def whole(self, stream: BinaryIO) -> bytes:
        """All of a stream, for a format that is read as a whole."""
        most = self.limits.whole_megabytes
        data = stream.read(most * _MEGA + 1)
        if len(data) > most * _MEGA:
            raise PartTooLargeError(
                phrase(
                    "is larger than {most:,} MB in a format that is read as a whole: split "
                    "it, or raise {setting}",
                    most=most,
                    setting=_setting("whole_megabytes_max"),
                )
            )
        self.spend(len(data), is_kept=False)
        return data

    def timed(self, items: Iterable[_T]) -> Iterator[_T]:
        """The same items, as long as there is time."""
        for item in items:
            self.check()
            yield item


class MeteredStream:
    """An open file whose bytes are counted as they are read; for parsers that call `read`."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1) -> bytes:
        """The next bytes, counted."""
        data = self._stream.read(size)
        self._budget.spend(len(data))
        return data

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; what is read again is counted again."""
        return self._stream.seek(to, whence)
