"""Whose command this process runs: who he is to the operating system, and the files that he names.

A command that a person starts runs as that person, and both are plain. Where `recovery serve` runs
it for him, the process belongs to the service: the caller is whoever the kernel says is at the
other end of the socket, and every file that he names is opened by his own program, with his
rights. So whatever opens a path that a person typed does it through this module.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat
from pathlib import Path
from typing import BinaryIO, Protocol

from models.language.phrase import phrase

NEW_FILE_MODE = 0o600
_PIECE_BYTES = 1_000_000
PAPER_MAX = 20_000_000


class NamedFiles(Protocol):
    """The file system as the caller sees it; every method raises OSError as `os` does."""

    def open(self, path: str, flags: int) -> int:
        """A descriptor of the file, by the flags of `os.open`; a new one is for its owner alone."""

    def is_there(self, path: str) -> bool:
        """Whether anything has this name."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder has this name."""

    def make_folder(self, path: str) -> None:
        """Make a folder for its owner alone, with its parents; nothing where it is there."""

    def remove(self, path: str) -> None:
        """Remove a file; nothing where there is none."""

    def expanded(self, path: str) -> str:
        """The path with `~` replaced; RuntimeError where it names nobody's home."""


class OwnFiles:
    """The files of the user that this process runs as."""

    def open(self, path: str, flags: int) -> int:
        """As `os.open`, a new file being for its owner alone."""
        return os.open(path, flags, NEW_FILE_MODE)

    def is_there(self, path: str) -> bool:
        """As `Path.exists`."""
        return Path(path).exists()

    def is_folder(self, path: str) -> bool:
        """As `Path.is_dir`."""
        return Path(path).is_dir()

    def make_folder(self, path: str) -> None:
        """As `Path.mkdir` with parents."""
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)

    def remove(self, path: str) -> None:
        """As `Path.unlink`."""
        Path(path).unlink(missing_ok=True)

    def expanded(self, path: str) -> str:
        """As `Path.expanduser`."""
        return str(Path(path).expanduser())


class _Caller:
    """One for each process; the service replaces it once, before the command runs."""

    def __init__(self) -> None:
        self.uid: int | None = None
        self.files: NamedFiles = OwnFiles()
        self.officer, self.entry = "", ""
        self.named = ""


_caller = _Caller()


def act_for(uid: int, files: NamedFiles) -> None:
    """From now on this process acts for another system user; for the service alone, and once."""
    if _caller.uid is not None:
        raise RuntimeError("this process acts for somebody already")
    _caller.uid, _caller.files = uid, files


def enter_as(handle: str, entry: str) -> None:
    """From now on this process acts as an officer whose log-in it has checked; once.

    `entry` marks that log-in: it counts until it is reset or set anew.
    """
    if _caller.officer:
        raise RuntimeError("somebody has logged in here already")
    _caller.officer, _caller.entry = handle, entry


def name_officer(handle: str) -> str:
    """From now on the command is that of this officer, by `--as`; "" for the caller himself."""
    _caller.named = handle
    return handle


def named_officer() -> str:
    """The officer whom the command names by `--as`; "" where it names none."""
    return _caller.named


def entered_officer() -> str:
    """The handle of the officer whose log-in this process has checked; "" where it is nobody's."""
    return _caller.officer


def entry() -> str:
    """What marks the log-in by which he entered."""
    return _caller.entry


def is_served() -> bool:
    """Whether this process belongs to a service, and what it may do is not what its caller may."""
    return _caller.uid is not None


def system_user() -> str:
    """The system user whose command this is, by its number.

    The variables LOGNAME and USER, which `getpass` believes, are the user's own to set.
    """
    return name_of(os.geteuid() if _caller.uid is None else _caller.uid)


def name_of(uid: int) -> str:
    """The name of a system user; `uid-` and the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid-{uid}"


def open_named(path: Path) -> BinaryIO:
    """Open a file that the caller named, to read bytes; OSError as `open`, and for a device."""
    return open(path, "rb", opener=_open_to_read)


def read_named(path: Path, most: int) -> bytes:
    """What the caller's file holds, read once; OSError as `open_named`.

    One byte more than `most` comes where it holds more: a pipe says of itself that it is empty,
    and may have no end.
    """
    with open_named(path) as file:
        pieces, left = [], most + 1
        while left and (piece := file.read(min(left, _PIECE_BYTES))):
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces)


def read_paper(path: Path, what: str) -> bytes:
    """The bytes of a proof that somebody hands over as `what`.

    MisuseError where there is no such file, or it is empty, or too large.
    """
    from recovery_flows.errors import MisuseError

    try:
        raw = read_named(path, PAPER_MAX)
    except OSError as error:
        raise MisuseError(
            phrase(
                "{what} {name} cannot be read: {strerror}",
                what=what,
                name=path.name,
                strerror=error.strerror,
            )
        ) from error
    if len(raw) > PAPER_MAX:
        raise MisuseError(
            phrase(
                "{what} {name} is larger than {most} MB",
                what=what,
                name=path.name,
                most=PAPER_MAX // 1_000_000,
            )
        )
    if not raw:
        raise MisuseError(phrase("{what} {name} is empty", what=what, name=path.name))
    return raw


def _open_to_read(path: str, flags: int) -> int:
    """A device such as /dev/zero says of itself that it is empty, and has no end."""
    file = _caller.files.open(path, flags)
    mode = os.fstat(file).st_mode
    if (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and not os.isatty(file):
        os.close(file)
        raise OSError(errno.EINVAL, "it is a device and no file", path)
    return file


def create_named(path: Path) -> BinaryIO:
    """A new file that only its owner may read; FileExistsError where there is one."""
    return open(path, "xb", opener=_caller.files.open)


def is_there(path: Path) -> bool:
    """Whether anything has the name that the caller gave."""
    return _caller.files.is_there(str(path))


def is_folder(path: Path) -> bool:
    """Whether what the caller named is a folder."""
    return _caller.files.is_folder(str(path))


def make_folder(path: Path) -> None:
    """Make the folder that the caller named, for its owner alone."""
    _caller.files.make_folder(str(path))


def remove_named(path: Path) -> None:
    """Remove a file that was made for the caller."""
    _caller.files.remove(str(path))


def expanded(text: str) -> Path:
    """A path as a person types it, `~` being the caller's home; MisuseError for nobody's."""
    from recovery_flows.errors import MisuseError

    try:
        return Path(_caller.files.expanded(text))
    except RuntimeError:
        raise MisuseError(phrase("that names nobody's home: type the whole path")) from None
