"""How the program connects to a PostgreSQL server, and what only its driver can tell of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

# A machine that has lost its power or its network would keep its lock, and a server that has gone
# would be waited for, for hours by the systems' own defaults: both sides look after half a minute.
_OPTIONS = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
_ARGUMENTS = (
    ("keepalives_idle", 30),
    ("keepalives_interval", 10),
    ("keepalives_count", 3),
    ("tcp_user_timeout", 60_000),
    ("connect_timeout", 10),
)
_LOST = frozenset({"OperationalError", "InterfaceError"})


def server_engine(address: sa.URL, lock_seconds: int) -> sa.Engine:
    """An engine whose statements wait so long for a lock; the address may say otherwise.

    Writers see what was committed until they have the lock, whatever the server's own default is.
    """
    options = f"-c lock_timeout={lock_seconds}s {_OPTIONS} {address.query.get('options', '')}"
    given = {name: value for name, value in _ARGUMENTS if name not in address.query}
    return sa.create_engine(
        address, hide_parameters=True, isolation_level="READ COMMITTED",
        connect_args={**given, "options": options.strip()},
    )  # fmt: skip


def is_lost(error: Any) -> bool:  # noqa: ANN401 - any driver's error
    """Whether it is the driver's own: the server has ended, or cannot be reached."""
    return getattr(error, "sqlstate", "") is None and type(error).__name__ in _LOST
