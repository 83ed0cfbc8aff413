"""A PostgreSQL server for the tests: the one that is named, or one that is started for them.

`RECOVERY_TEST_POSTGRES` names a database whose user may make others, such as
`postgresql+psycopg://unit@127.0.0.1/cases`. Where it names none, the programs of a server that is
installed on this machine make one in a folder of the tests, on a socket there, without any port.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from tests.patience import PATIENCE_SECONDS, comes

_INSTALLED = Path("/usr/lib/postgresql")
# Nothing is written through to the disk, and nobody but this socket is listened to.
_OPTIONS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=60")
# It ends when its input does: whoever kills the tests leaves no server behind.
_WITH_US = '"$0" "$@" & server=$!; cat; kill -QUIT $server; wait $server'


@contextmanager
def server_or_skip() -> Iterator[str]:
    """The address of a database on a server; without one the test is skipped, and says so."""
    with server() as url:
        if not url:
            pytest.skip("NOT SHOWN: no PostgreSQL server is installed here")
        yield url


def programs() -> Path | None:
    """The folder of the newest server's programs; None: there are none."""
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a database on a server; empty where there is no server."""
    named, there = os.environ.get("RECOVERY_TEST_POSTGRES", ""), programs()
    if named or there is None:
        yield named
        return
    # A server refuses to run as root: then it belongs to its own user, or to nobody.
    user = _user() if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="recovery-pg-") as folder:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = f"{folder}/data"
        make = ["initdb", "-D", data, "-U", "unit", "-A", "trust", "-E", "UTF8", "--locale=C"]
        _start(there, user, *make, "--no-sync").wait()
        options = [word for option in _OPTIONS for word in ("-c", option)]
        words = ["-D", data, "-k", folder, *options]
        running = _start(Path("/bin"), user, "sh", "-c", _WITH_US, str(there / "postgres"), *words)
        try:
            ready = ["pg_isready", "-q", "-h", folder]
            came = comes(
                lambda: running.poll() is not None or _start(there, user, *ready).wait() == 0
            )
            assert came, "the server never came"
            assert running.poll() is None, "the server has ended"
            yield f"postgresql+psycopg://unit@/postgres?host={folder}"
        finally:
            assert running.stdin is not None
            running.stdin.close()
            running.wait(PATIENCE_SECONDS)


def _user() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _start(
    there: Path, user: pwd.struct_passwd | None, program: str, *words: str
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(there / program), *words], cwd="/", stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        user=user.pw_uid if user else None, group=user.pw_gid if user else None,
    )  # fmt: skip


def new_database(url: str, name: str) -> str:
    """The address of a new, empty database on the server of this one."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)
