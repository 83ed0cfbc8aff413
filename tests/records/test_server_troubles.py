"""What a PostgreSQL server may refuse or lose: each is told for what it is.

On the server that `tests/one_postgres.py` finds; skipped where it finds none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from models.engine import StoreBusyError, make_engine, what_failed
from models.migrate import alembic_config, upgrade
from models.queries.audit.verify import verify
from models.store.unit import EVENTS, unit_of_work
from recovery_flows.engine.failures import alone
from tests.one_postgres import new_database, server_or_skip
from tests.records.conftest import install, open_unit

pytest.importorskip("psycopg", reason="NOT SHOWN: the extra `postgres` is not installed")
_READS = sa.select(sa.func.count()).select_from(EVENTS)


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    with server_or_skip() as url:
        yield url


@pytest.fixture
def unit(tmp_path: Path, laws: Any, server_url: str) -> Iterator[Any]:
    url = new_database(server_url, f"recovery_troubles_{os.getpid()}")
    install(tmp_path / "unit", laws, url)
    opened = open_unit(tmp_path / "unit", laws, url)
    yield opened
    opened.database.dispose()


def with_options(unit: Any, options: str) -> sa.Engine:
    return make_engine(unit.database.engine.url.update_query_dict({"options": options}))


def test_a_schema_that_the_user_may_not_compare_is_a_finding(unit: Any) -> None:
    engine = with_options(unit, "-c role=pg_read_all_data")
    (found,) = verify(replace(unit.database, engine=engine))
    assert "could not be compared" in found.sentence
    engine.dispose()


def test_an_upgrade_beside_somebody_at_work_is_to_be_tried_again(unit: Any) -> None:
    engine = with_options(unit, "-c lock_timeout=50ms")
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0054")
    with unit.database.engine.begin() as at_work:
        for name in sa.inspect(at_work).get_table_names():
            at_work.exec_driver_sql(f'LOCK TABLE "{name}" IN ACCESS SHARE MODE')
        with pytest.raises(StoreBusyError):
            upgrade(engine)
    upgrade(engine)
    engine.dispose()
    assert verify(unit.database) == ()


def lose(session: Any) -> None:
    """As where the server's machine has lost its power: the driver notices, nobody tells it."""
    session.connection().connection.dbapi_connection.pgconn.finish()
    session.execute(_READS)


def test_a_lost_connection_is_no_fault_of_the_recovery_at_hand(unit: Any) -> None:
    database = unit.database
    with pytest.raises(sa.exc.OperationalError) as lost, database.reading() as session, alone():
        lose(session)
    assert what_failed(lost.value).startswith("the case database cannot be used: ")
    with unit.database.reading() as session:
        assert session.execute(_READS).scalar_one()


def test_a_server_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    engine = make_engine(f"postgresql+psycopg://unit@/cases?host={tmp_path}")
    with pytest.raises(sa.exc.OperationalError) as away:
        engine.connect()
    assert what_failed(away.value).startswith("the case database cannot be used: connection ")


def test_a_writer_sees_what_others_committed_whatever_the_server_does_by_itself(unit: Any) -> None:
    with unit.database.engine.begin() as connection:
        name = connection.engine.url.database
        connection.exec_driver_sql(
            f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'repeatable read'"
        )
    unit.database.dispose()
    with unit_of_work(unit.database) as work:
        shown = work.session.execute(sa.text("SHOW transaction_isolation")).scalar_one()
    assert shown == "read committed"
    with unit.database.reading() as session:
        shown = session.execute(sa.text("SHOW transaction_isolation")).scalar_one()
    assert shown == "repeatable read"
