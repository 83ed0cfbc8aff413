"""A Prefect server of our own: a child on loopback, in its own home, gone when we are gone."""

import base64
import http.client
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from recovery_flows.engine.runtime import server_child
from recovery_flows.engine.runtime.environment import server_settings, without_prefect
from recovery_flows.errors import UnavailableError

_LOOK_SECONDS = 0.1
_JOIN_SECONDS = 0.5


class ServerStartError(UnavailableError):
    """The Prefect server did not come up; the sentence names its log file."""


class PrefectServer:
    """At most one server; `stop` is safe at any time and more than once.

    Whoever comes shows `credential`, which is random unless it was given. A server that another
    living process runs in the same home is joined with the credential that its record tells, and
    not stopped by us.
    """

    def __init__(self, auth: str = "", database_url: str = "", *, pages: bool = False) -> None:
        self.credential = auth or f"recovery-flows:{secrets.token_urlsafe(32)}"
        self._database_url, self._pages = database_url, pages
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._is_begun = False
        self._port = self._last_port = 0

    def begin(self, home: Path) -> None:
        """Launch the server of `home` and do not wait for it; `start` does."""
        self._launch(_made(home))
        self._is_begun = True

    def start(self, home: Path, timeout_seconds: int) -> str:
        """Start or join the server of `home` and return its API address once it answers.

        ServerStartError when it ends or does not answer in time. The first start in a home makes
        its database and takes longest. Prefect is not imported in this process.
        """
        home = _made(home)
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            supervisor = self._begun() or self._launch(home)
            if self._wait_until_healthy(supervisor, home, deadline) or self._join(home):
                return f"http://127.0.0.1:{self._port}/api"
        self.stop()
        raise ServerStartError(
            f"the Prefect server did not answer within {timeout_seconds} s; "
            f"its output is in {server_child.log_path(home)}"
        )

    def _begun(self) -> subprocess.Popen[bytes] | None:
        """What `begin` has launched, once."""
        is_begun, self._is_begun = self._is_begun, False
        return self._supervisor if is_begun else None

    def alive(self) -> bool:
        """Whether the server answers now."""
        return self._port > 0 and _healthy(self._port, self.credential)

    def stop(self) -> None:
        """Stop the server if it is ours, and wait until it has gone."""
        supervisor, self._supervisor, self._port = self._supervisor, None, 0
        if supervisor is None:
            return
        if supervisor.stdin is not None:
            supervisor.stdin.close()
        supervisor.wait()

    def _launch(self, home: Path) -> subprocess.Popen[bytes]:
        self.stop()
        # The same address again where it can be had: flows of this process are pointed at it.
        self._port = self._last_port = _port_like(self._last_port)
        settings = server_settings(
            home, self._port, self.credential, self._database_url, pages=self._pages
        )
        # A session of its own: Ctrl-C reaches us first, and the server outlives our last write.
        with server_child.open_log(home) as log:
            self._supervisor = subprocess.Popen(  # noqa: S603 (our own module, no shell)
                [sys.executable, "-m", server_child.__name__, str(home), str(self._port)],
                env=without_prefect(os.environ) | settings,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._supervisor

    def _wait_until_healthy(
        self, supervisor: subprocess.Popen[bytes], home: Path, deadline: float
    ) -> bool:
        """True when our child answers; False when another process has the home, or in no time."""
        while time.monotonic() < deadline:
            try:
                code = supervisor.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if _healthy(self._port, self.credential):
                    return True
                continue
            if code == server_child.IN_USE:
                return False
            self.stop()
            raise ServerStartError(
                f"the Prefect server ended with code {code} while starting; "
                f"its output is in {server_child.log_path(home)}"
            )
        return False

    def _join(self, home: Path) -> bool:
        """Use the server of another living process, unless it is just coming or going."""
        record = server_child.read_record(home)
        if record is None or not _healthy(record.port, record.credential):
            threading.Event().wait(_JOIN_SECONDS)
            return False
        self.stop()
        self._port, self.credential = record.port, record.credential
        return True


def _made(home: Path) -> Path:
    """The folder of a server, made; absolute, since the child works in it."""
    home = home.resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _port_like(wanted: int) -> int:
    """`wanted` if nobody has it, else a free one (0 wants any)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return _port_like(0)
        return int(probe.getsockname()[1])


def _healthy(port: int, credential: str) -> bool:
    """Whether a server answers there that knows the credential."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    token = base64.b64encode(credential.encode()).decode()
    try:
        connection.request("GET", "/api/health", headers={"Authorization": f"Basic {token}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
