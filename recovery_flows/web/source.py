"""Where a log-in came from: the name under which its wrong tries are counted.

On loopback the address says nothing; the kernel says which system user opened the connection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import HTTPConnection

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LOCAL, _REMOTE, _USER = 1, 2, 7


def source_of(request: HTTPConnection, *, behind_proxy: bool) -> str:
    """An address, or a system user of this machine; behind a proxy what it says last."""
    host, port = (request.client.host, request.client.port) if request.client else ("", 0)
    if behind_proxy:
        last = ",".join(request.headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
        return f"address {last or host}"[:80]
    if not is_loopback(host):
        return f"address {host}"
    server = request.scope.get("server") or ("", 0)
    return next(_users(port, server[1] or 0), f"address {host}")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _users(port: int, server_port: int) -> Iterator[str]:
    """The user at the other end of a connection of this machine to a port of it."""
    for table in _TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            ends = [fields[at].rpartition(":")[2] for at in (_LOCAL, _REMOTE)]
            if ends == [f"{port:04X}", f"{server_port:04X}"]:
                yield f"user {fields[_USER]}"
