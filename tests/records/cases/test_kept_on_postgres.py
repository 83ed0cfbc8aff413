"""What runs out is kept on PostgreSQL too, and forgotten where a bank's channel is another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.entities.partner import PartnerChannel
from models.queries.cases.deadline_views import kept_deadlines
from models.store.unit import unit_of_work
from recovery_flows.access.registers import ask_partner, decide
from recovery_flows.cases.clocks.edition import todays
from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.cases.clocks.keeping import fill, kept_wrong
from recovery_flows.cases.views.all_deadlines import all_entries
from tests.one_postgres import new_database, server_or_skip
from tests.records.conftest import SUPERVISOR, install, open_unit

pytest.importorskip("psycopg", reason="NOT SHOWN: the extra `postgres` is not installed")


@pytest.fixture
def on_postgres(tmp_path: Path, laws: Any) -> Iterator[Any]:
    with server_or_skip() as server_url:
        url = new_database(server_url, f"deadlines_{os.getpid()}")
        install(tmp_path / "on-postgres", laws, url)
        opened = open_unit(tmp_path / "on-postgres", laws, url)
        yield opened
        opened.database.dispose()


def test_what_runs_out_is_kept_there_as_on_sqlite(on_postgres: Any) -> None:
    unit = on_postgres
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)

    def notes(*, is_known: bool) -> list[str]:
        with unit.database.reading() as session:
            ((_, told),) = deadlines_of_files(session, [recovery_id], unit.laws)
            assert list(all_entries(session, unit.laws, None)) == told
            assert list(kept_wrong(session, unit.laws)) == []
            _, unknown = kept_deadlines(session, [recovery_id], todays(unit.laws))
            assert unknown == ([] if is_known else [recovery_id])
            return [str(one.clock.note) for one in told]

    assert "its letter has not been sent" not in notes(is_known=True)
    bank, values = unit.file(recovery_id).calls[0].partner_id, {"channel": PartnerChannel.LETTER}
    with unit_of_work(unit.database) as work:
        change = ask_partner(work, unit.case_officer(SUPERVISOR), bank, values, is_known=True)
    decide(unit.case_officer(), change, is_yes=True)
    assert "its letter has not been sent" in notes(is_known=False)
    fill(unit.database, unit.laws)
    assert "its letter has not been sent" in notes(is_known=True)
