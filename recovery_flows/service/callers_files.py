"""The files that a caller named, opened by his own program: the service's side and his."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from recovery_flows.caller import OwnFiles
from recovery_flows.service.wire import Message

Ask = Callable[[str, str, int], Message]
"""Ask the caller's program to do something with a path, by flags; its answer."""


class HungUpError(OSError):
    """The caller's program is gone; nothing that he named can be opened any more."""


class CallersFiles:
    """His file system from inside the service; raises the OSError that he got."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def open(self, path: str, flags: int) -> int:
        """The descriptor that his program opened."""
        answer = self._done("open", path, flags)
        if len(answer.files) != 1:
            answer.close()
            raise HungUpError(f"{path} did not come")
        return answer.files[0]

    def is_there(self, path: str) -> bool:
        """Whether he sees anything of this name."""
        return bool(self._done("is_there", path).number("is"))

    def is_folder(self, path: str) -> bool:
        """Whether he sees a folder of this name."""
        return bool(self._done("is_folder", path).number("is"))

    def make_folder(self, path: str) -> None:
        """Have it made."""
        self._done("make_folder", path)

    def remove(self, path: str) -> None:
        """Have it removed."""
        self._done("remove", path)

    def expanded(self, path: str) -> str:
        """With his home in the place of `~`; RuntimeError where it names nobody's."""
        answer = self._done("expanded", path)
        if not answer.number("is"):
            raise RuntimeError(path)
        return answer.text("path")

    def _done(self, what: str, path: str, flags: int = 0) -> Message:
        answer = self._ask(what, path, flags)
        if number := answer.number("error"):
            answer.close()
            raise OSError(number, os.strerror(number), path)
        return answer


class NoFiles:
    """The file system of who comes from a browser: none, neither the service's nor `web`'s."""

    def open(self, path: str, flags: int) -> int:  # noqa: ARG002 - as every file system
        """PermissionError."""
        raise PermissionError(errno.EPERM, "a browser has no files here", path)

    def is_there(self, path: str) -> bool:  # noqa: ARG002
        """No."""
        return False

    is_folder = is_there

    def make_folder(self, path: str) -> None:
        """PermissionError."""
        self.open(path, 0)

    def remove(self, path: str) -> None:
        """PermissionError."""
        self.open(path, 0)

    def expanded(self, path: str) -> str:
        """As it is."""
        return path


Done = tuple[dict[str, object], tuple[int, ...]]
"""The fields of the answer `done`, and the descriptor that goes with it."""


def done_for_service(asked: Message) -> Done:
    """Do what the service asks, as the user of this process; the caller's side."""
    path, flags = asked.text("path"), asked.number("flags")
    answer: dict[str, object] = {"error": 0, "is": 0, "path": ""}
    try:
        files = _do(asked.text("do"), path, flags, answer)
    except OSError as error:
        answer["error"] = error.errno or 5
        files = ()
    except RuntimeError:  # nobody's home
        files = ()
    return answer, files


def _do(what: str, path: str, flags: int, answer: dict[str, object]) -> tuple[int, ...]:
    mine = OwnFiles()
    if what == "open":
        return (mine.open(path, flags),)
    if what == "expanded":
        answer.update(path=mine.expanded(path), **{"is": 1})
    elif what in ("is_there", "is_folder"):
        answer["is"] = int(Path(path).is_dir() if what == "is_folder" else Path(path).exists())
    elif what == "make_folder":
        mine.make_folder(path)
    elif what == "remove":
        mine.remove(path)
    return ()
