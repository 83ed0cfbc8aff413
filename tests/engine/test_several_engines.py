"""Two machines, one unit: engines on a PostgreSQL database, with one Prefect server for both.

Each engine has a data folder of its own, as on a machine of its own; they share keys, database and
Prefect's address. Skipped where no PostgreSQL server is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.many_banks import ManyBanks, many_banks
from bench.report_to_hold import order_stop
from models.entities.catalogue import table_of
from models.entities.hold import Hold, HoldState
from models.queries.audit.verify import verify
from models.queries.installation.changes import ChangeWatch
from models.queries.installation.clock import engine_view
from recovery_flows.clock import wall_clock
from recovery_flows.engine.clocks import ClocksApartError, check_clock
from recovery_flows.engine.runtime.server import PrefectServer
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.sandbox.worlds.world import open_book
from tests.one_postgres import new_database, server_or_skip
from tests.patience import PATIENCE_SECONDS, comes

pytest.importorskip("psycopg", reason="NOT SHOWN: the extra `postgres` is not installed")
STOPS = 8
_HOLD = table_of(Hold)


@pytest.fixture
def address() -> Iterator[str]:
    with server_or_skip() as url:
        yield new_database(url, f"recovery_engines_{os.getpid()}")


@pytest.fixture
def at(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ManyBanks]:
    monkeypatch.setenv("RECOVERY_DATABASE_URL", address)
    with many_banks(tmp_path, 3, STOPS) as unit:
        yield unit


@pytest.fixture
def one_prefect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    prefect = PrefectServer("synthetic:secret")
    url = prefect.start(tmp_path / "prefect", PATIENCE_SECONDS)
    monkeypatch.setenv("RECOVERY_PREFECT__API_URL", url)
    monkeypatch.setenv("RECOVERY_PREFECT__AUTH", prefect.credential)
    yield
    prefect.stop()


@contextmanager
def machine(at: ManyBanks, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`recovery engine` in a data folder of its own, with the unit's keys."""
    folder.mkdir(mode=0o700, exist_ok=True)
    keys = str(at.installation.settings.key_dir)
    environment = os.environ | {"RECOVERY_DATA_DIR": str(folder), "RECOVERY_KEY_DIR": keys}
    command = [sys.executable, "-m", "recovery_flows.cli.main", "engine"]
    with (folder / "engine.log").open("ab") as log:
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(PATIENCE_SECONDS)


def works(at: ManyBanks) -> bool:
    with at.installation.database.reading() as session:
        return engine_view(session, wall_clock()).alive


def stopped(at: ManyBanks) -> int:
    with at.installation.database.reading() as session:
        query = sa.select(sa.func.count()).where(_HOLD.c.state == HoldState.STOPPED)
        return int(session.execute(query).scalar_one())


def books_are_right(at: ManyBanks) -> bool:
    """Whatever instant a reader looks at while others write, it fits together."""
    with at.installation.database.reading() as session:
        found = ledger_check(session)
    assert (found.differences, found.miscounted) == ((), ())
    return True


@pytest.mark.engine
@pytest.mark.usefixtures("one_prefect")
def test_stops_leave_once_whichever_engine_lives(
    at: ManyBanks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a dead engine had at hand is free for the other one soon.
    monkeypatch.setenv("RECOVERY_ENGINE__LEASE_SECONDS", "20")
    with machine(at, tmp_path / "two") as two:
        with machine(at, tmp_path / "one") as one:
            assert comes(lambda: works(at))
            order(at, range(STOPS // 2))
            one.kill()
            assert comes(lambda: books_are_right(at) and stopped(at) == STOPS // 2)
        with machine(at, tmp_path / "one"):
            two.kill()
            order(at, range(STOPS // 2, STOPS))
            assert comes(lambda: books_are_right(at) and stopped(at) == STOPS)
    with closing(open_book(at.book)) as book:
        query = "SELECT count(*), count(DISTINCT order_ref) FROM hold"
        assert tuple(book.execute(query).fetchone()) == (STOPS, STOPS)
    assert verify(at.installation.database) == ()
    logs = [log.read_text() for log in tmp_path.glob("*/engine.log")]
    assert len(logs) == 2
    assert not [log for log in logs if "Traceback" in log]


def order(at: ManyBanks, numbers: Iterable[int]) -> None:
    for number in numbers:
        order_stop(at, number)
        assert books_are_right(at)


def test_a_commit_wakes_who_listens_and_a_lost_server_is_listened_to_again(at: ManyBanks) -> None:
    database = at.installation.database
    watch = ChangeWatch(database)
    assert not watch.changed()
    order_stop(at, 0)
    assert comes(watch.changed)
    assert not watch.changed()
    with database.engine.connect() as other:
        other.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert comes(watch.changed)
    assert not watch.changed()
    database.engine.dispose()
    order_stop(at, 1)
    assert comes(watch.changed)
    watch.close()


def test_an_engine_whose_clock_is_another_does_not_begin(at: ManyBanks) -> None:
    database = at.installation.database
    check_clock(database, wall_clock())
    for seconds, told in ((-30, "30 s behind"), (30, "30 s ahead of")):
        with pytest.raises(ClocksApartError, match=f"{told} that of the database's server"):
            check_clock(database, wall_clock() + timedelta(seconds=seconds))
