"""A unit with officers who log in by password, and `recovery web` before it: real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.settings import load_settings
from models.entities.officer import Role
from recovery_flows.access.log_in import by_system_user
from recovery_flows.access.own_log_in import set_password, set_second_factor
from recovery_flows.access.second_factor import new_secret, one_time_password, step_at
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import FirstOfficer, make_installation, open_installation
from recovery_flows.clock import wall_clock
from tests.patience import PATIENCE_SECONDS

PASSWORD = "an invented pass phrase"
ADA, BEN, NEW = "ada", "ben", "cleo"
SECRET = "an invented secret of tests"
NAVIGATES = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Web:
    """`recovery web` at work, and what its officers know."""

    folder: Path
    address: str
    token: str
    process: subprocess.Popen[bytes]
    second_factor: str = field(repr=False)

    @property
    def host(self) -> str:
        return self.address.partition("://")[2]

    def client(self, *, launched: bool = True) -> httpx.Client:
        """A program that speaks as a browser does; `launched`: it has opened the address."""
        cookies = httpx.Cookies()
        if launched:
            opened = httpx.get(f"{self.address}/enter?token={self.token}")
            assert opened.status_code == 303
            cookies = opened.cookies
        return httpx.Client(base_url=self.address, timeout=PATIENCE_SECONDS, cookies=cookies)

    def log_in(self, client: httpx.Client, officer: str = BEN, **more: str) -> httpx.Response:
        """What the form sends."""
        typed = {"officer": officer, "password": PASSWORD, "code": ""}
        headers = {"Origin": more.pop("origin", self.address), **NAVIGATES}
        return client.post("/log-in", data=typed | more, headers=headers)

    def code(self, steps: int = 0) -> str:
        """ada's one-time password of now."""
        return one_time_password(self.second_factor, step_at(wall_clock()) + steps)

    def forget_tries(self) -> None:
        """As an hour after the last wrong try."""
        with opened(self.folder) as installation, installation.database.engine.begin() as work:
            work.exec_driver_sql("DELETE FROM log_in_tries")

    def children(self) -> set[int]:
        """The processes of all sessions: children of the service, which is a child of this."""
        (service,) = _children(self.process.pid)
        return _children(service)


def _children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(one) for one in found}


@contextmanager
def opened(folder: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_DATA_DIR", str(folder / "data"))
        made = open_installation()
        yield made
        made.database.dispose()


def _unit(folder: Path) -> str:
    """Make a unit; ada has a second factor, ben a password, cleo what she was appointed with."""
    secret = new_secret()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_DATA_DIR", str(folder / "data"))
        patch.setenv("RECOVERY_SECURITY__SECRET", SECRET)
        first = (
            FirstOfficer(ADA, frozenset({Role.OFFICER}), os_user="invented-ada"),
            FirstOfficer(BEN, frozenset({Role.SUPERVISOR}), secret=SECRET),
            FirstOfficer(NEW, frozenset({Role.OFFICER}), secret=SECRET),
        )
        made = make_installation(load_settings(), first)
        set_password(made.case_officer(BEN), PASSWORD)
        ada = CaseOfficer(made.database, made.laws, by_system_user(made.database, "invented-ada"))
        set_password(ada, PASSWORD)
        code = one_time_password(secret, step_at(wall_clock()) - 1)
        set_second_factor(ada, secret, code, PASSWORD, wall_clock())
        made.database.dispose()
    return secret


@contextmanager
def serving(folder: Path, secret: str, **settings: str) -> Iterator[Web]:
    """`recovery web` before a unit, with settings by their variables."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("RECOVERY_")}
    environment |= {"RECOVERY_DATA_DIR": str(folder / "data"), "RECOVERY_WEB__PORT": "0"}
    environment |= {f"RECOVERY_{name}": value for name, value in settings.items()}
    with subprocess.Popen(
        [sys.executable, "-m", "recovery_flows.cli.main", "web"],
        env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            found = re.fullmatch(r"open (http://\S+)/enter\?token=(\S+)\n", line)
            assert found, line
            yield Web(folder, found[1], found[2], process, secret)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Path, str]]:
    """A unit's folder, and ada's second factor."""
    with tempfile.TemporaryDirectory(prefix="unit-") as place:
        yield Path(place), _unit(Path(place))


@pytest.fixture(scope="module")
def served_web(made: tuple[Path, str]) -> Iterator[Web]:
    with serving(*made, WEB__SECOND_FACTOR="false", SCREEN__UNIT_NAME="Synthetic Unit") as web:
        yield web


@pytest.fixture
def web(served_web: Web) -> Web:
    """`recovery web`, with no wrong try on anybody's account."""
    served_web.forget_tries()
    return served_web
