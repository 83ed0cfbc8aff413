"""The sandbox banks as a child process: their clock is the unit's case time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from models.engine import Database
from models.entities.partner import PartnerKind
from models.queries.installation.clock import case_now
from models.store.partners import register
from models.store.unit import unit_of_work
from recovery_flows.cli.composition import SANDBOX_BOOK
from recovery_flows.clock import wall_clock
from recovery_flows.errors import MisuseError, UnavailableError

BOOK, READY, FAULTS = SANDBOX_BOOK, "sandbox-banks.json", "sandbox-faults.json"
_START_SECONDS, _END_SECONDS = 120.0, 10.0


class SandboxError(UnavailableError):
    """The sandbox banks did not come up."""


def choose_faults(folder: Path, chosen: str) -> str:
    """Set the faults of a folder's banks: those of `--faults`, otherwise those of the file in it.

    Returns what is on, in words; MisuseError names in one sentence what cannot be read.
    """
    from recovery_flows.sandbox.scenario import choose
    from recovery_flows.sandbox.worlds.world import open_book

    standing = folder / FAULTS
    with closing(open_book(folder / BOOK)) as db:
        try:
            return choose(db, chosen or (str(standing) if standing.exists() else ""))
        except ValueError as error:
            raise MisuseError(str(error)) from None


def case_clock(database: Database) -> Callable[[], datetime]:
    """Case time as a function, for the banks."""

    def now() -> datetime:
        with database.reading() as session:
            return case_now(session, wall_clock())

    return now


def await_end(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a child that was told to end; one that a busy machine starves is killed.

    What it wrote is written: each of our children may die at any instant.
    """
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@dataclass(slots=True)
class SandboxProcess:
    """A child that serves the banks of a folder; it ends when its standard input closes."""

    data_dir: Path
    _child: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> list[dict[str, str]]:
        """Start the banks and return what they say of themselves (id, url, token, …)."""
        ready = self.data_dir / READY
        ready.unlink(missing_ok=True)
        log = (self.data_dir / "sandbox.log").open("ab")
        command = [
            sys.executable, "-m", "recovery_flows.cli.main", "sandbox", "--dir",
            str(self.data_dir), "--with-parent",
        ]  # fmt: skip
        self._child = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=log, stderr=log
        )
        deadline = time.monotonic() + _START_SECONDS
        while not ready.exists():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(
                    f"the sandbox did not start; see {self.data_dir / 'sandbox.log'}"
                )
            time.sleep(0.02)
        banks: list[dict[str, str]] = json.loads(ready.read_text("utf-8"))
        return banks

    def alive(self) -> bool:
        """Whether the banks are up."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Close its standard input and wait for it to end."""
        if self._child is None or self._child.stdin is None:
            return
        self._child.stdin.close()
        await_end(self._child, _END_SECONDS)


def register_banks(database: Database, banks: list[dict[str, str]], home: str) -> None:
    """Make the sandbox banks partners; those at `home` (regime) are domestic."""
    with database.reading() as session:
        now = case_now(session, wall_clock())
    with unit_of_work(database) as unit:
        for bank in banks:
            register(
                unit, now, bank["id"],
                name=bank["name"],
                regime=bank["jurisdiction"],
                currency=bank["currency"],
                home=bank["jurisdiction"] == home,
                base_url=bank["url"],
                token=bank["token"],
                client_id=bank["client_id"],
                kind=PartnerKind(bank["kind"]),
            )  # fmt: skip
