"""What a caller's program and the service say to each other over a Unix socket of whole messages.

A message is one JSON object with the descriptors that go with it. The caller's first is `run`; then
the service asks for files that the caller named, and says at last how the command ended. Where
people come from browsers, `recovery web` logs each of them in first, on the line of his terminal.

    door        version                                                           caller → service
    open                                                                          service → caller
    enter       handle, password, code, source                                    caller → service
    entered     officer, runs                                                     service → caller
    refused     why, wait_seconds                                                 service → caller
    run         args, environment    with the caller's three standard streams     caller → service
    signal      number                                                            caller → service
    file        do, path, flags                                                   service → caller
    done        error, is, path      with the file where one was opened           caller → service
    ended       code                                                              service → caller
"""

from __future__ import annotations

import json
import os
import socket
import struct
from pathlib import Path
from typing import Any, NamedTuple

from models.language.phrase import phrase

VERSION = 1
SOCKET_VARIABLE = "RECOVERY_SERVICE_SOCKET"
"""The environment variable by which a caller names the socket of the service."""

_MESSAGE_BYTES_MAX = 160_000
_FILES_MAX = 3
_CREDENTIALS = struct.Struct("3i")


class NotSpokenError(Exception):
    """What came is no message of ours."""


class Message(NamedTuple):
    """One message; the descriptors belong to whoever received it."""

    kind: str
    body: dict[str, Any]
    files: tuple[int, ...] = ()

    def text(self, name: str) -> str:
        """A field that must be a text; NotSpokenError where it is none."""
        found = self.body.get(name)
        if not isinstance(found, str):
            raise NotSpokenError(name)
        return found

    def number(self, name: str) -> int:
        """A field that must be a whole number; NotSpokenError where it is none."""
        found = self.body.get(name)
        if not isinstance(found, int):
            raise NotSpokenError(name)
        return found

    def texts(self, name: str) -> list[str]:
        """A field that must be a list of texts; NotSpokenError where it is none."""
        found = self.body.get(name)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise NotSpokenError(name)
        return found

    def close(self) -> None:
        """Close the descriptors that came with it."""
        for one in self.files:
            os.close(one)


def new_socket() -> socket.socket:
    """A socket that keeps the bounds of messages, and tells who is at its other end."""
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(line: socket.socket, kind: str, files: tuple[int, ...] = (), **body: object) -> None:
    """Send one message; ValueError where it is longer than one may be."""
    # Names of files may hold bytes that are no character: escaped, they come through unchanged.
    raw = json.dumps({"kind": kind, **body}).encode("ascii")
    if len(raw) > _MESSAGE_BYTES_MAX:
        raise ValueError("the command line is too long")
    socket.send_fds(line, [raw], list(files))


def receive(line: socket.socket) -> Message | None:
    """The next message; None where the other side has hung up. NotSpokenError."""
    raw, files, flags, _ = socket.recv_fds(line, _MESSAGE_BYTES_MAX, _FILES_MAX)
    if not raw:
        return None
    try:
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            raise NotSpokenError("too long")
        body = json.loads(raw)
        kind = body.pop("kind")
    except (ValueError, KeyError, AttributeError, TypeError, NotSpokenError) as error:
        for one in files:
            os.close(one)
        raise NotSpokenError(str(error)) from error
    return Message(str(kind), body, tuple(files))


def user_at_the_other_end(line: socket.socket) -> int:
    """The number of the system user who connected, as the kernel saw him."""
    raw = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(raw)
    return int(uid)


def why_not_to_be_trusted(path: Path) -> str:
    """What is wrong with the folder of a socket: others could put theirs there; else empty.

    Also where each removes only his own, as in /tmp: while no service runs the name is free.
    """
    if path.parent.stat().st_mode & 0o022:
        return phrase(
            "others may write to {folder}: the socket there may be anybody's", folder=path.parent
        )
    return ""
